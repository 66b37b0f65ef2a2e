//! Agents at phones that are not their own (spec: core-and-voice#4.4, admin-and-reporting#2.3).

use desk::routing::ItemKey;
use domain::{
    call::{LegCommand, LegEvent},
    user::Device,
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer, with_voice};

const HALL: &str = "/devices/de000000-0000-4000-8000-000000005010";
const OWN: &str = "/devices/de000000-0000-4000-8000-000000005001";

/// The usual centre with calls, and a phone in the hall that is nobody's.
pub(super) async fn centre() -> TestServer {
    TestServer::with(|centre| {
        with_voice(centre);
        let id = HALL.rsplit('/').next().expect("an id").to_owned();
        centre.places.insert("Hall".into(), Device { id, phone_number: "5010".into() });
    })
    .await
}

fn start(name: &str, value: &str) -> Value {
    json!({"operationName": "StartContactCenterSession", "channels": ["voice"], name: value})
}

fn end() -> Value {
    json!({"operationName": "EndContactCenterSession"})
}

/// The devices of the last notification of them.
async fn told(agent: &Client<'_>) -> Vec<Value> {
    let notes = agent.hears().await;
    let last = notes.iter().rfind(|note| note["channel"] == "/v2/me/devices").expect("told of devices");
    last["data"]["devices"].as_array().expect("devices").clone()
}

fn brief(devices: &[Value]) -> Vec<String> {
    let brief = |device: &Value| {
        let part = |name: &str| device[name].as_str().unwrap_or_default().to_owned();
        let state = device["userState"]["state"].as_str().unwrap_or_default();
        format!("{} {} {state}", part("phoneNumber"), part("deviceState"))
    };
    devices.iter().map(brief).collect()
}

async fn own(agent: &Client<'_>) -> Vec<String> {
    brief(agent.get("/me/devices?fields=*").await.ok()["devices"].as_array().expect("devices"))
}

/// The numbers whose phones the switch was asked to ring since the last time.
pub(super) fn rung(exchange: &ScriptedSwitch<'_>) -> Vec<String> {
    let asked = exchange.asked().into_iter().filter_map(|(_, act)| match act {
        LegCommand::Originate(call) => Some(call.to.to_string()),
        _ => None,
    });
    asked.collect()
}

#[tokio::test]
async fn a_session_begins_at_the_place_that_is_named_and_its_phone_is_the_agents() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    for dn in ["5001", "5010"] {
        exchange.registers(dn, true).await;
    }
    let tom = app.agent("agent1");
    tom.hears().await;
    assert_eq!(tom.post("/me", start("place", "Hall")).await.text, r#"{"statusCode":0}"#);
    assert_eq!(brief(&told(&tom).await), ["5010 Active LoggedIn", "5001 Inactive LoggedOut"]);
    assert_eq!(own(&tom).await, ["5010 Active LoggedIn"]);
    let channel = tom.get("/me/channels/voice").await.ok()["channel"].clone();
    assert_eq!(channel["phoneNumber"], "5010");
    tom.operate("/me/channels/voice", "Ready").await.ok();
    tom.operate(&format!("/me{OWN}"), "NotReady").await.refused(404, 6);
    tom.hears().await;
    // A page that is loaded again.
    tom.post("/me", start("place", "Hall")).await.ok();
    tom.post("/me", start("devicePath", HALL)).await.ok();
    let plain = json!({"operationName": "StartContactCenterSession", "channels": ["voice"]});
    tom.post("/me", plain).await.ok();
    assert_eq!(tom.hears().await, [] as [Value; 0]);

    // What the queue offers, and who is called by either number, rings there and at no other phone.
    let call = exchange.calls_in("+15550142", "9000").await;
    assert!(
        app.desk.standings(&ItemKey::of(call.clone())).iter().all(|standing| standing.obstacle.is_none())
    );
    exchange.offers(&call, &tom).await;
    assert_eq!(rung(&exchange), ["5010"]);
    exchange.hears(&call, 2, LegEvent::Up).await;
    let seen = tom.get(&format!("/me/calls/{call}")).await.ok()["call"].clone();
    assert!(seen["deviceUri"].as_str().expect("an address").ends_with(HALL), "{seen}");
    let why = tom.post("/me", start("devicePath", OWN)).await.refused(409, 19);
    assert_eq!(why, "Device '5010', on which the agent has a call, is in use");
    tom.operate(&format!("/me/calls/{call}"), "Hangup").await.ok();
    for dialled in ["5010", "5001"] {
        rung(&exchange);
        let call = exchange.calls_in("+15550142", dialled).await;
        assert_eq!(rung(&exchange), ["5010"]);
        tom.operate(&format!("/me/calls/{call}"), "Reject").await.ok();
    }
    let dial = json!({"operationName": "Dial", "destination": {"phoneNumber": "9000"}});
    tom.post(&format!("/me{OWN}/calls"), dial.clone()).await.refused(404, 6);
    tom.post(&format!("/me{HALL}/calls"), dial).await.ok();
    assert_eq!(rung(&exchange), ["5010"]);
}

#[tokio::test]
async fn the_usual_phone_is_back_with_the_end_of_the_session() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5010", true).await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    tom.post("/me", start("devicePath", HALL)).await.ok();
    exchange.registers("5001", true).await;
    tom.hears().await;
    tom.post("/me", end()).await.ok();
    assert_eq!(brief(&told(&tom).await), ["5001 Active LoggedOut", "5010 Inactive LoggedOut"]);
    assert_eq!(own(&tom).await, ["5001 Active LoggedOut"]);
    mei.post("/me", start("place", "Hall")).await.ok();
    tom.post("/me", json!({"operationName": "StartContactCenterSession", "channels": ["voice"]})).await.ok();
    assert_eq!(own(&tom).await, ["5001 Active LoggedIn"]);
}

#[tokio::test]
async fn a_place_that_is_unknown_taken_or_without_its_phone_is_refused_with_the_reason() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = app.agent("agent1");
    let mei = app.agent("agent2");
    let why = tom.post("/me", start("place", "Attic")).await.refused(400, 2);
    assert_eq!(why, "'place' names none at which there is such a device: 'Attic'");
    let why = tom.post("/me", start("devicePath", "/devices/none")).await.refused(400, 2);
    assert_eq!(why, "'devicePath' names no device of this contact center: 'none'");
    let why = tom.post("/me", start("place", "Hall")).await.refused(500, 4);
    assert_eq!(why, "Channel 'voice' is unavailable: Device '5010' is not registered.");
    for dn in ["5001", "5002", "5010"] {
        exchange.registers(dn, true).await;
    }
    tom.post("/me", start("place", "Hall")).await.ok();
    for asked in [start("place", "Hall"), start("devicePath", HALL)] {
        let why = mei.post("/me", asked).await.refused(409, 19);
        assert_eq!(why, "Device '5010', where agent1@demo works, is in use");
    }
    assert_eq!(mei.get("/me/channels").await.ok()["uris"], json!([]), "the session has not begun");
    // At the phone that Tom has left: whose it is finds it taken.
    mei.post("/me", start("devicePath", OWN)).await.ok();
    tom.post("/me", end()).await.ok();
    let plain = json!({"operationName": "StartContactCenterSession", "channels": ["voice"]});
    let why = tom.post("/me", plain.clone()).await.refused(409, 19);
    assert_eq!(why, "Device '5001', where agent2@demo works, is in use");
    assert_eq!(tom.get("/me/channels").await.ok()["uris"], json!([]));
    assert_eq!(own(&tom).await, ["5001 Inactive LoggedOut"]);
    mei.post("/me", end()).await.ok();
    tom.post("/me", plain).await.ok();
}

#[tokio::test]
async fn a_phone_is_assigned_within_a_session() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    exchange.registers("5002", true).await;
    let mei = app.agent("agent2");
    let assign = |name: &str, value: &str| json!({name: value});
    tom.post("/me/devices", json!({})).await.refused(400, 1);
    tom.post("/me/devices", assign("phoneNumber", "4711")).await.refused(400, 2);
    tom.post("/me/devices", assign("phoneNumber", "5010")).await.refused(500, 4);
    exchange.registers("5010", true).await;
    mei.post("/me/devices", assign("phoneNumber", "5010")).await.refused(400, 2);
    app.agent("admin").post("/me/devices", assign("phoneNumber", "5010")).await.refused(403, 5);
    tom.post("/me/devices", assign("phoneNumber", "5010")).await.ok();
    assert_eq!(brief(&told(&tom).await), ["5010 Active Ready", "5001 Inactive LoggedOut"]);
    tom.post("/me/devices", assign("place", "Hall")).await.ok();
    assert_eq!(tom.hears().await, [] as [Value; 0]);
    // Mei works without calls: what is hers she is told of.
    mei.post("/me", json!({"operationName": "StartContactCenterSession", "channels": ["chat"]})).await.ok();
    mei.hears().await;
    let hers = "/devices/de000000-0000-4000-8000-000000005002";
    tom.post("/me/devices", assign("devicePath", hers)).await.ok();
    assert_eq!(brief(&told(&mei).await), ["5002 Inactive LoggedOut"]);
    mei.post("/me", json!({"operationName": "StartContactCenterSession", "channels": ["voice"]}))
        .await
        .refused(409, 19);
    tom.post("/me/devices", assign("phoneNumber", "5001")).await.ok();
    assert_eq!(brief(&told(&mei).await), ["5002 Active LoggedOut"]);
    assert_eq!(own(&tom).await, ["5001 Active Ready"]);
}

#[tokio::test]
async fn of_two_who_come_to_a_phone_at_once_one_gets_it() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5010", true).await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    let answers =
        tokio::join!(tom.post("/me", start("place", "Hall")), mei.post("/me", start("devicePath", HALL)),);
    let mut codes = [answers.0.json["statusCode"].clone(), answers.1.json["statusCode"].clone()];
    codes.sort_by_key(serde_json::Value::as_u64);
    assert_eq!(codes, [json!(0), json!(19)]);
}

#[tokio::test]
async fn whoever_looks_after_others_sees_who_works_where_and_others_do_not() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5010", true).await;
    let tom = app.agent("agent1");
    let admin = app.agent("admin");
    let all = admin.get("/devices?fields=*").await.ok();
    assert_eq!(all["devices"].as_array().map(Vec::len), Some(5));
    app.agent("agent2").get(HALL).await.refused(403, 5);
    tom.post("/me", start("place", "Hall")).await.ok();
    assert_eq!(brief(&[admin.get(HALL).await.ok()["device"].clone()]), ["5010 Active LoggedIn"]);
    assert_eq!(brief(&[tom.get(HALL).await.ok()["device"].clone()]), ["5010 Active LoggedIn"]);
    assert_eq!(brief(&[admin.get(OWN).await.ok()["device"].clone()]), ["5001 Inactive LoggedOut"]);
    app.agent("agent2").get(HALL).await.refused(403, 5);
}

#[tokio::test]
async fn a_start_finds_agents_where_they_sat() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5010", true).await;
    app.agent("agent1").post("/me", start("place", "Hall")).await.ok();
    let app = app.restarted([]).await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = app.agent("agent1");
    assert_eq!(own(&tom).await, ["5010 Active LoggedIn"]);
    app.agent("agent2").post("/me", start("place", "Hall")).await.refused(409, 19);
    tom.operate("/me/channels/voice", "Ready").await.ok();
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    assert_eq!(rung(&exchange), ["5010"]);
}

#[tokio::test]
async fn reporting_hears_who_worked_where_and_for_how_long() {
    let app = centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5010", true).await;
    let tom = app.agent("agent1");
    tom.post("/me", start("place", "Hall")).await.ok();
    app.pass(7_000);
    tom.post("/me", end()).await.ok();
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let of = |kind: &str| {
        let mut events = all.as_array().expect("events").iter();
        events.find(|event| event["type"] == kind).unwrap_or_else(|| panic!("no {kind}")).clone()
    };
    let seated = of("jackfield.agent.seated");
    let data = &seated["data"];
    assert_eq!(
        (&data["agent"], &data["place"], &data["thisDn"]),
        (&json!("agent1@demo"), &json!("Hall"), &json!("5010"))
    );
    let left = of("jackfield.agent.left-desk");
    assert_eq!((&left["data"]["thisDn"], &left["data"]["place"]), (&json!("5010"), &Value::Null));
    assert_eq!(left["data"]["elapsedMs"], 7_000);
}
