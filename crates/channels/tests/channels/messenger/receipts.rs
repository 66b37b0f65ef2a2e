//! How far messages have come (spec: channel-connectors#2.3, #2.4).

use super::server::{INES, MessengerServer, event};

use domain::session::Delivery;
use serde_json::json;

#[tokio::test]
async fn a_watermark_covers_all_that_was_sent_before() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.tom_gets(&session, "One", Delivery::Sent).await;
    server.tom_gets(&session, "Two", Delivery::Sent).await;
    let states = async || -> Vec<Delivery> {
        server.log(&session).await.into_iter().filter_map(|it| it.delivery).map(|it| it.state).collect()
    };
    let mark = server.now();
    server.events(&[event(INES, mark, "delivery", &json!({ "watermark": mark }))]).await;
    assert_eq!(states().await, [Delivery::Delivered; 2]);
    server.events(&[event(INES, mark, "read", &json!({ "watermark": mark }))]).await;
    server.events(&[event(INES, mark, "delivery", &json!({ "watermark": mark }))]).await;
    assert_eq!(states().await, [Delivery::Read; 2], "and it only moves forward");
}

#[tokio::test]
async fn a_receipt_that_names_a_message_is_about_that_one() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.tom_gets(&session, "One", Delivery::Sent).await;
    let receipt = json!({ "watermark": 1, "mids": ["m_out1", "m_unknown"] });
    server.events(&[event(INES, server.now(), "delivery", &receipt)]).await;
    assert_eq!(server.state(&session).await, Some(Delivery::Delivered));
}
