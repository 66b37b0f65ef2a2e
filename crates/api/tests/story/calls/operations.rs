//! Operations one by one: each is accepted where it is open, asks the switch for what it means, and is told.

use domain::{
    InteractionId,
    call::{Cause, HeardBy, LegCommand, LegEvent, Playback, RoomId},
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer};

/// Posts an operation; the answer says that it was accepted, and nothing else.
async fn asks(agent: &Client<'_>, path: &str, operation: &str, mut parameters: Value) {
    parameters["operationName"] = operation.into();
    let reply = agent.post(path, parameters).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, r#"{"statusCode":0}"#), "{operation}");
}

/// What was told since the last time: kind, state of the call, mute.
async fn told(agent: &Client<'_>) -> Vec<String> {
    let word = |note: &Value| {
        let (data, call) = (&note["data"], &note["data"]["call"]);
        let words = [&data["notificationType"], &call["state"], &call["mute"]];
        words.map(|word| word.as_str().unwrap_or_default()).join(" ")
    };
    let notes = agent.hears().await;
    notes.iter().filter(|note| note["channel"] == "/v2/me/calls").map(word).collect()
}

fn room(call: &InteractionId) -> LegCommand {
    LegCommand::Join(RoomId { call: call.clone(), line: 0 }, HeardBy::Everyone)
}

#[tokio::test]
async fn a_call_is_answered_and_hung_up() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    let path = format!("/me/calls/{call}");
    assert_eq!(told(&tom).await, ["StatusChange Ringing Off"]);
    exchange.asked();
    asks(&tom, &path, "Answer", json!({})).await;
    assert_eq!(exchange.asked(), [(2, LegCommand::Answer)]);
    assert_eq!(told(&tom).await, [] as [&str; 0], "not before the phone has answered");
    exchange.hears(&call, 2, LegEvent::Up).await;
    assert_eq!(exchange.asked(), [(1, room(&call)), (2, room(&call))]);
    assert_eq!(told(&tom).await, ["StatusChange Established Off"], "once");
    asks(&tom, &path, "Hangup", json!({})).await;
    assert_eq!(told(&tom).await, ["StatusChange Released Off"]);
    let asked = exchange.asked();
    assert!(asked.contains(&(1, LegCommand::Release(Cause::Normal))), "{asked:?}");
}

#[tokio::test]
async fn a_call_is_rejected_and_cleared() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    let path = format!("/me/calls/{call}");
    tom.hears().await;
    asks(&tom, &path, "Reject", json!({})).await;
    assert_eq!(told(&tom).await, ["StatusChange Released Off"]);
    let (_, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "ClearCall", json!({})).await;
    assert_eq!(told(&tom).await, ["StatusChange Released Off"]);
}

#[tokio::test]
async fn a_call_is_held_and_retrieved_when_the_phone_says_so() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "Hold", json!({})).await;
    let asked = exchange.asked();
    assert!(asked.contains(&(2, LegCommand::HoldPhone(true))), "{asked:?}");
    assert!(asked.contains(&(2, LegCommand::Part(Playback::Silence))), "{asked:?}");
    assert_eq!(told(&tom).await, [] as [&str; 0]);
    exchange.hears(&call, 2, LegEvent::HoldDone { on: true, refused: None }).await;
    assert_eq!(told(&tom).await, ["StatusChange Held Off"]);
    asks(&tom, &path, "Retrieve", json!({})).await;
    exchange.hears(&call, 2, LegEvent::HoldDone { on: false, refused: None }).await;
    assert_eq!(told(&tom).await, ["StatusChange Established Off"]);
}

#[tokio::test]
async fn tones_are_sent_to_the_others_and_told_to_nobody() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "SendDtmf", json!({"digits": "12*#a,"})).await;
    assert_eq!(exchange.asked(), [(1, LegCommand::Dtmf("12*#A,".into()))]);
    assert_eq!(told(&tom).await, [] as [&str; 0]);
}

#[tokio::test]
async fn what_an_agent_says_is_kept_from_the_others() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    asks(&tom, &path, "MuteCall", json!({})).await;
    assert_eq!(told(&tom).await, ["StatusChange Established On"]);
    asks(&tom, &path, "UnmuteCall", json!({})).await;
    assert_eq!(told(&tom).await, ["StatusChange Established Off"]);
    assert_eq!(exchange.asked(), [(2, LegCommand::Mute(true)), (2, LegCommand::Mute(false))]);
}

#[tokio::test]
async fn user_data_is_written_and_taken_away() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    let party = json!({"WWE_PARTY_5001": {"username": "agent1@demo", "path": "/users/1"}});
    for (operation, parameters, after) in [
        ("AttachUserData", json!({"userData": {"Account": 7}}), json!({"Account": 7})),
        (
            "UpdateUserData",
            json!({"userData": party}),
            json!({"Account": 7, "WWE_PARTY_5001": party["WWE_PARTY_5001"]}),
        ),
        ("DeleteUserDataPair", json!({"key": "WWE_PARTY_5001"}), json!({"Account": 7})),
        ("DeleteUserData", json!({}), Value::Null),
    ] {
        asks(&tom, &path, operation, parameters).await;
        let notes = tom.hears().await;
        let [note] = notes.as_slice() else { panic!("one notification of {operation}, not {notes:?}") };
        assert_eq!(note["data"]["notificationType"], "AttachedDataChanged");
        assert_eq!(note["data"].get("extensions"), None);
        let data = note["data"]["call"].get("userData").cloned().unwrap_or_default();
        assert_eq!(data, after, "{operation}: absent when there is none");
    }
}
