//! Users as those whom an agent calls: by name, by address, by their entry in the directory
//! (spec: core-and-voice#5.6, #5.7).

use super::{handed_over::asks, hot_desk};
use domain::call::{LegCommand, LegEvent};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer};

const CALLS: &str = "/me/devices/de000000-0000-4000-8000-000000005001/calls";

/// Tom at a desk, and Mei at the phone in the hall.
async fn at_work<'a>(app: &'a TestServer, exchange: &ScriptedSwitch<'_>) -> (Client<'a>, Client<'a>) {
    for dn in ["5001", "5002", "5010"] {
        exchange.registers(dn, true).await;
    }
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice"]});
    tom.post("/me", start.clone()).await.ok();
    tom.operate("/me/channels/voice", "Ready").await.ok();
    let mut at = start;
    at["place"] = "Hall".into();
    mei.post("/me", at).await.ok();
    (tom, mei)
}

#[tokio::test]
async fn a_user_is_dialled_where_they_work_by_name_and_by_address() {
    let app = hot_desk::centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, mei) = at_work(&app, &exchange).await;
    let user = mei.get("/me").await.ok()["user"].clone();
    let (uri, path) = (user["uri"].as_str().expect("an address"), user["path"].as_str().expect("a path"));
    for destination in [
        json!({"userName": "agent2@demo"}),
        json!({"phoneNumber": "agent2@demo"}),
        json!({"targetUri": uri}),
        json!({"targetPath": path}),
        json!({"targetPath": path.replace("/users/", "/contacts/")}),
        json!({"phoneNumber": uri}),
        json!({"phoneNumber": "5010"}),
        json!({"phoneNumber": "5002"}),
    ] {
        hot_desk::rung(&exchange);
        tom.hears().await;
        let dial = json!({"operationName": "Dial", "destination": destination});
        assert_eq!(tom.post(CALLS, dial).await.ok(), json!({"statusCode": 0}), "{destination}");
        let told = tom.hears().await;
        let id = told[0]["data"]["call"]["id"].as_str().expect("an id").to_owned();
        exchange.hears(&id.as_str().into(), 1, LegEvent::Up).await;
        assert_eq!(hot_desk::rung(&exchange), ["5001", "5010"], "{destination}");
        tom.operate(&format!("/me/calls/{id}"), "Hangup").await.ok();
    }
}

#[tokio::test]
async fn a_user_is_asked_and_handed_a_call_where_they_work() {
    for operation in ["InitiateTransfer", "InitiateConference", "SingleStepTransfer", "SingleStepConference"]
    {
        let app = hot_desk::centre().await;
        let exchange = ScriptedSwitch::connect(&app);
        let (tom, mei) = at_work(&app, &exchange).await;
        let (_, path) = exchange.talking(&tom).await;
        mei.hears().await;
        hot_desk::rung(&exchange);
        asks(&tom, &path, operation, json!({"destination": {"userName": "agent2@demo"}})).await;
        assert_eq!(hot_desk::rung(&exchange), ["5010"], "{operation}");
        let told = mei.hears().await;
        assert_eq!(told[0]["data"]["call"]["state"], "Ringing", "{operation}");
    }
}

#[tokio::test]
async fn a_user_who_is_unknown_or_not_at_work_is_refused_and_nothing_changes() {
    let app = hot_desk::centre().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, mei) = at_work(&app, &exchange).await;
    let (_, path) = exchange.talking(&tom).await;
    let user = mei.get("/me").await.ok()["user"]["path"].clone();
    mei.post("/me", json!({"operationName": "EndContactCenterSession"})).await.ok();
    let before = tom.get(&path).await.ok()["call"]["state"].clone();
    exchange.asked();
    for operation in ["InitiateTransfer", "SingleStepTransfer", "InitiateConference", "SingleStepConference"]
    {
        let ask = |destination: Value| json!({"operationName": operation, "destination": destination});
        let why = tom.post(&path, ask(json!({"targetPath": user}))).await.refused(400, 2);
        assert_eq!(why, "The agent is not available for voice: they are not logged in on it");
        let why = tom.post(&path, ask(json!({"userName": "stranger@demo"}))).await.refused(404, 6);
        assert_eq!(why, "User 'stranger@demo' was not found");
        tom.post(&path, ask(json!({"targetUri": "/queues/Support"}))).await.refused(400, 2);
    }
    assert_eq!(tom.get(&path).await.ok()["call"]["state"], before);
    assert_eq!(exchange.asked(), [] as [(u16, LegCommand); 0]);
    tom.operate(&path, "Hangup").await.ok();
    let dial = json!({"operationName": "Dial", "destination": {"phoneNumber": "agent2@demo"}});
    tom.post(CALLS, dial).await.refused(400, 2);
}
