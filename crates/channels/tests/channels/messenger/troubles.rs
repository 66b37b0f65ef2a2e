//! What becomes of a message that the platform does not take (spec: channel-connectors#2.8). What each code means is
//! tested where the table is; here each remedy is seen at work.

use super::server::{INES, MessengerServer};

use domain::session::Delivery;

/// What Tom is told when the platform refuses one of Tom's messages with this code.
async fn refused(server: &MessengerServer, code: i64, subcode: i64) -> String {
    let session = match server.latest(INES).await {
        Some(session) => session,
        None => server.talk(INES, "m_1").await,
    };
    let before = server.graph.texts().len();
    server.graph.refuses(code, subcode);
    server.tom_gets(&session, "Good day", Delivery::Failed).await;
    assert_eq!(server.graph.texts().len(), before + 1, "{code} is not tried again");
    server.errors().await.pop().expect("an error")
}

#[tokio::test]
async fn every_refusal_reaches_the_agent_in_words() {
    let server = MessengerServer::new().await;
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
        let told = refused(&server, code, subcode).await.to_lowercase();
        assert!(told.starts_with("the message was not sent: "), "{told}");
        assert!(told.contains(words), "{code}/{subcode}: {told}");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.refuses(2, 0);
    server.graph.refuses(1200, 0);
    server.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(server.graph.texts(), ["Good day"; 3]);
    assert_eq!(server.errors().await, [""; 0]);
}

#[tokio::test]
async fn too_many_messages_wait() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.refuses(613, 0);
    server.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(server.graph.texts(), ["Good day"; 2]);
}
