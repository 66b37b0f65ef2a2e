//! Why a unit cannot be read (spec: channel-connectors#0.2, rule 5).

use crate::shorten::shortened;
use domain::json::{self, Bound};
use std::fmt;

/// What is wrong with a unit. It names parts of the format and never holds what was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poison {
    /// This part does not have the shape that it must have.
    Malformed(&'static str),
    /// This part is left out, or empty.
    Missing(&'static str),
    /// This part is longer than one may be.
    TooLong(&'static str),
    /// There are more of these than there may be.
    TooMany(&'static str),
}

impl fmt::Display for Poison {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(part) => write!(to, "'{part}' is not what it has to be"),
            Self::Missing(part) => write!(to, "'{part}' is missing"),
            Self::TooLong(part) => write!(to, "'{part}' is too long"),
            Self::TooMany(part) => write!(to, "there are too many '{part}'"),
        }
    }
}

/// The words of somebody beside a message, if there are any: shortened if they are longer than they may be.
pub(super) fn words(text: Option<String>, most: Bound) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(|text| shortened(text, most))
}

/// An id of at most `most` bytes, as it will stand in JSON, if there is one. An empty one counts as none.
pub(super) fn optional(
    text: Option<String>,
    part: &'static str,
    most: usize,
) -> Result<Option<String>, Poison> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) if json::text_len(&text) > most => Err(Poison::TooLong(part)),
        text => Ok(text),
    }
}

/// An id of 1 to `most` bytes.
pub(super) fn required(text: Option<String>, part: &'static str, most: usize) -> Result<String, Poison> {
    optional(text, part, most)?.ok_or(Poison::Missing(part))
}
