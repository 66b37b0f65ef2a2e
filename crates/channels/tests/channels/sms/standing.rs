//! How an account stands, as those who look after it see it.

use super::provider::Manner;
use super::server::{INES, SmsServer};

use channels::sms::SmsConfig;
use desk::Condition;
use domain::session::Delivery;
use std::time::Duration;

#[tokio::test]
async fn an_account_works_from_the_start_until_its_provider_says_otherwise() {
    let server = SmsServer::new().await;
    assert_eq!(
        (server.condition("texts"), server.condition("whats")),
        (Condition::Working, Condition::Working)
    );
    let session = server.talk(INES, "SM1").await;
    let cases = [
        (Manner::Says(401, None, r#"{"code":20003}"#), Delivery::Failed, Condition::Reauthorise),
        (Manner::Says(403, None, ""), Delivery::Failed, Condition::Restricted),
        (Manner::Says(502, None, ""), Delivery::Unknown, Condition::Unreachable),
        (Manner::Says(400, None, r#"{"code":21211}"#), Delivery::Failed, Condition::Working),
    ];
    for (manner, state, condition) in cases {
        server.provider.once(manner);
        server.tom_says(&session, "Good day").await;
        server.until(&session, state).await;
        assert_eq!(server.condition("texts"), condition);
    }
    assert_eq!(server.condition("whats"), Condition::Working, "another account is another matter");
}

#[tokio::test]
async fn an_account_recovers_with_its_first_success() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    let mut changes = server.desk.services().watch();
    let mut seen = Vec::new();
    server.provider.once(Manner::Says(429, Some(1), ""));
    server.tom_says(&session, "Good day").await;
    while seen.last() != Some(&Condition::Working) {
        let change = tokio::time::timeout(Duration::from_secs(10), changes.changed());
        change.await.expect("in time").expect("open");
        seen.push(server.condition("texts"));
    }
    assert_eq!(seen, [Condition::RateLimited, Condition::Working]);
    server.until(&session, Delivery::Sent).await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_tried_again() {
    fn nobody(config: &mut SmsConfig) {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
        config.base_url.set_port(Some(port.expect("an address").port())).expect("a port");
    }
    let server = SmsServer::with(nobody).await;
    let session = server.talk(INES, "SM1").await;
    server.tom_says(&session, "Good day").await;
    testkit::wait::eventually("it was tried", async || server.condition("texts") == Condition::Unreachable)
        .await;
    assert_eq!(server.state(&session).await, Some(Delivery::Queued), "it may still be sent");
    assert_eq!(server.errors().await.len(), 0);
}
