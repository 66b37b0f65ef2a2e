//! Requests in the API document against what the server reads.

use api::{Links, Shown, openapi};
use domain::medium::Media;
use gws::{Body, Family, families};
use serde_json::Value;
use std::collections::BTreeSet;

fn document() -> Value {
    let links = Links::new("http://localhost:8080");
    openapi(&links, env!("CARGO_PKG_VERSION"), &Media::default(), Shown::default())
}

/// The JSON bodies of requests that name their operation, each with its address and the family it is of.
fn bodies(document: &Value) -> Vec<(&str, &Value, Family)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let content = &item["post"]["requestBody"]["content"]["application/json"];
        let schema = &content["schema"];
        let reference = schema["$ref"].as_str().or(schema["anyOf"][0]["$ref"].as_str());
        let name = reference.and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
        if let Some(family) = families().into_iter().find(|family| family.name == name) {
            found.push((path.as_str(), content, family));
        }
    }
    found
}

#[test]
fn every_example_of_an_operation_is_read_as_it_stands_in_the_document() {
    let document = document();
    let mut read = BTreeSet::new();
    for (path, content, family) in bodies(&document) {
        let examples = content["examples"].as_object().expect("examples");
        assert_eq!(examples.len(), family.rows.len(), "{path}");
        for (operation, example) in examples {
            let body = Body::parse(example["value"].to_string().as_bytes()).expect("a body");
            assert_eq!(body.operation(), Ok(operation.as_str()), "{path}");
            assert_eq!((family.read)(&body), Ok(()), "{path}: {operation}");
        }
        read.insert(family.name);
    }
    assert_eq!(read.len(), families().len(), "a family is asked for nowhere: {read:?}");
}

#[test]
fn requests_are_told_apart_by_the_names_of_their_operations() {
    let document = document();
    for (path, _, family) in bodies(&document) {
        let union = &document["components"]["schemas"][&*family.name];
        assert_eq!(union["discriminator"]["propertyName"], "operationName", "{path}");
        let mapping = union["discriminator"]["mapping"].as_object().expect("a mapping");
        let names: BTreeSet<&str> = family.rows.iter().flat_map(|row| row.names).copied().collect();
        assert_eq!(mapping.keys().map(String::as_str).collect::<BTreeSet<_>>(), names, "{path}");
        for (name, to) in mapping {
            let component = to.as_str().and_then(|to| document.pointer(to.trim_start_matches('#')));
            let component = component.unwrap_or_else(|| panic!("{to} leads nowhere"));
            let own = component["properties"]["operationName"]["enum"].as_array().expect("its names");
            assert!(own.contains(&Value::from(name.as_str())), "{path}: {name} is not of {to}");
        }
    }
}
