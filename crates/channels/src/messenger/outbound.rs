//! Carrying a message to a customer, part by part (spec: channel-connectors#2.5, #2.8).

use super::{
    account::Account,
    content,
    send::{self, OutgoingMessage, SendContent, Unsendable},
    trouble::{Failure, FailureKind, Remedy, retry_after},
};
use desk::ports::{OutboundMessage, SendOutcome};
use domain::{Refusal, message, session::Delivery};
use std::time::Duration;

/// The most parts in which one message goes out.
pub(super) const MOST_PARTS: usize = 20;

/// What became of a part: the platform's id of it, or else the outcome of the message.
type SentPart = Result<String, SendOutcome>;

impl Account {
    /// Carries a message. A text that is too long goes in parts, one after the other.
    pub async fn carry(&self, outbound: &OutboundMessage) -> SendOutcome {
        let person = &outbound.address.theirs;
        let parts: Vec<SendContent<'_>> = match &outbound.content {
            message::Content::Text { text, .. } => {
                send::split(text).into_iter().map(SendContent::Text).collect()
            }
            message::Content::Url { url } => vec![SendContent::Link(url)],
            _ => Vec::new(),
        };
        if parts.is_empty() {
            return refused(None, Unsendable::Empty.to_string());
        }
        if parts.len() > MOST_PARTS {
            return refused(None, format!("The message would go out in more than {MOST_PARTS} parts"));
        }
        // A message ends the sign that somebody types.
        self.typing.ends(person);
        let mut last = None;
        for (part, content) in (1..).zip(&parts) {
            let word = content::write(&outbound.id, part, parts.len());
            let outgoing =
                OutgoingMessage { person, content: *content, window: outbound.window, metadata: &word };
            let carried =
                if part == 1 { self.attempt(&outgoing).await } else { self.send_again(&outgoing).await };
            match carried {
                Ok(mid) => last = Some(mid),
                Err(sending) if part == 1 => return sending,
                Err(sending) => return in_part(sending, part - 1, parts.len()),
            }
        }
        SendOutcome::Sent { id: last, state: Delivery::Sent }
    }

    /// One attempt at a part.
    async fn attempt(&self, outgoing: &OutgoingMessage<'_>) -> SentPart {
        if let Some(trouble) = self.standing.refusal(self.now()) {
            return Err(refused(None, trouble.sentence()));
        }
        if let Some(after) = self.standing.held(self.now()) {
            return Err(SendOutcome::Later {
                after: Some(after),
                why: FailureKind::SlowDown.sentence().into(),
            });
        }
        let request = send::message(&self.config, outgoing).map_err(|why| refused(None, why.to_string()))?;
        if let Err(after) = self.rate.turn(self.standing.is_slowed()).await {
            return Err(SendOutcome::Later {
                after: Some(after),
                why: FailureKind::SlowDown.sentence().into(),
            });
        }
        let copy = self.echoes.listen(outgoing.metadata);
        let failure = match self.ask(request, send::answer::message).await {
            Ok(receipt) => return Ok(receipt.message_id),
            Err(failure) => failure,
        };
        let why = failure.trouble.sentence().to_owned();
        Err(match failure.trouble.remedy() {
            Remedy::Retry => SendOutcome::Later { after: None, why },
            Remedy::SlowDown => SendOutcome::Later { after: self.standing.held(self.now()), why },
            Remedy::Echo => match copy.copy(self.config.echo_wait).await {
                Some(mid) => return Ok(mid),
                None => SendOutcome::Unknown { why },
            },
            Remedy::Fail | Remedy::FailAndAlarm | Remedy::StopAccount => refused(code(&failure), why),
        })
    }

    /// Attempts to send a part after the first. Starting again would send the first again, so they are repeated here.
    async fn send_again(&self, outgoing: &OutgoingMessage<'_>) -> SentPart {
        let mut attempts = 0;
        loop {
            let carried = self.attempt(outgoing).await;
            attempts += 1;
            let (Err(SendOutcome::Later { after, why }), Some(pause)) = (&carried, retry_after(attempts))
            else {
                return carried;
            };
            let pause = u64::try_from(pause).map_or(Duration::ZERO, Duration::from_millis);
            tracing::debug!(service = self.service(), why, "a part of a message is tried again");
            tokio::time::sleep(after.map_or(pause, |after| after.min(pause))).await;
        }
    }
}

/// Whether a text can be carried: it has words, and goes out in no more parts than are carried.
pub(super) fn fits(text: &str) -> Result<(), Refusal> {
    match send::split(text).len() {
        0 => Err(Refusal::Missing("text")),
        parts if parts > MOST_PARTS => Err(Refusal::TooManyParts {
            parts,
            most: MOST_PARTS,
            alphabet: "Unicode",
            chars: MOST_PARTS * send::MAX_TEXT,
        }),
        _ => Ok(()),
    }
}

fn refused(code: Option<String>, why: impl Into<String>) -> SendOutcome {
    SendOutcome::Refused { code, why: why.into(), opted_out: false }
}

/// The platform's code, with its subcode.
fn code(failure: &Failure) -> Option<String> {
    let code = failure.code?;
    Some(failure.subcode.map_or_else(|| code.to_string(), |subcode| format!("{code}/{subcode}")))
}

/// The outcome of a message when only its first parts went out.
fn in_part(sending: SendOutcome, sent: usize, of: usize) -> SendOutcome {
    let told = |why: String| format!("Only {sent} of {of} parts of the message were sent. {why}");
    match sending {
        SendOutcome::Refused { code, why, opted_out } => {
            SendOutcome::Refused { code, why: told(why), opted_out }
        }
        SendOutcome::Later { why, .. } => refused(None, told(why)),
        SendOutcome::Unknown { why } => SendOutcome::Unknown { why: told(why) },
        sent @ SendOutcome::Sent { .. } => sent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_carried_is_refused_before() {
        assert_eq!(fits("hello"), Ok(()));
        assert_eq!(fits(" \n"), Err(Refusal::Missing("text")));
        assert_eq!(fits(&"x".repeat(MOST_PARTS * send::MAX_TEXT)), Ok(()));
        let refused = fits(&"x".repeat(MOST_PARTS * send::MAX_TEXT + 1)).expect_err("refused").to_string();
        let told = "The message would take 21 text messages; at most 20 are allowed, which is 40000 characters in \
                    Unicode";
        assert_eq!(refused, told);
    }

    #[test]
    fn an_agent_learns_how_much_of_a_message_went_out() {
        let why = || "Facebook could not".to_owned();
        let told = "Only 1 of 3 parts of the message were sent. Facebook could not";
        assert_eq!(in_part(SendOutcome::Later { after: None, why: why() }, 1, 3), refused(None, told));
        assert_eq!(
            in_part(SendOutcome::Unknown { why: why() }, 1, 3),
            SendOutcome::Unknown { why: told.into() }
        );
        assert_eq!(in_part(refused(Some("551".into()), why()), 1, 3), refused(Some("551".into()), told));
    }
}
