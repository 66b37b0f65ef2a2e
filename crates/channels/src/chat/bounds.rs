//! Bounds of a customer's request.

use std::time::Duration;

/// How long a browser may remember that it may ask.
pub(super) const PREFLIGHT: Duration = Duration::from_secs(60 * 60);

/// The largest body of a customer, in bytes. The most that one has to hold is a text: a character of four bytes takes
/// twelve, in a form and in JSON alike. The user data of a new chat takes less (measured: 65,250 bytes of Greek in 250
/// pairs are a form of 194,292 bytes, or JSON of 191,574).
pub(super) const MAX_BODY_BYTES: usize = 12 * domain::message::MAX_TEXT.chars + 32 * 1024;

/// The most fields of one form. User data is bounded by this in number, and by the domain in weight.
pub(super) const MAX_FIELDS: usize = 256;
