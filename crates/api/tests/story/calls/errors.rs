//! How operations on calls are refused (spec: core-and-voice#5.7, decisions#8).

use serde_json::{Value, json};
use testkit::{ScriptedSwitch, TestServer};

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    for (operation, parameters, code) in [
        ("SendDtmf", json!({}), 1),
        ("SendDtmf", json!({"digits": 5}), 2),
        ("SendDtmf", json!({"digits": "5x"}), 2),
        ("AttachUserData", json!({}), 1),
        ("UpdateUserData", json!({"userData": "text"}), 2),
        ("DeleteUserDataPair", json!({}), 1),
        ("DeleteUserDataPair", json!({"key": ["a"]}), 2),
        ("SetCallDisposition", json!({}), 1),
        ("SetCallDisposition", json!({"disposition": 7}), 2),
        ("SetCallDisposition", json!({"disposition": {"a": 1}}), 2),
        ("SetCallDisposition", json!({"disposition": "x", "dispositionKey": 7}), 2),
        ("SetCallDisposition", json!({"disposition": "x", "dispositionKey": "k".repeat(256)}), 2),
        ("SetCallDisposition", json!({"disposition": "x", "callUuid": "another"}), 2),
        ("SetCallDisposition", json!({"disposition": "x", "callUri": "/calls/another"}), 2),
    ] {
        let mut body = parameters.clone();
        body["operationName"] = operation.into();
        let reply = tom.post(&path, body).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json["statusCode"]),
            (400, &json!(code)),
            "{operation} {parameters}"
        );
    }
    tom.post(&path, json!({})).await.refused(400, 1);
    assert_eq!(tom.hears().await, [] as [Value; 0], "nothing is told of it");
}

#[tokio::test]
async fn what_is_not_open_is_refused_by_its_name_and_the_state() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    for operation in ["Answer", "Reject", "Retrieve", "UnmuteCall"] {
        let why = tom.operate(&path, operation).await.refused(400, 2);
        assert_eq!(why, format!("{operation} is not valid in state Established"));
    }
    tom.operate(&path, "Hangup").await.ok();
    tom.hears().await;
    let why = tom.operate(&path, "Hangup").await.refused(400, 2);
    assert_eq!(why, "Hangup is not valid in state Released");
    assert_eq!(tom.hears().await, [] as [Value; 0]);
}

#[tokio::test]
async fn an_unknown_call_and_one_of_another_are_the_same() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    let mei = app.agent("agent2");
    let set = json!({"operationName": "SetCallDisposition", "disposition": "x"});
    for path in [path.as_str(), "/me/calls/none"] {
        mei.operate(path, "Hangup").await.refused(404, 6);
        mei.post(path, set.clone()).await.refused(404, 6);
    }
    app.agent("admin").operate(&path, "Hangup").await.refused(403, 5);
}

#[tokio::test]
async fn without_the_feature_there_are_no_calls() {
    let app = TestServer::start().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    let tom = app.agent("agent1");
    let call = exchange.calls_in("+15550142", "5001").await;
    let device = tom.get("/me/devices?fields=*").await.ok()["devices"][0]["path"].clone();
    let device = format!("/me{}", device.as_str().expect("a path"));
    tom.get("/me/calls").await.refused(404, 6);
    tom.get(&format!("/me/calls/{call}")).await.refused(404, 6);
    tom.get(&format!("/calls/{call}")).await.refused(404, 6);
    assert_eq!(tom.get("/me?subresources=calls").await.ok()["user"]["calls"], json!([]));
    tom.operate(&format!("/me/calls/{call}"), "Answer").await.refused(400, 2);
    tom.operate(&format!("{device}/calls"), "Dial").await.refused(400, 2);
    for operation in ["DoNotDisturbOn", "ForwardCallsOff", "SetCallDisposition"] {
        let why = tom.operate(&device, operation).await.refused(400, 2);
        assert_eq!(why, "The contact center does not have the feature api-voice");
    }
}
