//! What every kind of event needs: its row in the table of kinds, its schema, and its struct as JSON.

use domain::UserId;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

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
