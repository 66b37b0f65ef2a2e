//! Copies of what the page wrote (spec: channel-connectors#2.4).

use super::graph::{Manner, error};
use super::server::{APP, INES, MessengerServer};
use domain::{message::PartyKind, session::Delivery};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::wait::eventually;
use tokio::sync::Semaphore;

/// The copy of the last message that came to the platform.
fn copied(server: &MessengerServer, mid: &str) -> Value {
    let message = server.graph.messages().pop().expect("a message")["message"].clone();
    let copy = json!({ "app_id": APP, "text": message["text"], "metadata": message["metadata"] });
    server.copy(INES, mid, &copy)
}

#[tokio::test]
async fn a_copy_before_the_answer_confirms_a_message() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    let permits = Arc::new(Semaphore::new(0));
    server.graph.once(Manner::Waits(permits.clone()));
    server.tom_says(&session, "Good day").await.expect("said");
    eventually("it is under way", async || !server.graph.texts().is_empty()).await;
    server.events(&[copied(&server, "m_out1")]).await;
    assert_eq!(server.state(&session).await, Some(Delivery::Sent));
    permits.add_permits(1);
    server.events(&[copied(&server, "m_out1")]).await;
    server.tom_gets(&session, "And another", Delivery::Sent).await;
    assert_eq!(server.texts(&session).await, ["Hello", "Good day", "And another"], "it is said once");
}

#[tokio::test]
async fn what_another_app_or_the_inbox_writes_is_shown_as_the_pages() {
    let server = MessengerServer::new().await;
    server.events(&[server.copy(INES, "m_0", &json!({ "text": "Nobody talks here" }))]).await;
    assert_eq!(server.latest(INES).await, None);
    let session = server.talk(INES, "m_1").await;
    let written = |app: Value, text: &str| {
        let mut copy = json!({ "text": text, "metadata": format!("{session}/4") });
        copy["app_id"] = app;
        server.copy(INES, &format!("m_{text}"), &copy)
    };
    server.events(&[written(json!(4004), "A"), written(json!(263_902_037_430_900_u64), "B")]).await;
    server.events(&[written(Value::Null, "C")]).await;
    let log = server.log(&session).await;
    let strangers: Vec<_> = log.iter().filter(|it| it.from.kind == PartyKind::External).collect();
    let names: Vec<_> = strangers.iter().map(|it| it.from.nickname.as_str()).collect();
    assert_eq!(names, ["App 4004", "Page inbox", "Page"]);
    assert_eq!(server.texts(&session).await, ["Hello", "A", "B", "C"]);
}

#[tokio::test]
async fn a_copy_of_another_server_of_the_same_app_is_a_strangers() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    let copy = json!({ "app_id": APP, "metadata": "0000000000099999/4", "text": "From elsewhere" });
    server.events(&[server.copy(INES, "m_2", &copy)]).await;
    assert_eq!(server.texts(&session).await, ["Hello", "From elsewhere"]);
}

#[tokio::test]
async fn a_lost_answer_is_mended_by_the_copy() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    for manner in [Manner::Says(500, Value::Null), Manner::Says(400, error(1, 1_357_046))] {
        let before = server.graph.texts().len();
        server.graph.once(manner);
        server.tom_says(&session, "Good day").await.expect("said");
        eventually("it came", async || server.graph.texts().len() > before).await;
        server.events(&[copied(&server, &format!("m_copy{before}"))]).await;
        server.until(&session, Delivery::Sent).await;
        assert_eq!(server.graph.texts().len(), before + 1, "it is not sent again");
    }
    assert_eq!(server.errors().await, [""; 0]);
}

#[tokio::test]
async fn without_a_copy_nobody_knows_until_one_comes_late() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.once(Manner::Says(502, Value::Null));
    server.tom_gets(&session, "Good day", Delivery::Unknown).await;
    assert_eq!(server.graph.texts(), ["Good day"], "it is not sent again by itself");
    assert!(server.errors().await[0].contains("it may have been sent"), "{:?}", server.errors().await);
    server.events(&[copied(&server, "m_out1")]).await;
    assert_eq!(server.state(&session).await, Some(Delivery::Sent));
}
