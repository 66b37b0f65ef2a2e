//! Signs for the customer: typing, and what was seen (spec: channel-connectors#2.5).

use super::graph::Manner;
use super::server::{INES, MessengerServer};
use domain::{command::SessionAct, session::Delivery};
use serde_json::Value;
use testkit::wait::eventually;

#[tokio::test]
async fn the_customer_sees_that_he_is_read_and_answered() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    eventually("the person is seen", async || server.graph.actions() == ["mark_seen"]).await;
    for (on, seen) in [(true, "typing_on"), (true, "typing_on"), (false, "typing_off")] {
        server.tom(&session, SessionAct::Type { on }).await.expect("typed");
        eventually(seen, async || server.graph.actions().last().is_some_and(|last| last == seen)).await;
    }
    assert_eq!(server.graph.actions(), ["mark_seen", "typing_on", "typing_off"]);
    assert_eq!(server.graph.messages(), [Value::Null; 0], "a sign is no message");
}

#[tokio::test]
async fn signs_are_spared_where_calls_are_dear() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    eventually("the person is seen", async || server.graph.actions() == ["mark_seen"]).await;
    server.graph.once(Manner::Used(85, 0));
    server.tom_gets(&session, "Good day", Delivery::Sent).await;
    server.tom(&session, SessionAct::Type { on: true }).await.expect("typed");
    server.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(server.graph.actions(), ["mark_seen"]);
    assert_eq!(server.errors().await, [""; 0]);
}
