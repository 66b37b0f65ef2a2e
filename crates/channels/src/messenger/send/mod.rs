//! Requests of the Send API (spec: channel-connectors#2.5): messages to a customer, described but not sent.
//!
//! The token is kept apart from the address and goes into the header `Authorization: Bearer`; its proof goes into the
//! body. So neither is in an address, except that of a `GET`, which has no body for the proof.

pub mod answer;
mod profile;
mod request;
mod split;
mod subscription;

pub use answer::GraphAnswer;
pub use profile::{Profile, profile};
pub use request::Request;
pub use split::{MAX_TEXT, split};
pub use subscription::subscription;

use super::MessengerConfig;
use domain::thread::Window;
use request::{proof, request};
use serde::Serialize;
use std::fmt;

/// The longest `metadata`, in bytes; the platform wants less than 1000 characters.
const MAX_METADATA: usize = 999;
/// The address of messages, below the page.
const MESSAGES: &str = "messages";

/// A message to a customer.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingMessage<'a> {
    /// The customer: their id for this page.
    pub person: &'a str,
    /// What the customer is told.
    pub content: SendContent<'a>,
    /// How it may go out (spec: channel-connectors#2.6).
    pub window: Window,
    /// Our id of this message, or of this part of it: the echo brings it back.
    pub metadata: &'a str,
}

/// What a customer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendContent<'a> {
    /// A text of at most [`MAX_TEXT`] characters; [`split`] cuts a longer one into such parts.
    Text(&'a str),
    /// A link, of at most as many characters. Messenger shows a preview of it.
    Link(&'a str),
}

/// A sign that a customer is shown without a message. A failure of these is never shown to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Somebody is typing; it fades by itself after some 20 s.
    TypingOn,
    /// Nobody is typing any more.
    TypingOff,
    /// What the customer wrote has been seen.
    MarkSeen,
}

/// Why a message cannot be sent as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsendable {
    /// It says nothing.
    Empty,
    /// It has more than [`MAX_TEXT`] characters.
    TooLong,
    /// It is no link that begins with `http://` or `https://`.
    NoLink,
    /// Our id of it is empty, or too long for the platform.
    Metadata,
    /// The window is closed.
    WindowClosed,
}

#[derive(Serialize)]
struct SendBody<'a> {
    recipient: Recipient<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messaging_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<TextBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender_action: Option<Action>,
    appsecret_proof: String,
}

#[derive(Serialize)]
struct Recipient<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct TextBody<'a> {
    text: &'a str,
    metadata: &'a str,
}

/// The request that sends a message, or why none can.
pub fn message(config: &MessengerConfig, outgoing: &OutgoingMessage<'_>) -> Result<Request, Unsendable> {
    let OutgoingMessage { person, content, window, metadata } = *outgoing;
    let (messaging_type, tag) = match window {
        Window::Reply => ("RESPONSE", None),
        Window::Person => ("MESSAGE_TAG", Some("HUMAN_AGENT")),
        Window::Closed => return Err(Unsendable::WindowClosed),
    };
    if !(1..=MAX_METADATA).contains(&metadata.len()) {
        return Err(Unsendable::Metadata);
    }
    Ok(request(
        config,
        MESSAGES,
        &SendBody {
            messaging_type: Some(messaging_type),
            tag,
            message: Some(TextBody { text: content.text()?, metadata }),
            ..SendBody::to(config, person)
        },
    ))
}

/// The request that shows a customer something without a message. It is never part of one that sends a message.
pub fn action(config: &MessengerConfig, person: &str, action: Action) -> Request {
    request(config, MESSAGES, &SendBody { sender_action: Some(action), ..SendBody::to(config, person) })
}

impl<'a> SendContent<'a> {
    fn text(self) -> Result<&'a str, Unsendable> {
        let text = match self {
            Self::Text(text) => text,
            Self::Link(url) if is_link(url) => url,
            Self::Link(_) => return Err(Unsendable::NoLink),
        };
        match text.chars().nth(MAX_TEXT) {
            Some(_) => Err(Unsendable::TooLong),
            None if text.trim().is_empty() => Err(Unsendable::Empty),
            None => Ok(text),
        }
    }
}

fn is_link(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty())
        && !url.contains(|character: char| character.is_whitespace() || character.is_control())
}

impl<'a> SendBody<'a> {
    fn to(config: &MessengerConfig, person: &'a str) -> Self {
        Self {
            recipient: Recipient { id: person },
            messaging_type: None,
            tag: None,
            message: None,
            sender_action: None,
            appsecret_proof: proof(config),
        }
    }
}

impl fmt::Display for Unsendable {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Empty => "A message without words cannot be sent",
            Self::TooLong => "The message has more than 2000 characters",
            Self::NoLink => "A link begins with http:// or https://",
            Self::Metadata => "The message has no id that can be sent with it",
            Self::WindowClosed => super::trouble::FailureKind::WindowClosed.sentence(),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::secret::Secret;
    use serde_json::{Value, json};

    const PROOF: &str = "e17cc3f0898947da335ba22917d62b78810958c2beb8fc6bc57c45bd4c76c9be";

    pub fn config() -> MessengerConfig {
        let secret = Secret::new;
        MessengerConfig::new(
            "1001",
            "3003",
            secret("app-secret-1"),
            secret("page-token-1"),
            secret("demo-verify"),
        )
    }

    const HELLO: OutgoingMessage<'_> = OutgoingMessage {
        person: "2002",
        content: SendContent::Text("h\u{e9}llo"),
        window: Window::Reply,
        metadata: "01-msg",
    };

    fn sent(outgoing: &OutgoingMessage<'_>) -> Value {
        let request = message(&config(), outgoing).expect("a request");
        serde_json::from_str(&request.body.expect("a body")).expect("JSON")
    }

    fn refused(content: SendContent<'_>) -> Unsendable {
        message(&config(), &OutgoingMessage { content, ..HELLO }).expect_err("a refusal")
    }

    #[test]
    fn an_answer_goes_out_as_documented() {
        let request = message(&config(), &HELLO).expect("a request");
        assert_eq!(request.url, "https://graph.facebook.com/v26.0/1001/messages");
        assert_eq!(request.bearer.reveal(), "page-token-1");
        assert_eq!(
            sent(&HELLO),
            json!({
                "recipient": {"id": "2002"},
                "messaging_type": "RESPONSE",
                "message": {"text": "héllo", "metadata": "01-msg"},
                "appsecret_proof": PROOF,
            })
        );
    }

    #[test]
    fn a_late_answer_of_a_person_is_tagged() {
        let late = sent(&OutgoingMessage { window: Window::Person, ..HELLO });
        assert_eq!((&late["messaging_type"], &late["tag"]), (&json!("MESSAGE_TAG"), &json!("HUMAN_AGENT")));
        let closed = message(&config(), &OutgoingMessage { window: Window::Closed, ..HELLO });
        assert_eq!(closed.expect_err("a refusal"), Unsendable::WindowClosed);
    }

    #[test]
    fn a_link_is_a_text_that_messenger_unfolds() {
        let url = "https://example.com/a?b=c";
        assert_eq!(
            sent(&OutgoingMessage { content: SendContent::Link(url), ..HELLO })["message"]["text"],
            json!(url)
        );
        for wrong in ["", "example.com", "javascript:alert(1)", "https://", "https://a b", "https://a\nb"] {
            assert_eq!(refused(SendContent::Link(wrong)), Unsendable::NoLink, "{wrong}");
        }
        let long = format!("https://{}", "a".repeat(MAX_TEXT));
        assert_eq!(refused(SendContent::Link(&long)), Unsendable::TooLong);
    }

    #[test]
    fn a_text_has_between_1_and_2000_characters() {
        let longest = "é".repeat(2000);
        assert_eq!(
            sent(&OutgoingMessage { content: SendContent::Text(&longest), ..HELLO })["message"]["text"],
            json!(longest)
        );
        assert_eq!(refused(SendContent::Text(&"é".repeat(2001))), Unsendable::TooLong);
        assert_eq!(refused(SendContent::Text(" \n")), Unsendable::Empty);
    }

    #[test]
    fn our_id_has_to_fit() {
        let with = |metadata: &str| message(&config(), &OutgoingMessage { metadata, ..HELLO }).map(|_| ());
        assert_eq!(with(&"a".repeat(999)), Ok(()));
        assert_eq!(with(&"a".repeat(1000)), Err(Unsendable::Metadata));
        assert_eq!(with(""), Err(Unsendable::Metadata));
    }

    #[test]
    fn what_is_shown_is_a_request_of_its_own() {
        for (shown, name) in [
            (Action::TypingOn, "typing_on"),
            (Action::TypingOff, "typing_off"),
            (Action::MarkSeen, "mark_seen"),
        ] {
            let request = action(&config(), "2002", shown);
            assert_eq!(request.url, "https://graph.facebook.com/v26.0/1001/messages");
            let body: Value = serde_json::from_str(&request.body.expect("a body")).expect("JSON");
            let expected =
                json!({"recipient": {"id": "2002"}, "sender_action": name, "appsecret_proof": PROOF});
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn neither_secrets_nor_words_are_printed_or_in_the_address() {
        let request = message(&config(), &HELLO).expect("a request");
        let printed = format!("{request:?}");
        let body = request.body.expect("a body");
        assert_eq!(printed, format!("POST {} ({} bytes)", request.url, body.len()));
        for secret in ["page-token-1", "app-secret-1", PROOF, "héllo"] {
            assert!(!printed.contains(secret), "{printed}");
        }
        assert!(!body.contains("page-token-1"));
    }
}
