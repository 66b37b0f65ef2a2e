//! An agent asks a queue beside a call (spec: core-and-voice#5.7.2).

use super::handed_over::{asks, path_of, told};
use domain::{
    InteractionId,
    call::{Cause, LegCommand, LegEvent, Playback},
    hours::Closed,
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer};

fn queue() -> Value {
    json!({"destination": {"phoneNumber": "9000"}})
}

/// Tom talks with a customer and waits in the queue beside that; the paths are those of Tom's two calls.
async fn waiting(
    exchange: &ScriptedSwitch<'_>,
    operation: &str,
    tom: &Client<'_>,
) -> (InteractionId, String, String) {
    let (call, path) = exchange.talking(tom).await;
    asks(tom, &path, operation, queue()).await;
    assert_eq!(
        told(tom).await,
        ["StatusChange Held Inbound +15550142", "StatusChange Dialing Consult 9000"],
        "the original is held, and a new call dials"
    );
    let hears = exchange.asked().into_iter().filter_map(|(leg, act)| match act {
        LegCommand::Part(what) => Some((leg, what)),
        _ => None,
    });
    assert_eq!(hears.last(), Some((2, Playback::Hold)), "Tom hears that they wait");
    let consult = path_of(tom, "Consult").await;
    (call, path, consult)
}

/// The events of requests as reporting has them, in a few words.
async fn reported(app: &TestServer) -> Vec<String> {
    let feed = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let feed = feed.as_array().expect("events");
    let word = |event: &Value| {
        let data = &event["data"];
        let kind = event["type"].as_str()?.strip_prefix("jackfield.call.request")?;
        let words = [&data["agent"], &data["help"], &data["asks"], &data["closer"], &data["why"]];
        let words: Vec<&str> = words.into_iter().filter_map(Value::as_str).collect();
        Some(format!("{kind} {}", words.join(" ")))
    };
    feed.iter().filter_map(word).collect()
}

/// What an agent was told that came to nothing: the operation and the SIP status code.
async fn errors(agent: &Client<'_>) -> Vec<String> {
    let notes = agent.hears().await;
    let errors = notes.iter().filter(|note| note["data"]["messageType"] == "ErrorMessage");
    errors
        .map(|note| {
            let data = &note["data"];
            format!("{} {} {}", data["operationName"], data["errorCode"], data["errorMessage"])
                .replace('"', "")
        })
        .collect()
}

#[tokio::test]
async fn whoever_takes_it_in_the_queue_talks_with_the_agent_and_then_has_the_customer() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, _, consult) = waiting(&exchange, "InitiateTransfer", &tom).await;
    exchange.offers_request(&call, 1, &ann).await;
    assert_eq!(told(&ann).await, ["StatusChange Ringing Consult 5001"]);
    assert!(told(&tom).await.is_empty(), "nobody has answered");
    exchange.hears(&call, 4, LegEvent::Up).await;
    assert_eq!(
        told(&tom).await,
        ["StatusChange Held Inbound +15550142", "StatusChange Established Consult 5002"]
    );
    assert_eq!(told(&ann).await, ["StatusChange Established Consult 5001"]);
    asks(&tom, &consult, "CompleteTransfer", json!({})).await;
    assert_eq!(
        told(&tom).await,
        ["StatusChange Released Inbound +15550142", "StatusChange Released Consult 9000"]
    );
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142"]);
    assert_eq!(reported(&app).await, ["ed agent1@demo consult Support"], "it was taken");
}

#[tokio::test]
async fn who_refuses_it_is_spared_and_the_next_talks_with_all() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let eve = exchange.at_work("agent3", "5003").await;
    let (call, path, consult) = waiting(&exchange, "InitiateConference", &tom).await;
    exchange.offers_request(&call, 1, &ann).await;
    let theirs = path_of(&ann, "Consult").await;
    asks(&ann, &theirs, "Reject", json!({})).await;
    assert_eq!(told(&ann).await.last().map(String::as_str), Some("StatusChange Released Consult 5001"));
    exchange.offers_request(&call, 1, &eve).await;
    exchange.hears(&call, 5, LegEvent::Up).await;
    told(&tom).await;
    asks(&tom, &consult, "SwapCalls", json!({"otherCallUri": path})).await;
    asks(&tom, &consult, "CompleteConference", json!({})).await;
    assert!(told(&eve).await.contains(&"ParticipantsUpdated Established Inbound +15550142+5001".to_owned()));
    assert_eq!(reported(&app).await, ["ed agent1@demo invite Support"]);
}

#[tokio::test]
async fn a_queue_that_gives_nobody_leaves_the_agent_with_the_customer_and_says_why() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path, consult) = waiting(&exchange, "InitiateConference", &tom).await;
    exchange.request_lapses(180_000, &call, 1).await;
    assert_eq!(
        errors(&tom).await,
        ["InitiateConference 408 Nobody of queue Support came in time: InitiateConference reached nobody"]
    );
    assert_eq!(tom.get(&consult).await.ok()["call"]["state"], "Released");
    asks(&tom, &path, "Retrieve", json!({})).await;
    told(&tom).await;
    assert_eq!(
        reported(&app).await,
        ["ed agent1@demo invite Support", "-ended agent1@demo invite Support no-answer late"]
    );
}

#[tokio::test]
async fn an_agent_may_hang_up_while_they_wait() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, path, consult) = waiting(&exchange, "InitiateTransfer", &tom).await;
    exchange.offers_request(&call, 1, &ann).await;
    told(&ann).await;
    asks(&tom, &consult, "Hangup", json!({})).await;
    assert!(errors(&tom).await.is_empty(), "that is what Tom wanted");
    assert_eq!(told(&ann).await, ["StatusChange Released Consult 5001"]);
    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
    assert_eq!(tom.get(&path).await.ok()["call"]["state"], "Released");
    assert_eq!(
        reported(&app).await,
        ["ed agent1@demo consult Support", "-ended agent1@demo consult Support agent"]
    );
}

#[tokio::test]
async fn the_customer_goes_into_the_queue_of_an_agent_who_does_not_wait_for_an_answer() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, _, _) = waiting(&exchange, "InitiateTransfer", &tom).await;
    exchange.offers_request(&call, 1, &ann).await;
    told(&ann).await;
    let path = path_of(&tom, "Inbound").await;
    asks(&tom, &path, "CompleteTransfer", json!({})).await;
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
    assert_eq!(
        told(&ann).await,
        ["ParticipantsUpdated Ringing Inbound +15550142"],
        "it rings on for the customer"
    );
    exchange.hears(&call, 4, LegEvent::Up).await;
    assert_eq!(told(&ann).await, ["StatusChange Established Inbound +15550142"]);
}

#[tokio::test]
async fn a_queue_that_is_closed_is_told_at_once() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    app.keeps_hours("Support", "off", Closed::default()).await;
    asks(&tom, &path, "InitiateTransfer", queue()).await;
    assert_eq!(
        errors(&tom).await,
        ["InitiateTransfer 480 Queue Support is closed: InitiateTransfer reached nobody"]
    );
    assert!(tom.get("/me/calls").await.ok()["uris"].as_array().is_some_and(|uris| uris.len() == 1));
    assert_eq!(
        reported(&app).await,
        ["ed agent1@demo consult Support", "-ended agent1@demo consult Support closed closed"]
    );
}
