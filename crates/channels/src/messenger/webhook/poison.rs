//! Why a unit cannot be read (channel-connectors §0.2, rule 5).

use domain::json;
use std::fmt;

/// What is wrong with a unit. It names parts of the format and never holds what was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poison {
    /// This part is not of the shape it has to be.
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

/// A text of at most `most` bytes, as it will stand in JSON.
pub(super) fn bounded(text: String, part: &'static str, most: usize) -> Result<String, Poison> {
    if json::text_len(&text) > most { Err(Poison::TooLong(part)) } else { Ok(text) }
}

/// A text of at most `most` bytes, if there is one. An empty one is none.
pub(super) fn optional(
    text: Option<String>,
    part: &'static str,
    most: usize,
) -> Result<Option<String>, Poison> {
    text.filter(|text| !text.is_empty()).map(|text| bounded(text, part, most)).transpose()
}

/// A text of 1 to `most` bytes.
pub(super) fn required(text: Option<String>, part: &'static str, most: usize) -> Result<String, Poison> {
    optional(text, part, most)?.ok_or(Poison::Missing(part))
}
