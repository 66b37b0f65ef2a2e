//! Numbers, and requests to call one (spec: core-and-voice#5.6).

use super::{table::requests, value::Pairs};
use desk::Dialled;
use domain::{Refusal, call::Dn, check::MAX_NUMBER};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected},
};
use serde_json::Value;
use utoipa::ToSchema;

requests! {
    /// What can be asked of the calls of a phone.
    CallsRequest {
        Dial(CallsDialRequest) = "Dial", {"destination": {"phoneNumber": "9000"}};
    }
}

/// Calls somebody. The phone is called first, and the other when it has answered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallsDialRequest {
    /// Whom to call.
    destination: Destination,
    /// A remote location, repeated in notifications. An empty text counts as left out.
    location: Option<String>,
    /// Pairs to attach.
    #[schema(value_type = Option<BTreeMap<String, Value>>)]
    user_data: Option<Pairs>,
}

/// Whom to call.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct Destination {
    /// The number, or the name of a phone. What people put between digits is left out.
    phone_number: String,
}

impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Value::Object(members) = Value::deserialize(from)? else {
            return Err(D::Error::invalid_type(Unexpected::Other("another"), &"an object"));
        };
        let number = members.get("phoneNumber").and_then(Value::as_str).and_then(number);
        let none = || D::Error::custom("'destination' has no 'phoneNumber' that can be called");
        Ok(Self { phone_number: number.ok_or_else(none)? })
    }
}

impl Destination {
    /// The number as it is dialled.
    pub(super) fn number(&self) -> &str {
        &self.phone_number
    }
}

impl CallsDialRequest {
    /// Whom to call and how.
    pub fn dialled(self) -> Dialled {
        Dialled {
            number: self.destination.phone_number,
            location: self.location.filter(|location| !location.is_empty()),
            user_data: self.user_data.unwrap_or_default().0,
        }
    }
}

/// A number that a client gives as a plain text, in the member `name`.
pub fn plain_number(text: &str, name: &str) -> Result<Dn, Refusal> {
    let number = number(text);
    let why = || Refusal::Invalid(format!("'{name}' is no number that can be called"));
    number.map(|number| Dn::from(number.as_str())).ok_or_else(why)
}

/// A number as it is dialled: what people put between digits is left out (RFC 3966 §5.1.1). `None` for a text that is
/// no telephone number or name of a phone.
fn number(text: &str) -> Option<String> {
    let is_visual = |letter: char| matches!(letter, ' ' | '-' | '(' | ')' | '.' | '/');
    let text = text.trim();
    let plain: String = text.chars().filter(|letter| !is_visual(*letter)).collect();
    let is_digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '*' | '#');
    let is_number = !plain.is_empty() && plain.chars().all(is_digit);
    let number = if is_number { plain } else { text.to_owned() };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "+*#-._".contains(letter);
    (!number.is_empty() && number.len() <= MAX_NUMBER && number.chars().all(is_name)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_put_between_digits_is_not_dialled() {
        for (written, dialled) in [
            (" +1 (555) 010-0142 ", Some("+15550100142")),
            ("9000", Some("9000")),
            ("*72#", Some("*72#")),
            ("ines.b-1", Some("ines.b-1")),
            ("", None),
            ("  ", None),
            ("sip:5002@evil.test", None),
            ("5002\r\nX-Evil: 1", None),
        ] {
            assert_eq!(number(written).as_deref(), dialled, "{written:?}");
        }
        assert_eq!(number(&"5".repeat(65)), None);
    }
}
