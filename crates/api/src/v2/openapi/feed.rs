//! The events of the reporting feed: a schema for each type, told apart by `type`.

use crate::reporting::{data_schemas, envelope_schema};
use serde_json::{Map, Value, json};

/// The address of the feed.
const FEED: &str = "/api/v2/reporting/events";

/// The event that stands as an example.
const EXAMPLE: &str = include_str!("event.json");

/// Adds the components, and puts them where the feed answers with them.
pub(super) fn add(document: &mut Value) {
    let envelope = bare(envelope_schema().to_value());
    let place = |name: &str| format!("#/components/schemas/{name}");
    let (mut any, mut mapping) = (Vec::new(), Map::new());
    for (kind, data) in data_schemas() {
        let word = component(&kind);
        let (event_name, data_name) = (format!("{word}Event"), format!("{word}Data"));
        let data = bare(data.to_value());
        let mut event = envelope.clone();
        event["description"] = data["description"].clone();
        event["properties"]["type"] = json!({"type": "string", "enum": [kind]});
        event["properties"]["data"] = json!({"$ref": place(&data_name)});
        any.push(json!({"$ref": place(&event_name)}));
        mapping.insert(kind, place(&event_name).into());
        document["components"]["schemas"][event_name] = event;
        document["components"]["schemas"][data_name] = data;
    }
    document["components"]["schemas"]["ReportingEvent"] = json!({
        "description": "An event of the reporting feed, as CloudEvents 1.0.",
        "oneOf": any,
        "discriminator": {"propertyName": "type", "mapping": mapping},
    });
    let example: Value = serde_json::from_str(EXAMPLE).unwrap_or_default();
    let content = &mut document["paths"][FEED]["get"]["responses"]["200"]["content"];
    let stream = format!(
        ": follows live\n\nid: {}\ndata: {example}\n\n",
        example["sequence"].as_str().unwrap_or_default()
    );
    content["application/json"] = json!({
        "schema": {"type": "array", "items": {"$ref": place("ReportingEvent")}},
        "example": [example],
    });
    content["text/event-stream"]["schema"] = json!({
        "type": "string",
        "description": "Server-sent events: the `id` of each is the `sequence`, its `data` one `ReportingEvent`.",
    });
    content["text/event-stream"]["example"] = stream.into();
    let parameters = document["paths"][FEED]["get"]["parameters"].as_array_mut();
    for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "header") {
        parameter["schema"] = json!({"type": "string", "pattern": r"^\d+$"});
    }
}

/// A schema as a component: without what only a file by itself has.
fn bare(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        members.remove("title");
    }
    schema
}

/// `jackfield.session.offer-ended` as the name of a component: `SessionOfferEnded`.
fn component(kind: &str) -> String {
    let kind = kind.split_once('.').map_or(kind, |(_, kind)| kind);
    kind.split(['.', '-'])
        .flat_map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_named_by_its_type() {
        assert_eq!(component("jackfield.session.offer-ended"), "SessionOfferEnded");
        assert_eq!(component("jackfield.disposition"), "Disposition");
    }
}
