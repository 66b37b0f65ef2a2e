//! `Dial` (spec: core-and-voice#5.6).

use domain::{
    Command,
    call::{Cause, LegCommand, LegEvent},
    command::Provision,
};
use serde_json::{Value, json};
use testkit::{ScriptedSwitch, TestServer, settled};

const CALLS: &str = "/me/devices/de000000-0000-4000-8000-000000005001/calls";

fn dial(number: &str) -> Value {
    json!({"operationName": "Dial", "destination": {"phoneNumber": number}})
}

#[tokio::test]
async fn the_agents_own_phone_is_called_first_and_then_the_other() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    exchange.registers("5002", true).await;
    let mei = app.agent("agent2");
    mei.hears().await;
    let mut body = dial("5002");
    body["location"] = "Branch 7".into();
    body["userData"] = json!({"Case": "17"});
    assert_eq!(tom.post(CALLS, body).await.text, r#"{"statusCode":0}"#);
    let told = tom.hears().await;
    insta::assert_json_snapshot!("dialing", settled(&json!(told)));
    let id = told[0]["data"]["call"]["id"].as_str().expect("an id").to_owned();
    let asked = exchange.asked();
    let [(1, LegCommand::Originate(own))] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((own.to.as_str(), own.auto_answer), ("5001", true));

    let call = id.as_str().into();
    exchange.hears(&call, 1, LegEvent::Up).await;
    let rung = mei.hears().await;
    assert_eq!(rung[0]["data"]["call"]["state"], "Ringing");
    assert_eq!(rung[0]["data"]["call"]["participants"][0]["phoneNumber"], "5001");
    exchange.hears(&call, 2, LegEvent::Up).await;
    let state = |told: Vec<Value>| told.last().map(|note| note["data"]["call"]["state"].clone());
    assert_eq!(state(tom.hears().await), Some(json!("Established")));
    assert_eq!(state(mei.hears().await), Some(json!("Established")));
}

#[tokio::test]
async fn a_phone_that_names_another_number_of_ours_sends_the_call_there_and_to_nobody_outside() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    exchange.registers("5002", true).await;
    exchange.registers("5003", true).await;
    let (mei, ben) = (app.agent("agent2"), app.agent("agent3"));
    mei.hears().await;
    ben.hears().await;
    tom.post(CALLS, dial("5002")).await.ok();
    let told = tom.hears().await;
    let call = told[0]["data"]["call"]["id"].as_str().expect("an id").into();
    exchange.hears(&call, 1, LegEvent::Up).await;
    mei.hears().await;
    exchange.asked();
    let diverts = |to: &str| LegEvent::Diverts { to: to.into(), code: 302 };
    // A number of nobody's, and one that is the very phone's.
    for to in ["+15550100142", "5002"] {
        exchange.hears(&call, 2, diverts(to)).await;
        assert_eq!((exchange.asked().len(), mei.hears().await.len()), (0, 0), "{to}");
    }
    exchange.hears(&call, 2, diverts("5003")).await;
    exchange.hears(&call, 2, LegEvent::Gone { cause: Cause::Diverted, code: Some(302) }).await;
    let asked = exchange.asked();
    let rung = asked.iter().find_map(|(leg, act)| match act {
        LegCommand::Originate(made) => Some((*leg, made.to.as_str())),
        _ => None,
    });
    assert_eq!(rung, Some((3, "5003")), "{asked:?}");
    let state = |told: Vec<Value>| told.last().map(|note| note["data"]["call"]["state"].clone());
    assert_eq!(state(mei.hears().await), Some(json!("Released")));
    assert_eq!(state(ben.hears().await), Some(json!("Ringing")));
    exchange.hears(&call, 3, LegEvent::Up).await;
    let told = tom.hears().await;
    let shown = &told.last().expect("a notification")["data"]["call"];
    assert_eq!(
        (&shown["state"], &shown["participants"][0]["phoneNumber"]),
        (&json!("Established"), &json!("5003"))
    );

    // Into a queue, by its number.
    tom.post(&format!("/me/calls/{call}"), json!({"operationName": "Hangup"})).await.ok();
    tom.post(CALLS, dial("5002")).await.ok();
    let told = tom.hears().await;
    let call = told.last().expect("a notification")["data"]["call"]["id"].as_str().expect("an id").into();
    exchange.hears(&call, 1, LegEvent::Up).await;
    exchange.asked();
    exchange.hears(&call, 2, diverts("9000")).await;
    let asked = exchange.asked();
    assert!(asked.contains(&(2, LegCommand::Release(Cause::Diverted))), "{asked:?}");
    assert!(asked.iter().any(|(leg, act)| *leg == 1 && matches!(act, LegCommand::Part(_))), "{asked:?}");
}

#[tokio::test]
async fn a_busy_destination_ends_the_call() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    tom.post(CALLS, dial("+1 (555) 010-0142")).await.ok();
    let told = tom.hears().await;
    assert_eq!(told[0]["data"]["call"]["dnis"], "+15550100142");
    assert_eq!(told[0]["data"]["call"]["callType"], "Outbound");
    let call = told[0]["data"]["call"]["id"].as_str().expect("an id").into();
    exchange.hears(&call, 1, LegEvent::Up).await;
    exchange.hears(&call, 2, LegEvent::Gone { cause: Cause::Busy, code: Some(486) }).await;
    let told = tom.hears().await;
    assert_eq!(told.last().expect("a notification")["data"]["call"]["state"], "Released");
    tom.get(&format!("/me/calls/{call}")).await.ok();
}

/// The states told, in order.
fn states(told: &[Value]) -> Vec<&str> {
    told.iter().filter_map(|note| note["data"]["call"]["state"].as_str()).collect()
}

#[tokio::test]
async fn a_call_that_is_over_at_once_is_told_from_its_beginning() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let mut queue = app.desk.queue(&"Support".into()).expect("a queue");
    queue.max_waiting = 0;
    app.desk.perform(Command::Provision(Provision::PutQueue(Box::new(queue)))).await.expect("provisioned");
    let tom = exchange.at_work("agent1", "5001").await;
    tom.post(CALLS, dial("9000")).await.ok();
    let told = tom.hears().await;
    assert_eq!(states(&told), ["Dialing", "Released"]);
    for note in &told {
        assert_eq!(note["data"]["call"]["participants"][0]["phoneNumber"], "9000");
    }
    assert_eq!(told[0]["data"]["call"]["capabilities"][0], "Hangup");
    // A phone that is not registered, called by hand.
    exchange.calls_from("5001", "5002").await;
    assert_eq!(states(&tom.hears().await), ["Dialing", "Released"]);
}

#[tokio::test]
async fn what_cannot_be_dialled_is_refused() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    tom.operate(CALLS, "Dial").await.refused(400, 1);
    tom.operate(CALLS, "Answer").await.refused(400, 2);
    tom.post(CALLS, json!({})).await.refused(400, 1);
    for destination in [json!("5002"), json!({}), json!({"phoneNumber": ""}), json!({"phoneNumber": 5002})] {
        let body = json!({"operationName": "Dial", "destination": destination});
        tom.post(CALLS, body).await.refused(400, 2);
    }
    let mut body = dial("5002");
    body["userData"] = "text".into();
    tom.post(CALLS, body).await.refused(400, 2);
    tom.post("/me/devices/none/calls", dial("5002")).await.refused(404, 6);
    exchange.leaves("5001").await;
    assert_eq!(tom.post(CALLS, dial("5002")).await.refused(500, 4), "Device '5001' is not registered.");
    app.agent("admin").post(CALLS, dial("5002")).await.refused(403, 5);
}
