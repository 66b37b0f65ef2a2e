//! Text messages to a queue that is closed (spec: decisions#hours).

use super::server::{INES, JAN, SmsServer};
use domain::{hours::Closed, interaction::EndedBy, session::Delivery};
use http::StatusCode;
use testkit::wait::eventually;

/// It is Tuesday, 9:11:02.
const HOURS: &str = "Mo-Fr 10:00-18:00";
const TEXT: &str = "We are back at ten.";
const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn the_answer_of_a_closed_queue_goes_out_like_any_message_and_once() {
    let server = SmsServer::new().await;
    server.tom_rests().await;
    server.keeps_hours("Help", HOURS, Closed::Reply(TEXT.into())).await;
    for (id, text) in [("SM1", "Hello"), ("SM2", "Anybody?")] {
        assert_eq!(server.texted(INES, id, text).await, StatusCode::OK);
    }
    let session = server.latest(INES).await.expect("a conversation");
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.texts(&session).await, ["Hello", TEXT, "Anybody?"]);
    assert_eq!(server.provider.texts(), [TEXT]);
    assert!(server.session(&session).await.waiting);
    // The next evening is another closure.
    server.pass(10 * HOUR);
    assert_eq!(server.texted(INES, "SM3", "Still nobody?").await, StatusCode::OK);
    eventually("it is told again", async || server.provider.texts().len() == 2).await;
}

#[tokio::test]
async fn a_queue_that_refuses_answers_and_keeps_nobody_waiting() {
    let server = SmsServer::new().await;
    server.tom_rests().await;
    server.keeps_hours("Help", HOURS, Closed::Refuse(TEXT.into())).await;
    assert_eq!(server.texted(JAN, "SM1", "Hello").await, StatusCode::OK);
    let session = server.latest(JAN).await.expect("the words are kept");
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.texts(&session).await, ["Hello", TEXT]);
    let ended = server.session(&session).await.ended.expect("it is over");
    assert_eq!(ended.closer, EndedBy::Closed);
    assert_eq!(server.texted(JAN, "SM2", "Hello??").await, StatusCode::OK);
    assert_ne!(server.latest(JAN).await, Some(session));
    server.pass(HOUR);
    assert_eq!(server.texted(JAN, "SM3", "Good morning").await, StatusCode::OK);
    let session = server.latest(JAN).await.expect("a conversation");
    assert!(server.session(&session).await.waiting);
    assert_eq!(server.provider.texts(), [TEXT], "told once");
}
