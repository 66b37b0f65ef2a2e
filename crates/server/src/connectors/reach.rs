//! Where the server may send requests, and which certificates it trusts there.

use crate::{config::Outbound, findings::Findings};
use anyhow::{Context, Result, ensure};
use channels::outbound::{CertificateDer, Reach, Rules};
use std::path::Path;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// The rules of the one client, without any peers so far. Slow, as it reads files.
pub fn rules(settings: &Outbound, demo: bool, findings: &mut Findings) -> Rules {
    let mut extra_roots = Vec::new();
    for path in &settings.roots {
        extra_roots.extend(findings.keep(certificates(path)).into_iter().flatten());
    }
    let reach = match (settings.own_network, demo) {
        (true, _) => Reach::OwnNetwork,
        (false, true) => Reach::Loopback,
        (false, false) => Reach::Public,
    };
    Rules { plain_http: demo, reach, extra_roots, ..Rules::new(Vec::new()) }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("outbound.roots: {}", path.display()))?;
    ensure!(!found.is_empty(), "outbound.roots: there is no certificate in {}", path.display());
    Ok(found)
}

/// The URL of this server for requests on this machine.
pub(super) fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}
