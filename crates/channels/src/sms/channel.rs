//! What the desk asks of an account: to carry messages (spec: channel-connectors#1B.1, #1C).

use super::{
    Sms,
    config::SmsConfig,
    number::international,
    raw_webhook::RawWebhook,
    reason::Reason,
    send::{OutgoingSms, SmsOutcome, Wait, send},
    text::{Alphabet, Unfit, measure, transliterate},
};
use crate::outbound::Url;
use desk::{
    Condition, ServiceState,
    ports::{Channel, Measure, NotReplayed, OutboundMessage, Quarantined, SendOutcome},
};
use domain::{Refusal, message::Content, task::Signal};
use futures::future::{BoxFuture, FutureExt, ready};

impl Channel for Sms {
    fn ours(&self) -> &str {
        self.config.from.first().map_or("", String::as_str)
    }

    fn theirs(&self, given: &str) -> Result<String, String> {
        international(given, self.config.address_prefix.as_deref())
    }

    fn measure(&self, text: &str) -> Option<Measure> {
        parts(&self.config, text)
    }

    fn fits(&self, text: &str) -> Result<(), Refusal> {
        self.config.limits.fit(text).map(drop).map_err(refusal)
    }

    fn send(&self, outbound: OutboundMessage) -> BoxFuture<'_, SendOutcome> {
        self.carry(outbound).boxed()
    }

    fn signal(&self, _: Signal) -> BoxFuture<'_, ()> {
        // This interface has no sign that somebody types.
        ready(()).boxed()
    }

    fn replay(&self, unit: Quarantined) -> BoxFuture<'_, Result<(), NotReplayed>> {
        async move {
            let poison = |why: String| NotReplayed::Poison(why);
            let raw = RawWebhook::read(&unit.raw).ok_or_else(|| poison("it is not as it was kept".into()))?;
            let told = self.read(&raw).map_err(|why| poison(why.to_string()))?;
            Ok(self.tell(told).await?)
        }
        .boxed()
    }
}

impl Sms {
    async fn carry(&self, outbound: OutboundMessage) -> SendOutcome {
        let refused = |why: String| SendOutcome::Refused { code: None, why, opted_out: false };
        let (Content::Text { text, .. } | Content::Url { url: text }) = &outbound.content else {
            return refused("This cannot be sent as a text message".into());
        };
        let fitting = match self.config.limits.fit(text) {
            Ok(fitting) => fitting,
            Err(unfit) => return refused(unfit.to_string()),
        };
        if let Err(after) = self.pace.turn().await {
            return SendOutcome::Later { after: Some(after), why: Reason::Busy.sentence().into() };
        }
        let callback = self.callback(&outbound.id);
        let message = OutgoingSms {
            to: &outbound.address.theirs,
            sender: self.config.sender(&outbound.address.ours),
            text: &fitting.text,
            media: &[],
            status_callback: callback.as_ref(),
        };
        let outcome = send(&self.outbound, &self.config, &message).await;
        self.stands(&outcome);
        sending(outcome)
    }

    /// Where the provider should report what becomes of a message: an address with our own word for it inside, so that
    /// a report is understood even if it comes before the answer. Answers to keywords need no report.
    fn callback(&self, id: &str) -> Option<Url> {
        let (session, index) = id.split_once('/')?;
        index.parse::<u32>().ok()?;
        let mut url: Url = self.urls.first()?.parse().ok()?;
        let path = ["channels", "sms", self.intake.service(), "status", session, index];
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        Some(url)
    }

    /// Reports how the account stands after an attempt.
    fn stands(&self, outcome: &SmsOutcome) {
        let (condition, why) = match outcome {
            SmsOutcome::Refused { reason: Reason::Credentials, .. } => {
                (Condition::Reauthorise, Some("The provider refuses the credentials of the account"))
            }
            SmsOutcome::Refused { reason: Reason::Account, .. } => {
                (Condition::Restricted, Some("The provider, or our own rules, do not let the account send"))
            }
            // Any other refusal is about the message.
            SmsOutcome::Sent { .. } | SmsOutcome::Refused { .. } => (Condition::Working, None),
            SmsOutcome::Later { why: Wait::Busy, after } => {
                self.pace.hold(*after);
                (Condition::RateLimited, Some("The provider takes no more messages at the moment"))
            }
            SmsOutcome::Later { why: Wait::Unreachable, .. } => {
                (Condition::Unreachable, Some("The provider cannot be reached"))
            }
            SmsOutcome::Unknown => (Condition::Unreachable, Some("The provider did not answer as it should")),
        };
        self.report_condition(condition, why);
    }

    pub(super) fn report_condition(&self, condition: Condition, why: Option<&str>) {
        let desk = self.intake.desk();
        let mut state = ServiceState::connector("sms", self.intake.service(), condition, desk.now());
        state.why = why.map(str::to_owned);
        desk.services().set(state);
    }
}

/// What an outcome means to the desk, in words for an agent.
fn sending(outcome: SmsOutcome) -> SendOutcome {
    match outcome {
        SmsOutcome::Sent { provider_id, delivery, .. } => {
            SendOutcome::Sent { id: Some(provider_id), state: delivery }
        }
        SmsOutcome::Refused { code, reason, words } => SendOutcome::Refused {
            code: code.map(|code| code.to_string()),
            why: match reason {
                Reason::Other => format!("The provider did not accept the message: {words}"),
                reason => reason.sentence().to_owned(),
            },
            opted_out: reason.withdraws_consent(),
        },
        SmsOutcome::Later { after, why } => {
            let why = match why {
                Wait::Busy => Reason::Busy.sentence(),
                Wait::Unreachable => "The provider cannot be reached.",
            };
            SendOutcome::Later { after, why: why.into() }
        }
        SmsOutcome::Unknown => SendOutcome::Unknown {
            why: "The provider's answer was lost: it may have sent the message.".into(),
        },
    }
}

/// What a text costs; not counted where messages are no text messages of the telephone networks.
fn parts(config: &SmsConfig, text: &str) -> Option<Measure> {
    if config.address_prefix.is_some() {
        return None;
    }
    let spelled = transliterate(text, config.limits.transliterate);
    let measure = measure(&spelled, config.limits.reference);
    Some(Measure {
        alphabet: word(measure.alphabet),
        length: measure.units as usize,
        parts: measure.parts as usize,
        left: measure.units_left_in_last_part as usize,
        most_parts: config.limits.max_parts as usize,
        most_length: config.limits.most_units(measure.alphabet) as usize,
    })
}

/// The word of an alphabet.
const fn word(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Gsm7 => "GSM-7",
        Alphabet::Ucs2 => "UCS-2",
    }
}

/// Why a text cannot be sent, as an agent is refused.
fn refusal(unfit: Unfit) -> Refusal {
    match unfit {
        Unfit::Empty => Refusal::Missing("text"),
        Unfit::TooLong { most, .. } => {
            Refusal::MessageTooLong { chars: u32::try_from(most).unwrap_or(u32::MAX) }
        }
        Unfit::TooManyParts { parts, most, alphabet, units } => Refusal::TooManyParts {
            parts: parts as usize,
            most: most as usize,
            alphabet: word(alphabet),
            chars: units as usize,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{secret::Secret, sms::text::Transliterate};

    #[test]
    fn a_text_is_measured_as_it_will_be_spelled() {
        let mut config = SmsConfig::new("AC1", Secret::new("t"), vec!["+15550100".into()]);
        let quoted = parts(&config, "“It’s ready”").expect("a text message");
        assert_eq!((quoted.alphabet, quoted.length, quoted.parts, quoted.left), ("GSM-7", 12, 1, 148));
        config.limits.transliterate = Transliterate::Off;
        let quoted = parts(&config, "“It’s ready”").expect("a text message");
        assert_eq!((quoted.alphabet, quoted.left, quoted.most_parts), ("UCS-2", 58, 10));
        assert_eq!(quoted.most_length, 660);
        config.address_prefix = Some("whatsapp:".into());
        assert_eq!(parts(&config, "“It’s ready”"), None);
    }

    #[test]
    fn an_agent_is_told_in_a_sentence() {
        let words = "Invalid parameter".to_owned();
        let refused =
            |code, reason| sending(SmsOutcome::Refused { code: Some(code), reason, words: words.clone() });
        let expected = SendOutcome::Refused {
            code: Some("21610".into()),
            why: "The customer has opted out and must not be sent messages.".into(),
            opted_out: true,
        };
        assert_eq!(refused(21610, Reason::OptedOut), expected);
        let expected = SendOutcome::Refused {
            code: Some("21000".into()),
            why: "The provider did not accept the message: Invalid parameter".into(),
            opted_out: false,
        };
        assert_eq!(refused(21000, Reason::Other), expected);
    }
}
