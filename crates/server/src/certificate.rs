//! Certificates and keys of the server, as files: that they can be read, belong to each other, and are valid now.

use crate::findings::Findings;
use domain::Millis;
use std::{fs, path::Path};
use tokio_rustls::rustls::{
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

/// How long before its end a certificate is worth a warning, in milliseconds.
const SOON: Millis = 30 * 86_400_000;

/// A chain and its key.
pub struct Pair {
    /// The chain, ours first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key.
    pub key: PrivateKeyDer<'static>,
    /// The file of the chain.
    pub chain_pem: Vec<u8>,
    /// The file of the key.
    pub key_pem: Vec<u8>,
}

/// Reads the two files of a table, `http.tls` for instance. `now` is the time of day.
pub fn read(table: &str, cert: &Path, key: &Path, now: Millis, findings: &mut Findings) -> Option<Pair> {
    let chain_pem = file(table, "cert", cert, findings);
    let key_pem = file(table, "key", key, findings);
    let (chain_pem, key_pem) = (chain_pem?, key_pem?);
    let chain = chain(table, cert, &chain_pem, findings);
    let key = private_key(table, key, &key_pem, findings);
    if let Some(chain) = &chain {
        valid_now(table, chain, now, findings);
    }
    let (chain, key) = (chain?, key?);
    if let Err(why) = CertifiedKey::from_der(chain.clone(), key.clone_key(), &ring::default_provider()) {
        findings.problem(format!("{table}: the certificate and the key do not go together: {why}"));
        return None;
    }
    Some(Pair { chain, key, chain_pem, key_pem })
}

fn file(table: &str, name: &str, path: &Path, findings: &mut Findings) -> Option<Vec<u8>> {
    match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(why) => {
            findings.problem(format!("{table}.{name}: {}: {why}", path.display()));
            None
        }
    }
}

fn chain(
    table: &str,
    path: &Path,
    pem: &[u8],
    findings: &mut Findings,
) -> Option<Vec<CertificateDer<'static>>> {
    let place = format!("{table}.cert: {}", path.display());
    match CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>() {
        Ok(chain) if chain.is_empty() => {
            let holds_key = PrivateKeyDer::from_pem_slice(pem).is_ok();
            let besides = if holds_key { ", but a private key: are cert and key swapped?" } else { "" };
            findings.problem(format!("{place}: there is no certificate in PEM form{besides}"));
            None
        }
        Ok(chain) => Some(chain),
        Err(why) => {
            findings.problem(format!("{place}: {why}"));
            None
        }
    }
}

fn private_key(
    table: &str,
    path: &Path,
    pem: &[u8],
    findings: &mut Findings,
) -> Option<PrivateKeyDer<'static>> {
    if let Ok(key) = PrivateKeyDer::from_pem_slice(pem) {
        return Some(key);
    }
    let holds_certificate = CertificateDer::from_pem_slice(pem).is_ok();
    let besides = if holds_certificate { ", but a certificate: are cert and key swapped?" } else { "" };
    findings
        .problem(format!("{table}.key: {}: there is no private key in PEM form{besides}", path.display()));
    None
}

/// Refuses a chain that is not valid today, and warns of one that will not be valid soon.
fn valid_now(table: &str, chain: &[CertificateDer<'_>], now: Millis, findings: &mut Findings) {
    for (place, certificate) in chain.iter().enumerate() {
        let which =
            if place == 0 { "the certificate".to_owned() } else { format!("certificate {}", place + 1) };
        let validity = match X509Certificate::from_der(certificate) {
            Ok((_, read)) => read.validity().clone(),
            Err(why) => {
                findings.problem(format!("{table}.cert: {which} cannot be read: {why}"));
                continue;
            }
        };
        let (from, until) = (validity.not_before.timestamp() * 1_000, validity.not_after.timestamp() * 1_000);
        if now < from {
            findings.problem(format!("{table}.cert: {which} is not valid before {}", validity.not_before));
        } else if now > until {
            findings.problem(format!(
                "{table}.cert: {which} has expired: it was valid until {}",
                validity.not_after
            ));
        } else if until - now < SOON {
            findings.warning(format!("{table}.cert: {which} expires on {}", validity.not_after));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    /// 2026-06-01.
    const NOW: Millis = 1_780_272_000_000;

    /// The findings about a certificate for these years and this key; `None` is its own key.
    fn said(years: (i32, i32), other_key: bool) -> Findings {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec!["desk.example".into()]).expect("parameters");
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 6, 10);
        let certificate = params.self_signed(&key).expect("a certificate");
        let key = if other_key { KeyPair::generate().expect("a key") } else { key };
        files(&pem("CERTIFICATE", certificate.der()), &pem("PRIVATE KEY", &key.serialize_der()))
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    fn files(cert: &str, key: &str) -> Findings {
        let dir = tempfile::tempdir().expect("a directory");
        let (at, of) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        fs::write(&at, cert).expect("written");
        fs::write(&of, key).expect("written");
        let mut findings = Findings::default();
        let pair = read("http.tls", &at, &of, NOW, &mut findings);
        assert!(pair.is_some() || !findings.problems().is_empty(), "nothing is refused in silence");
        findings
    }

    #[test]
    fn a_certificate_must_be_valid_now_and_belong_to_its_key() {
        assert!(said((2020, 2030), false).problems().is_empty());
        for (years, other_key, words) in [
            ((2020, 2025), false, "has expired"),
            ((2027, 2030), false, "is not valid before"),
            ((2020, 2030), true, "do not go together"),
        ] {
            let problems = said(years, other_key).problems().join("\n");
            assert!(problems.contains(words), "{problems}");
        }
        assert!(said((2020, 2026), false).warnings()[0].contains("expires on"));
    }

    #[test]
    fn a_swapped_key_and_certificate_are_both_named() {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["desk.example".into()]).expect("parameters");
        let certificate = params.self_signed(&key).expect("a certificate");
        let problems =
            files(&pem("PRIVATE KEY", &key.serialize_der()), &pem("CERTIFICATE", certificate.der()));
        let problems = problems.problems().join("\n");
        assert!(problems.contains("http.tls.cert: ") && problems.contains("http.tls.key: "), "{problems}");
        assert_eq!(problems.matches("are cert and key swapped?").count(), 2, "{problems}");
        let problems = files("nothing", "nothing").problems().join("\n");
        assert_eq!(problems.lines().count(), 2, "{problems}");
    }
}
