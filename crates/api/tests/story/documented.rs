//! What the API document says of notifications, against what is told: every message that it has is met here, and its
//! examples are what stories were told. That no message has more than it says is looked at wherever one is received
//! (`testkit::documented`).

use api::Shown;
use desk::{Condition, ServiceState};
use domain::{call::LegEvent, medium::Media};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};
use testkit::{
    Client, Contract, Correspondent, Guest, Poll, START, ScriptedSwitch, TestServer, documented, settled,
};

fn contract() -> Arc<Contract> {
    Contract::of(&Media::default(), Shown::default())
}

/// Every object that a snapshot of a story holds.
fn snapshots(under: &Path, objects: &mut BTreeSet<String>) {
    fn collect(value: &Value, objects: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                objects.insert(value.to_string());
                members.values().for_each(|member| collect(member, objects));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, objects)),
            _ => {}
        }
    }
    for entry in fs::read_dir(under).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            snapshots(&path, objects);
        } else if path.extension().is_some_and(|kind| kind == "snap") {
            let text = fs::read_to_string(&path).expect("text");
            let (_, body) = text.trim_start_matches("---").split_once("\n---\n").expect("a snapshot");
            if let Ok(value) = serde_json::from_str(body) {
                collect(&value, objects);
            }
        }
    }
}

#[test]
fn the_examples_of_notifications_are_what_stories_were_told() {
    let contract = contract();
    let mut told = BTreeSet::new();
    snapshots(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story"), &mut told);
    let mut found = 0;
    for (topic, item) in contract.document()["webhooks"].as_object().expect("topics") {
        let examples = &item["post"]["requestBody"]["content"]["application/json"]["examples"];
        for (name, example) in examples.as_object().expect("examples") {
            let data = &example["value"];
            documented::told(&contract, &json!({"channel": topic, "data": data}));
            // Those of the other media are made from those of web chat.
            if !topic.ends_with("sessions") && !topic.ends_with("session") {
                assert!(told.contains(&settled(data).to_string()), "no story was told {name}: {data:#}");
                found += 1;
            }
        }
    }
    assert_eq!(found, 9);
}

/// A conversation with an agent, in which everything happens that is told of one.
async fn works(app: &TestServer, tom: &Client<'_>, mei: &Client<'_>, guest: &Guest<'_>) {
    app.offer(guest, tom).await;
    tom.accepts(guest, "Tom").await.ok();
    let note = json!({"operationName": "SetComment", "comment": "calls again"});
    tom.post(&guest.path(), note).await.ok();
    let transfer = json!({"operationName": "Transfer", "targetPath": format!("/users/{}", mei.id())});
    tom.post(&guest.path(), transfer).await.ok();
    mei.operate(&guest.path(), "Reject").await.ok();
    tom.hears().await;
    mei.hears().await;
}

async fn conversations() {
    let app = TestServer::start().await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    tom.ready().await;
    mei.ready().await;
    works(&app, &tom, &mei, &app.customer("Ines").await).await;
    for service in ["smsession", "facebooksession"] {
        let customer = Correspondent { server: &app, service, address: "+15550142", name: "Ines" };
        works(&app, &tom, &mei, &customer.writes("Hello").await).await;
    }
}

async fn calls() {
    let app = TestServer::with_calls().await;
    let switch = ScriptedSwitch::connect(&app);
    switch.registers("5002", true).await;
    let (tom, mei) = (switch.at_work("agent1", "5001").await, app.agent("agent2"));
    // Somebody of ours who waits in a queue is told who comes to them.
    let call = switch.calls_from("5002", "9000").await;
    switch.offers(&call, &tom).await;
    mei.hears().await;
    switch.hears(&call, 2, LegEvent::Up).await;
    let path = format!("/me/calls/{call}");
    tom.operate(&path, "Hold").await.ok();
    switch.hears(&call, 2, LegEvent::HoldDone { on: true, refused: Some(488) }).await;
    tom.post(&path, json!({"operationName": "UpdateUserData", "userData": {"Case": "17"}})).await.ok();
    tom.hears().await;
}

async fn what_has_no_place_in_a_mailbox() {
    let app = TestServer::start().await;
    app.goes_on();
    let tom = app.agent("agent1");
    let answer = tom.get("/me/devices?fields=*").await.ok();
    let path = format!("/me{}", answer["devices"][0]["path"].as_str().expect("a path"));
    let mut ear = Poll::open(&tom, "/**").await;
    let (_, reply) = tokio::join!(ear.connect(20_000), tom.operate(&path, "Ready"));
    reply.refused(500, 4);
    app.desk.services().set(ServiceState::connector("sms", "demo-sms", Condition::Blocked, START));
    ear.connect(20_000).await;
}

#[tokio::test]
async fn every_message_that_the_document_has_is_told() {
    conversations().await;
    calls().await;
    what_has_no_place_in_a_mailbox().await;
    let (met, wanted) = (documented::met(), documented::documented(&contract()));
    let missed: Vec<&String> = wanted.difference(&met).collect();
    assert!(missed.is_empty(), "nobody was told {missed:?}");
}

#[test]
#[should_panic(expected = "DeviceErrorMessage does not describe")]
fn a_member_that_the_document_does_not_have_fails_the_test_that_is_told_it() {
    let data = json!({
        "messageType": "ErrorMessage", "errorMessage": "Busy", "deviceUri": "/api/v2/devices/1", "devicePath": "/devices/1",
        "errorCode": 7,
    });
    documented::told(&contract(), &json!({"channel": "/v2/me/devices", "data": data}));
}

#[test]
fn the_examples_of_customers_and_of_the_notifications_endpoint_fit() {
    let contract = contract();
    let mut seen = 0;
    for (path, item) in contract.document()["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            if !["customers", "notifications"].iter().any(|tag| operation["tags"][0] == *tag) {
                continue;
            }
            let responses = operation["responses"].as_object().expect("responses").values();
            for message in responses.chain([&operation["requestBody"]]) {
                for content in message["content"].as_object().into_iter().flat_map(|kinds| kinds.values()) {
                    let others = content["examples"].as_object().into_iter().flat_map(|all| all.values());
                    let examples = others.map(|example| &example["value"]).chain(content.get("example"));
                    for example in examples {
                        let misfit = contract.misfit(&content["schema"], example);
                        assert_eq!(misfit, None, "{method} {path}: {example:#}");
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 30, "{seen}");
}
