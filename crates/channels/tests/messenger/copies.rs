//! Copies of what the page wrote (channel-connectors §2.4).

use crate::{
    graph::{Manner, error},
    house::{APP, House, INES, eventually},
};
use domain::{message::PartyKind, session::Delivery};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The copy of the last message that came to the platform.
fn copied(house: &House, mid: &str) -> Value {
    let message = house.graph.messages().pop().expect("a message")["message"].clone();
    let copy = json!({ "app_id": APP, "text": message["text"], "metadata": message["metadata"] });
    house.copy(INES, mid, &copy)
}

#[tokio::test]
async fn a_copy_before_the_answer_confirms_a_message() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    let permits = Arc::new(Semaphore::new(0));
    house.graph.once(Manner::Waits(permits.clone()));
    house.tom_says(&session, "Good day").await.expect("said");
    eventually("it is under way", async || !house.graph.texts().is_empty()).await;
    house.events(&[copied(&house, "m_out1")]).await;
    assert_eq!(house.state(&session).await, Some(Delivery::Sent));
    permits.add_permits(1);
    house.events(&[copied(&house, "m_out1")]).await;
    house.tom_gets(&session, "And another", Delivery::Sent).await;
    assert_eq!(house.texts(&session).await, ["Hello", "Good day", "And another"], "it is said once");
}

#[tokio::test]
async fn what_another_app_or_the_inbox_writes_is_shown_as_the_pages() {
    let house = House::new().await;
    house.events(&[house.copy(INES, "m_0", &json!({ "text": "Nobody talks here" }))]).await;
    assert_eq!(house.latest(INES).await, None);
    let session = house.talk(INES, "m_1").await;
    let written = |app: Value, text: &str| {
        let mut copy = json!({ "text": text, "metadata": format!("{session}/4") });
        copy["app_id"] = app;
        house.copy(INES, &format!("m_{text}"), &copy)
    };
    house.events(&[written(json!(4004), "A"), written(json!(263_902_037_430_900_u64), "B")]).await;
    house.events(&[written(Value::Null, "C")]).await;
    let log = house.log(&session).await;
    let strangers: Vec<_> = log.iter().filter(|it| it.from.kind == PartyKind::External).collect();
    let names: Vec<_> = strangers.iter().map(|it| it.from.nickname.as_str()).collect();
    assert_eq!(names, ["App 4004", "Page inbox", "Page"]);
    assert_eq!(house.texts(&session).await, ["Hello", "A", "B", "C"]);
}

#[tokio::test]
async fn a_copy_of_another_server_of_the_same_app_is_a_strangers() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    let copy = json!({ "app_id": APP, "metadata": "0000000000099999/4", "text": "From elsewhere" });
    house.events(&[house.copy(INES, "m_2", &copy)]).await;
    assert_eq!(house.texts(&session).await, ["Hello", "From elsewhere"]);
}

#[tokio::test]
async fn a_lost_answer_is_mended_by_the_copy() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    for manner in [Manner::Says(500, Value::Null), Manner::Says(400, error(1, 1_357_046))] {
        let before = house.graph.texts().len();
        house.graph.once(manner);
        house.tom_says(&session, "Good day").await.expect("said");
        eventually("it came", async || house.graph.texts().len() > before).await;
        house.events(&[copied(&house, &format!("m_copy{before}"))]).await;
        house.until(&session, Delivery::Sent).await;
        assert_eq!(house.graph.texts().len(), before + 1, "it is not sent again");
    }
    assert_eq!(house.errors().await, [""; 0]);
}

#[tokio::test]
async fn without_a_copy_nobody_knows_until_one_comes_late() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.graph.once(Manner::Says(502, Value::Null));
    house.tom_gets(&session, "Good day", Delivery::Unknown).await;
    assert_eq!(house.graph.texts(), ["Good day"], "it is not sent again by itself");
    assert!(house.errors().await[0].contains("it may have been sent"), "{:?}", house.errors().await);
    house.events(&[copied(&house, "m_out1")]).await;
    assert_eq!(house.state(&session).await, Some(Delivery::Sent));
}
