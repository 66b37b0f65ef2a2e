//! What every kind of event needs: its row in the table of kinds, its schema, its struct as JSON, moments, and the
//! conversation or call that it belongs to and whom it is about.

use domain::{MediumName, Millis, UserId, across::AcrossMedia};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The prefix of every type.
pub const PREFIX: &str = "jackfield.";

/// The name of a user, while they are provisioned.
pub type Names<'n> = &'n dyn Fn(&UserId) -> Option<String>;

/// A kind of event, and the function that generates the schema of its data.
pub type Row = (&'static str, fn(SchemaGenerator) -> Schema);

/// Schemas of what is written, whole in one file each.
pub fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator()
}

pub fn schema<T: JsonSchema>(generator: SchemaGenerator) -> Schema {
    generator.into_root_schema_for::<T>()
}

/// A struct of this crate as JSON: it has text keys and finite numbers, so there is always one.
pub fn json(data: impl Serialize) -> Option<Value> {
    serde_json::to_value(data).ok()
}

/// For a medium, the others beside which it is offered.
pub fn while_busy(across: &AcrossMedia) -> BTreeMap<&str, Vec<&str>> {
    let named = across.while_busy.iter();
    named.map(|(medium, others)| (medium.as_str(), others.iter().map(MediumName::as_str).collect())).collect()
}

/// A moment in RFC 3339; empty for one that no calendar has.
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|moment| moment.to_string()).unwrap_or_default()
}

/// The conversation that an event belongs to.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conversation<'a> {
    /// The interaction.
    pub interaction_id: &'a str,
    /// The name of its medium.
    pub media: &'a str,
    /// The queue it was last put into.
    pub queue: &'a str,
}

/// The agent that an event is about.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Actor<'a> {
    /// Their user name; null when it was no agent, or when they are no longer provisioned.
    agent: Option<String>,
    /// Their id; null when it was no agent.
    agent_id: Option<&'a str>,
}

impl<'a> Actor<'a> {
    pub fn named(id: &'a UserId, name: &str) -> Self {
        Self { agent: Some(name.to_owned()), agent_id: Some(id.as_str()) }
    }

    pub fn of(id: &'a UserId, names: Names<'_>) -> Self {
        Self { agent: names(id), agent_id: Some(id.as_str()) }
    }

    pub fn maybe(id: Option<&'a UserId>, names: Names<'_>) -> Self {
        Self { agent: id.and_then(names), agent_id: id.map(UserId::as_str) }
    }
}

/// The supervisor who did it; absent when an agent or the server did.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Led<'a> {
    /// The user name of the supervisor who did it; null when they are no longer provisioned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[expect(clippy::option_option, reason = "nobody, somebody without a name and a name are three things")]
    supervisor: Option<Option<String>>,
    /// The id of the supervisor who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "&str")]
    supervisor_id: Option<&'a str>,
}

impl<'a> Led<'a> {
    pub fn by(user: Option<&'a UserId>, names: Names<'_>) -> Self {
        Self { supervisor: user.map(names), supervisor_id: user.map(UserId::as_str) }
    }
}

/// The call that an event belongs to.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallConversation<'a> {
    /// The interaction; also the UUID of the call.
    pub interaction_id: &'a str,
    /// `voice`.
    pub media: &'a str,
    /// The queue it was last put into; null when it never was in one.
    pub queue: Option<&'a str>,
}
