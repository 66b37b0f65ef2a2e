//! What a snapshot holds.

use serde_json::{Map, Value};

/// An answer or notification without what differs from machine to machine, members in alphabetical order.
pub fn settled(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(settled).collect(),
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            let settle = |(name, value): (&String, &Value)| (name.clone(), of(name, value));
            Value::Object(sorted.into_iter().map(settle).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// Times are written in the time zone of the machine.
fn of(name: &str, value: &Value) -> Value {
    match (name, value) {
        ("timestamp" | "receivedDate" | "waitingSince" | "since" | "dispositionUntil", Value::String(_)) => {
            "[time]".into()
        }
        _ => settled(value),
    }
}
