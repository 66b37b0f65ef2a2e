//! A connector that does as it is told.

use desk::ports::{Channel, Measure, NotReplayed, OutboundMessage, Quarantined, SendOutcome};
use domain::{Refusal, message::Content, task::Signal};
use futures::future::BoxFuture;
use std::sync::{Mutex, PoisonError};

/// The connector of a number.
#[derive(Default)]
pub struct Scripted {
    /// What it was given to carry, with what it calls it.
    pub sent: Mutex<Vec<(String, String)>>,
    /// What was replayed.
    pub replayed: Mutex<Vec<Vec<u8>>>,
}

impl Channel for Scripted {
    fn ours(&self) -> &'static str {
        "+15550100"
    }

    fn theirs(&self, given: &str) -> Result<String, String> {
        let digits = given.replace([' ', '-'], "");
        if digits.starts_with('+') { Ok(digits) } else { Err(format!("'{given}' is no number")) }
    }

    fn measure(&self, text: &str) -> Option<Measure> {
        let length = text.len();
        Some(Measure {
            alphabet: "GSM-7",
            length,
            parts: length.div_ceil(160),
            left: 160 - length % 160,
            most_parts: 10,
            most_length: 1520,
        })
    }

    fn fits(&self, text: &str) -> Result<(), Refusal> {
        let (parts, most) = (text.len().div_ceil(160), 10);
        let refusal = Refusal::TooManyParts { parts, most, alphabet: "GSM-7", chars: 1520 };
        if parts > most { Err(refusal) } else { Ok(()) }
    }

    fn send(&self, parcel: OutboundMessage) -> BoxFuture<'_, SendOutcome> {
        let Content::Text { text, .. } = parcel.content else { panic!("a text") };
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push((parcel.address.theirs, text));
        Box::pin(async {
            SendOutcome::Sent { id: Some("SM1".into()), state: domain::session::Delivery::Sent }
        })
    }

    fn signal(&self, _: Signal) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn replay(&self, unit: Quarantined) -> BoxFuture<'_, Result<(), NotReplayed>> {
        Box::pin(async move {
            if unit.raw == b"poison" {
                return Err(NotReplayed::Poison("it is poison".into()));
            }
            self.replayed.lock().unwrap_or_else(PoisonError::into_inner).push(unit.raw);
            Ok(())
        })
    }
}
