//! Ids that follow from names, and other values of a file as they are kept.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// An id that follows from a name, so that the same file means the same objects everywhere: 32 hex digits.
pub fn stable_id(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("jackfield {kind} {name}"));
    digest.iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The same as a GUID.
pub fn stable_guid(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("jackfield {kind} {name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// The hash of a password. Slow.
pub fn hashed(password: &str) -> Result<String> {
    api::hash_password(password).context("the password is empty or longer than argon2 takes")
}

/// Milliseconds.
pub fn seconds(count: u32) -> domain::Millis {
    domain::Millis::from(count) * 1_000
}
