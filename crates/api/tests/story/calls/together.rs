//! Two calls of an agent that began apart are brought together (spec: core-and-voice#5.7).

use super::handed_over::{asks, told};
use domain::{
    InteractionId,
    call::{Cause, LegCommand, LegEvent, LegId, Referral},
};
use serde_json::json;
use testkit::{Client, ScriptedSwitch, TestServer};

fn path(call: &InteractionId) -> String {
    format!("/me/calls/{call}")
}

/// Tom holds a customer of the queue, and talks with another who called their number.
async fn two_customers(exchange: &ScriptedSwitch<'_>, tom: &Client<'_>) -> (InteractionId, InteractionId) {
    let (first, path) = exchange.talking(tom).await;
    asks(tom, &path, "Hold", json!({})).await;
    exchange.hears(&first, 2, LegEvent::HoldDone { on: true, refused: None }).await;
    let second = exchange.calls_in("+15550143", "5001").await;
    exchange.hears(&second, 2, LegEvent::Up).await;
    told(tom).await;
    exchange.asked();
    (first, second)
}

/// Tom talks with a customer of the queue, and their phone, which does not hold, has called Ann's.
async fn with_a_colleague(
    exchange: &ScriptedSwitch<'_>,
    tom: &Client<'_>,
    ann: &Client<'_>,
) -> (InteractionId, InteractionId) {
    let (first, _) = exchange.talking(tom).await;
    let second = exchange.calls_from("5001", "5002").await;
    exchange.hears(&second, 2, LegEvent::Up).await;
    told(tom).await;
    told(ann).await;
    exchange.asked();
    (first, second)
}

#[tokio::test]
async fn two_customers_are_left_to_one_another() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (first, second) = two_customers(&exchange, &tom).await;
    let names = json!({"consultCallUri": path(&second)});
    asks(&tom, &path(&first), "CompleteTransfer", names).await;
    let mut told = told(&tom).await;
    told.sort();
    assert_eq!(told, ["StatusChange Released Inbound +15550142", "StatusChange Released Inbound +15550143"]);
    let joined = exchange.asked().into_iter().filter_map(|(leg, act)| match act {
        LegCommand::Join(room, _) => Some((leg, room.call)),
        _ => None,
    });
    assert_eq!(joined.collect::<Vec<_>>(), [(1, first.clone()), (1, first.clone())]);
    exchange.hears(&second, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    assert!(exchange.asked().contains(&(1, LegCommand::Release(Cause::Normal))));
    // Late, each part has a disposition of its own.
    for (call, code) in [(&first, "Referred"), (&second, "IssueResolved")] {
        asks(&tom, &path(call), "SetCallDisposition", json!({"disposition": code})).await;
    }
    let feed = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let rows = feed.as_array().expect("events");
    let of = |kind: &str| rows.iter().find(|row| row["type"].as_str().is_some_and(|of| of.ends_with(kind)));
    let absorbed = &of("call.absorbed").expect("a row")["data"];
    assert_eq!(
        (absorbed["interactionId"].as_str(), absorbed["absorbed"].as_str()),
        (Some(first.as_str()), Some(second.as_str()))
    );
    assert_eq!(absorbed["parties"][1]["callUuid"], second.as_str());
    assert_eq!((&absorbed["parties"][1]["leg"], &absorbed["parties"][1]["was"]), (&json!(4), &json!(2)));
    assert_eq!(of("call.absorbed-into").expect("a row")["data"]["into"], first.as_str());
}

#[tokio::test]
async fn a_colleague_keeps_the_id_of_their_call_and_has_the_customer_in_it() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (first, second) = with_a_colleague(&exchange, &tom, &ann).await;
    let refers = LegEvent::Refers(Referral::Leg(LegId { call: second.clone(), number: 1 }));
    exchange.hears(&first, 2, refers).await;
    assert_eq!(exchange.asked()[0], (2, LegCommand::Referred(None)), "the phone is told first");
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142"]);
    let read = ann.get(&path(&second)).await.ok()["call"].clone();
    assert_eq!((&read["id"], &read["ani"]), (&json!(second.as_str()), &json!("+15550142")));
    assert_eq!(ann.get(&path(&first)).await.status.as_u16(), 404);
    asks(&ann, &path(&second), "Hold", json!({})).await;
    exchange.hears(&second, 2, LegEvent::HoldDone { on: true, refused: None }).await;
    assert_eq!(told(&ann).await, ["StatusChange Held Inbound +15550142"]);
}

#[tokio::test]
async fn all_talk_together_under_the_id_of_the_older_call() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (first, second) = with_a_colleague(&exchange, &tom, &ann).await;
    asks(&tom, &path(&second), "CompleteConference", json!({"consultCallUri": path(&first)})).await;
    assert_eq!(
        told(&tom).await,
        ["ParticipantsUpdated Established Inbound +15550142+5002", "StatusChange Released Internal 5002"]
    );
    assert_eq!(told(&ann).await, ["ParticipantsUpdated Established Inbound +15550142+5001"]);
    let calls = tom.get("/me/calls?fields=id").await.ok();
    assert_eq!(calls["calls"].as_array().map(Vec::len), Some(1));
    assert_eq!(calls["calls"][0]["id"], first.as_str());
}

#[tokio::test]
async fn what_cannot_be_brought_together_is_refused_and_both_go_on() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, ann) = (exchange.at_work("agent1", "5001").await, exchange.at_work("agent2", "5002").await);
    let (first, second) = two_customers(&exchange, &tom).await;
    let anns = exchange.calls_in("+15550144", "5002").await;
    exchange.hears(&anns, 2, LegEvent::Up).await;
    told(&ann).await;
    for (agent, at, other) in [
        (&tom, &first, path(&first)),
        (&tom, &first, path(&anns)),
        (&ann, &first, path(&anns)),
        (&tom, &first, "/me/calls/nothing".to_owned()),
    ] {
        let body = json!({"operationName": "CompleteTransfer", "consultCallUri": other});
        assert!(agent.post(&path(at), body).await.status.is_client_error(), "{other}");
    }
    assert!(exchange.asked().iter().all(|(_, act)| !matches!(act, LegCommand::Release(_))));
    // One of the two is over meanwhile.
    exchange.hears(&second, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    let body = json!({"operationName": "CompleteTransfer", "consultCallUri": path(&second)});
    assert!(tom.post(&path(&first), body).await.status.is_client_error());
    let read = tom.get(&path(&first)).await.ok();
    assert_eq!(read["call"]["state"], "Held");
}
