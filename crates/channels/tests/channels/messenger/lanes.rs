//! One lane for each conversation, outwards (spec: channel-connectors#0.2.4).

use super::graph::Manner;
use super::server::{INES, JAN, MessengerServer};
use domain::session::Delivery;
use std::sync::Arc;
use testkit::wait::eventually;
use tokio::sync::Semaphore;

#[tokio::test]
async fn what_is_said_to_one_keeps_its_order_and_holds_up_nobody_else() {
    let server = MessengerServer::new().await;
    let (ines, jan) = (server.talk(INES, "m_1").await, server.talk(JAN, "m_2").await);
    let permits = Arc::new(Semaphore::new(0));
    server.graph.once(Manner::Waits(permits.clone()));
    server.tom_says(&ines, "one").await.expect("said");
    eventually("it is under way", async || server.graph.texts() == ["one"]).await;
    server.tom_says(&ines, "two").await.expect("said");
    server.tom_gets(&jan, "other", Delivery::Sent).await;
    assert_eq!(server.graph.texts(), ["one", "other"], "the first is not done with");
    permits.add_permits(1);
    server.until(&ines, Delivery::Sent).await;
    assert_eq!(server.graph.texts(), ["one", "other", "two"]);
}
