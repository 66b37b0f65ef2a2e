//! Whom a request wants called: a number, or a user wherever they work now (spec: core-and-voice#5.6, #5.7).

use super::value::last_parts;
use crate::links::unescape;
use desk::Callee;
use domain::{Refusal, UserId, call::Dn, check::MAX_NUMBER};
use serde::{Deserialize, Deserializer, de::Error};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// Whom to call: a number, or a user at the phone at which they work now. Of several members the first in this order counts:
/// `targetUri`, `targetPath`, `userName`, `phoneNumber`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Members {
    /// The address of a user, or of their entry in the directory.
    target_uri: Option<String>,
    /// The same as a path.
    target_path: Option<String>,
    /// The name of a user.
    user_name: Option<String>,
    /// The number, or the name of a phone; what people put between digits is left out. Where it is neither, the name or the
    /// address of a user.
    phone_number: Option<String>,
}

/// Whom to call.
#[derive(Debug)]
pub struct Destination(Callee);

impl Destination {
    /// Whom to call.
    pub(super) fn callee(&self) -> &Callee {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Members { target_uri, target_path, user_name, phone_number } = Members::deserialize(from)?;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let found = match (given(target_uri).or(given(target_path)), given(user_name)) {
            (Some(address), _) => {
                user_at(&address).ok_or("'destination' has an address that is not that of a user")
            }
            (None, Some(name)) => Ok(Callee::UserName(name)),
            (None, None) => phone_number
                .as_deref()
                .and_then(typed)
                .ok_or("'destination' has no 'phoneNumber' that can be called"),
        };
        found.map(Self).map_err(D::Error::custom)
    }
}

impl PartialSchema for Destination {
    fn schema() -> RefOr<Schema> {
        Members::schema()
    }
}

impl ToSchema for Destination {}

/// Whom somebody means who has one field to write into.
fn typed(text: &str) -> Option<Callee> {
    if let Some(number) = number(text) {
        return Some(Callee::Number(number));
    }
    let is_name =
        !text.trim().is_empty() && !text.contains(|letter: char| letter == ':' || letter.is_control());
    user_at(text).or_else(|| is_name.then(|| Callee::UserName(text.trim().to_owned())))
}

/// The user whose address, or whose entry of the directory this is.
fn user_at(address: &str) -> Option<Callee> {
    match last_parts(address) {
        ("", _) => None,
        (id, "users" | "contacts") => Some(Callee::User(UserId::from(unescape(id)))),
        _ => None,
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
    use crate::body::Body;
    use serde_json::json;

    #[derive(Deserialize)]
    struct Asked {
        destination: Destination,
    }

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

    #[test]
    fn a_user_is_named_by_address_or_name_and_what_is_typed_as_a_number_may_be_either() {
        let user = |id: &str| Some(Callee::User(id.into()));
        let named = |name: &str| Some(Callee::UserName(name.to_owned()));
        for (given, found) in [
            (json!({"phoneNumber": "50-02"}), Some(Callee::Number("5002".into()))),
            (json!({"phoneNumber": "mei.l"}), Some(Callee::Number("mei.l".into()))),
            (json!({"phoneNumber": "mei@desk.example"}), named("mei@desk.example")),
            (json!({"phoneNumber": "/users/u%2F1"}), user("u/1")),
            (json!({"targetUri": "http://x/api/v2/users/u1/", "phoneNumber": "5002"}), user("u1")),
            (json!({"targetUri": "", "targetPath": "/contacts/u1"}), user("u1")),
            (json!({"userName": "mei:l", "phoneNumber": "5002"}), named("mei:l")),
            (json!({"targetUri": "/queues/Support"}), None),
            (json!({"targetUri": "/users/"}), None),
            (json!({"phoneNumber": "sip:5002@evil.test"}), None),
            (json!({"phoneNumber": "5002\r\nX-Evil, 1"}), None),
            (json!({"phoneNumber": 5002}), None),
            (json!({"phoneNumber": ""}), None),
            (json!({"userName": ""}), None),
            (json!({}), None),
            (json!("5002"), None),
        ] {
            let members = json!({"operationName": "Dial", "destination": given}).to_string();
            let body = Body::parse(members.as_bytes()).expect("a body");
            match body.read::<Asked>() {
                Ok(asked) => assert_eq!(Some(asked.destination.0), found, "{given}"),
                Err(why) => assert!(matches!(why, Refusal::Invalid(_)) && found.is_none(), "{given}: {why}"),
            }
        }
    }
}
