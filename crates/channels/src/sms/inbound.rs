//! A customer's message, as the provider's webhook tells it (spec: channel-connectors#1B.1).

use super::{
    form::{SmsForm, Undecodable, is_id},
    location::Location,
};
use crate::shorten::{shorten, shortened};
use domain::{
    command::Keyword,
    json::Bound,
    message::{MAX_NICKNAME, MAX_TEXT, MAX_TYPE},
};
use reqwest::Url;

/// The most attachments of one message.
pub const MAX_MEDIA: usize = 10;
/// The longest address of an attachment, in bytes.
const MAX_MEDIA_URL_BYTES: usize = 2048;
/// The longest word or payload of a button, and line about a link.
const MAX_LINE: Bound = Bound::chars(1024);

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
    /// What customers call themselves, where their service tells it.
    pub name: Option<String>,
    /// The text, which may be empty if there is something else; shortened to the longest message.
    pub text: String,
    /// How many characters of it were left out.
    pub left_out: usize,
    /// Whether characters of the message could not be read, and were replaced.
    pub is_garbled: bool,
    /// The provider's word for what it is, where it tells one: `text`, `location`, `button` and others.
    pub kind: Option<String>,
    /// The button that was pressed, or what was chosen of a list.
    pub button: Option<Button>,
    /// The place that the customer sent.
    pub place: Option<Location>,
    /// What the customer filled in, where it is more than a button.
    pub filled_in: Option<String>,
    /// The provider's id of the message that this one answers.
    pub answers: Option<String>,
    /// The link or advertisement by which the customer came: keys of the user data and values.
    pub referral: Vec<(&'static str, String)>,
    /// Attachments, at most [`MAX_MEDIA`].
    pub media: Vec<MediaLink>,
    /// How many more attachments the provider announced that are not among `media`, because they are too many or have
    /// no usable address. A text is not lost because of a picture.
    pub media_left_out: usize,
    /// In how many parts the text came.
    pub segments: Option<u32>,
    /// The keyword that the provider itself recognised, if it keeps consent for us.
    pub keyword: Option<Keyword>,
}

/// A button that was pressed, or what was chosen of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// The text on it.
    pub text: Option<String>,
    /// The payload it was given.
    pub payload: Option<String>,
}

/// An attachment, still at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaLink {
    /// Where it is.
    pub url: Url,
    /// Its media type.
    pub content_type: String,
}

impl Inbound {
    /// Reads the form of a webhook. `prefix` is the prefix of every address of the account; `repetition` is the
    /// value of the header that stays the same when the provider tries again.
    pub fn read(form: &SmsForm, prefix: Option<&str>, repetition: Option<&str>) -> Result<Self, Undecodable> {
        form.check_number()?;
        let (media, media_left_out) = media(form)?;
        let (text, left_out) = shorten(form.get("Body")?.unwrap_or_default().to_owned(), MAX_TEXT);
        Ok(Self {
            provider_id: form.message_id()?,
            repetition: repetition.filter(|token| is_id(token)).map(str::to_owned),
            account_sid: form.id("AccountSid")?,
            service_sid: form.id("MessagingServiceSid")?,
            from: form.address("From", prefix)?,
            to: form.address("To", prefix)?,
            name: form.get("ProfileName")?.and_then(name),
            text,
            left_out,
            is_garbled: form.is_garbled(),
            kind: form.shortened("MessageType", MAX_TYPE)?,
            button: button(form)?,
            place: Location::read(form)?,
            filled_in: filled_in(form)?,
            answers: form.get("OriginalRepliedMessageSid")?.filter(|id| is_id(id)).map(str::to_owned),
            referral: referral(form)?,
            media,
            media_left_out,
            segments: form.get("NumSegments")?.and_then(|number| number.parse().ok()),
            keyword: form.get("OptOutType")?.and_then(keyword),
        })
    }
}

/// A name made into a nickname: on one line, and shortened rather than refused, since nothing depends on it.
fn name(given: &str) -> Option<String> {
    let name: String = given.chars().filter(|character| !character.is_control()).collect();
    let name = shortened(name.trim().to_owned(), MAX_NICKNAME);
    Some(name).filter(|name| !name.is_empty())
}

/// The button that was pressed, with text and payload, or what was chosen of a list, with title and id.
fn button(form: &SmsForm) -> Result<Option<Button>, Undecodable> {
    let line = |name| form.shortened(name, MAX_LINE);
    let text = line("ButtonText")?.or(line("ListTitle")?);
    let payload = line("ButtonPayload")?.or(line("ListId")?);
    Ok((text.is_some() || payload.is_some()).then_some(Button { text, payload }))
}

/// What a customer filled in on a page of the platform: JSON that is passed on as it is.
fn filled_in(form: &SmsForm) -> Result<Option<String>, Undecodable> {
    for name in ["InteractiveData", "FlowData"] {
        if let Some(data) = form.shortened(name, MAX_TEXT)? {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// The fields in which a provider tells of an advertisement, and the keys of the user data, the same as for Messenger.
const REFERRAL: [(&str, &str); 6] = [
    ("ReferralSourceType", "referralType"),
    ("ReferralSourceId", "referralAdId"),
    ("ReferralSourceUrl", "referralUri"),
    ("ReferralHeadline", "referralHeadline"),
    ("ReferralBody", "referralBody"),
    ("ReferralCtwaClid", "referralRef"),
];

fn referral(form: &SmsForm) -> Result<Vec<(&'static str, String)>, Undecodable> {
    let mut told = Vec::new();
    for (name, key) in REFERRAL {
        told.extend(form.shortened(name, MAX_LINE)?.map(|value| (key, value)));
    }
    Ok(told)
}

fn keyword(word: &str) -> Option<Keyword> {
    match word {
        "STOP" => Some(Keyword::OptOut),
        "START" => Some(Keyword::OptIn),
        "HELP" => Some(Keyword::Help),
        _ => None,
    }
}

fn media(form: &SmsForm) -> Result<(Vec<MediaLink>, usize), Undecodable> {
    // A malformed number must not take the words with it: the attachments that have an address are there.
    let announced: usize = match form.get("NumMedia")? {
        None => 0,
        Some(number) => match number.parse() {
            Ok(number) => number,
            Err(_) => {
                (0..MAX_MEDIA).take_while(|at| matches!(form.numbered("MediaUrl", *at), Ok(Some(_)))).count()
            }
        },
    };
    let mut media = Vec::new();
    for number in 0..announced.min(MAX_MEDIA) {
        let url = form.numbered("MediaUrl", number)?.and_then(media_url);
        let content_type = form.numbered("MediaContentType", number)?.filter(|kind| is_id(kind));
        let content_type = content_type.unwrap_or("application/octet-stream").to_owned();
        media.extend(url.map(|url| MediaLink { url, content_type }));
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
        Inbound::read(&SmsForm::read(form.as_bytes()), None, None)
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
            left_out: 0,
            is_garbled: false,
            kind: None,
            button: None,
            place: None,
            filled_in: None,
            answers: None,
            referral: Vec::new(),
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
        let form = SmsForm::read(form.as_bytes());
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
        assert_eq!(read(&PLAIN.replace("NumMedia=0", "NumMedia=many")).map(|it| it.text), Ok("Hi".into()));
    }

    #[test]
    fn every_field_is_bounded() {
        let to = |length: usize| PLAIN.replace("To=%2B15550100", &format!("To={}", "x".repeat(length)));
        assert!(read(&to(64)).is_ok());
        assert_eq!(read(&to(65)), Err(Undecodable::TooLong { name: "To", bytes: 64 }));
        let id =
            |length: usize| PLAIN.replace("MessageSid=SM1", &format!("MessageSid=SM{}", "0".repeat(length)));
        assert!(read(&id(64)).is_ok());
        assert_eq!(read(&id(65)), Err(Undecodable::Malformed("MessageSid")));
    }

    #[test]
    fn what_a_customer_wrote_is_shortened_and_never_refused() {
        let long =
            |letter: &str, count: usize| PLAIN.replace("Body=Hi", &format!("Body={}", letter.repeat(count)));
        for letter in ["x", "%E0%A4%B9", "%F0%9F%98%80"] {
            let message = read(&long(letter, MAX_TEXT.chars)).expect("a message");
            assert_eq!((message.text.chars().count(), message.left_out), (MAX_TEXT.chars, 0));
            let message = read(&long(letter, MAX_TEXT.chars + 5)).expect("a message");
            assert_eq!((message.text.chars().count(), message.left_out), (MAX_TEXT.chars, 6));
            assert!(message.text.ends_with('…'));
        }
        let name = with(&format!("ProfileName={}", "é".repeat(300))).name.expect("a name");
        assert_eq!((name.chars().count(), name.ends_with('…')), (255, true));
        let button = with(&format!("ButtonPayload={}", "x".repeat(2_000))).button.expect("a button");
        assert_eq!(button.payload.map(|payload| payload.chars().count()), Some(1024));
    }

    #[test]
    fn bytes_of_no_alphabet_are_told() {
        let garbled = read(&PLAIN.replace("Body=Hi", "Body=Andr%E9")).expect("a message");
        assert_eq!((garbled.text.as_str(), garbled.is_garbled), ("Andr\u{fffd}", true));
    }

    #[test]
    fn a_choice_of_a_list_is_a_button_and_an_answer_says_of_what() {
        let chosen = with("ListTitle=Sizes&ListId=L&MessageType=interactive&OriginalRepliedMessageSid=SM9");
        let button = Button { text: Some("Sizes".into()), payload: Some("L".into()) };
        assert_eq!((chosen.button, chosen.answers.as_deref()), (Some(button), Some("SM9")));
        assert_eq!(chosen.kind.as_deref(), Some("interactive"));
        let filled = with("InteractiveData=%7B%22size%22:4%7D");
        assert_eq!(filled.filled_in.as_deref(), Some("{\"size\":4}"));
    }

    #[test]
    fn an_advertisement_is_told_under_the_keys_of_messenger() {
        let came = with("ReferralSourceType=ad&ReferralSourceId=77&ReferralHeadline=Spring");
        let expected = [
            ("referralType", "ad".to_owned()),
            ("referralAdId", "77".into()),
            ("referralHeadline", "Spring".into()),
        ];
        assert_eq!(came.referral, expected);
    }

    #[test]
    fn a_header_that_is_no_token_is_none() {
        let form = SmsForm::read(PLAIN.as_bytes());
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
            if let Ok(message) = Inbound::read(&SmsForm::read(encoded.as_bytes()), None, None) {
                prop_assert!(message.media.len() <= MAX_MEDIA);
            }
        }
    }
}
