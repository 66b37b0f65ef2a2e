//! Digest authentication (RFC 7616, RFC 8760): the library's own reads the nonce count wrongly, so this is ours.

mod credentials;
mod nonce;

use super::flow::Flow;
use crate::settings::{Algorithm, PhoneAccount, Settings};
use credentials::DigestCredentials;
use domain::call::Dn;
use nonce::Nonces;
use std::collections::HashMap;
use subtle::ConstantTimeEq;

/// What credentials prove.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DigestCheck {
    /// There are none that are for us.
    Absent,
    /// They are right.
    Right(Dn),
    /// They are for a nonce that is too old, that we did not send there, or whose count is used up: the phone may try
    /// again by itself (RFC 7616 §3.3). The nonce is checked before the password, so that
    /// nobody can guess uncounted.
    Stale,
    /// Wrong, for a nonce that we sent to where they come from.
    Wrong,
}

/// Checks credentials and issues challenges.
pub(super) struct Digest {
    realm: String,
    /// The hashes that phones are asked for, in this order.
    algorithms: Vec<Algorithm>,
    /// Whether answers without `qop` are taken.
    without_qop: bool,
    nonces: Nonces,
}

impl Digest {
    /// Fails when the system has no randomness for a key.
    pub fn new(settings: &Settings) -> Result<Self, getrandom::Error> {
        Ok(Self {
            realm: settings.realm.clone(),
            algorithms: settings.digest.clone(),
            without_qop: settings.digest_without_qop,
            nonces: Nonces::new(settings.timers.nonce)?,
        })
    }

    /// The challenges for the other end of a flow, all with one nonce (RFC 8760 §2.3: one header each).
    pub fn challenges(&self, flow: Flow, stale: bool) -> Vec<String> {
        let nonce = self.nonces.issue(flow);
        let challenge = |algorithm: &Algorithm| {
            let stale = if stale { ", stale=true" } else { "" };
            format!(
                "Digest realm=\"{}\", nonce=\"{nonce}\", algorithm={}, qop=\"auth\"{stale}",
                self.realm,
                algorithm.name()
            )
        };
        self.algorithms.iter().map(challenge).collect()
    }

    /// Whether one of these headers is for a nonce that we sent to the other end of a flow.
    pub fn sent_nonce_of<'a>(&self, mut headers: impl Iterator<Item = &'a str>, flow: Flow) -> bool {
        headers.any(|header| {
            DigestCredentials::parse(header).is_some_and(|given| {
                given.realm == self.realm && self.nonces.read(given.nonce, flow).is_some()
            })
        })
    }

    /// The number that credentials for us name, whether they are right or not.
    pub fn claimed<'a>(&self, mut headers: impl Iterator<Item = &'a str>) -> Option<Dn> {
        headers.find_map(|header| {
            DigestCredentials::parse(header)
                .filter(|given| given.realm == self.realm)
                .map(|given| Dn::new(given.number()))
        })
    }

    /// A tag for an answer about which nothing is kept: the same for the same request (RFC 3261 §8.2.7).
    pub fn tag(&self, named: &[&str]) -> String {
        self.nonces.tag(named.join("\n").as_bytes())
    }

    /// What the Authorization (or Proxy-Authorization) headers of a request over a flow prove. Those with a hash that
    /// was not asked for count as none, since somebody in between could choose the weaker. `target` is its Request-URI:
    /// credentials
    /// for another number are refused.
    pub fn verify<'a>(
        &self,
        accounts: &HashMap<Dn, PhoneAccount>,
        flow: Flow,
        method: &str,
        target: &str,
        headers: impl Iterator<Item = &'a str>,
    ) -> DigestCheck {
        let ours = headers
            .filter_map(DigestCredentials::parse)
            .filter(|given| given.realm == self.realm && self.algorithms.contains(&given.algorithm))
            .max_by_key(|given| given.algorithm);
        let Some(given) = ours else { return DigestCheck::Absent };
        let Some(stamp) = self.nonces.read(given.nonce, flow) else { return DigestCheck::Stale };
        let dn = Dn::new(given.number());
        // An unknown user costs the same work and gets the same answer as a wrong password.
        let account = accounts.get(&dn);
        let password = account.map_or("", |account| account.password.as_str());
        let expected = given.expected(password, method);
        let same: bool = expected.as_bytes().ct_eq(given.response.to_ascii_lowercase().as_bytes()).into();
        if !same || account.is_none() || !given.is_for(target) {
            return DigestCheck::Wrong;
        }
        if given.count().is_none() && !self.without_qop {
            tracing::warn!(number = %dn, "a phone answers challenges in the way of RFC 2069, without qop; \
                it is let in only where sip.digest_without_qop is set");
            return DigestCheck::Absent;
        }
        // Without a count, a nonce is good once.
        let count = given.count().unwrap_or(u32::MAX);
        if self.nonces.spend(stamp, count) { DigestCheck::Right(dn) } else { DigestCheck::Stale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Carrier;
    use std::time::Duration;

    fn here() -> Flow {
        Flow { carrier: Carrier::Udp, peer: ([192, 0, 2, 1], 5060).into() }
    }

    fn asking(algorithms: Vec<Algorithm>) -> Digest {
        let nonces = Nonces::new(Duration::from_secs(300)).expect("a key");
        Digest { realm: "jackfield".into(), algorithms, without_qop: false, nonces }
    }

    fn accounts() -> HashMap<Dn, PhoneAccount> {
        HashMap::from([(
            Dn::new("5001"),
            PhoneAccount { password: "demo".into(), ..PhoneAccount::default() },
        )])
    }

    fn digest() -> Digest {
        asking(vec![Algorithm::Sha256, Algorithm::Md5])
    }

    fn nonce_of(challenge: &str) -> String {
        challenge.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("nonce").to_owned()
    }

    fn header(digest: &Digest, nonce: &str, nc: &str, algorithm: &str, password: &str) -> String {
        let unsigned = |response: &str| {
            format!(
                "Digest username=\"5001\", realm=\"{}\", nonce=\"{nonce}\", uri=\"sip:127.0.0.1\", \
                 response=\"{response}\", algorithm={algorithm}, cnonce=\"abc\", qop=auth, nc={nc}",
                digest.realm
            )
        };
        let blank = unsigned("");
        let response = DigestCredentials::parse(&blank).expect("credentials").expected(password, "REGISTER");
        unsigned(&response)
    }

    #[test]
    fn nonce_counts_are_taken_as_they_are_written() {
        let digest = digest();
        for algorithm in ["MD5", "SHA-256"] {
            let nonce = nonce_of(&digest.challenges(here(), false)[0]);
            for nc in ["00000001", "00000009", "0000000a", "00000010", "000000ff", "00000100"] {
                let header = header(&digest, &nonce, nc, algorithm, "demo");
                let verdict = digest.verify(
                    &accounts(),
                    here(),
                    "REGISTER",
                    "sip:127.0.0.1",
                    std::iter::once(header.as_str()),
                );
                assert_eq!(verdict, DigestCheck::Right(Dn::new("5001")), "{algorithm} {nc}");
            }
        }
    }

    #[test]
    fn a_hash_that_was_not_asked_for_proves_nothing() {
        let digest = asking(vec![Algorithm::Sha256]);
        let nonce = nonce_of(&digest.challenges(here(), false)[0]);
        for (algorithm, verdict) in
            [("MD5", DigestCheck::Absent), ("SHA-256", DigestCheck::Right(Dn::new("5001")))]
        {
            let header = header(&digest, &nonce, "00000001", algorithm, "demo");
            let given = digest.verify(
                &accounts(),
                here(),
                "REGISTER",
                "sip:127.0.0.1",
                std::iter::once(header.as_str()),
            );
            assert_eq!(given, verdict, "{algorithm}");
        }
    }

    #[test]
    fn the_same_count_twice_is_refused() {
        let digest = digest();
        let nonce = nonce_of(&digest.challenges(here(), false)[0]);
        let header = header(&digest, &nonce, "00000001", "MD5", "demo");
        let ask = || {
            digest.verify(&accounts(), here(), "REGISTER", "sip:127.0.0.1", std::iter::once(header.as_str()))
        };
        assert_eq!(ask(), DigestCheck::Right(Dn::new("5001")));
        assert_eq!(ask(), DigestCheck::Stale);
    }

    #[test]
    fn a_wrong_password_another_method_and_another_number_are_refused() {
        let digest = digest();
        let nonce = nonce_of(&digest.challenges(here(), false)[0]);
        let wrong = header(&digest, &nonce, "00000001", "SHA-256", "other");
        let right = header(&digest, &nonce, "00000001", "SHA-256", "demo");
        let ask = |method: &str, target: &str, header: &str| {
            digest.verify(&accounts(), here(), method, target, std::iter::once(header))
        };
        assert_eq!(ask("REGISTER", "sip:127.0.0.1", &wrong), DigestCheck::Wrong);
        assert_eq!(ask("INVITE", "sip:127.0.0.1", &right), DigestCheck::Wrong);
        let elsewhere = right.replace("uri=\"sip:", "uri=\"sip:7000@");
        assert_eq!(ask("REGISTER", "sip:9000@127.0.0.1", &elsewhere), DigestCheck::Wrong);
    }

    #[test]
    fn a_nonce_that_is_not_ours_is_stale() {
        let digest = digest();
        let other = super::tests::digest();
        let nonce = nonce_of(&other.challenges(here(), false)[0]);
        let header = header(&digest, &nonce, "00000001", "MD5", "demo");
        let verdict =
            digest.verify(&accounts(), here(), "REGISTER", "sip:127.0.0.1", std::iter::once(header.as_str()));
        assert_eq!(verdict, DigestCheck::Stale);
    }

    #[test]
    fn challenges_name_the_strongest_first() {
        let challenges = digest().challenges(here(), true);
        let [first, second] = &challenges[..] else { panic!("two challenges") };
        assert!(first.contains("algorithm=SHA-256") && first.contains("stale=true"));
        assert!(second.contains("algorithm=MD5"));
        assert_eq!(nonce_of(first), nonce_of(second));
    }

    #[test]
    fn wrong_credentials_on_a_nonce_of_another_address_are_not_wrong_but_stale() {
        let digest = digest();
        let nonce = nonce_of(&digest.challenges(here(), false)[0]);
        let forger = Flow { peer: ([192, 0, 2, 9], 5060).into(), ..here() };
        for password in ["demo", "guess"] {
            let header = header(&digest, &nonce, "00000001", "MD5", password);
            let ask = |flow| {
                digest.verify(
                    &accounts(),
                    flow,
                    "REGISTER",
                    "sip:127.0.0.1",
                    std::iter::once(header.as_str()),
                )
            };
            assert_eq!(ask(forger), DigestCheck::Stale, "nothing is learned of the password");
        }
    }

    #[test]
    fn an_answer_without_qop_is_taken_only_where_it_is_set_and_once_a_nonce() {
        let mut digest = digest();
        for (set, outcomes) in [
            (false, [DigestCheck::Absent, DigestCheck::Absent]),
            (true, [DigestCheck::Right(Dn::new("5001")), DigestCheck::Stale]),
        ] {
            digest.without_qop = set;
            let nonce = nonce_of(&digest.challenges(here(), false)[0]);
            let unsigned = |response: &str| {
                format!(
                    "Digest username=\"5001\", realm=\"jackfield\", nonce=\"{nonce}\", uri=\"sip:h\", \
                     response=\"{response}\""
                )
            };
            let blank = unsigned("");
            let proof = DigestCredentials::parse(&blank).expect("credentials").expected("demo", "REGISTER");
            let (right, wrong) = (unsigned(&proof), unsigned("00"));
            let ask = |text: &str| {
                digest.verify(&accounts(), here(), "REGISTER", "sip:127.0.0.1", std::iter::once(text))
            };
            assert_eq!(ask(&wrong), DigestCheck::Wrong);
            assert_eq!([ask(&right), ask(&right)], outcomes);
        }
    }
}
