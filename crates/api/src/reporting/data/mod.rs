//! What each kind of event tells: one struct a kind, its JSON Schema drawn from it.
//!
//! Every list of facts is matched without a wildcard, so that a new fact must say here what reporting hears of it.

mod agent;
mod book;
mod call;
mod centre;
mod device;
mod disposition;
mod post;
mod queue;
mod session;
mod talk;
mod thread;
mod user;
mod words;

use desk::ports::EventRow;
use domain::{Event, UserId};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

/// The name of a user, while he is provisioned.
type Names<'n> = &'n dyn Fn(&UserId) -> Option<String>;

/// The `data` of an event; `None` for one that the feed does not tell of.
pub(super) fn of(row: &EventRow, names: Names<'_>) -> Option<Value> {
    let id = row.key.id();
    match &row.event {
        Event::Session(event) => session::data(id, row.at, event, names),
        Event::Agent(event) => agent::data(id, event),
        Event::User(event) => user::data(id, event),
        Event::Queue(event) => queue::data(id, event),
        Event::Book(event) => book::data(event),
        Event::Centre(event) => centre::data(event),
        Event::Thread(event) => thread::data(id, event),
        Event::Call(event) => call::data(id, row.at, event, names),
        Event::Device(event) => device::data(id, event, names),
    }
}

/// Every kind of event that the feed tells of.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    tables().map(|(kind, _)| *kind)
}

/// The JSON Schema of the `data` of every type of event, by type.
pub fn data_schemas() -> Vec<(String, Schema)> {
    let schemas = tables().map(|(kind, schema)| {
        let name = format!("{}{kind}", super::asked::PREFIX);
        let mut schema = schema(generator());
        schema.insert("title".to_owned(), name.as_str().into());
        (name, schema)
    });
    schemas.collect()
}

/// Schemas of what is written, whole in one file each.
pub(super) fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
}

/// A kind of event, and how the schema of its data is drawn.
type Row = (&'static str, fn(SchemaGenerator) -> Schema);

fn tables() -> impl Iterator<Item = &'static Row> {
    let tables: [&[Row]; 11] = [
        session::KINDS,
        talk::KINDS,
        post::KINDS,
        thread::KINDS,
        call::KINDS,
        device::KINDS,
        disposition::KINDS,
        agent::KINDS,
        user::KINDS,
        queue::KINDS,
        book::KINDS,
    ];
    tables.into_iter().flatten().chain(centre::KINDS)
}

fn schema<T: JsonSchema>(generator: SchemaGenerator) -> Schema {
    generator.into_root_schema_for::<T>()
}

/// A struct of ours as JSON: it has text keys and finite numbers, so there is always one.
fn json(data: impl Serialize) -> Option<Value> {
    serde_json::to_value(data).ok()
}

#[cfg(test)]
mod tests;
