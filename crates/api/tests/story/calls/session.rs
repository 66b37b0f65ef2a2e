//! The voice channel of a contact-centre session (spec: core-and-voice#4.4, admin-and-reporting#7.5).

use serde_json::{Value, json};
use testkit::{START, ScriptedSwitch, TestServer};

fn start(channels: &[&str]) -> Value {
    json!({"operationName": "StartContactCenterSession", "channels": channels})
}

#[tokio::test]
async fn voice_starts_with_a_registered_phone_and_not_without() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = app.agent("agent1");
    let why = tom.post("/me", start(&["voice"])).await.refused(500, 4);
    assert_eq!(why, "Channel 'voice' is unavailable: Device '5001' is not registered.");
    let reply = tom.post("/me", start(&["voice", "chat"])).await;
    assert_eq!((reply.status.as_u16(), &reply.json["statusCode"]), (200, &json!(7)));
    assert_eq!(reply.json["failed"][0]["channel"], "voice");
    exchange.registers("5001", true).await;
    tom.post("/me", start(&["voice", "chat"])).await.ok();
    let channels = tom.get("/me/channels?fields=*").await.ok();
    let names: Vec<&Value> =
        channels["channels"].as_array().expect("channels").iter().map(|one| &one["channel"]).collect();
    assert_eq!(names, ["chat", "voice"]);
}

#[tokio::test]
async fn without_the_feature_voice_does_not_start() {
    let app = TestServer::start().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    let why = app.agent("agent1").post("/me", start(&["voice"])).await.refused(500, 4);
    assert_eq!(why, "Channel 'voice' is unavailable: The contact center does not have its feature.");
}

#[tokio::test]
async fn a_state_needs_a_session_on_the_channel() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    app.agent("agent1").operate("/me/channels/voice", "Ready").await.refused(400, 2);
}

#[tokio::test]
async fn work_after_a_call_lasts_as_long_as_it_is_asked_to() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let until = async || {
        let user = app.desk.directory().user(&tom.id()).expect("a user");
        app.desk.agent(&user).await.expect("an agent").ready_again()
    };
    for (time, ends) in
        [(json!("90"), Some(START + 90_000)), (json!(30), Some(START + 30_000)), (json!("0"), None)]
    {
        let work = json!({"operationName": "AfterCallWork", "wrapUpTime": time});
        tom.post("/me/channels/voice", work).await.ok();
        assert_eq!(until().await, ends, "{time}");
    }
    for time in [json!("soon"), json!(-1), json!(1.5), json!(86_401), json!([1])] {
        let work = json!({"operationName": "AfterCallWork", "wrapUpTime": time});
        tom.post("/me/channels/voice", work).await.refused(400, 2);
    }
}

#[tokio::test]
async fn the_service_works_while_there_is_a_switch() {
    let app = TestServer::with_calls().await;
    let tom = app.agent("agent1");
    assert_eq!(tom.get("/services/VOICE").await.ok()["service"]["condition"], "Absent");
    let _exchange = ScriptedSwitch::connect(&app);
    let voice = tom.get("/services/VOICE").await.ok()["service"].clone();
    assert_eq!((&voice["condition"], &voice["state"]), (&json!("Working"), &json!("Active")));
    app.desk.disconnect_switch();
    assert_eq!(tom.get("/services/VOICE").await.ok()["service"]["condition"], "Absent");
}
