//! What an agent does at their phone is told to their desktop as if they had asked for it there (spec: voice-sip#5.12).

use super::handed_over::{asks, path_of, told};
use domain::{
    InteractionId,
    call::{Cause, LegCommand, LegEvent, LegId, Referral},
};
use serde_json::json;
use testkit::{Client, ScriptedSwitch, TestServer};

/// The leg that the phone makes to ask somebody.
const OWN: u16 = 33_000;

fn leg(call: &InteractionId, number: u16) -> LegId {
    LegId { call: call.clone(), number }
}

/// Tom's phone holds the customer and has called Ann's, and they talk.
async fn consulting(
    exchange: &ScriptedSwitch<'_>,
    tom: &Client<'_>,
    ann: &Client<'_>,
) -> (InteractionId, String, String) {
    let (call, path) = exchange.talking(tom).await;
    exchange.hears(&call, 2, LegEvent::PhoneHold(true)).await;
    assert_eq!(told(tom).await, ["StatusChange Held Inbound +15550142"]);
    exchange.asks_by_phone(leg(&call, 2), OWN, "5001", "5002").await;
    assert_eq!(
        told(tom).await,
        ["StatusChange Held Inbound +15550142", "StatusChange Dialing Consult 5002"],
        "the first can be completed now"
    );
    assert_eq!(told(ann).await, ["StatusChange Ringing Consult 5001"]);
    exchange.hears(&call, 4, LegEvent::Up).await;
    assert_eq!(
        told(tom).await,
        ["StatusChange Held Inbound +15550142", "StatusChange Established Consult 5002"]
    );
    assert_eq!(told(ann).await, ["StatusChange Established Consult 5001"]);
    let consult = path_of(tom, "Consult").await;
    (call, path, consult)
}

#[tokio::test]
async fn whom_a_phone_asks_and_hands_over_to_is_told_as_over_the_api() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, path, consult) = consulting(&exchange, &tom, &ann).await;
    let read = tom.get(&consult).await.ok()["call"].clone();
    assert!(read["parentCallUri"].as_str().is_some_and(|uri| uri.ends_with(&path)), "{read}");
    exchange.asked();
    exchange.hears(&call, 2, LegEvent::Refers(Referral::Leg(leg(&call, OWN)))).await;
    assert_eq!(
        told(&tom).await,
        ["StatusChange Released Inbound +15550142", "StatusChange Released Consult 5002"],
        "both of Tom's calls are over"
    );
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142"]);
    let asked = exchange.asked();
    assert_eq!(asked[0], (2, LegCommand::Referred(None)), "and the phone is told first: {asked:?}");
}

#[tokio::test]
async fn what_a_phone_began_its_desktop_completes() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (_, path, consult) = consulting(&exchange, &tom, &ann).await;
    exchange.asked();
    asks(&tom, &consult, "CompleteConference", json!({})).await;
    assert_eq!(
        told(&tom).await,
        [
            "StatusChange Established Inbound +15550142+5002",
            "ParticipantsUpdated Established Inbound +15550142+5002",
            "StatusChange Released Consult 5002"
        ]
    );
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142+5001"]);
    let asked = exchange.asked();
    let released: Vec<u16> = asked
        .iter()
        .filter(|(_, act)| *act == LegCommand::Release(Cause::Normal))
        .map(|(leg, _)| *leg)
        .collect();
    assert_eq!(released, [2], "the leg that the phone holds: {asked:?}");
    asks(&tom, &path, "Hangup", json!({})).await;
    assert!(exchange.asked().contains(&(OWN, LegCommand::Release(Cause::Normal))));
}

#[tokio::test]
async fn handed_on_by_the_key_of_a_phone_the_call_is_told_as_over_the_api() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (call, _) = exchange.talking(&tom).await;
    let refers = |number: &str| LegEvent::Refers(Referral::Number(number.into()));
    exchange.asked();
    exchange.hears(&call, 2, refers("+15550100")).await;
    assert_eq!(exchange.asked(), [(2, LegCommand::Referred(Some(Cause::NoSuchNumber)))]);
    assert!(told(&tom).await.is_empty());
    exchange.hears(&call, 2, refers("5002")).await;
    assert!(told(&tom).await.iter().all(|note| !note.contains("Released")), "not before it rings");
    exchange.hears(&call, 3, LegEvent::Ringing).await;
    assert_eq!(told(&tom).await, ["StatusChange Released Inbound +15550142"]);
    assert!(exchange.asked().contains(&(2, LegCommand::Referred(None))));
    exchange.hears(&call, 3, LegEvent::Up).await;
    let last = told(&ann).await.last().cloned();
    assert_eq!(last.as_deref(), Some("StatusChange Established Inbound +15550142"));
}
