//! Calls are handed over: by asking somebody first, without asking, and to several (spec: core-and-voice#5.7).

use domain::{
    InteractionId,
    call::{Cause, LegEvent},
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer};

/// What was told of calls since the last time: kind, state, type, and the numbers of the others.
pub(super) async fn told(agent: &Client<'_>) -> Vec<String> {
    let word = |note: &Value| {
        let (data, call) = (&note["data"], &note["data"]["call"]);
        let words = [&data["notificationType"], &call["state"], &call["callType"]];
        let others = call["participants"].as_array().expect("participants");
        let others: Vec<&str> = others.iter().filter_map(|other| other["phoneNumber"].as_str()).collect();
        format!("{} {}", words.map(|word| word.as_str().unwrap_or_default()).join(" "), others.join("+"))
    };
    let notes = agent.hears().await;
    notes.iter().filter(|note| note["channel"] == "/v2/me/calls").map(word).collect()
}

pub(super) async fn asks(agent: &Client<'_>, path: &str, operation: &str, mut parameters: Value) {
    parameters["operationName"] = operation.into();
    assert_eq!(agent.post(path, parameters).await.ok(), json!({"statusCode": 0}), "{operation}");
}

fn to(number: &str) -> Value {
    json!({"destination": {"phoneNumber": number}})
}

/// The path of an agent's call of a type.
pub(super) async fn path_of(agent: &Client<'_>, call_type: &str) -> String {
    let calls = agent.get("/me/calls?fields=*").await.ok();
    let calls = calls["calls"].as_array().expect("calls");
    let found = calls.iter().find(|call| call["callType"] == call_type);
    format!("/me{}", found.expect("a call of the type")["path"].as_str().expect("a path"))
}

/// Tom talks with a customer and with Ann, whom they asked; the customer is on hold. The paths are those of Tom's two calls.
async fn consulting(
    exchange: &ScriptedSwitch<'_>,
    operation: &str,
    tom: &Client<'_>,
    ann: &Client<'_>,
) -> (InteractionId, String, String) {
    let (call, path) = exchange.talking(tom).await;
    asks(tom, &path, operation, to("5002")).await;
    assert_eq!(
        told(tom).await,
        ["StatusChange Held Inbound +15550142", "StatusChange Dialing Consult 5002"],
        "the original is held, and a new call dials"
    );
    assert_eq!(told(ann).await, ["StatusChange Ringing Consult 5001"]);
    exchange.hears(&call, 4, LegEvent::Up).await;
    assert_eq!(
        told(tom).await,
        ["StatusChange Held Inbound +15550142", "StatusChange Established Consult 5002"],
        "the first can be swapped now, and completed as a conference"
    );
    assert_eq!(told(ann).await, ["StatusChange Established Consult 5001"]);
    let consult = path_of(tom, "Consult").await;
    (call, path, consult)
}

#[tokio::test]
async fn a_consultation_is_a_call_of_its_own_that_names_the_one_it_is_about() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (_, path, consult) = consulting(&exchange, "InitiateTransfer", &tom, &ann).await;
    let read = tom.get(&consult).await.ok()["call"].clone();
    assert!(read["parentCallUri"].as_str().is_some_and(|uri| uri.ends_with(&path)), "{read}");
    assert_eq!(format!("/me{}", read["parentCallPath"].as_str().expect("a path")), path);
    assert_eq!(
        ann.get(&consult).await.ok()["call"].get("parentCallUri"),
        None,
        "which is none of Ann's calls"
    );
    assert_eq!(ann.get(&path).await.status.as_u16(), 404);
    let data = json!({"userData": {"Account": 7}});
    asks(&tom, &path, "AttachUserData", data.clone()).await;
    assert_eq!(ann.get(&consult).await.ok()["call"]["userData"]["Account"], 7, "what is attached is shared");
    let kinds: Vec<String> = told(&ann).await;
    assert_eq!(kinds, ["AttachedDataChanged Established Consult 5001"]);
}

#[tokio::test]
async fn a_call_is_handed_to_whom_was_asked() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, path, consult) = consulting(&exchange, "InitiateTransfer", &tom, &ann).await;
    asks(&tom, &consult, "CompleteTransfer", json!({"consultCallUri": consult})).await;
    assert_eq!(
        told(&tom).await,
        ["StatusChange Released Inbound +15550142", "StatusChange Released Consult 5002"],
        "both of Tom's calls are over"
    );
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142"]);
    let set = json!({"disposition": "Referred"});
    asks(&tom, &path, "SetCallDisposition", set.clone()).await;
    asks(&tom, &consult, "SetCallDisposition", set).await;
    assert!(told(&tom).await.is_empty(), "only reporting hears of it");
    asks(&ann, &consult, "SetCallDisposition", json!({"disposition": "IssueResolved"})).await;
    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    assert_eq!(told(&ann).await.last().map(String::as_str), Some("StatusChange Released Inbound +15550142"));
    let feed = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let feed = feed.as_array().expect("events");
    let feed = feed.iter().filter(|event| event["type"] == "jackfield.disposition");
    let told: Vec<String> = feed
        .map(|event| {
            format!(
                "{} {} {}",
                event["data"]["agent"], event["data"]["leg"], event["data"]["disposition"]["value"]
            )
        })
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("\"2\"") && told[1].contains("\"3\"") && told[2].contains("\"4\""), "{told:?}");
}

#[tokio::test]
async fn a_call_can_be_handed_over_before_anybody_has_answered() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "InitiateTransfer", to("5002")).await;
    asks(&tom, &path, "CompleteTransfer", json!({})).await;
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
    exchange.hears(&call, 4, LegEvent::Gone { cause: Cause::Busy, code: Some(486) }).await;
    tom.hears().await;
    assert_eq!(
        path_of(&tom, "Inbound").await,
        path,
        "it rings at Tom's phone again, under the UUID they know"
    );
    let told = told(&ann).await;
    assert!(
        told.contains(&"ParticipantsUpdated Ringing Inbound +15550142".to_owned()),
        "who calls now: {told:?}"
    );
    assert!(told.last().is_some_and(|last| last.starts_with("StatusChange Released")), "{told:?}");
}

#[tokio::test]
async fn three_talk_together_and_one_is_taken_out() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (_, path, consult) = consulting(&exchange, "InitiateConference", &tom, &ann).await;
    asks(&tom, &consult, "CompleteConference", json!({})).await;
    assert_eq!(
        told(&tom).await,
        [
            "StatusChange Established Inbound +15550142+5002",
            "ParticipantsUpdated Established Inbound +15550142+5002",
            "StatusChange Released Consult 5002"
        ]
    );
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142+5001"]);
    asks(&tom, &path, "RemoveParticipantFromConference", json!({"participant": "5002"})).await;
    assert_eq!(told(&ann).await, ["StatusChange Released Inbound +15550142+5001"]);
    assert_eq!(told(&tom).await, ["ParticipantsUpdated Established Inbound +15550142"]);
}

#[tokio::test]
async fn two_calls_are_swapped() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (_, path, consult) = consulting(&exchange, "InitiateTransfer", &tom, &ann).await;
    asks(&tom, &path, "SwapCalls", json!({"otherCallUri": consult})).await;
    assert_eq!(
        told(&tom).await,
        ["StatusChange Established Inbound +15550142", "StatusChange Held Consult 5002"],
        "one change each"
    );
    let why =
        tom.post(&path, json!({"operationName": "SwapCalls", "otherCallUri": path})).await.refused(400, 2);
    assert!(why.contains("otherCallUri"), "{why}");
    tom.post(&path, json!({"operationName": "SwapCalls"})).await.refused(400, 1);
}

#[tokio::test]
async fn a_call_is_handed_on_without_asking() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "SingleStepTransfer", to("5002")).await;
    assert!(told(&tom).await.iter().all(|note| !note.contains("Released")), "not before it rings");
    exchange.hears(&call, 3, LegEvent::Ringing).await;
    assert_eq!(told(&tom).await, ["StatusChange Released Inbound +15550142"]);
    exchange.hears(&call, 3, LegEvent::Up).await;
    assert_eq!(
        told(&ann).await.last().map(String::as_str),
        Some("StatusChange Established Inbound +15550142")
    );
}

#[tokio::test]
async fn somebody_is_called_in_without_asking() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, _ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "SingleStepConference", to("5002")).await;
    exchange.hears(&call, 3, LegEvent::Up).await;
    assert!(told(&tom).await.contains(&"ParticipantsUpdated Established Inbound +15550142+5002".to_owned()));
}

#[tokio::test]
async fn whom_nobody_can_reach_is_told_at_once_and_changes_nothing() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    for operation in ["SingleStepTransfer", "SingleStepConference"] {
        let asked = |number| {
            let mut body = to(number);
            body["operationName"] = operation.into();
            tom.post(&path, body)
        };
        asked("5002").await.refused(500, 4);
        asked("5001").await.refused(400, 2);
        tom.post(&path, json!({"operationName": operation})).await.refused(400, 1);
        tom.post(&path, json!({"operationName": operation, "destination": {}})).await.refused(400, 2);
    }
    assert!(told(&tom).await.is_empty());
    for operation in ["StartCallRecording", "Dance"] {
        let why = tom.operate(&path, operation).await.refused(400, 2);
        assert_eq!(why, format!("Unknown operation '{operation}'"));
    }
}
