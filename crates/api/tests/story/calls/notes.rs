//! What agents are told of their calls (spec: core-and-voice#3.5, #5.5).

use domain::{
    Command,
    call::{Cause, LegEvent},
    command::Provision,
};
use serde_json::{Value, json};
use testkit::{ScriptedSwitch, TestServer, settled};

fn kinds(notes: &[Value]) -> Vec<&str> {
    notes.iter().filter_map(|note| note["data"]["notificationType"].as_str()).collect()
}

#[tokio::test]
async fn a_call_from_the_queue_from_ringing_to_its_end() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let mut queue = app.desk.queue(&"Support".into()).expect("a queue");
    queue.calls.wrap_up = 20_000;
    app.desk.perform(Command::Provision(Provision::PutQueue(Box::new(queue)))).await.expect("provisioned");
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    exchange.hears(&call, 2, LegEvent::Up).await;
    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    let told = tom.hears().await;
    insta::assert_json_snapshot!("queue_call", settled(&json!(told)));
    assert_eq!(kinds(&told), ["StatusChange"; 3]);
    for note in told.iter().filter(|note| note["channel"] == "/v2/me/calls") {
        assert_eq!(note["data"]["extensions"], json!({"BusinessCall": 1, "WrapUpTime": 20}));
    }
    let device = told.last().expect("the agent's phone");
    assert_eq!(device["data"]["devices"][0]["userState"]["workMode"], "AfterCallWork");
}

#[tokio::test]
async fn user_data_is_told_to_everyone_on_the_call() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    exchange.registers("5002", true).await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    let call = exchange.calls_from("5001", "5002").await;
    exchange.hears(&call, 2, LegEvent::Up).await;
    tom.hears().await;
    mei.hears().await;
    let path = format!("/me/calls/{call}");
    // One commit with a pair and a disposition is one change.
    let update =
        json!({"operationName": "UpdateUserData", "userData": {"Case": "17", "DispositionCode": "Referred"}});
    tom.post(&path, update).await.ok();
    for (agent, dn) in [(&tom, "5001"), (&mei, "5002")] {
        let told = agent.hears().await;
        assert_eq!(kinds(&told), ["AttachedDataChanged"]);
        assert_eq!(told[0]["data"]["phoneNumber"], dn);
        assert_eq!(told[0]["data"]["call"]["userData"], json!({"Case": "17", "DispositionCode": "Referred"}));
    }
    assert_eq!(kinds(&app.agent("agent3").hears().await), [] as [&str; 0]);
}

#[tokio::test]
async fn a_caller_of_ours_is_told_when_an_agent_comes_to_him() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5002", true).await;
    let (tom, mei) = (exchange.at_work("agent1", "5001").await, app.agent("agent2"));
    let call = exchange.calls_from("5002", "9000").await;
    let told = mei.hears().await;
    let waiting = told.last().expect("a notification");
    assert_eq!(waiting["data"]["call"]["state"], "Established", "the queue has answered");
    assert_eq!(waiting["data"]["call"]["participants"][0]["phoneNumber"], "9000");
    exchange.offers(&call, &tom).await;
    let told = mei.hears().await;
    assert_eq!(kinds(&told), ["ParticipantsUpdated"]);
    assert_eq!(told[0]["data"]["call"]["participants"][0]["phoneNumber"], "5001");
    assert_eq!(told[0]["data"]["extensions"], json!({"BusinessCall": 0}));
    exchange.hears(&call, 2, LegEvent::Up).await;
    assert_eq!(kinds(&mei.hears().await), [] as [&str; 0], "nothing has changed for mei");
}

#[tokio::test]
async fn what_a_phone_refuses_is_an_error_of_its_agent() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    tom.operate(&path, "Hold").await.ok();
    exchange.hears(&call, 2, LegEvent::HoldDone { on: true, refused: Some(488) }).await;
    let told = tom.hears().await;
    insta::assert_json_snapshot!("refused_hold", settled(&json!(told)));
    assert_eq!(tom.get(&path).await.ok()["call"]["state"], "Established");
}

#[tokio::test]
async fn an_offer_that_nobody_takes_is_told_as_released() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    tom.hears().await;
    exchange.hears(&call, 2, LegEvent::Gone { cause: Cause::NoAnswer, code: Some(480) }).await;
    let told = tom.hears().await;
    assert_eq!(told[0]["data"]["call"]["state"], "Released");
    assert_eq!(told[0]["data"]["call"]["participants"][0]["phoneNumber"], "+15550142");
    let device = &told.last().expect("the agent's phone")["data"]["devices"][0];
    assert_eq!(device["userState"]["state"], "NotReady", "agents must say that they are ready again");
}
