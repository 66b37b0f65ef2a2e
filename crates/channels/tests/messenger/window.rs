//! The messaging window (channel-connectors §2.6). An automation writes nothing on Messenger yet; its rule is the
//! domain's and is tested there.

use crate::{
    centre::{DAY, HOUR},
    house::{House, INES},
};
use desk::Refused;
use domain::{Refusal, session::Delivery};
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

/// The type and the tag of what a person writes after so long.
async fn after(time: i64) -> (Value, Value) {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.clock.advance(time);
    house.tom_gets(&session, "Good day", Delivery::Sent).await;
    let message = house.graph.messages().pop().expect("a message");
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
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.clock.advance(7 * DAY + HOUR);
    let refused = house.tom_says(&session, "Too late").await.expect_err("closed");
    assert!(matches!(refused, Refused::Rule(Refusal::WindowClosed)), "{refused}");
    assert_eq!(house.graph.texts(), [""; 0]);
    house.wrote(INES, "m_2", "Are you there?").await;
    house.tom_gets(&session, "Yes", Delivery::Sent).await;
    assert_eq!(house.graph.messages()[0]["messaging_type"], "RESPONSE");
}

#[tokio::test]
async fn receipts_and_reading_do_not_open_it() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.clock.advance(8 * DAY);
    let now = house.now();
    house.events(&[crate::house::event(INES, now, "read", &json!({ "watermark": now }))]).await;
    assert!(house.tom_says(&session, "Too late").await.is_err());
}
