//! The data of each kind of event: one struct for each kind, whose JSON Schema is generated from it.
//!
//! Every list of facts is matched without a wildcard, so that a new fact must say here what reporting hears of it.

mod absorbed;
mod agent;
mod call;
mod centre;
mod device;
mod disposition;
mod message;
mod request;
mod row;
mod session;
mod words;

pub(super) use row::{PREFIX, generator, time};

use desk::ports::EventRow;
use domain::Event;
use row::{Names, Row};
use schemars::Schema;
use serde_json::{Value, json};

/// The `data` of an event; `None` for one that the feed does not tell of.
pub(super) fn of(row: &EventRow, names: Names<'_>) -> Option<Value> {
    let id = row.key.id();
    let mut data = match &row.event {
        Event::Session(event) => session::data(id, row.at, event, names),
        Event::Agent(event) => agent::data(id, event, names),
        Event::User(event) => agent::of_user(id, event),
        Event::Queue(event) => centre::of_queue(id, event),
        Event::Book(event) => centre::of_book(event),
        Event::Centre(event) => centre::data(event),
        Event::Thread(event) => message::of_thread(id, event),
        Event::Call(event) => call::data(id, row.at, event, names),
        Event::Device(event) => device::data(id, event, names),
    };
    if let (Some(Value::Object(data)), Some(elapsed)) = (&mut data, row.event.elapsed_ms()) {
        data.insert(ELAPSED.to_owned(), elapsed.into());
    }
    data
}

/// How long the state lasted that an event ended.
const ELAPSED: &str = "elapsedMs";

/// The kinds of events that end a state, and the state.
const ENDS: &[(&str, &str)] = &[
    ("session.offered", "How long the conversation waited; absent when a colleague handed it over."),
    ("session.accepted", "How long the offer stood."),
    ("session.join-failed", "How long the offer stood."),
    ("session.offer-ended", "How long the offer stood."),
    ("session.party-closed", "How long the agent's part had gone on, since they joined."),
    ("session.request-ended", "How long the agent waited for somebody."),
    ("session.talk-ended", "How long the customer was there."),
    ("session.ended", "How long the conversation went on."),
    (
        "call.joined",
        "How long the call, or the agent who asks, waited, when a queue offered it; absent otherwise.",
    ),
    ("call.request-ended", "How long the agent waited for somebody."),
    ("call.overflowed", "How long the call waited; absent when it did not."),
    (
        "call.established",
        "How long the phone rang or the number was called; of a call taken back from hold, how long it was held.",
    ),
    ("call.released", "How long the party talked, held calls included, or else how long its phone rang."),
    ("call.ended", "How long the call went on."),
    ("call.absorbed-into", "How long the call went on by itself."),
    ("agent.disposition-settled", "How long the disposition was owed."),
    ("agent.state", "How long the channels were in the state before; where they differ, the longest."),
    ("agent.logged-out", "How long the login lasted."),
    ("agent.channels-left", "How long the channel was in its last state; of several, the longest."),
    ("agent.connection-back", "How long the agent's client could not be heard."),
    ("agent.left-desk", "How long the agent worked at the phone."),
];

/// Every kind of event that the feed tells of.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    tables().map(|(kind, _)| *kind)
}

/// The JSON Schema of the `data` of every type of event, by type.
pub fn data_schemas() -> Vec<(String, Schema)> {
    let schemas = tables().map(|(kind, schema)| {
        let name = format!("{PREFIX}{kind}");
        let mut schema = schema(generator());
        if let Some((_, words)) = ENDS.iter().find(|(ends, _)| ends == kind) {
            let member = json!({
                "description": format!("{words} In milliseconds; absent in events of releases that did not tell it."),
                "type": "integer", "minimum": 0,
            });
            if let Some(members) = schema.get_mut("properties").and_then(Value::as_object_mut) {
                members.insert(ELAPSED.to_owned(), member);
            }
        }
        schema.insert("title".to_owned(), name.as_str().into());
        (name, schema)
    });
    schemas.collect()
}

fn tables() -> impl Iterator<Item = &'static Row> {
    let tables: [&[Row]; 6] =
        [session::KINDS, message::KINDS, call::KINDS, device::KINDS, disposition::KINDS, agent::KINDS];
    tables.into_iter().flatten().chain(centre::KINDS)
}

#[cfg(test)]
mod tests;
