//! Signs for the customer: typing, and what was seen (channel-connectors §2.5).

use crate::{
    graph::Manner,
    house::{House, INES, eventually},
};
use domain::{command::SessionAct, session::Delivery};
use serde_json::Value;

#[tokio::test]
async fn the_customer_sees_that_he_is_read_and_answered() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    eventually("he is seen", async || house.graph.actions() == ["mark_seen"]).await;
    for on in [true, true, false] {
        house.tom(&session, SessionAct::Type { on }).await.expect("typed");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    eventually("he stopped", async || house.graph.actions() == ["mark_seen", "typing_on", "typing_off"])
        .await;
    assert_eq!(house.graph.messages(), [Value::Null; 0], "a sign is no message");
}

#[tokio::test]
async fn signs_are_spared_where_calls_are_dear() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    eventually("he is seen", async || house.graph.actions() == ["mark_seen"]).await;
    house.graph.once(Manner::Used(85, 0));
    house.tom_gets(&session, "Good day", Delivery::Sent).await;
    house.tom(&session, SessionAct::Type { on: true }).await.expect("typed");
    house.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(house.graph.actions(), ["mark_seen"]);
    assert_eq!(house.errors().await, [""; 0]);
}
