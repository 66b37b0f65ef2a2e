//! Every kind of event against the schema that is committed for it.

mod samples;

use super::{data_schemas, kinds};
use crate::reporting::{cloud_event::CloudEvent, envelope_schema};
use desk::ports::EventRow;
use domain::{
    Event, InteractionId, Key, QueueName, UserData, UserId,
    agent::{self, AgentState, Readiness},
    call,
    centre::{self, Centre, Service, system_states},
    device,
    disposition::{Policy, Rule},
    disposition_tree::{self, Code, DispositionGroup},
    message::{PartyKind, Visibility},
    queue::{self, Queue},
    session::{self, AgentPartyState, Amendment, Delivery, EndedBy, Fact, Invitation, Route, Via},
    thread::{self, Address, Terms},
    user::{self, Device, Role, User},
};
use samples::{agent_facts, call_facts, device_events, provisioning, session_facts};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// The call of the samples.
const CALL: &str = "01RCC3N118B1V0SL807GK2LAES000006";

/// The words of a customer and of an agent, a password's hash, a key's digest: none of it may be in the feed.
const SECRETS: [&str; 3] = ["the words of the note", "$argon2id$secret", "digest-of-a-key"];

fn pairs(value: Value) -> UserData {
    match value {
        Value::Object(pairs) => UserData::new(pairs),
        other => panic!("{other} is no object"),
    }
}

fn disposition(value: Value, previous: Value, late: bool, by_agent: bool) -> Fact {
    Fact::Disposition {
        agent: by_agent.then(|| "7f".into()),
        user_name: by_agent.then(|| "agent1@demo".into()),
        leg: "00AB".into(),
        key: "DispositionCode".into(),
        value,
        previous,
        via: if by_agent { Via::SetDisposition } else { Via::CustomerData },
        late,
        known: true,
        own: by_agent,
    }
}

fn rows() -> Vec<EventRow> {
    let session = |fact| {
        let event = session::SessionEvent {
            medium: "chat".into(),
            queue: "Support".into(),
            fact,
            written: 0,
            elapsed_ms: None,
        };
        (Key::Session("0001KaF7Q2M80C1D".into()), Event::Session(event))
    };
    let agent = |fact| {
        let event = agent::AgentEvent { user_name: "agent1@demo".into(), fact, by: None, elapsed_ms: None };
        (Key::Agent("7f".into()), Event::Agent(event))
    };
    let call = |fact| {
        let event =
            call::CallEvent { queue: Some("Support".into()), line_uuid: None, fact, elapsed_ms: None };
        (Key::Call(CALL.into()), Event::Call(event))
    };
    let device = |event| (Key::Device("5001".into()), Event::Device(event));
    let all = session_facts().into_iter().map(session).chain(agent_facts().into_iter().map(agent));
    let all = all.chain(call_facts().into_iter().map(call)).chain(device_events().into_iter().map(device));
    let direct = call::CallEvent {
        queue: None,
        line_uuid: None,
        fact: call::Fact::Established { leg: 1 },
        elapsed_ms: Some(1_500),
    };
    let all = all.chain([(Key::Call(CALL.into()), Event::Call(direct))]);
    let numbered = all.chain(provisioning()).zip(1..);
    numbered
        .map(|((key, event), seq)| EventRow { seq, key, version: seq, at: 1_700_000_000_123, event })
        .collect()
}

fn told(row: &EventRow) -> Option<Value> {
    let names = |id: &UserId| (id.as_str() == "7f").then(|| "agent1@demo".to_owned());
    let event = CloudEvent::of("urn:uuid:c0ffee00-0000-4000-8000-000000000001", row, &names)?;
    Some(serde_json::to_value(event).expect("json"))
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas")
}

/// The committed schema, with no room for members it does not tell of. Archives keep what they were written with,
/// so the published one leaves that room.
fn closed(name: &str) -> Value {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.values_mut().for_each(close);
                if members.get("properties").is_some_and(Value::is_object) {
                    members.insert("additionalProperties".into(), false.into());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    let file = directory().join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let mut schema = serde_json::from_str(&text).expect("json");
    close(&mut schema);
    schema
}

#[test]
fn the_committed_schemas_are_those_of_the_code() {
    let regenerate = std::env::var_os("REGENERATE").is_some();
    let mut wanted: BTreeMap<String, Value> =
        data_schemas().into_iter().map(|(name, schema)| (name, schema.to_value())).collect();
    wanted.insert("jackfield.event".into(), envelope_schema().to_value());
    if regenerate {
        fs::create_dir_all(directory()).expect("the directory");
        for (name, schema) in &wanted {
            let text = serde_json::to_string_pretty(schema).expect("json") + "\n";
            fs::write(directory().join(format!("{name}.json")), text).expect("written");
        }
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory()).expect("docs/schemas") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("text");
        found.insert(name, serde_json::from_str::<Value>(&text).expect("json"));
    }
    let differ: Vec<&String> =
        wanted.keys().chain(found.keys()).filter(|name| wanted.get(*name) != found.get(*name)).collect();
    assert!(
        differ.is_empty(),
        "docs/schemas is not what the code writes: {differ:?}. Readers of the feed rely on these schemas: members \
         may be added, never renamed or taken away. Write them again with `REGENERATE=1 cargo test -p api schemas` \
         and commit them; delete the file of a type that is gone."
    );
}

#[test]
fn every_event_has_the_shape_that_is_committed_for_it() {
    let envelope = jsonschema::options().should_validate_formats(true).build(&closed("jackfield.event"));
    let envelope = envelope.expect("a schema");
    for row in rows() {
        let Some(event) = told(&row) else { continue };
        let name = event["type"].as_str().expect("a type");
        let schema = jsonschema::options().should_validate_formats(true).build(&closed(name));
        let faults: Vec<String> = schema
            .expect("a schema")
            .iter_errors(&event["data"])
            .chain(envelope.iter_errors(&event))
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{event:#}: {faults:#?}");
    }
}

#[test]
fn the_feed_tells_of_what_is_reported_and_of_nothing_else() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert_eq!(told(&row).is_some(), row.event.is_reported(), "{:?}", row.event);
        if row.event.is_reported() {
            seen.insert(row.event.kind());
        }
    }
    assert_eq!(seen, kinds().collect(), "each kind has a sample in this test and a schema");
}

#[test]
fn one_kind_of_event_has_a_disposition_and_names_all_about_it() {
    let dispositions: Vec<Value> = rows()
        .iter()
        .filter_map(told)
        .filter(|event| {
            let is = event["type"] == "jackfield.disposition";
            assert_eq!(event["data"].get("disposition").is_some(), is, "{event:#}");
            is
        })
        .collect();
    assert_eq!(
        dispositions[0]["data"],
        json!({
            "interactionId": "0001KaF7Q2M80C1D", "media": "chat", "queue": "Support", "leg": "00AB",
            "agent": "agent1@demo", "via": "SetDisposition", "phase": "live", "known": true,
            "occurredAt": "2023-11-14T22:13:20.123Z",
            "disposition": {"key": "DispositionCode", "value": "IssueResolved", "previous": null},
        })
    );
    let late = &dispositions[1]["data"];
    assert_eq!(late["phase"], "released");
    assert_eq!(late["event"], "EventUserEvent");
    assert_eq!(late["userData"], json!({"DispositionCode": "Referred"}));
    assert_eq!(late["disposition"]["previous"], "IssueResolved");
    assert_eq!(dispositions[2]["data"]["agent"], Value::Null);
}

#[test]
fn the_example_of_the_api_document_is_an_event_as_it_is_told() {
    let example: Value = serde_json::from_str(include_str!("../../v2/openapi/event.json")).expect("json");
    let told = rows().iter().filter_map(told).find(|event| event["type"] == "jackfield.disposition");
    assert_eq!(told, Some(example));
}

#[test]
fn a_disposition_of_a_call_names_what_reporting_matches_it_by() {
    let of_calls: Vec<Value> = rows()
        .iter()
        .filter(|row| matches!(row.key, Key::Call(_)))
        .filter_map(told)
        .filter(|event| event["type"] == "jackfield.disposition")
        .collect();
    assert_eq!(
        of_calls[0]["data"],
        json!({
            "interactionId": CALL, "media": "voice", "queue": "Support", "leg": "2", "agent": "agent1@demo",
            "via": "SetCallDisposition", "phase": "live", "known": true,
            "occurredAt": "2023-11-14T22:13:20.123Z",
            "disposition": {"key": "DispositionCode", "value": "IssueResolved", "previous": null},
            "callUuid": CALL, "connId": "0071027198180006", "thisDn": "5001",
        })
    );
    let late = &of_calls[1]["data"];
    assert_eq!((&late["phase"], &late["event"]), (&json!("released"), &json!("EventUserEvent")));
    assert_eq!(late["userData"], json!({"DispositionCode": "Referred"}));
}

#[test]
fn conversations_name_their_medium_and_queue_and_agents_their_user() {
    for row in rows() {
        let Some(event) = told(&row) else { continue };
        match row.event {
            Event::Session(_) => {
                for member in ["interactionId", "media", "queue"] {
                    assert!(event["data"][member].is_string(), "{member} of {event:#}");
                }
            }
            Event::Call(call) => {
                assert_eq!(
                    (&event["data"]["interactionId"], &event["data"]["media"]),
                    (&json!(CALL), &json!("voice"))
                );
                assert_eq!(event["data"]["queue"], json!(call.queue));
            }
            Event::Device(_) => assert_eq!(event["data"]["thisDn"], "5001"),
            Event::Agent(_) => assert_eq!(event["data"]["agent"], "agent1@demo"),
            _ => {}
        }
    }
}

#[test]
fn what_ends_names_who_ended_it_and_whether_it_was_dispositioned() {
    for kind in
        ["session.offer-ended", "session.party-closed", "session.ended", "call.released", "call.ended"]
    {
        let row = rows().into_iter().find(|row| row.event.kind() == kind).expect("a sample");
        let data = &told(&row).expect("told")["data"];
        assert!(data["closer"].is_string() && data["dispositioned"].is_boolean(), "{kind}: {data:#}");
    }
}

#[test]
fn nothing_secret_is_told() {
    for event in rows().iter().filter_map(told) {
        let text = event.to_string();
        for secret in SECRETS {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(!text.to_lowercase().contains("password"), "{text}");
    }
}
