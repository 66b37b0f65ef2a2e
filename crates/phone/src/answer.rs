use crate::Say;
use rsipstack::sip::{HasHeaders, Header, Request};
use std::time::Duration;

/// What a phone does when it is called.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    /// Whether and when it answers.
    pub answer: AnswerMode,
    /// What it says then.
    pub say: Say,
    /// How long after the answer it hangs up; `None` leaves that to others.
    pub hang_up_after: Option<Duration>,
}

/// Whether and when a phone answers. A request to answer by itself (see [`AnswerMode::Manual`]) is honoured by all but
/// [`AnswerMode::Refuse`] and [`AnswerMode::Never`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AnswerMode {
    /// 200 without ringing.
    #[default]
    AtOnce,
    /// Rings this long, then answers.
    After(Duration),
    /// Rings until the caller gives up, whatever it is told.
    Never,
    /// Refuses with this SIP code of 400 to 699: 486 is busy; anything else becomes 603.
    Refuse(u16),
    /// Rings until [`Call::answer`](crate::Call::answer), a NOTIFY with `Event: talk`, or an INVITE that asks for
    /// an answer by itself (`Call-Info` with `answer-after=0`, `Alert-Info` with `alert-autoanswer`,
    /// `Answer-Mode: Auto` of RFC 5373).
    Manual,
}

/// Whether an INVITE asks the phone to answer by itself.
pub(crate) fn asks_for_answer(invite: &Request) -> bool {
    invite.headers().iter().any(|header| {
        let value = || header.value().to_ascii_lowercase();
        match header {
            Header::CallInfo(_) => value().contains("answer-after=0"),
            Header::AlertInfo(_) => value().contains("alert-autoanswer"),
            Header::Other(name, value) if name.eq_ignore_ascii_case("Answer-Mode") => {
                value.trim().to_ascii_lowercase().starts_with("auto")
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(header: &str) -> Request {
        format!(
            "INVITE sip:5001@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKa\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:5001@b>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n{header}\r\n\r\n"
        )
        .as_str()
        .try_into()
        .expect("an INVITE")
    }

    #[test]
    fn three_headers_ask_for_an_answer_and_others_do_not() {
        for asks in [
            "Call-Info: <sip:s>;answer-after=0",
            "Alert-Info: info=alert-autoanswer",
            "Answer-Mode: Auto",
            "Answer-Mode: auto;require",
        ] {
            assert!(asks_for_answer(&invite(asks)), "{asks}");
        }
        for plain in ["Alert-Info: <urn:alert:source:external>", "Answer-Mode: Manual", "Subject: Auto"] {
            assert!(!asks_for_answer(&invite(plain)), "{plain}");
        }
    }
}
