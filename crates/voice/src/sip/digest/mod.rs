//! Digest authentication (RFC 7616, RFC 8760): the library's own reads the nonce count wrongly, so this is ours.

mod credentials;
mod nonce;

use crate::settings::{Account, Algorithm};
use credentials::Credentials;
use domain::call::Dn;
use nonce::Nonces;
use std::{collections::HashMap, time::Duration};
use subtle::ConstantTimeEq;

/// What credentials prove.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// None came that are for us.
    Absent,
    /// They are right.
    Right(Dn),
    /// Right, with a nonce that is too old, not ours or used up: the phone may try again by itself.
    Stale(Dn),
    /// Wrong.
    Wrong,
}

/// Checks credentials and issues challenges.
pub(super) struct Digest {
    realm: String,
    /// What phones are asked for, in this order.
    algorithms: Vec<Algorithm>,
    nonces: Nonces,
}

impl Digest {
    /// Fails when the system has no chance for a key.
    pub fn new(realm: String, algorithms: Vec<Algorithm>, life: Duration) -> Result<Self, getrandom::Error> {
        Ok(Self { realm, algorithms, nonces: Nonces::new(life)? })
    }

    /// The challenges, all with one nonce (RFC 8760 §2.3: one header each).
    pub fn challenges(&self, stale: bool) -> Vec<String> {
        let nonce = self.nonces.issue();
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

    /// What the Authorization (or Proxy-Authorization) headers of a request prove; those with a hash that was not asked
    /// for are none, since who stands between could choose the weaker. `user` is the user part of its
    /// Request-URI: credentials for another number are refused.
    pub fn verify<'a>(
        &self,
        accounts: &HashMap<Dn, Account>,
        method: &str,
        user: Option<&str>,
        headers: impl Iterator<Item = &'a str>,
    ) -> Verdict {
        let ours = headers
            .filter_map(Credentials::parse)
            .filter(|given| given.realm == self.realm && self.algorithms.contains(&given.algorithm))
            .max_by_key(|given| given.algorithm);
        let Some(given) = ours else { return Verdict::Absent };
        let dn = Dn::new(given.username);
        // An unknown user costs the same work and gets the same answer as a wrong password.
        let account = accounts.get(&dn);
        let password = account.map_or("", |account| account.password.as_str());
        let expected = given.expected(password, method);
        let same: bool = expected.as_bytes().ct_eq(given.response.to_ascii_lowercase().as_bytes()).into();
        if !same || account.is_none() || !given.is_for(user.unwrap_or_default()) {
            return Verdict::Wrong;
        }
        if self.nonces.spend(given.nonce, given.count) { Verdict::Right(dn) } else { Verdict::Stale(dn) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts() -> HashMap<Dn, Account> {
        HashMap::from([(Dn::new("5001"), Account { password: "demo".into(), ..Account::default() })])
    }

    fn digest() -> Digest {
        Digest::new("jackfield".into(), vec![Algorithm::Sha256, Algorithm::Md5], Duration::from_secs(300))
            .expect("a key")
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
        let response = Credentials::parse(&blank).expect("credentials").expected(password, "REGISTER");
        unsigned(&response)
    }

    #[test]
    fn nonce_counts_are_taken_as_they_are_written() {
        let digest = digest();
        for algorithm in ["MD5", "SHA-256"] {
            let nonce = nonce_of(&digest.challenges(false)[0]);
            for nc in ["00000001", "00000009", "0000000a", "00000010", "000000ff", "00000100"] {
                let header = header(&digest, &nonce, nc, algorithm, "demo");
                let verdict = digest.verify(&accounts(), "REGISTER", None, std::iter::once(header.as_str()));
                assert_eq!(verdict, Verdict::Right(Dn::new("5001")), "{algorithm} {nc}");
            }
        }
    }

    #[test]
    fn a_hash_that_was_not_asked_for_proves_nothing() {
        let digest = Digest::new("jackfield".into(), vec![Algorithm::Sha256], Duration::from_secs(300))
            .expect("a key");
        let nonce = nonce_of(&digest.challenges(false)[0]);
        for (algorithm, verdict) in [("MD5", Verdict::Absent), ("SHA-256", Verdict::Right(Dn::new("5001")))] {
            let header = header(&digest, &nonce, "00000001", algorithm, "demo");
            let given = digest.verify(&accounts(), "REGISTER", None, std::iter::once(header.as_str()));
            assert_eq!(given, verdict, "{algorithm}");
        }
    }

    #[test]
    fn the_same_count_twice_is_refused() {
        let digest = digest();
        let nonce = nonce_of(&digest.challenges(false)[0]);
        let header = header(&digest, &nonce, "00000001", "MD5", "demo");
        let ask = || digest.verify(&accounts(), "REGISTER", None, std::iter::once(header.as_str()));
        assert_eq!(ask(), Verdict::Right(Dn::new("5001")));
        assert_eq!(ask(), Verdict::Stale(Dn::new("5001")));
    }

    #[test]
    fn a_wrong_password_another_method_and_another_number_are_refused() {
        let digest = digest();
        let nonce = nonce_of(&digest.challenges(false)[0]);
        let wrong = header(&digest, &nonce, "00000001", "SHA-256", "other");
        let right = header(&digest, &nonce, "00000001", "SHA-256", "demo");
        let ask = |method: &str, user: Option<&str>, header: &str| {
            digest.verify(&accounts(), method, user, std::iter::once(header))
        };
        assert_eq!(ask("REGISTER", None, &wrong), Verdict::Wrong);
        assert_eq!(ask("INVITE", None, &right), Verdict::Wrong);
        let elsewhere = right.replace("uri=\"sip:", "uri=\"sip:7000@");
        assert_eq!(ask("REGISTER", Some("9000"), &elsewhere), Verdict::Wrong);
    }

    #[test]
    fn a_nonce_that_is_not_ours_is_stale() {
        let digest = digest();
        let other = super::tests::digest();
        let nonce = nonce_of(&other.challenges(false)[0]);
        let header = header(&digest, &nonce, "00000001", "MD5", "demo");
        let verdict = digest.verify(&accounts(), "REGISTER", None, std::iter::once(header.as_str()));
        assert_eq!(verdict, Verdict::Stale(Dn::new("5001")));
    }

    #[test]
    fn challenges_name_the_strongest_first() {
        let challenges = digest().challenges(true);
        let [first, second] = &challenges[..] else { panic!("two challenges") };
        assert!(first.contains("algorithm=SHA-256") && first.contains("stale=true"));
        assert!(second.contains("algorithm=MD5"));
        assert_eq!(nonce_of(first), nonce_of(second));
    }
}
