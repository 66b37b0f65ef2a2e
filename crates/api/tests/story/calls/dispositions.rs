//! Dispositions of calls, live and late, at either address (spec: decisions#6, core-and-voice#6).

use domain::call::{Cause, LegEvent};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer};

const DEVICE: &str = "/me/devices/de000000-0000-4000-8000-000000005001";
const GONE: LegEvent = LegEvent::Gone { cause: Cause::Normal, code: None };

fn set(value: &str) -> Value {
    json!({"operationName": "SetCallDisposition", "disposition": value})
}

async fn user_data(agent: &Client<'_>, path: &str) -> Value {
    agent.get(path).await.ok()["call"].get("userData").cloned().unwrap_or_default()
}

#[tokio::test]
async fn on_the_address_of_a_phone_the_body_alone_names_the_call() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    tom.post(DEVICE, set("Referred")).await.refused(400, 1);
    for (member, named) in [
        ("callUuid", call.to_string()),
        ("callUri", format!("http://localhost:8080/api/v2/me/calls/{call}")),
        ("callUri", format!("/calls/{call}")),
    ] {
        let mut body = set(&format!("by {member}"));
        body[member] = named.into();
        assert_eq!(tom.post(DEVICE, body).await.text, r#"{"statusCode":0}"#);
        assert_eq!(user_data(&tom, &path).await, json!({"DispositionCode": format!("by {member}")}));
    }
    let mut body = set("Referred");
    body["callUuid"] = "another".into();
    tom.post(DEVICE, body).await.refused(404, 6);
    tom.post("/me/devices/none", set("x")).await.refused(404, 6);
}

#[tokio::test]
async fn it_is_taken_in_every_live_state_and_an_empty_one_clears() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    let path = format!("/me/calls/{call}");
    tom.post(&path, set("ringing")).await.ok();
    exchange.hears(&call, 2, LegEvent::Up).await;
    tom.post(&path, set("talking")).await.ok();
    tom.operate(&path, "Hold").await.ok();
    exchange.hears(&call, 2, LegEvent::HoldDone { on: true, refused: None }).await;
    tom.post(&path, set("held")).await.ok();
    assert_eq!(user_data(&tom, &path).await, json!({"DispositionCode": "held"}));
    tom.post(&path, set("")).await.ok();
    let cleared = user_data(&tom, &path).await;
    assert!(cleared == json!({"DispositionCode": ""}) || cleared.is_null(), "{cleared}");
    let own = json!({"operationName": "SetCallDisposition", "disposition": "x", "dispositionKey": "Outcome"});
    tom.post(&path, own).await.ok();
    assert_eq!(user_data(&tom, &path).await["Outcome"], "x");
}

#[tokio::test]
async fn after_release_it_is_taken_in_silence_until_its_time_is_over() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    exchange.hears(&call, 1, GONE).await;
    tom.hears().await;
    app.clock.advance(3_600_000);
    assert_eq!(tom.post(&path, set("Referred")).await.text, r#"{"statusCode":0}"#);
    app.clock.advance(1);
    tom.post(&path, set("IssueResolved")).await.ok();
    // Sixteen later ones push it out of the last of the phone.
    for _ in 0..16 {
        let (call, _) = exchange.talking(&tom).await;
        exchange.hears(&call, 1, GONE).await;
        tom.hears().await;
    }
    tom.post(&path, set("Referred")).await.refused(404, 6);
    tom.get(&path).await.refused(404, 6);
    let feed = app.agent("reporting").get("/reporting/events?type=disposition").await.json;
    let told: Vec<&Value> =
        feed.as_array().expect("events").iter().map(|event| &event["data"]["disposition"]["value"]).collect();
    assert_eq!(told, ["Referred", "IssueResolved"]);
}

#[tokio::test]
async fn an_agent_who_only_heard_it_ring_sets_none_after_release() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    exchange.hears(&call, 1, GONE).await;
    tom.post(&format!("/me/calls/{call}"), set("Referred")).await.refused(404, 6);
}

#[tokio::test]
async fn a_strict_policy_takes_codes_of_the_book_only() {
    let app = TestServer::with(|centre| {
        testkit::with_voice(centre);
        centre.disposition.policy.insert(domain::medium::VOICE.into(), domain::disposition::Policy::Strict);
    })
    .await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    tom.post(&path, set("Nowhere known")).await.refused(400, 10);
    tom.post(&path, set("Referred")).await.ok();
}
