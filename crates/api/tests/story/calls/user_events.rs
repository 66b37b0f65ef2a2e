//! The vendor's desktop sets its dispositions by user event (spec: core-and-voice#6.3, admin-and-reporting#8.4).

use domain::call::{Cause, LegEvent};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer, settled};

const DESKTOP: &str = "/internal-api/operations";

fn event(data: &Value) -> Value {
    json!({"operationName": "SendUserEvent", "userData": data})
}

/// The events of a type that the feed has, as their data.
async fn feed(app: &TestServer, kind: &str) -> Vec<Value> {
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let of_kind = all.as_array().expect("events").iter().filter(|event| event["type"] == kind);
    of_kind.map(|event| event["data"].clone()).collect()
}

/// The notifications of the phone, by their type.
async fn told(agent: &Client<'_>) -> Vec<Value> {
    let notes = agent.hears().await;
    notes.iter().filter(|note| note["channel"] == "/v2/me/devices").map(|note| note["data"].clone()).collect()
}

#[tokio::test]
async fn a_disposition_comes_by_user_event_while_the_agent_talks_and_after() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    tom.post(DESKTOP, event(&json!({"DispositionCode": "Referred", "Note": "x"}))).await.ok();
    let shown = tom.get(&path).await.ok()["call"]["userData"].clone();
    assert_eq!((&shown["DispositionCode"], shown.get("Note")), (&json!("Referred"), None), "{shown}");
    let notes = told(&tom).await;
    assert_eq!(notes.len(), 1, "{notes:?}");
    let note = &notes[0];
    assert_eq!(
        (&note["messageType"], &note["phoneNumber"]),
        (&json!("DeviceUserEventMessage"), &json!("5001"))
    );
    insta::assert_json_snapshot!("user_event", settled(note));
    assert_eq!((&note["callUuid"], &note["userData"]["Note"]), (&json!(call.as_str()), &json!("x")));

    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    tom.hears().await;
    let device =
        tom.get("/me/devices?fields=*").await.ok()["devices"][0]["id"].as_str().expect("an id").to_owned();
    tom.post(&format!("/me/devices/{device}"), event(&json!({"DispositionCode": "IssueResolved"})))
        .await
        .ok();
    let set = feed(&app, "jackfield.disposition").await;
    let set: Vec<(&Value, &Value, &Value)> =
        set.iter().map(|data| (&data["disposition"]["value"], &data["phase"], &data["via"])).collect();
    assert_eq!(
        set,
        [
            (&json!("Referred"), &json!("live"), &json!("SendUserEvent")),
            (&json!("IssueResolved"), &json!("released"), &json!("SendUserEvent"))
        ]
    );
    let sent = feed(&app, "jackfield.call.user-event").await;
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert_eq!((&sent[0]["event"], &sent[0]["userData"]["Note"]), (&json!("EventUserEvent"), &json!("x")));
}

#[tokio::test]
async fn an_event_without_a_call_is_the_phones() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    tom.post(DESKTOP, event(&json!({"GSW_AGENT_REQ_TYPE": "CampaignStatusRequest"}))).await.ok();
    let sent = feed(&app, "jackfield.device.user-event").await;
    assert_eq!(sent[0]["userData"]["GSW_AGENT_REQ_TYPE"], "CampaignStatusRequest");
    assert_eq!((&sent[0]["thisDn"], &sent[0]["agent"]), (&json!("5001"), &json!("agent1@demo")));
    assert_eq!(told(&tom).await[0].get("callUuid"), None);
    let heavy = "x".repeat(70_000);
    tom.post(DESKTOP, event(&json!({"A": heavy}))).await.refused(400, 2);
    tom.post(DESKTOP, json!({"operationName": "SendUserEvent", "userData": 7})).await.refused(400, 2);
    exchange.leaves("5001").await;
    tom.post(DESKTOP, event(&json!({}))).await.refused(500, 4);
}
