//! Sending a message: the one request, and what its answer means (spec: channel-connectors#1B.1).
//!
//! The interface has no key by which the provider would know a repetition. So an answer that is lost leaves the
//! outcome unknown, and nothing here sends twice.

use super::{
    config::{Sender, SmsConfig},
    form::is_id,
    reason::Reason,
    status::{delivery, is_failure},
};
use crate::outbound::{Ask, HttpFault, Outbound, Url};
use crate::shorten::shortened;
use domain::{json::Bound, session::Delivery};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// The most characters of a provider's words that are kept.
const MAX_WORDS: usize = 300;
/// The longest that a provider can make us wait.
const MAX_WAIT: Duration = Duration::from_secs(60 * 60);

/// A message to send. Its text has been made to fit (see [`super::text::TextLimits::fit`]).
#[derive(Clone, Copy, Debug)]
pub struct OutgoingSms<'a> {
    /// The customer's address, without prefix.
    pub to: &'a str,
    /// Who sends it.
    pub sender: Sender<'a>,
    /// The text; may be empty if there are media.
    pub text: &'a str,
    /// Where the provider can fetch pictures and the like.
    pub media: &'a [Url],
    /// Where the provider should report to. Unused if the account wants no reports.
    pub status_callback: Option<&'a Url>,
}

/// What became of a sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsOutcome {
    /// The provider has the message.
    Sent {
        /// Its id of the message.
        provider_id: String,
        /// How far it has come. No report is made of this first state.
        delivery: Delivery,
        /// How many parts the provider makes of it.
        segments: Option<u32>,
    },
    /// It will not be sent, and trying again is of no use.
    Refused {
        /// The provider's error code, where it gave one.
        code: Option<u32>,
        /// What that means.
        reason: Reason,
        /// The provider's words, or ours if it gave none; at most 300 characters on one line.
        words: String,
    },
    /// It was certainly not sent, and may be tried again.
    Later {
        /// When, if the provider said so.
        after: Option<Duration>,
        /// Why it was not.
        why: Wait,
    },
    /// It may have been sent. It must not be sent again unless a person decides so.
    Unknown,
}

/// Why a message has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The provider takes no more at the moment.
    Busy,
    /// The provider cannot be reached.
    Unreachable,
}

/// Sends a message.
pub async fn send(outbound: &Outbound, config: &SmsConfig, message: &OutgoingSms<'_>) -> SmsOutcome {
    match outbound.ask(request(config, message)).await {
        Ok(answer) => interpret(answer.status, &answer.headers, &answer.body),
        Err(HttpFault::Forbidden(why)) => {
            SmsOutcome::Refused { code: None, reason: Reason::Account, words: words(&why.to_string()) }
        }
        Err(HttpFault::NotSent(why)) => {
            tracing::warn!(account = config.account_sid, why, "an SMS provider cannot be reached");
            SmsOutcome::Later { after: None, why: Wait::Unreachable }
        }
        // The status by itself is still worth something: a refusal stays one whatever its body.
        Err(HttpFault::Lost { head: Some((status, headers)), .. }) => interpret(status, &headers, b""),
        Err(HttpFault::Lost { head: None, .. }) => SmsOutcome::Unknown,
    }
}

/// The request that sends a message.
fn request(config: &SmsConfig, message: &OutgoingSms<'_>) -> Ask {
    let mut url = config.base_url.clone();
    // Only a URL such as `mailto:` has no path to extend, and the client refuses those.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["2010-04-01", "Accounts", &config.account_sid, "Messages.json"]);
    }
    let body = form(config, message).into_bytes();
    let (user, password) = config.login();
    Ask::post(url, "application/x-www-form-urlencoded", body).basic(user, password)
}

fn form(config: &SmsConfig, message: &OutgoingSms<'_>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("To", &config.prefixed(message.to));
    match message.sender {
        Sender::Address(address) => form.append_pair("From", &config.prefixed(address)),
        Sender::Service(sid) => form.append_pair("MessagingServiceSid", sid),
    };
    if !message.text.is_empty() {
        form.append_pair("Body", message.text);
    }
    for media in message.media {
        form.append_pair("MediaUrl", media.as_str());
    }
    if let Some(callback) = message.status_callback.filter(|_| config.status_callbacks) {
        form.append_pair("StatusCallback", callback.as_str());
    }
    if let Some(validity) = config.validity {
        form.append_pair("ValidityPeriod", &validity.as_secs().to_string());
    }
    if config.smart_encoded {
        form.append_pair("SmartEncoded", "true");
    }
    form.finish()
}

/// The provider's words about a message it took or refused. Numbers come as numbers or as text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProviderReply {
    sid: Value,
    status: Value,
    num_segments: Value,
    error_code: Value,
    error_message: Value,
    code: Value,
    message: Value,
}

fn interpret(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> SmsOutcome {
    let said: ProviderReply = serde_json::from_slice(body).unwrap_or_default();
    if status.is_success() {
        return taken(&said);
    }
    let code = number(&said.code);
    let reason = code.map_or(Reason::Other, Reason::of);
    if status == StatusCode::TOO_MANY_REQUESTS || reason.passes() {
        return SmsOutcome::Later { after: retry_after(headers), why: Wait::Busy };
    }
    // The provider failed in the middle, and does not say where.
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return SmsOutcome::Unknown;
    }
    let reason = match status {
        StatusCode::UNAUTHORIZED => Reason::Credentials,
        _ if reason != Reason::Other => reason,
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Reason::Account,
        status if !status.is_client_error() => Reason::Account,
        _ => reason,
    };
    let words = match said.message.as_str() {
        Some(message) => words(message),
        None => format!("The provider answered HTTP {}", status.as_u16()),
    };
    SmsOutcome::Refused { code, reason, words }
}

/// The outcome of a success. One without an id may come from a proxy in between, and then nobody knows.
fn taken(said: &ProviderReply) -> SmsOutcome {
    let Some(id) = said.sid.as_str().filter(|id| is_id(id)) else { return SmsOutcome::Unknown };
    let delivery = said.status.as_str().and_then(delivery).unwrap_or(Delivery::Sent);
    if is_failure(delivery) {
        let code = number(&said.error_code);
        let reason = code.map_or(Reason::Unknown, Reason::of);
        let words = words(said.error_message.as_str().unwrap_or(reason.sentence()));
        return SmsOutcome::Refused { code, reason, words };
    }
    SmsOutcome::Sent { provider_id: id.to_owned(), delivery, segments: number(&said.num_segments) }
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64().and_then(|number| number.try_into().ok()),
    }
}

/// The seconds of `Retry-After`; its other form, a date, is not used by these providers.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_WAIT))
}

fn words(text: &str) -> String {
    let line: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    shortened(line, Bound::chars(MAX_WORDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;

    fn config() -> SmsConfig {
        SmsConfig::new("AC1", Secret::new("t"), vec!["+15550100".into()])
    }

    fn message() -> OutgoingSms<'static> {
        let sender = Sender::Address("+15550100");
        OutgoingSms { to: "+15550001111", sender, text: "Héllo & co", media: &[], status_callback: None }
    }

    fn says(status: u16, body: &str) -> SmsOutcome {
        interpret(StatusCode::from_u16(status).expect("a status"), &HeaderMap::new(), body.as_bytes())
    }

    fn refused(status: u16, body: &str) -> (Option<u32>, Reason) {
        match says(status, body) {
            SmsOutcome::Refused { code, reason, .. } => (code, reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_plain_message_is_three_fields() {
        assert_eq!(form(&config(), &message()), "To=%2B15550001111&From=%2B15550100&Body=H%C3%A9llo+%26+co");
    }

    #[test]
    fn whatever_is_configured_is_said() {
        let urls = ["https://a.example/1", "https://a.example/2"].map(|url| url.parse().expect("a URL"));
        let callback = "https://us.example/status/m1".parse().expect("a URL");
        let config = SmsConfig {
            address_prefix: Some("whatsapp:".into()),
            validity: Some(Duration::from_secs(90)),
            smart_encoded: true,
            ..config()
        };
        let message = OutgoingSms {
            sender: Sender::Service("MG1"),
            text: "",
            media: &urls,
            status_callback: Some(&callback),
            ..message()
        };
        let expected = "To=whatsapp%3A%2B15550001111&MessagingServiceSid=MG1\
            &MediaUrl=https%3A%2F%2Fa.example%2F1&MediaUrl=https%3A%2F%2Fa.example%2F2\
            &StatusCallback=https%3A%2F%2Fus.example%2Fstatus%2Fm1&ValidityPeriod=90&SmartEncoded=true";
        assert_eq!(form(&config, &message), expected);
        let silent = SmsConfig { status_callbacks: false, ..config };
        assert!(!form(&silent, &message).contains("StatusCallback"));
    }

    #[test]
    fn a_message_that_was_taken_has_an_id_and_a_first_state() {
        let body = r#"{"sid":"SM1","status":"queued","num_segments":"2","error_code":null,"new":{}}"#;
        let sent = |delivery, segments| SmsOutcome::Sent { provider_id: "SM1".into(), delivery, segments };
        assert_eq!(says(201, body), sent(Delivery::Sent, Some(2)));
        assert_eq!(
            says(200, r#"{"sid":"SM1","status":"sent","num_segments":1}"#),
            sent(Delivery::Sent, Some(1))
        );
        assert_eq!(says(201, r#"{"sid":"SM1","status":"new"}"#), sent(Delivery::Sent, None));
    }

    #[test]
    fn a_success_that_says_nothing_is_unknown() {
        for body in ["", "<html>", "{}", "[]", r#"{"sid":null}"#, r#"{"sid":""}"#, r#"{"sid":"a b"}"#] {
            assert_eq!(says(201, body), SmsOutcome::Unknown, "{body}");
        }
    }

    #[test]
    fn a_message_that_failed_at_once_was_refused() {
        let body = r#"{"sid":"SM1","status":"failed","error_code":21610,"error_message":"Opted\nout"}"#;
        let words = "Opted out".to_owned();
        assert_eq!(
            says(201, body),
            SmsOutcome::Refused { code: Some(21610), reason: Reason::OptedOut, words }
        );
    }

    #[test]
    fn a_refusal_has_its_code_and_the_providers_words() {
        let body = r#"{"code":21211,"message":"Invalid 'To'","more_info":"https://x","status":400}"#;
        let words = "Invalid 'To'".to_owned();
        assert_eq!(
            says(400, body),
            SmsOutcome::Refused { code: Some(21211), reason: Reason::BadNumber, words }
        );
        assert_eq!(refused(403, r#"{"code":21408}"#), (Some(21408), Reason::Region));
        assert_eq!(refused(400, r#"{"code":"21610"}"#), (Some(21610), Reason::OptedOut));
        assert_eq!(refused(400, "not JSON"), (None, Reason::Other));
    }

    #[test]
    fn what_is_wrong_with_our_account_is_told_apart() {
        for status in [301, 307, 403, 404] {
            assert_eq!(refused(status, ""), (None, Reason::Account), "{status}");
        }
        assert_eq!(refused(401, ""), (None, Reason::Credentials));
        assert_eq!(refused(401, r#"{"code":20003}"#), (Some(20003), Reason::Credentials));
        assert_eq!(refused(403, r#"{"code":20003}"#), (Some(20003), Reason::Credentials));
    }

    #[test]
    fn a_provider_that_is_busy_is_asked_later() {
        assert_eq!(says(429, ""), SmsOutcome::Later { after: None, why: Wait::Busy });
        assert_eq!(says(400, r#"{"code":20429}"#), SmsOutcome::Later { after: None, why: Wait::Busy });
        assert_eq!(says(503, r#"{"code":30001}"#), SmsOutcome::Later { after: None, why: Wait::Busy });
        let wait = |value: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, http::HeaderValue::from_static(value))]);
            interpret(StatusCode::TOO_MANY_REQUESTS, &headers, b"")
        };
        assert_eq!(wait("7"), SmsOutcome::Later { after: Some(Duration::from_secs(7)), why: Wait::Busy });
        assert_eq!(wait("99999999"), SmsOutcome::Later { after: Some(MAX_WAIT), why: Wait::Busy });
        assert_eq!(wait("Wed, 21 Oct 2026 07:28:00 GMT"), SmsOutcome::Later { after: None, why: Wait::Busy });
    }

    #[test]
    fn a_provider_that_broke_may_have_sent_it() {
        for status in [408, 500, 502, 503, 504] {
            assert_eq!(says(status, "{}"), SmsOutcome::Unknown, "{status}");
        }
    }

    #[test]
    fn the_words_of_a_provider_are_bounded() {
        let body = format!(r#"{{"code":1,"message":"{}"}}"#, "é\\u0007".repeat(400));
        let SmsOutcome::Refused { words, .. } = says(400, &body) else { panic!("refused") };
        assert_eq!((words.chars().count(), words.contains('\u{7}')), (MAX_WORDS, false));
    }

    proptest! {
        #[test]
        fn no_answer_but_a_success_is_a_sending(status in 300_u16..600, sid in "[A-Z0-9]{1,34}") {
            let outcome = says(status, &format!(r#"{{"sid":"{sid}","status":"queued"}}"#));
            let is_sent = matches!(outcome, SmsOutcome::Sent { .. });
            prop_assert!(!is_sent);
        }

        #[test]
        fn any_answer_can_be_judged(status in 200_u16..600, body: Vec<u8>) {
            let status = StatusCode::from_u16(status).expect("a status");
            interpret(status, &HeaderMap::new(), &body);
        }

        #[test]
        fn nothing_that_may_have_been_sent_is_tried_again(status in 500_u16..600, code in 0_u32..20_429) {
            prop_assert_eq!(says(status, &format!(r#"{{"code":{code}}}"#)), SmsOutcome::Unknown);
        }
    }
}
