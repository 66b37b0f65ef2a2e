//! A value of a statistic (spec: admin-and-reporting#4.1).

use serde::Serialize;
use utoipa::ToSchema;

/// A value of a statistic at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StatisticValue {
    /// The name of the statistic.
    pub statistic: &'static str,
    /// A number, or the name of a state; null where there is nothing to compute it from.
    #[schema(schema_with = number_or_text)]
    pub value: serde_json::Value,
    /// The moment, in milliseconds since 1970.
    pub time: i64,
}

fn number_or_text() -> utoipa::openapi::schema::Schema {
    use utoipa::openapi::schema::{Object, SchemaType, Type};
    let mut schema = Object::new();
    schema.schema_type = SchemaType::from_iter([Type::Number, Type::String, Type::Null]);
    schema.description =
        Some("A number, or the name of a state; null where there is nothing to compute it from.".into());
    schema.into()
}
