//! What becomes of a message that the platform does not take (channel-connectors §2.8). What each code means is tested
//! where the table is; here each remedy is seen at work.

use crate::house::{House, INES};
use domain::session::Delivery;

/// What Tom is told when the platform refuses his message with this code.
async fn refused(house: &House, code: i64, subcode: i64) -> String {
    let session = match house.latest(INES).await {
        Some(session) => session,
        None => house.talk(INES, "m_1").await,
    };
    let before = house.graph.texts().len();
    house.graph.refuses(code, subcode);
    house.tom_gets(&session, "Good day", Delivery::Failed).await;
    assert_eq!(house.graph.texts().len(), before + 1, "{code} is not tried again");
    house.errors().await.pop().expect("an error")
}

#[tokio::test]
async fn every_refusal_reaches_the_agent_in_words() {
    let house = House::new().await;
    for (code, subcode, words) in [
        (10, 2_018_278, "the customer last wrote too long ago"),
        (10, 2_018_300, "with another application"),
        (10, 0, "may not send"),
        (200, 0, "may not send"),
        (230, 0, "may not send"),
        (100, 2_018_001, "knows no such person"),
        (100, 2_018_109, "too large"),
        (100, 0, "did not accept"),
        (551, 0, "cannot be reached"),
        (200, 1_545_041, "cannot be reached"),
        (2022, 0, "switched this off"),
    ] {
        let told = refused(&house, code, subcode).await.to_lowercase();
        assert!(told.starts_with("the message was not sent: "), "{told}");
        assert!(told.contains(words), "{code}/{subcode}: {told}");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.graph.refuses(2, 0);
    house.graph.refuses(1200, 0);
    house.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(house.graph.texts(), ["Good day"; 3]);
    assert_eq!(house.errors().await, [""; 0]);
}

#[tokio::test]
async fn too_many_messages_wait() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.graph.refuses(613, 0);
    house.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(house.graph.texts(), ["Good day"; 2]);
}
