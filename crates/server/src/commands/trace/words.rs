//! Words for both conversations and calls.

use domain::{
    Millis, UserData, UserId,
    session::{EndedBy, Via},
};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;

/// The sentence of one event.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Who did it: `customer`, the user name of an agent, `provider`, `switch`; `None` is the server.
    pub actor: Option<String>,
    /// What happened, a sentence without its full stop.
    pub words: String,
    /// Where in the log the words of a message stand, if it was one.
    pub entry: Option<u32>,
}

impl Sentence {
    /// Done by the server itself.
    pub fn by_server(words: impl Into<String>) -> Self {
        Self { actor: None, words: words.into(), entry: None }
    }

    /// Done by somebody.
    pub fn by(actor: impl Into<String>, words: impl Into<String>) -> Self {
        Self { actor: Some(actor.into()), words: words.into(), entry: None }
    }
}

/// Somebody who did something, as the subject of a sentence.
pub fn subject(actor: &str) -> &str {
    if actor == "customer" { "the customer" } else { actor }
}

/// The names that users have now.
#[derive(Debug, Default)]
pub struct Names(pub HashMap<UserId, String>);

impl Names {
    /// A user's name; the id of one who is no longer provisioned.
    pub fn of(&self, id: &UserId) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// A moment in RFC 3339, to the millisecond.
pub fn moment(at: Millis) -> String {
    let moment = Timestamp::from_millisecond(at);
    moment.map_or_else(|_| at.to_string(), |moment| moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Who ended something, as the end of a sentence.
pub const fn closer(closer: EndedBy) -> &'static str {
    match closer {
        EndedBy::Agent => "by the agent",
        EndedBy::Customer => "by the customer",
        EndedBy::Supervisor => "by a supervisor",
        EndedBy::Idle => "because the customer was silent for too long",
        EndedBy::NoAnswer => "because the offer was not answered in time",
        EndedBy::Closed => "because the queue was closed",
        EndedBy::Restart => "because the server was started again",
        EndedBy::ConnectionLost => "because the agent's client fell silent",
        EndedBy::Api => "by an administrator or a program, over the API",
    }
}

/// Whether something had a disposition.
pub const fn dispositioned(dispositioned: bool) -> &'static str {
    if dispositioned { "with a disposition" } else { "without a disposition" }
}

/// Pairs of user data; values only where they may be shown.
pub fn pairs(data: &UserData, texts: bool) -> String {
    let pair = |(key, value): (&String, &Value)| {
        if texts { format!("{key:?} = {value}") } else { format!("{key:?}") }
    };
    data.pairs().iter().map(pair).collect::<Vec<_>>().join(", ")
}

/// How user data changed.
pub fn changed(set: &UserData, removed: &[String], via: Via, texts: bool) -> String {
    let mut words = Vec::new();
    if !set.pairs().is_empty() {
        words.push(format!("{} set", pairs(set, texts)));
    }
    if !removed.is_empty() {
        let keys: Vec<String> = removed.iter().map(|key| format!("{key:?}")).collect();
        words.push(format!("{} taken away", keys.join(", ")));
    }
    format!("user data changed by {}: {}", via.as_str(), words.join(", "))
}

/// A disposition, as it stands in an event.
pub struct Disposition<'a> {
    /// The key.
    pub key: &'a str,
    /// The value; null when it was cleared.
    pub value: &'a Value,
    /// The value before; null when there was none.
    pub previous: &'a Value,
    /// Whether the agent's part had ended.
    pub late: bool,
    /// Whether the book knows the value.
    pub known: bool,
}

/// What became of a disposition, as a sentence about somebody.
pub fn disposition(who: &str, of: &Disposition<'_>) -> String {
    let mut words = match of.value {
        Value::Null => format!("{who} cleared the disposition ({})", of.key),
        // Words that are not in the book may be about anybody, and are blank here unless texts are asked for.
        Value::String(text) if text.is_empty() => {
            format!("{who} set a disposition in words of their own ({})", of.key)
        }
        value => format!("{who} set the disposition {value} ({})", of.key),
    };
    if !of.previous.is_null() {
        match of.previous {
            Value::String(text) if text.is_empty() => words.push_str(" in place of another"),
            previous => words.push_str(&format!(" in place of {previous}")),
        }
    }
    if !of.known && !of.value.is_null() {
        words.push_str("; the disposition book does not have it");
    }
    if of.late {
        words.push_str("; their part was over, so that reporting alone hears of it");
    }
    words
}
