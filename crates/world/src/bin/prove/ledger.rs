//! What was asked for, what was answered, and what was found of it.

use super::table::{Table, TableRow};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use world::client::{HttpAnswer, HttpFault};

/// A kind of thing that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// What an agent said to agents alone, in the transcript as agents read it.
    ToAgents,
    /// A colleague who was asked into a chat, or a queue, in the reporting feed.
    Colleague,
    /// A customer's message, in the transcript.
    CustomerMessage,
    /// An agent's message, in the transcript.
    AgentMessage,
    /// A disposition during the talk, in the reporting feed.
    LiveDisposition,
    /// A disposition after completion, in the reporting feed.
    LateDisposition,
    /// A completion, in the reporting feed.
    Completion,
    /// A disposition of a call, in the reporting feed.
    CallDisposition,
    /// A colleague who was called in beside a call, with or without asking first, in the reporting feed.
    Asked,
    /// A consultation after which the call was handed over or the colleague taken in, in the reporting feed.
    Completed,
}

impl What {
    const ALL: [(Self, &'static str); 10] = [
        (Self::CustomerMessage, "customer messages in transcripts"),
        (Self::AgentMessage, "agent messages in transcripts"),
        (Self::ToAgents, "words to agents in transcripts"),
        (Self::Colleague, "colleagues asked into chats, in the feed"),
        (Self::LiveDisposition, "live dispositions in the feed"),
        (Self::LateDisposition, "late dispositions in the feed"),
        (Self::Completion, "completions in the feed"),
        (Self::CallDisposition, "dispositions of calls in the feed"),
        (Self::Asked, "colleagues called in, in the feed"),
        (Self::Completed, "transfers and conferences in the feed"),
    ];
}

/// What became of a request, as far as whoever sent it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done: the server said so.
    Acknowledged,
    /// The answer was lost: it may be there once.
    Unknown,
    /// The server said no, or never got it: it must not be there.
    Refused,
}

impl Outcome {
    /// Reads it off an answer: 200 with `statusCode` 0 is a promise, a server's fault is none.
    pub fn of(answer: &Result<HttpAnswer, HttpFault>) -> Self {
        match answer {
            Ok(answer) if answer.status.is_server_error() => Self::Unknown,
            Ok(answer) if answer.status.is_success() && answer.json()["statusCode"] == 0 => {
                Self::Acknowledged
            }
            Err(fault) if fault.may_be_done() => Self::Unknown,
            Ok(_) | Err(_) => Self::Refused,
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    asked: BTreeMap<(What, String), Outcome>,
    found: BTreeMap<(What, String), u32>,
}

/// The book of the whole run.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Inner>);

impl Ledger {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down what became of one request. Each has a name of its own and is sent once: who tries again, tries
    /// under another name.
    pub fn asked(&self, what: What, name: &str, outcome: Outcome) {
        self.inner().asked.insert((what, name.to_owned()), outcome);
    }

    /// Writes down that it was found, once more.
    pub fn found(&self, what: What, name: &str) {
        *self.inner().found.entry((what, name.to_owned())).or_default() += 1;
    }

    /// What became of a request.
    pub fn outcome(&self, what: What, name: &str) -> Option<Outcome> {
        self.inner().asked.get(&(what, name.to_owned())).copied()
    }

    /// The names of a kind that were acknowledged.
    pub fn acknowledged(&self, what: What) -> Vec<String> {
        let inner = self.inner();
        let of_kind = inner.asked.iter().filter(|((kind, _), _)| *kind == what);
        of_kind
            .filter(|(_, outcome)| **outcome == Outcome::Acknowledged)
            .map(|((_, name), _)| name.clone())
            .collect()
    }

    /// Whether something of every kind was acknowledged, that of calls and of colleagues included if there were any.
    pub fn is_worth_something(&self, has_calls: bool, has_colleagues: bool) -> bool {
        let is_of_calls = |what| matches!(what, What::CallDisposition | What::Asked | What::Completed);
        let is_of_colleagues = |what| matches!(what, What::ToAgents | What::Colleague);
        let counts = |what| (has_calls || !is_of_calls(what)) && (has_colleagues || !is_of_colleagues(what));
        let mut wanted = What::ALL.iter().filter(|(what, _)| counts(*what));
        wanted.all(|(what, _)| !self.acknowledged(*what).is_empty())
    }

    /// A row for each kind.
    pub fn fill(&self, table: &mut Table) {
        let inner = self.inner();
        for (what, name) in What::ALL {
            let mut row = TableRow::default();
            for ((_, name), outcome) in inner.asked.iter().filter(|((kind, _), _)| *kind == what) {
                let found = inner.found.get(&(what, name.clone())).copied().unwrap_or(0);
                match outcome {
                    Outcome::Acknowledged => row.expect(name, found),
                    Outcome::Unknown => row.allow(name, found),
                    Outcome::Refused => row.forbid(name, found),
                }
            }
            let stray = inner.found.keys().filter(|key| key.0 == what && !inner.asked.contains_key(key));
            stray.for_each(|(_, name)| row.forbid(name, 1));
            table.add(name, row);
        }
    }
}
