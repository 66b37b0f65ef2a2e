//! A customer's message, as the provider's webhook tells it (channel-connectors §1B.1).

use super::form::{Form, Undecodable, is_id};
use domain::{
    command::Keyword,
    message::{MAX_NICKNAME_BYTES, MAX_TEXT_BYTES},
};
use reqwest::Url;

/// The most pictures and the like of one message.
pub const MAX_MEDIA: usize = 10;
/// The longest address of one, in bytes.
const MAX_MEDIA_URL_BYTES: usize = 2048;
/// The longest word or payload of a button, in bytes.
const MAX_BUTTON_BYTES: usize = 1024;

/// A message of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// The provider's id of the message: the first key by which a repetition is known.
    pub provider_id: String,
    /// The header that stays the same when the provider tries again: the second.
    pub repetition: Option<String>,
    /// The provider's id of our account, which must be the configured one.
    pub account_sid: Option<String>,
    /// The provider's id of our group of senders.
    pub service_sid: Option<String>,
    /// The customer's address, without prefix.
    pub from: String,
    /// Our address, without prefix.
    pub to: String,
    /// What the customer calls himself, where his service tells it.
    pub name: Option<String>,
    /// The text, which may be empty if there is something else.
    pub text: String,
    /// The button he pressed.
    pub button: Option<Button>,
    /// Pictures and the like, at most [`MAX_MEDIA`].
    pub media: Vec<Media>,
    /// How many more the provider announced that are not among `media`, because they are too many or have no usable
    /// address. A text is not lost because of a picture.
    pub media_left_out: usize,
    /// In how many parts the text came.
    pub segments: Option<u32>,
    /// What the provider itself took the message for, if it keeps consent for us.
    pub keyword: Option<Keyword>,
}

/// A button that was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub text: Option<String>,
    /// What it was given to say.
    pub payload: Option<String>,
}

/// A picture or the like, still at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Where it is.
    pub url: Url,
    /// What it is.
    pub content_type: String,
}

impl Inbound {
    /// Reads the form of a webhook. `prefix` is what every address of the account begins with; `repetition` is the
    /// value of the header that stays the same when the provider tries again.
    pub fn read(form: &Form, prefix: Option<&str>, repetition: Option<&str>) -> Result<Self, Undecodable> {
        form.check_number()?;
        let (media, media_left_out) = media(form)?;
        let text = form.bounded("ButtonText", MAX_BUTTON_BYTES)?;
        let payload = form.bounded("ButtonPayload", MAX_BUTTON_BYTES)?;
        let pressed = text.is_some() || payload.is_some();
        Ok(Self {
            provider_id: form.message_id()?,
            repetition: repetition.filter(|token| is_id(token)).map(str::to_owned),
            account_sid: form.id("AccountSid")?,
            service_sid: form.id("MessagingServiceSid")?,
            from: form.address("From", prefix)?,
            to: form.address("To", prefix)?,
            name: form.get("ProfileName")?.and_then(name),
            text: form.bounded("Body", MAX_TEXT_BYTES)?.unwrap_or_default(),
            button: pressed.then_some(Button { text, payload }),
            media,
            media_left_out,
            segments: form.get("NumSegments")?.and_then(|number| number.parse().ok()),
            keyword: form.get("OptOutType")?.and_then(keyword),
        })
    }
}

/// A name as a nickname may be: on one line, and cut rather than refused, as nothing hangs on it.
fn name(given: &str) -> Option<String> {
    let mut name: String = given.chars().filter(|character| !character.is_control()).collect();
    let end = (0..=MAX_NICKNAME_BYTES).rev().find(|end| name.is_char_boundary(*end));
    name.truncate(end.unwrap_or(0));
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn keyword(word: &str) -> Option<Keyword> {
    match word {
        "STOP" => Some(Keyword::OptOut),
        "START" => Some(Keyword::OptIn),
        "HELP" => Some(Keyword::Help),
        _ => None,
    }
}

fn media(form: &Form) -> Result<(Vec<Media>, usize), Undecodable> {
    let number = form.get("NumMedia")?.map(str::parse).transpose();
    let announced: usize = number.map_err(|_| Undecodable::Malformed("NumMedia"))?.unwrap_or(0);
    let mut media = Vec::new();
    for number in 0..announced.min(MAX_MEDIA) {
        let url = form.numbered("MediaUrl", number)?.and_then(media_url);
        let content_type = form.numbered("MediaContentType", number)?.filter(|kind| is_id(kind));
        let content_type = content_type.unwrap_or("application/octet-stream").to_owned();
        media.extend(url.map(|url| Media { url, content_type }));
    }
    let left_out = announced - media.len();
    Ok((media, left_out))
}

fn media_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_MEDIA_URL_BYTES)?;
    matches!(url.scheme(), "https" | "http").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: &str = "MessageSid=SM1&AccountSid=AC1&From=%2B15550001111&To=%2B15550100&Body=Hi&NumMedia=0";

    fn read(form: &str) -> Result<Inbound, Undecodable> {
        Inbound::read(&Form::read(form.as_bytes()), None, None)
    }

    fn with(more: &str) -> Inbound {
        read(&format!("{PLAIN}&{more}")).expect("a message")
    }

    #[test]
    fn a_message_is_read_and_what_we_do_not_know_is_ignored() {
        let message = with("MessagingServiceSid=MG1&NumSegments=2&FromCity=Bonn&Brand%20New=1");
        let expected = Inbound {
            provider_id: "SM1".into(),
            repetition: None,
            account_sid: Some("AC1".into()),
            service_sid: Some("MG1".into()),
            from: "+15550001111".into(),
            to: "+15550100".into(),
            name: None,
            text: "Hi".into(),
            button: None,
            media: Vec::new(),
            media_left_out: 0,
            segments: Some(2),
            keyword: None,
        };
        assert_eq!(message, expected);
    }

    #[test]
    fn the_id_has_had_other_names() {
        for name in ["SmsSid", "SmsMessageSid"] {
            assert_eq!(read(&PLAIN.replace("MessageSid", name)).expect("a message").provider_id, "SM1");
        }
        assert_eq!(with("SmsSid=SM2").provider_id, "SM1");
    }

    #[test]
    fn a_message_of_whatsapp_is_one_of_an_account_with_a_prefix() {
        let form = "MessageSid=SM1&From=whatsapp:%2B1555&To=whatsapp:%2B1666&Body=Yes&ProfileName=%20An%0Ana+\
                    &ButtonText=Yes&ButtonPayload=y1";
        let form = Form::read(form.as_bytes());
        let message = Inbound::read(&form, Some("whatsapp:"), Some("token-1")).expect("a message");
        assert_eq!((message.from.as_str(), message.to.as_str()), ("+1555", "+1666"));
        assert_eq!(message.name.as_deref(), Some("Anna"));
        assert_eq!(message.button, Some(Button { text: Some("Yes".into()), payload: Some("y1".into()) }));
        assert_eq!(message.repetition.as_deref(), Some("token-1"));
        let other = Inbound::read(&form, Some("rcs:"), None);
        assert_eq!(other, Err(Undecodable::Prefix { name: "From", prefix: "rcs:".into() }));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let without = |name: &str| read(&PLAIN.replace(name, "Other"));
        assert_eq!(without("MessageSid"), Err(Undecodable::Missing("MessageSid")));
        assert_eq!(without("From"), Err(Undecodable::Missing("From")));
        assert_eq!(without("To"), Err(Undecodable::Missing("To")));
        assert_eq!(without("Body").map(|message| message.text), Ok(String::new()));
        let malformed = |more: &str| read(&format!("{more}&{PLAIN}"));
        assert_eq!(malformed("Body=x"), Err(Undecodable::Ambiguous("Body")));
        assert_eq!(read(&PLAIN.replace("SM1", "S%0AM")), Err(Undecodable::Malformed("MessageSid")));
        assert_eq!(
            read(&PLAIN.replace("NumMedia=0", "NumMedia=many")),
            Err(Undecodable::Malformed("NumMedia"))
        );
    }

    #[test]
    fn every_field_is_bounded() {
        for (field, value, bytes) in [("To", "%2B15550100", 64), ("Body", "Hi", 32 * 1024)] {
            let field_of = |length: usize| {
                PLAIN.replace(&format!("{field}={value}"), &format!("{field}={}", "x".repeat(length)))
            };
            assert!(read(&field_of(bytes)).is_ok(), "{field}");
            assert_eq!(read(&field_of(bytes + 1)), Err(Undecodable::TooLong { name: field, bytes }));
        }
        let id =
            |length: usize| PLAIN.replace("MessageSid=SM1", &format!("MessageSid=SM{}", "0".repeat(length)));
        assert!(read(&id(64)).is_ok());
        assert_eq!(read(&id(65)), Err(Undecodable::Malformed("MessageSid")));
        let long = "é".repeat(MAX_NICKNAME_BYTES);
        assert_eq!(with(&format!("ProfileName={long}")).name.map(|name| name.len()), Some(254));
        assert!(read(&format!("{PLAIN}&ButtonPayload={}", "x".repeat(1025))).is_err());
    }

    #[test]
    fn a_header_that_is_no_token_is_none() {
        let form = Form::read(PLAIN.as_bytes());
        for token in ["", "a b", &"x".repeat(129)] {
            assert_eq!(Inbound::read(&form, None, Some(token)).expect("a message").repetition, None);
        }
    }

    fn media_of(count: usize) -> Inbound {
        let media: Vec<String> = (0..count.min(20))
            .map(|at| format!("MediaUrl{at}=https://api.example.org/{at}&MediaContentType{at}=image/png"))
            .collect();
        read(&PLAIN.replace("NumMedia=0", &format!("NumMedia={count}&{}", media.join("&"))))
            .expect("a message")
    }

    #[test]
    fn pictures_come_with_the_text_at_most_ten() {
        let two = media_of(2);
        let urls: Vec<&str> = two.media.iter().map(|media| media.url.as_str()).collect();
        assert_eq!(urls, ["https://api.example.org/0", "https://api.example.org/1"]);
        assert_eq!((two.media[0].content_type.as_str(), two.media_left_out), ("image/png", 0));
        assert_eq!((media_of(12).media.len(), media_of(12).media_left_out), (10, 2));
        assert_eq!(media_of(usize::MAX).media.len(), 10);
    }

    #[test]
    fn a_picture_without_a_usable_address_is_left_out_and_counted() {
        for url in ["file:///etc/passwd", "nowhere", "", &format!("https://a/{}", "x".repeat(2048))] {
            let form = PLAIN.replace("NumMedia=0", &format!("NumMedia=1&MediaUrl0={url}"));
            let message = read(&form).expect("a message");
            assert_eq!((message.media.len(), message.media_left_out, message.text.as_str()), (0, 1, "Hi"));
        }
    }

    #[test]
    fn the_provider_may_know_keywords_itself() {
        let keyword = |word: &str| with(&format!("OptOutType={word}")).keyword;
        assert_eq!(keyword("STOP"), Some(Keyword::OptOut));
        assert_eq!(keyword("START"), Some(Keyword::OptIn));
        assert_eq!(keyword("HELP"), Some(Keyword::Help));
        assert_eq!(keyword("DANCE"), None);
    }

    proptest! {
        #[test]
        fn any_values_can_be_judged(
            fields in prop::collection::vec(
                (prop::sample::select(vec!["MessageSid", "From", "To", "Body", "NumMedia", "MediaUrl0", "MediaContentType0",
                    "NumSegments", "OptOutType", "ProfileName", "ButtonText"]), any::<String>()),
                0..20,
            ),
        ) {
            let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            if let Ok(message) = Inbound::read(&Form::read(encoded.as_bytes()), None, None) {
                prop_assert!(message.media.len() <= MAX_MEDIA);
            }
        }
    }
}
