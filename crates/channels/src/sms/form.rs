//! The form of a webhook: its fields, and why it cannot be read (spec: channel-connectors#1B.1).

use super::signature::Param;
use crate::{shorten::shortened, urlencoded};
use domain::json::{self, Bound};
use edge::Charset;

/// The largest form, in bytes: the longest text, where a character of four bytes takes twelve, and the rest many
/// times over. A longer one is not read at all, and no provider writes it.
pub const MAX_BODY_BYTES: usize = 12 * domain::message::MAX_TEXT.chars + 64 * 1024;
/// The most fields of a form. Providers add some without notice.
pub const MAX_FIELDS: usize = 256;
/// The most fields of a form that is checked at all: its signature covers all of them, and costs something for each.
pub const MOST_FIELDS: usize = 4_096;
/// The longest id, in bytes; those of Twilio have 34.
const MAX_ID_BYTES: usize = 128;
/// The longest address, in bytes, without its prefix.
const MAX_ADDRESS_BYTES: usize = 64;

/// The fields of a webhook, in the order in which they came: those we know and those we do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SmsForm {
    fields: Vec<(String, String)>,
    signed: Vec<Param>,
    is_garbled: bool,
}

/// Why a webhook cannot be read. It must be kept as it came, and answered as if it had been read, because the provider
/// would send the same again (spec: channel-connectors#0.2.5).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecodable {
    /// The form has more than [`MAX_FIELDS`] fields.
    #[error("the form has more than {MAX_FIELDS} fields")]
    TooManyFields,
    /// A field that the rest needs is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field came twice, with different values.
    #[error("{0} was given twice, with different values")]
    Ambiguous(&'static str),
    /// A field is too long.
    #[error("{name} is longer than {bytes} bytes")]
    TooLong {
        /// The field.
        name: &'static str,
        /// How long it may be.
        bytes: usize,
    },
    /// A field is not what it should be.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// An address does not begin as the addresses of this account do.
    #[error("{name} does not begin with {prefix}")]
    Prefix {
        /// The field.
        name: &'static str,
        /// How it should begin.
        prefix: String,
    },
    /// It is of another account, or to an address that is not ours.
    #[error("{0} is not of this account")]
    Stranger(&'static str),
    /// It is no form.
    #[error("it is no form")]
    NoForm,
}

impl SmsForm {
    /// Reads the body of a `POST`, or the query of a `GET`, of at most [`MAX_BODY_BYTES`], in UTF-8. Other bytes are
    /// replaced, and [`SmsForm::is_garbled`] says so: a person wrote it, and their provider would send the same again.
    /// All fields are kept, however many there are, because the signature covers them all.
    pub fn read(encoded: &[u8]) -> Self {
        let charset = Charset::default();
        let mut form = Self::default();
        for (name, value) in urlencoded::pairs(encoded) {
            let mut part = |bytes: &[u8]| {
                let (text, is_whole) = charset.read_in_part(bytes);
                form.is_garbled |= !is_whole;
                let signed = if is_whole { text.as_bytes() } else { bytes };
                (text.clone().into_owned(), signed.to_vec())
            };
            let ((name, signed_name), (value, signed_value)) = (part(&name), part(&value));
            form.fields.push((name, value));
            form.signed.push((signed_name, signed_value));
        }
        form
    }

    /// Whether it has bytes that belong to no alphabet, which U+FFFD replaces.
    pub const fn is_garbled(&self) -> bool {
        self.is_garbled
    }

    /// Refuses a form with more than [`MAX_FIELDS`] fields.
    pub(super) fn check_number(&self) -> Result<(), Undecodable> {
        if self.fields.len() > MAX_FIELDS { Err(Undecodable::TooManyFields) } else { Ok(()) }
    }

    /// All fields, in their order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// All fields, as the signature covers them.
    pub fn signed(&self) -> &[Param] {
        &self.signed
    }

    /// A field that has a value.
    pub(super) fn get(&self, name: &'static str) -> Result<Option<&str>, Undecodable> {
        self.find(name, name)
    }

    /// A field of a numbered series, named as the series in errors.
    pub(super) fn numbered(&self, series: &'static str, number: usize) -> Result<Option<&str>, Undecodable> {
        self.find(&format!("{series}{number}"), series)
    }

    fn find(&self, name: &str, known_as: &'static str) -> Result<Option<&str>, Undecodable> {
        let mut values =
            self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let Some(value) = values.next() else { return Ok(None) };
        if values.any(|other| other != value) {
            return Err(Undecodable::Ambiguous(known_as));
        }
        Ok(Some(value).filter(|value| !value.is_empty()))
    }

    /// A field that has a value of at most so many bytes, as it will stand in JSON.
    pub(super) fn bounded(&self, name: &'static str, bytes: usize) -> Result<Option<String>, Undecodable> {
        match self.get(name)? {
            Some(value) if json::text_len(value) > bytes => Err(Undecodable::TooLong { name, bytes }),
            value => Ok(value.map(str::to_owned)),
        }
    }

    /// A field that has a value, shortened if it is longer than it may be.
    pub(super) fn shortened(&self, name: &'static str, most: Bound) -> Result<Option<String>, Undecodable> {
        Ok(self.get(name)?.map(|value| shortened(value.to_owned(), most)))
    }

    /// An id: visible characters of ASCII.
    pub(super) fn id(&self, name: &'static str) -> Result<Option<String>, Undecodable> {
        let id = self.bounded(name, MAX_ID_BYTES)?;
        if id.as_deref().is_some_and(|id| !is_id(id)) {
            return Err(Undecodable::Malformed(name));
        }
        Ok(id)
    }

    /// The id of the message, under the first of the names it has had. All of them are checked: names and values are
    /// signed as one text without boundaries, so somebody who has seen one signed form could move a boundary and let an
    /// id swallow the name behind it, for another id under the same signature.
    pub(super) fn message_id(&self) -> Result<String, Undecodable> {
        let mut first = None;
        for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
            let id = self.id(name)?;
            if id.as_deref().is_some_and(|id| !is_message_id(id)) {
                return Err(Undecodable::Malformed(name));
            }
            first = first.or(id);
        }
        first.ok_or(Undecodable::Missing("MessageSid"))
    }

    /// An address, without the prefix that those of this account have.
    pub(super) fn address(&self, name: &'static str, prefix: Option<&str>) -> Result<String, Undecodable> {
        let given = self.get(name)?.ok_or(Undecodable::Missing(name))?;
        let address = bare(name, given, prefix)?;
        if address.len() > MAX_ADDRESS_BYTES {
            return Err(Undecodable::TooLong { name, bytes: MAX_ADDRESS_BYTES });
        }
        // White space at an end is a plus sign that was not escaped: this would be the address of nobody.
        let is_odd = |character: char| character.is_control() || character == char::REPLACEMENT_CHARACTER;
        if address.is_empty() || address.trim() != address || address.contains(is_odd) {
            return Err(Undecodable::Malformed(name));
        }
        Ok(address.to_owned())
    }
}

/// An address without the prefix, such as `whatsapp:`, that all addresses of the account have.
fn bare<'a>(name: &'static str, given: &'a str, prefix: Option<&str>) -> Result<&'a str, Undecodable> {
    let Some(prefix) = prefix else { return Ok(given) };
    given.strip_prefix(prefix).ok_or_else(|| Undecodable::Prefix { name, prefix: prefix.to_owned() })
}

/// Whether something has the shape of a message's id: at most two capitals, then digits and small letters (`SM` or `MM`
/// and 32 hex digits at Twilio, a UUID elsewhere). Every name of a field begins with a capital, so none is in it.
fn is_message_id(text: &str) -> bool {
    let bare = text.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let is_small = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() || b"-_".contains(&byte);
    text.len() - bare.len() <= 2 && !bare.is_empty() && bare.len() <= 64 && bare.bytes().all(is_small)
}

/// Whether something may be an id of a provider.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_ID_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_fields_are_read_in_their_order_known_or_not() {
        let form = SmsForm::read(b"B=%C3%BC+v&A&Unknown=1&A=2");
        let pairs: Vec<(&str, &str)> = form.fields().iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(pairs, [("B", "ü v"), ("A", ""), ("Unknown", "1"), ("A", "2")]);
    }

    #[test]
    fn a_form_is_bounded_in_number() {
        let check = |number| SmsForm::read("a=1&".repeat(number).as_bytes()).check_number();
        assert_eq!(check(MAX_FIELDS), Ok(()));
        assert_eq!(check(MAX_FIELDS + 1), Err(Undecodable::TooManyFields));
    }

    #[test]
    fn a_field_given_twice_must_say_the_same() {
        let form = SmsForm::read(b"A=1&A=1&B=1&B=2");
        assert_eq!(form.get("A"), Ok(Some("1")));
        assert_eq!(form.get("B"), Err(Undecodable::Ambiguous("B")));
    }

    #[test]
    fn an_address_bears_the_prefix_of_its_account() {
        let form = SmsForm::read(b"From=whatsapp:%2B1555&To=%2B1666&Bad=whatsapp:");
        let prefix = Some("whatsapp:");
        assert_eq!(form.address("From", prefix), Ok("+1555".into()));
        assert_eq!(form.address("From", None), Ok("whatsapp:+1555".into()));
        let refused = Undecodable::Prefix { name: "To", prefix: "whatsapp:".into() };
        assert_eq!(form.address("To", prefix), Err(refused));
        assert_eq!(form.address("Bad", prefix), Err(Undecodable::Malformed("Bad")));
        assert_eq!(form.address("Else", prefix), Err(Undecodable::Missing("Else")));
    }

    #[test]
    fn a_plus_sign_that_was_not_escaped_is_no_address() {
        let form = SmsForm::read(b"From=+1555&To=a%0Ab");
        assert_eq!(form.address("From", None), Err(Undecodable::Malformed("From")));
        assert_eq!(form.address("To", None), Err(Undecodable::Malformed("To")));
    }

    #[test]
    fn no_id_swallows_the_field_behind_it() {
        for right in
            ["SM1", "SM8f14e45fceea167a5a36dedd4bea2543", "MM1", "0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f"]
        {
            let form = SmsForm::read(format!("MessageSid={right}").as_bytes());
            assert_eq!(form.message_id(), Ok(right.to_owned()));
        }
        for wrong in [
            "MessageSid=SM1NumMedia0",
            "MessageSid=SM1&SmsSid=SM1SmsStatusreceived",
            "SmsMessageSid=SM1SmsSidSM1",
        ] {
            assert!(
                matches!(SmsForm::read(wrong.as_bytes()).message_id(), Err(Undecodable::Malformed(_))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_is_of_no_alphabet_is_replaced_and_told_and_signed_as_it_came() {
        let form = SmsForm::read(b"Body=Andr%E9&A=%C3%BC");
        assert_eq!((form.get("Body"), form.is_garbled()), (Ok(Some("Andr\u{fffd}")), true));
        assert_eq!(form.signed()[0].1, b"Andr\xe9");
        assert!(!SmsForm::read(b"Body=Andr%C3%A9").is_garbled());
        let form = SmsForm::read(b"From=%2B1555%FF");
        assert_eq!(form.address("From", None), Err(Undecodable::Malformed("From")));
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_judged(bytes: Vec<u8>) {
            let form = SmsForm::read(&bytes);
            form.message_id().ok();
            form.address("From", Some("whatsapp:")).ok();
        }
    }
}
