//! Phones: how they stand, what they are told to do, and what is told of them (spec: core-and-voice#4.2, #4.5).

use desk::routing::{ItemKey, Obstacle};
use domain::call::{Cause, Dn, LegCommand, LegEvent};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer, settled};

const DEVICE: &str = "/me/devices/de000000-0000-4000-8000-000000005001";

/// The one device of the one notification since the last time.
async fn told(agent: &Client<'_>) -> Value {
    let notes = agent.hears().await;
    let [note] = notes.as_slice() else { panic!("one notification, not {notes:?}") };
    assert_eq!(note["channel"], "/v2/me/devices");
    assert_eq!(note["data"]["messageType"], "DeviceStateChangeMessage");
    let device = note["data"]["devices"][0].clone();
    assert_eq!(agent.get(DEVICE).await.ok()["device"], device, "as it is read");
    device
}

#[tokio::test]
async fn a_phone_comes_into_service_and_goes() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = app.agent("agent1");
    exchange.registers("5001", true).await;
    let device = told(&tom).await;
    insta::assert_json_snapshot!("in_service", settled(&device));
    exchange.leaves("5001").await;
    let device = told(&tom).await;
    assert_eq!((&device["deviceState"], &device["capabilities"]), (&json!("Inactive"), &json!([])));
    assert_eq!(app.agent("agent2").hears().await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_start_tells_only_those_whose_phone_it_does_not_find() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let ana = exchange.at_work("agent2", "5002").await;
    app.desk.begin_phones(&[Dn::from("5002")].into()).await.expect("taken in");
    let device = told(&tom).await;
    assert_eq!((&device["deviceState"], &device["capabilities"]), (&json!("Inactive"), &json!([])));
    assert_eq!(
        device["userState"]["state"], "Ready",
        "the agent chose it, and it holds when the phone is back"
    );
    // That it is still there is no news.
    exchange.registers("5002", true).await;
    assert_eq!(ana.hears().await, [] as [Value; 0]);
    let call = exchange.calls_in("+15550142", "9000").await;
    let standings = app.desk.standings(&ItemKey::of(call.clone()));
    let against = |name: &str| {
        let standing = standings.iter().find(|standing| standing.user_name.starts_with(name));
        standing.expect("logged in").obstacle.clone()
    };
    assert_eq!((against("agent1"), against("agent2")), (Some(Obstacle::NoPhone), None));
    exchange.registers("5001", true).await;
    assert_eq!(told(&tom).await["deviceState"], "Active");
    assert!(
        app.desk.standings(&ItemKey::of(call.clone())).iter().all(|standing| standing.obstacle.is_none())
    );
}

#[tokio::test]
async fn states_of_the_voice_channel_are_told_of_the_phone() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = app.agent("agent1");
    exchange.registers("5001", true).await;
    tom.hears().await;
    let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice"]});
    assert_eq!(tom.post("/me", start).await.text, r#"{"statusCode":0}"#);
    let notes = tom.hears().await;
    let device = notes.iter().find(|note| note["channel"] == "/v2/me/devices").expect("the agent's phone");
    assert_eq!(device["data"]["devices"][0]["userState"], json!({"state": "LoggedIn"}));
    for path in [DEVICE, "/me/channels/voice"] {
        for (operation, state, mode) in [
            ("Ready", "Ready", Value::Null),
            ("NotReady", "NotReady", Value::Null),
            ("AuxWork", "NotReady", json!("AuxWork")),
            ("AfterCallWork", "NotReady", json!("AfterCallWork")),
            ("Lunch", "NotReady", Value::Null),
        ] {
            assert_eq!(tom.operate(path, operation).await.text, r#"{"statusCode":0}"#);
            let device = told(&tom).await;
            assert_eq!(
                (&device["userState"]["state"], &device["userState"]["workMode"]),
                (&json!(state), &mode)
            );
        }
        tom.operate(path, "Dance").await.refused(400, 2);
    }
    tom.operate("/me", "Ready").await.ok();
    let notes = tom.hears().await;
    let device = notes.iter().find(|note| note["channel"] == "/v2/me/devices").expect("the agent's phone");
    assert_eq!(
        device["data"]["devices"][0]["userState"]["state"], "Ready",
        "a state of all channels is the phone's, too"
    );
    tom.operate("/me", "EndContactCenterSession").await.ok();
    let notes = tom.hears().await;
    let device = notes.iter().find(|note| note["channel"] == "/v2/me/devices").expect("the agent's phone");
    assert_eq!(device["data"]["devices"][0]["userState"]["state"], "LoggedOut");
}

#[tokio::test]
async fn a_phone_takes_no_calls_until_it_does_again() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    for path in [DEVICE, "/me/channels/voice"] {
        assert_eq!(tom.operate(path, "DoNotDisturbOn").await.text, r#"{"statusCode":0}"#);
        let device = told(&tom).await;
        assert_eq!(device["doNotDisturb"], "On");
        assert_eq!(device["capabilities"], json!(["DoNotDisturbOff", "ForwardCallsOn"]));
        tom.operate(path, "DoNotDisturbOff").await.ok();
        let device = told(&tom).await;
        assert_eq!(device["doNotDisturb"], "Off");
        assert_eq!(device["capabilities"], json!(["DoNotDisturbOn", "ForwardCallsOn"]));
    }
    // What is said of all channels, and of the phone, is one.
    tom.operate("/me", "DoNotDisturbOn").await.ok();
    tom.hears().await;
    tom.operate(DEVICE, "DoNotDisturbOff").await.ok();
    assert_eq!(tom.get(DEVICE).await.ok()["device"]["doNotDisturb"], "Off");
    assert_eq!(tom.get("/me/channels/voice").await.ok()["channel"]["doNotDisturb"], "Off");
}

#[tokio::test]
async fn calls_are_forwarded() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let forward = |destination: Value| json!({"operationName": "ForwardCallsOn", "destination": destination});
    assert_eq!(tom.post(DEVICE, forward("5002".into())).await.text, r#"{"statusCode":0}"#);
    let device = told(&tom).await;
    assert_eq!(device["forwardTo"], "5002");
    assert_eq!(device["capabilities"], json!(["DoNotDisturbOn", "ForwardCallsOff"]));
    tom.operate(DEVICE, "ForwardCallsOff").await.ok();
    let device = told(&tom).await;
    assert_eq!(device.get("forwardTo"), None);
    assert_eq!(device["capabilities"], json!(["DoNotDisturbOn", "ForwardCallsOn"]));
    tom.operate(DEVICE, "ForwardCallsOn").await.refused(400, 1);
    tom.post(DEVICE, forward(json!({"phoneNumber": "5002"}))).await.refused(400, 2);
    tom.post(DEVICE, forward("".into())).await.refused(400, 2);
    exchange.leaves("5001").await;
    let why = tom.operate(DEVICE, "ForwardCallsOff").await.refused(500, 4);
    assert_eq!(why, "Device '5001' is not registered.");
}

#[tokio::test]
async fn a_call_follows_where_phones_are_forwarded() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    exchange.at_work("agent2", "5002").await;
    let forward = |to: &str| json!({"operationName": "ForwardCallsOn", "destination": to});
    let rung = || {
        let made = exchange.asked().into_iter().find_map(|(_, act)| match act {
            LegCommand::Originate(leg) => Some(leg.to.to_string()),
            _ => None,
        });
        made.unwrap_or_default()
    };
    for (destination, rings) in [("5002", "5002"), ("9000", ""), ("+15550177", "+15550177")] {
        tom.post(DEVICE, forward(destination)).await.ok();
        let call = exchange.calls_in("+15550142", "5001").await;
        assert_eq!(rung(), rings, "forwarded to {destination}");
        exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    }
    // Round in a circle: nobody's phone rings.
    tom.post(DEVICE, forward("5002")).await.ok();
    let other = DEVICE.replace("5001", "5002");
    app.agent("agent2").post(&other, forward("5001")).await.ok();
    exchange.asked();
    exchange.calls_from("5003", "5001").await;
    assert_eq!(rung(), "");
}
