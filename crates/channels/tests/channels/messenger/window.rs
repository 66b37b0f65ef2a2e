//! The messaging window (spec: channel-connectors#2.6). An automation writes nothing on Messenger yet; its rule is the
//! domain's and is tested there.

use super::server::{DAY, HOUR};
use super::server::{INES, MessengerServer};

use desk::Refused;
use domain::{Refusal, session::Delivery};
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

/// The type and the tag of what a person writes after so long.
async fn after(time: i64) -> (Value, Value) {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.clock.advance(time);
    server.tom_gets(&session, "Good day", Delivery::Sent).await;
    let message = server.graph.messages().pop().expect("a message");
    (message["messaging_type"].clone(), message["tag"].clone())
}

#[tokio::test]
async fn within_a_day_it_is_an_answer() {
    assert_eq!(after(23 * HOUR + 59 * MINUTE).await, (json!("RESPONSE"), Value::Null));
}

#[tokio::test]
async fn within_a_week_it_is_a_persons() {
    let tagged = (json!("MESSAGE_TAG"), json!("HUMAN_AGENT"));
    assert_eq!(after(DAY + MINUTE).await, tagged);
    assert_eq!(after(6 * DAY + 23 * HOUR).await, tagged);
}

#[tokio::test]
async fn after_a_week_it_is_refused_until_the_customer_writes() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.clock.advance(7 * DAY + HOUR);
    let refused = server.tom_says(&session, "Too late").await.expect_err("closed");
    assert!(matches!(refused, Refused::Rule(Refusal::WindowClosed)), "{refused}");
    assert_eq!(server.graph.texts(), [""; 0]);
    server.wrote(INES, "m_2", "Are you there?").await;
    server.tom_gets(&session, "Yes", Delivery::Sent).await;
    assert_eq!(server.graph.messages()[0]["messaging_type"], "RESPONSE");
}

#[tokio::test]
async fn receipts_and_reading_do_not_open_it() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.clock.advance(8 * DAY);
    let now = server.now();
    server.events(&[super::server::event(INES, now, "read", &json!({ "watermark": now }))]).await;
    assert!(server.tom_says(&session, "Too late").await.is_err());
}
