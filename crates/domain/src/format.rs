//! The formats in which stored documents are written, and how one of an earlier format is read.
//!
//! A format is a number that stands beside each document, not in it; releases that wrote no number wrote format 1. A
//! build reads every format up to [`NEWEST`] and writes the one that the journal names, which is the previous one until
//! an operator says that no earlier release will open the journal again.
//!
//! A new format is a new row in [`steps`] for each kind of document, and an arm in [`lower_event`] and
//! [`lower_snapshot`] that takes out what earlier releases do not know.

use crate::{EntityKind, Event, State, call};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{borrow::Cow, fmt};

/// The newest format that this build reads and writes.
pub const NEWEST: u32 = 3;

/// A kind of stored document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// An event.
    Event,
    /// The snapshot of an entity of a kind.
    Snapshot(EntityKind),
    /// An entry of a log.
    Message,
    /// Something that a connector should send.
    Task,
    /// A login, or a session of a notification client.
    Session,
}

/// How a document comes from one format to the next.
#[derive(Clone, Copy)]
enum FormatStep {
    /// It reads as it is: members that came in later have defaults.
    Same,
    /// A function changes it, if it contains these words; without them it reads as it is.
    Change {
        /// As they stand in the JSON.
        words: &'static str,
        /// The step, pure.
        change: fn(&mut Value),
    },
    /// It does not hold what the next format needs: a snapshot is to be folded again from its events.
    Fold,
}

/// Why a stored document is not read.
#[derive(Debug)]
pub enum Unread {
    /// A later release wrote it in this format.
    Newer(u32),
    /// It is the snapshot of an earlier format: its events must be folded again.
    Fold,
    /// It is not what its format says.
    Malformed(serde_json::Error),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(format) => write!(f, "it has format {format}, and this program knows up to {NEWEST}"),
            Self::Fold => f.write_str("its format is too old to be read without its events"),
            Self::Malformed(why) => write!(f, "{why}"),
        }
    }
}

/// Reads a document that was written in a format.
pub fn read<T: DeserializeOwned>(document: Document, format: u32, body: &str) -> Result<T, Unread> {
    read_by(steps(document), format, body)
}

/// The steps of a document from each format to the next, beginning with format 1.
const fn steps(document: Document) -> &'static [FormatStep] {
    match document {
        // The node that carries a call came in with format 3, and has a default.
        Document::Event => {
            &[FormatStep::Change { words: "\"OfferEnded\"", change: event_2 }, FormatStep::Same]
        }
        // Since when a party holds the others is only in its events.
        Document::Snapshot(EntityKind::Call) => &[FormatStep::Fold, FormatStep::Same],
        Document::Snapshot(_) | Document::Message | Document::Task | Document::Session => {
            &[FormatStep::Same, FormatStep::Same]
        }
    }
}

fn read_by<T: DeserializeOwned>(steps: &[FormatStep], format: u32, body: &str) -> Result<T, Unread> {
    let done = usize::try_from(format.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(left) = steps.get(done..) else { return Err(Unread::Newer(format)) };
    let mut changed: Option<Value> = None;
    for step in left {
        match step {
            FormatStep::Fold => return Err(Unread::Fold),
            // A step may bring in the words of a later one.
            FormatStep::Change { words, change } if changed.is_some() || body.contains(words) => {
                let document = match changed.take() {
                    Some(document) => document,
                    None => serde_json::from_str(body).map_err(Unread::Malformed)?,
                };
                change(changed.insert(document));
            }
            FormatStep::Same | FormatStep::Change { .. } => {}
        }
    }
    match changed {
        None => serde_json::from_str(body),
        Some(document) => serde_json::from_value(document),
    }
    .map_err(Unread::Malformed)
}

/// The end of an offer says whether the conversation had a disposition. The first releases did not say so, and then it
/// counts as none.
fn event_2(event: &mut Value) {
    if let Some(ended) = event.pointer_mut("/Session/fact/OfferEnded").and_then(Value::as_object_mut) {
        ended.entry("dispositioned").or_insert(Value::Bool(false));
    }
}

/// Takes out of an event what releases that write a format do not know.
pub fn lower_event(format: u32, event: &mut Event) {
    if format < 2 {
        match event {
            Event::Session(event) => event.elapsed_ms = None,
            Event::Call(event) => event.elapsed_ms = None,
            Event::Agent(event) => event.elapsed_ms = None,
            _ => {}
        }
    }
    if format < 3
        && let Event::Call(event) = event
        && let call::Fact::Began { owner, .. } = &mut event.fact
    {
        *owner = None;
    }
}

/// The same for a snapshot.
pub fn lower_snapshot(format: u32, state: &State) -> Cow<'_, State> {
    match state {
        State::Call(call) if format < 3 => {
            let mut call = call.clone();
            call.owner = None;
            if format < 2 {
                call.parties.iter_mut().for_each(|party| party.held_at = None);
            }
            Cow::Owned(State::Call(call))
        }
        _ => Cow::Borrowed(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{self, Fact};
    use serde_json::json;

    const OFFER_ENDED: &str = r#"{"Session":{"medium":"chat","queue":"Support","fact":{"OfferEnded":{"agent":"a",
        "state":"Revoked","closer":"no-answer","barred_until":null}}}}"#;

    fn add_one(document: &mut Value) {
        document["count"] = json!(document["count"].as_u64().unwrap_or(0) + 1);
    }

    #[test]
    fn every_kind_of_document_has_a_step_to_every_format() {
        let snapshots = [EntityKind::Session, EntityKind::Call, EntityKind::Agent, EntityKind::Centre]
            .map(Document::Snapshot);
        for document in [Document::Event, Document::Message, Document::Task, Document::Session]
            .into_iter()
            .chain(snapshots)
        {
            assert_eq!(steps(document).len() + 1, NEWEST as usize, "{document:?}");
        }
    }

    #[test]
    fn the_end_of_an_offer_of_format_1_says_nothing_of_a_disposition() {
        let dispositioned = |body: &str, format| match read::<Event>(Document::Event, format, body)
            .expect("an event")
        {
            Event::Session(session::SessionEvent {
                fact: Fact::OfferEnded { dispositioned, .. }, ..
            }) => dispositioned,
            other => panic!("{other:?}"),
        };
        assert!(!dispositioned(OFFER_ENDED, 1));
        let said = OFFER_ENDED.replace("null}", "null,\"dispositioned\":true}");
        assert!(dispositioned(&said, 1) && dispositioned(&said, 2));
        assert!(matches!(read::<Event>(Document::Event, 2, OFFER_ENDED), Err(Unread::Malformed(_))));
    }

    #[test]
    fn the_snapshot_of_a_call_of_format_1_is_folded_anew_and_others_read_as_they_are() {
        let call = read::<State>(Document::Snapshot(EntityKind::Call), 1, "{}");
        assert!(matches!(call, Err(Unread::Fold)));
        let user = read::<State>(Document::Snapshot(EntityKind::User), 1, r#"{"User":null}"#);
        assert_eq!(user.expect("a snapshot"), State::User(None));
    }

    #[test]
    fn a_later_format_is_not_read() {
        for format in [NEWEST + 1, u32::MAX] {
            let newer = read::<Value>(Document::Task, format, "{}");
            assert!(matches!(newer, Err(Unread::Newer(found)) if found == format));
        }
    }

    #[test]
    fn a_document_goes_through_every_step_behind_its_format_and_no_other() {
        let change = FormatStep::Change { words: "count", change: add_one };
        let steps = [change, FormatStep::Same, change];
        for (format, count) in [(1, 2), (2, 1), (3, 1), (4, 0)] {
            let read: Value = read_by(&steps, format, r#"{"count":0}"#).expect("a document");
            assert_eq!(read["count"], count, "{format}");
        }
        let untouched: Value = read_by(&steps, 1, r#"{"other":0}"#).expect("a document");
        assert_eq!(untouched, json!({"other": 0}));
    }
}
