//! The API document against the one that is committed, and what any OpenAPI document must keep.

use api::{Links, Shown, openapi};
use domain::medium::Media;
use http::StatusCode;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::PathBuf};
use testkit::{Asked, Contract};

fn document() -> Value {
    let links = Links::new("http://localhost:8080");
    openapi(&links, env!("CARGO_PKG_VERSION"), &Media::default(), Shown::default())
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item");
        methods.iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let document = document();
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&file, serde_json::to_string_pretty(&document).expect("json") + "\n").expect("written");
    }
    let committed: Value =
        fs::read_to_string(&file).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let known: BTreeSet<String> = operations(&committed).map(|(name, _)| name).collect();
    let told: BTreeSet<String> = operations(&document).map(|(name, _)| name).collect();
    assert!(
        committed == document,
        "crates/api/openapi.json is not what the code documents. New: {:?}. Gone: {:?}. Write it anew with \
         `REGENERATE=1 cargo test -p api --test story openapi` and commit it.",
        told.difference(&known).collect::<Vec<_>>(),
        known.difference(&told).collect::<Vec<_>>()
    );
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_an_answer() {
    let document = document();
    let tags: BTreeSet<&str> =
        document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().expect("an operationId");
        assert!(names.insert(name), "two operations are named {name}");
        for tag in operation["tags"].as_array().expect("tags") {
            assert!(tags.contains(tag.as_str().expect("a tag")), "{place}: tag {tag} is not introduced");
        }
        assert!(
            operation["responses"].as_object().is_some_and(|all| !all.is_empty()),
            "{place} has no answer"
        );
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty(), "{place} is not described");
    }
}

#[test]
fn every_parameter_of_a_path_is_described_and_no_other() {
    for (place, operation) in operations(&document()) {
        let in_path: BTreeSet<&str> =
            place.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let none = Vec::new();
        let described: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .unwrap_or(&none)
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(in_path, described, "{place}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn follow(document: &Value, part: &Value) {
        match part {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    let pointer = to.strip_prefix('#').expect("a reference within the document");
                    assert!(document.pointer(pointer).is_some(), "{to} leads nowhere");
                }
                members.values().for_each(|part| follow(document, part));
            }
            Value::Array(items) => items.iter().for_each(|part| follow(document, part)),
            _ => {}
        }
    }
    let document = document();
    follow(&document, &document);
}

#[test]
fn every_good_answer_of_agents_has_a_shape_and_an_example_that_fits() {
    let contract = Contract::of(&Media::default(), Shown::default());
    let document = contract.document();
    let mut untyped = Vec::new();
    for (place, operation) in operations(document) {
        let is_customers = operation["tags"].as_array().expect("tags").iter().any(|tag| tag == "customers");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let content = &response["content"]["application/json"];
            let (schema, example) = (&content["schema"], &content["example"]);
            if content.is_object() && !is_customers && status.starts_with('2') {
                let is_vague = schema.is_null() || example.is_null() && content["examples"].is_null();
                if is_vague && place != "get /api/v2/openapi.json" {
                    untyped.push(format!("{place} {status}"));
                }
            }
            if !schema.is_null() && !example.is_null() {
                assert_eq!(contract.misfit(schema, example), None, "{place} {status}: {example}");
            }
        }
    }
    assert!(untyped.is_empty(), "without a shape or an example: {untyped:#?}");
    for (name, response) in document["components"]["responses"].as_object().expect("responses") {
        let content = &response["content"]["application/json"];
        if content.is_object() {
            assert_eq!(contract.misfit(&content["schema"], &content["example"]), None, "{name}");
        }
    }
}

#[test]
fn an_answer_that_is_not_as_documented_is_found_out() {
    let contract = Contract::of(&Media::default(), Shown::default());
    let place = &contract.document()["paths"]["/api/v2/me/chats/{id}"]["get"];
    let good = &place["responses"]["200"]["content"]["application/json"]["example"];
    let asked = |path: &str, of_parts| Asked { method: "GET".into(), path: path.into(), of_parts };
    let breach = |path: &str, status, answer: &Value| {
        contract.breach(&asked(path, false), StatusCode::from_u16(status).expect("a status"), answer)
    };
    assert_eq!(breach("/api/v2/me/chats/1", 200, good), None);
    let mut more = good.clone();
    more["chat"]["colour"] = "blue".into();
    let mut less = good.clone();
    less["chat"].as_object_mut().expect("a conversation").remove("state");
    let mut wrong = good.clone();
    wrong["chat"]["state"] = "Sleeping".into();
    for answer in [&more, &less, &wrong, &json!({"statusCode": 0})] {
        assert!(breach("/api/v2/me/chats/1", 200, answer).is_some(), "{answer}");
    }
    assert!(breach("/api/v2/me/chats/1", 202, good).is_some(), "a status that is not documented");
    assert!(breach("/api/v2/me/horoscopes/1", 200, good).is_some(), "an address that is not documented");
    let refusal = json!({"statusCode": 6, "statusMessage": "It is not here"});
    assert_eq!(breach("/api/v2/me/horoscopes/1", 404, &refusal), None);
    // Only for some members of resources, any may be missing; but none may be there that has no name.
    let list = |chat: &Value| json!({"statusCode": 0, "chats": [chat]});
    let parts = asked("/api/v2/me/chats", true);
    assert_eq!(contract.breach(&parts, StatusCode::OK, &list(&less["chat"])), None);
    assert!(contract.breach(&parts, StatusCode::OK, &list(&more["chat"])).is_some());
    assert!(breach("/api/v2/me/chats", 200, &list(&less["chat"])).is_some());
}

#[test]
fn every_operation_tells_how_it_is_refused() {
    for (place, operation) in operations(&document()) {
        let refusals = operation["responses"].as_object().expect("responses").keys();
        let is_open = ["/api/v2/openapi.json", "/health", "/ready", "/metrics"]
            .iter()
            .any(|path| place.ends_with(path));
        assert!(
            is_open || refusals.clone().any(|status| status.starts_with('4')),
            "{place} is never refused"
        );
        if !place.contains(" /api/v2/") || place.contains("/notifications") {
            continue;
        }
        // A client that was refused reads `statusMessage` without asking which refusal it was.
        for (status, response) in operation["responses"].as_object().expect("responses") {
            let is_refusal = status.starts_with(['4', '5']);
            assert!(
                !is_refusal || response["$ref"].is_string() || response["content"].is_object(),
                "{place} {status}"
            );
        }
    }
}

#[test]
fn it_tells_where_the_server_is_and_how_to_log_in() {
    let document = document();
    assert_eq!(document["servers"][0]["url"], "http://localhost:8080");
    assert_eq!(document["components"]["securitySchemes"]["basic"]["scheme"], "basic");
    assert_eq!(document["components"]["securitySchemes"]["session"]["name"], "JSESSIONID");
    for medium in Media::default().rows() {
        assert!(document["paths"][format!("/api/v2/me/{}", medium.collection)]["get"].is_object());
    }
}

#[test]
fn what_answers_with_an_array_says_so() {
    let document = document();
    for (path, method) in [("/api/v2/reporting/events", "get"), ("/api/v2/notifications", "post")] {
        let answer = &document["paths"][path][method]["responses"]["200"]["content"]["application/json"];
        assert_eq!(answer["schema"]["type"], "array", "{path}: {answer}");
    }
    let events = &document["paths"]["/api/v2/reporting/events"]["get"]["responses"]["200"]["content"];
    assert!(events["text/event-stream"].is_object(), "{events}");
    let event = &document["components"]["schemas"]["SessionCreatedEvent"]["properties"];
    for name in ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"] {
        assert!(event[name].is_object(), "{name} is not described: {event}");
    }
}
