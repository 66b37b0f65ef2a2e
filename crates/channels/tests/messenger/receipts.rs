//! How far messages have come (channel-connectors §2.3, §2.4).

use crate::house::{House, INES, event};
use domain::session::Delivery;
use serde_json::json;

#[tokio::test]
async fn a_watermark_covers_all_that_was_sent_before() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.tom_gets(&session, "One", Delivery::Sent).await;
    house.tom_gets(&session, "Two", Delivery::Sent).await;
    let states = async || -> Vec<Delivery> {
        house.log(&session).await.into_iter().filter_map(|it| it.delivery).map(|it| it.state).collect()
    };
    let mark = house.now();
    house.events(&[event(INES, mark, "delivery", &json!({ "watermark": mark }))]).await;
    assert_eq!(states().await, [Delivery::Delivered; 2]);
    house.events(&[event(INES, mark, "read", &json!({ "watermark": mark }))]).await;
    house.events(&[event(INES, mark, "delivery", &json!({ "watermark": mark }))]).await;
    assert_eq!(states().await, [Delivery::Read; 2], "and it only moves forward");
}

#[tokio::test]
async fn a_receipt_that_names_a_message_is_about_that_one() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.tom_gets(&session, "One", Delivery::Sent).await;
    let receipt = json!({ "watermark": 1, "mids": ["m_out1", "m_unknown"] });
    house.events(&[event(INES, house.now(), "delivery", &receipt)]).await;
    assert_eq!(house.state(&session).await, Some(Delivery::Delivered));
}
