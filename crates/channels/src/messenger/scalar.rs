//! Values that the platform writes sometimes as a number, sometimes as a string.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};
use std::fmt;

/// An id: a string, or a number that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id(pub String);

/// A whole number, or a string of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole(pub i64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AsText).map(Self)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = from.deserialize_any(AsText)?;
        // The text may be personal, so it is not in the error.
        text.parse().map(Self).map_err(|_| D::Error::custom("not a whole number"))
    }
}

struct AsText;

impl Visitor<'_> for AsText {
    type Value = String;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a string or a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_be_a_number() {
        for (json, id) in [("\"2002\"", "2002"), ("2002", "2002"), ("-1", "-1"), ("\"\\u00e9\"", "é")] {
            assert_eq!(serde_json::from_str::<Id>(json).expect("id"), Id(id.into()));
        }
        assert!(serde_json::from_str::<Id>("[]").is_err());
        assert!(serde_json::from_str::<Id>("true").is_err());
    }

    #[test]
    fn a_number_may_be_a_string() {
        for (json, number) in [("3", 3), ("\"3\"", 3), ("-3", -3)] {
            assert_eq!(serde_json::from_str::<Whole>(json).expect("number"), Whole(number));
        }
        for json in ["3.5", "\"three\"", "99999999999999999999", "\"\"", "null"] {
            assert!(serde_json::from_str::<Whole>(json).is_err(), "{json}");
        }
    }
}
