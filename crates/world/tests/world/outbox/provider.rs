//! A provider by script, behind a connector.

use desk::ports::{Channel, Measure, NotReplayed, OutboundMessage, Quarantined, SendOutcome};
use domain::{
    Refusal,
    message::Content,
    session::Delivery,
    task::{Sign, Signal},
    thread::Window,
};
use futures::future::BoxFuture;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// What the provider does with an attempt.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It answers.
    Says(SendOutcome),
    /// It answers after a while.
    After(Duration, SendOutcome),
    /// It takes the message and never answers.
    Hangs,
    /// It takes the message, and the connector panics.
    Panics,
    /// The connector panics before there is anything to wait for.
    PanicsAtOnce,
}

impl Answer {
    /// It was sent.
    pub fn sent() -> Self {
        Self::Says(SendOutcome::Sent { id: None, state: Delivery::Sent })
    }

    /// It was refused.
    pub fn refused(why: &str) -> Self {
        Self::Says(SendOutcome::Refused { code: Some("30003".into()), why: why.into(), opted_out: false })
    }

    /// It is to be tried again.
    pub fn later(after: Option<Duration>) -> Self {
        Self::Says(SendOutcome::Later { after, why: "The provider is busy".into() })
    }

    /// Nobody knows.
    pub fn unknown() -> Self {
        Self::Says(SendOutcome::Unknown { why: "The answer was lost".into() })
    }

    /// Whether the customer may have it after such an answer.
    fn takes(&self) -> bool {
        match self {
            Self::Says(sending) | Self::After(_, sending) => {
                matches!(sending, SendOutcome::Sent { .. } | SendOutcome::Unknown { .. })
            }
            Self::Hangs | Self::Panics | Self::PanicsAtOnce => true,
        }
    }
}

/// An attempt as the provider saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Our word for the message.
    pub id: String,
    /// To whom.
    pub theirs: String,
    /// What.
    pub words: String,
    /// As what.
    pub window: Window,
    /// When, since the provider began.
    pub at: Duration,
    /// Whether the customer may have it.
    pub taken: bool,
}

type Script = Box<dyn FnMut(&Attempt, usize) -> Answer + Send>;

/// The provider.
pub struct Provider {
    begun: Instant,
    script: Mutex<Script>,
    attempts: Mutex<Vec<Attempt>>,
    signs: Mutex<Vec<Sign>>,
}

impl Provider {
    /// One that answers an attempt, given how many there were before at the same message, by a script.
    pub fn new(script: impl FnMut(&Attempt, usize) -> Answer + Send + 'static) -> Arc<Self> {
        Arc::new(Self {
            begun: Instant::now(),
            script: Mutex::new(Box::new(script)),
            attempts: Mutex::default(),
            signs: Mutex::default(),
        })
    }

    /// Goes on by another script.
    pub fn now(&self, script: impl FnMut(&Attempt, usize) -> Answer + Send + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(script);
    }

    /// Every attempt so far.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was tried so far, with the second in which it was.
    pub fn tried(&self) -> Vec<(String, u64)> {
        self.attempts().into_iter().map(|attempt| (attempt.words, attempt.at.as_secs())).collect()
    }

    /// How often each message may have come to its customer.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for attempt in self.attempts().into_iter().filter(|attempt| attempt.taken) {
            *taken.entry(attempt.id).or_default() += 1;
        }
        taken
    }

    /// Passing signs.
    pub fn signs(&self) -> Vec<Sign> {
        self.signs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn answer(&self, outbound: &OutboundMessage) -> Answer {
        let words = match &outbound.content {
            Content::Text { text, .. } => text.clone(),
            other => panic!("a parcel with {other:?}"),
        };
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut attempt = Attempt {
            id: outbound.id.clone(),
            theirs: outbound.address.theirs.clone(),
            words,
            window: outbound.window,
            at: self.begun.elapsed(),
            taken: false,
        };
        let before = attempts.iter().filter(|before| before.id == attempt.id).count();
        let answer = self.script.lock().unwrap_or_else(PoisonError::into_inner)(&attempt, before);
        attempt.taken = answer.takes();
        attempts.push(attempt);
        answer
    }
}

impl Channel for Provider {
    fn ours(&self) -> &str {
        super::line::OURS
    }

    fn theirs(&self, given: &str) -> Result<String, String> {
        Ok(given.to_owned())
    }

    fn measure(&self, _: &str) -> Option<Measure> {
        None
    }

    fn fits(&self, _: &str) -> Result<(), Refusal> {
        Ok(())
    }

    fn send(&self, outbound: OutboundMessage) -> BoxFuture<'_, SendOutcome> {
        let answer = self.answer(&outbound);
        assert!(!matches!(answer, Answer::PanicsAtOnce), "on purpose");
        // Its name for a message is ours, with something before it.
        let named = move |sending| match sending {
            SendOutcome::Sent { id: None, state } => {
                SendOutcome::Sent { id: Some(format!("p-{}", outbound.id)), state }
            }
            other => other,
        };
        Box::pin(async move {
            match answer {
                Answer::Says(sending) => named(sending),
                Answer::After(time, sending) => {
                    tokio::time::sleep(time).await;
                    named(sending)
                }
                Answer::Hangs => std::future::pending().await,
                Answer::Panics | Answer::PanicsAtOnce => panic!("on purpose"),
            }
        })
    }

    fn signal(&self, signal: Signal) -> BoxFuture<'_, ()> {
        let mut signs = self.signs.lock().unwrap_or_else(PoisonError::into_inner);
        signs.push(signal.sign);
        assert!(signs.len() != 1, "the first of all is too much for the connector");
        drop(signs);
        Box::pin(std::future::ready(()))
    }

    fn replay(&self, _: Quarantined) -> BoxFuture<'_, Result<(), NotReplayed>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
