//! Values that must not be shown.

use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// A secret of an account: a token, a password, a key. It can be used, but not printed
/// (spec: channel-connectors#0.2.8).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of this value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for the one place that signs or sends with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `shown` is the secret, found out in a time that tells nothing of it. An empty secret is never shown
    /// rightly: it was forgotten in the settings, and anybody could show it.
    pub fn is(&self, shown: &str) -> bool {
        // Digests are compared, as a comparison of the texts would tell the length.
        let same: bool = Sha256::digest(&self.0).ct_eq(&Sha256::digest(shown)).into();
        same && !self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_only_whole() {
        let secret = Secret::new("demo-verify");
        assert!(secret.is("demo-verify"));
        for wrong in ["", "demo-verif", "demo-verify ", "Demo-Verify"] {
            assert!(!secret.is(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn nobody_knows_a_forgotten_one() {
        assert!(!Secret::new("").is(""));
    }

    #[test]
    fn it_cannot_be_printed() {
        assert_eq!(format!("{:?}", Secret::new("demo-verify")), "Secret");
    }
}
