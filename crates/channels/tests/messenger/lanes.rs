//! One lane for each conversation, outwards (channel-connectors §0.2.4).

use crate::{
    graph::Manner,
    house::{House, INES, JAN, eventually},
};
use domain::session::Delivery;
use std::sync::Arc;
use tokio::sync::Semaphore;

#[tokio::test]
async fn what_is_said_to_one_keeps_its_order_and_holds_up_nobody_else() {
    let house = House::new().await;
    let (ines, jan) = (house.talk(INES, "m_1").await, house.talk(JAN, "m_2").await);
    let permits = Arc::new(Semaphore::new(0));
    house.graph.once(Manner::Waits(permits.clone()));
    house.tom_says(&ines, "one").await.expect("said");
    eventually("it is under way", async || house.graph.texts() == ["one"]).await;
    house.tom_says(&ines, "two").await.expect("said");
    house.tom_gets(&jan, "other", Delivery::Sent).await;
    assert_eq!(house.graph.texts(), ["one", "other"], "the first is not done with");
    permits.add_permits(1);
    house.until(&ines, Delivery::Sent).await;
    assert_eq!(house.graph.texts(), ["one", "other", "two"]);
}
