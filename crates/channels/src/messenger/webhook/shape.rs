//! The shapes and sizes of the parts of an event.

use super::poison::Poison;
use domain::json::Bound;
use serde::de::DeserializeOwned;

/// The longest id of a person, a page or an app, in bytes.
pub(super) const MAX_ID: usize = 128;

/// The longest id of a message, in bytes.
pub(super) const MAX_MID: usize = 512;

/// The longest payload of a button, and metadata; the platform takes 1000 characters.
pub(super) const MAX_PAYLOAD: Bound = Bound::chars(1024);

/// A part of an event, by its shape.
pub(super) fn shape<T: DeserializeOwned>(raw: &str, part: &'static str) -> Result<T, Poison> {
    serde_json::from_str(raw).map_err(|_| Poison::Malformed(part))
}
