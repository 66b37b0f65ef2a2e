//! What reporting hears of calls and phones (spec: decisions#7, admin-and-reporting#10).

use domain::call::{Cause, LegEvent};
use serde_json::{Value, json};
use testkit::{ScriptedSwitch, TestServer};

/// The events of some kinds of thing, oldest first.
async fn feed(app: &TestServer, of: &[&str]) -> Vec<Value> {
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let is_of = |event: &&Value| {
        let kind = event["type"].as_str().expect("a type").strip_prefix("jackfield.").expect("our prefix");
        of.iter().any(|of| kind.starts_with(of))
    };
    all.as_array().expect("events").iter().filter(is_of).cloned().collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()?.strip_prefix("jackfield.")).collect()
}

#[tokio::test]
async fn a_call_is_told_from_its_beginning_to_its_late_disposition() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    let update = json!({"operationName": "UpdateUserData", "userData": {"Case": "17"}});
    tom.post(&path, update).await.ok();
    let set = |value: &str| json!({"operationName": "SetCallDisposition", "disposition": value});
    tom.post(&path, set("IssueResolved")).await.ok();
    tom.operate(&path, "Hold").await.ok();
    exchange.hears(&call, 2, LegEvent::HoldDone { on: true, refused: None }).await;
    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    tom.post(&path, set("Nowhere known")).await.ok();

    let told = feed(&app, &["call.", "disposition"]).await;
    assert_eq!(
        kinds(&told),
        [
            "call.began",
            "call.joined",
            "call.queued",
            "call.established",
            "call.joined",
            "call.established",
            "call.user-data",
            "disposition",
            "call.held",
            "call.released",
            "call.released",
            "call.ended",
            "disposition",
        ]
    );
    for event in &told {
        assert_eq!(event["subject"], json!(format!("call/{call}")));
        assert_eq!(
            (&event["data"]["interactionId"], &event["data"]["media"]),
            (&json!(call), &json!("voice"))
        );
        let is = event["type"] == "jackfield.disposition";
        assert_eq!(event["data"].get("disposition").is_some(), is, "{event}");
    }
    let began = &told[0]["data"];
    assert_eq!(
        (&began["ani"], &began["dnis"], &began["callType"]),
        (&json!("+15550142"), &json!("9000"), &json!("Inbound"))
    );
    let [live, late] = [&told[7]["data"], &told[12]["data"]];
    assert_eq!((&live["phase"], &live["known"], live.get("event")), (&json!("live"), &json!(true), None));
    assert_eq!((&late["phase"], &late["known"]), (&json!("released"), &json!(false)));
    assert_eq!(late["userData"], json!({"DispositionCode": "Nowhere known"}));
    assert_eq!(late["disposition"]["previous"], "IssueResolved");
    for data in [live, late] {
        assert_eq!((&data["callUuid"], &data["thisDn"]), (&json!(call), &json!("5001")));
        assert_eq!((&data["connId"], &data["queue"]), (&began["connId"], &json!("Support")));
    }
    let released = told
        .iter()
        .find(|event| event["data"]["agent"] == "agent1@demo" && event["type"] == "jackfield.call.released");
    let released = &released.expect("the agent's part ended")["data"];
    assert_eq!((&released["closer"], &released["cause"]), (&json!("customer"), &json!("normal")));
    assert_eq!((&released["dispositioned"], &released["talked"]), (&json!(true), &json!(true)));
    let ended = &told[11]["data"];
    assert_eq!(
        (&ended["closer"], &ended["dispositioned"], &ended["abandoned"]),
        (&json!("customer"), &json!(true), &json!(false))
    );
}

#[tokio::test]
async fn a_caller_who_gives_up_waiting_has_abandoned_the_call() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    let told = feed(&app, &["call.ended"]).await;
    assert_eq!(
        (&told[0]["data"]["abandoned"], &told[0]["data"]["dispositioned"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn phones_are_told_of() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let device = "/me/devices/de000000-0000-4000-8000-000000005001";
    tom.operate(device, "DoNotDisturbOn").await.ok();
    tom.post(device, json!({"operationName": "ForwardCallsOn", "destination": "5002"})).await.ok();
    exchange.leaves("5001").await;
    let told = feed(&app, &["device."]).await;
    let of_tom: Vec<Value> = told.into_iter().filter(|event| event["subject"] == "device/5001").collect();
    assert_eq!(
        kinds(&of_tom),
        [
            "device.assigned",
            "device.in-service",
            "device.do-not-disturb",
            "device.forwarded",
            "device.out-of-service"
        ]
    );
    assert_eq!(of_tom[0]["data"], json!({"thisDn": "5001", "agent": "agent1@demo", "agentId": tom.id()}));
    assert_eq!(of_tom[3]["data"], json!({"thisDn": "5001", "to": "5002"}));
}
