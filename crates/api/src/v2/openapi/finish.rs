//! What the types cannot say of themselves: examples and the states of a centre in requests, and, once the document is
//! JSON, what answers hold and how they look.

use domain::medium::{Media, UNSERVED};
use gws::{Family, OwnStateRequest, Participants, Shown, families, sessions_of_caller, sessions_of_user};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, OpenApi, Ref, RefOr,
        example::ExampleBuilder,
        path::{Operation, PathItem},
        schema::AnyOfBuilder,
    },
};

/// What the server answered to one request for each operation, by method and path, as a story met it
/// (`tests/story/tour.rs`).
const EXAMPLES: &str = include_str!("examples.json");

/// Where that server said that it was.
const EXAMPLES_ROOT: &str = "http://localhost:8080";

/// The document as it is served below a root.
pub fn finish(document: OpenApi, root: &str, media: &Media, shown: Shown) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    for medium in media.rows() {
        for name in std::iter::once(&medium.plural).chain(medium.plural_aliases) {
            schemas["Me"]["properties"][*name] = json!(sessions_of_caller());
            schemas["User"]["properties"][*name] = json!(sessions_of_user());
        }
    }
    for medium in UNSERVED {
        let none = json!({"type": "array", "items": {"type": "object"}, "maxItems": 0, "description": "Always empty."});
        schemas["User"]["properties"][medium.plural] = none.clone();
        schemas["Me"]["properties"][medium.plural] = none;
    }
    if shown.participants == Participants::Legacy {
        schemas["Call"]["properties"]["participants"]["items"] = json!({"type": "string"});
    }
    for name in answered(&document) {
        drop_nulls(&mut document["components"]["schemas"][&name]);
    }
    give_examples(&mut document, root);
    document
}

/// The names of the schemas of all answers, and of what these refer to.
fn answered(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let operations =
        document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
    for operation in operations.flat_map(Map::values) {
        gather(document, &operation["responses"], &mut found);
    }
    found
}

fn gather(document: &Value, part: &Value, found: &mut BTreeSet<String>) {
    match part {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str);
            if let Some(name) = name.and_then(|to| to.strip_prefix("#/components/schemas/"))
                && found.insert(name.to_owned())
            {
                gather(document, &document["components"]["schemas"][name], found);
            }
            members.values().for_each(|part| gather(document, part, found));
        }
        Value::Array(items) => items.iter().for_each(|part| gather(document, part, found)),
        _ => {}
    }
}

/// A member of an answer that may be left out is left out when there is nothing: it is never null.
fn drop_nulls(schema: &mut Value) {
    let required: Vec<String> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !required.contains(name)) {
        let is_null = |one: &Value| *one == "null" || *one == json!({"type": "null"});
        for list in ["type", "oneOf"] {
            let Some(Value::Array(items)) = property.get_mut(list) else { continue };
            items.retain(|one| !is_null(one));
            let [only] = &items[..] else { continue };
            let only = only.clone();
            if list == "type" {
                property["type"] = only;
            } else if let (Some(members), Value::Object(only)) = (property.as_object_mut(), only) {
                members.remove("oneOf");
                members.extend(only);
            }
        }
    }
}

/// Gives each operation the example of its success that a story met.
fn give_examples(document: &mut Value, root: &str) {
    let examples: Map<String, Value> =
        serde_json::from_str(&EXAMPLES.replace(EXAMPLES_ROOT, root)).unwrap_or_default();
    for (asked, example) in examples {
        let Some((method, path)) = asked.split_once(' ') else { continue };
        let Some(operation) = document["paths"].get_mut(path).and_then(|item| item.get_mut(method)) else {
            continue;
        };
        let Some(responses) = operation["responses"].as_object_mut() else { continue };
        let good = responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
        for content in good.filter_map(|(_, response)| response["content"].get_mut("application/json")) {
            content["example"] = example.clone();
        }
    }
}

/// Completes every request that names its operation.
pub fn complete_requests(document: &mut OpenApi) {
    let families = families();
    for item in document.paths.paths.values_mut() {
        if let Some((content, family)) = item.post.as_mut().and_then(|post| named(post, &families)) {
            exemplify(content, family);
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.insert(OwnStateRequest::name().into_owned(), OwnStateRequest::schema());
}

/// The body of an operation that takes the requests of a family.
fn named<'o, 'f>(
    operation: &'o mut Operation,
    families: &'f [Family],
) -> Option<(&'o mut Content, &'f Family)> {
    let content = operation.request_body.as_mut()?.content.get_mut("application/json")?;
    let Some(RefOr::Ref(to)) = &content.schema else { return None };
    let name = to.ref_location.rsplit('/').next()?;
    let family = families.iter().find(|family| family.name == name)?;
    Some((content, family))
}

/// An example for each operation. States of the centre's own stand beside the union, which is told apart by the names
/// that are known, so that a generated client can send both.
fn exemplify(content: &mut Content, family: &Family) {
    for row in &family.rows {
        let name = row.names.first().copied().unwrap_or_default();
        let example = ExampleBuilder::new().value(Some(row.example.clone())).build();
        content.examples.insert(name.to_owned(), example.into());
    }
    if family.takes_states {
        let either = AnyOfBuilder::new()
            .item(Ref::from_schema_name(&*family.name))
            .item(Ref::from_schema_name(OwnStateRequest::name()));
        content.schema = Some(either.into());
    }
}

/// The operations of an address, each with its method.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, .. } = item;
    [("get", get), ("put", put), ("post", post), ("delete", delete)]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
