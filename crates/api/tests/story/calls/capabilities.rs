//! What is open to an agent, situation by situation (spec: core-and-voice#5.4).

use domain::call::LegEvent;
use serde_json::Value;
use testkit::{Client, ScriptedSwitch, TestServer};

const DATA: [&str; 4] = ["AttachUserData", "UpdateUserData", "DeleteUserData", "DeleteUserDataPair"];

/// Whoever talks with somebody can call others in.
const CALLS_IN: [&str; 4] =
    ["InitiateConference", "InitiateTransfer", "SingleStepConference", "SingleStepTransfer"];

fn with(names: &[&'static str]) -> Vec<&'static str> {
    let mut all = [names, &CALLS_IN].concat();
    all.sort_unstable();
    all
}

async fn open(agent: &Client<'_>, path: &str) -> Vec<String> {
    let read = agent.get(path).await.ok();
    let open = read["call"]["capabilities"].as_array().expect("capabilities");
    let open = open.iter().filter_map(Value::as_str).filter(|name| !DATA.contains(name));
    let mut names: Vec<String> = open.map(str::to_owned).collect();
    assert_eq!(
        DATA.iter()
            .filter(|name| read["call"]["capabilities"]
                .as_array()
                .is_some_and(|all| all.contains(&(**name).into())))
            .count(),
        DATA.len(),
        "user data can be written in every live state: {read}"
    );
    names.sort();
    names
}

#[tokio::test]
async fn of_an_agent_whom_the_queue_calls() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    let path = format!("/me/calls/{call}");
    assert_eq!(open(&tom, &path).await, ["Answer", "ClearCall", "Reject"]);
    exchange.hears(&call, 2, LegEvent::Up).await;
    assert_eq!(open(&tom, &path).await, with(&["ClearCall", "Hangup", "Hold", "MuteCall", "SendDtmf"]));
    tom.operate(&path, "MuteCall").await.ok();
    assert_eq!(open(&tom, &path).await, with(&["ClearCall", "Hangup", "Hold", "SendDtmf", "UnmuteCall"]));
    tom.operate(&path, "UnmuteCall").await.ok();
    tom.operate(&path, "Hold").await.ok();
    assert_eq!(
        open(&tom, &path).await,
        ["ClearCall", "Hangup", "MuteCall", "SendDtmf"],
        "until the phone has said so, it is neither held nor not"
    );
    exchange.hears(&call, 2, LegEvent::HoldDone { on: true, refused: None }).await;
    assert_eq!(open(&tom, &path).await, with(&["Hangup", "Retrieve"]));
}

#[tokio::test]
async fn of_a_phone_that_answers_by_hand_only() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5002", true).await;
    exchange.registers("5001", false).await;
    let call = exchange.calls_from("5002", "5001").await;
    let (tom, path) = (app.agent("agent1"), format!("/me/calls/{call}"));
    assert_eq!(open(&tom, &path).await, ["ClearCall", "Reject"]);
    tom.operate(&path, "Answer").await.refused(400, 2);
}

#[tokio::test]
async fn of_an_agent_who_calls() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.registers("5001", true).await;
    exchange.registers("5002", true).await;
    let call = exchange.calls_from("5002", "5001").await;
    let path = format!("/me/calls/{call}");
    assert_eq!(open(&app.agent("agent2"), &path).await, ["Hangup", "SendDtmf"]);
}
