//! How an account stands, as those who look after it see it.

use crate::{
    house::{House, INES},
    provider::Manner,
};
use channels::sms::SmsConfig;
use desk::Condition;
use domain::session::Delivery;
use std::time::Duration;

#[tokio::test]
async fn an_account_works_from_the_start_until_its_provider_says_otherwise() {
    let house = House::new().await;
    assert_eq!(
        (house.condition("texts"), house.condition("whats")),
        (Condition::Working, Condition::Working)
    );
    let session = house.talk(INES, "SM1").await;
    let cases = [
        (Manner::Says(401, None, r#"{"code":20003}"#), Delivery::Failed, Condition::Reauthorise),
        (Manner::Says(403, None, ""), Delivery::Failed, Condition::Restricted),
        (Manner::Says(502, None, ""), Delivery::Unknown, Condition::Unreachable),
        (Manner::Says(400, None, r#"{"code":21211}"#), Delivery::Failed, Condition::Working),
    ];
    for (manner, state, condition) in cases {
        house.provider.once(manner);
        house.tom_says(&session, "Good day").await;
        house.until(&session, state).await;
        assert_eq!(house.condition("texts"), condition);
    }
    assert_eq!(house.condition("whats"), Condition::Working, "another account is another matter");
}

#[tokio::test]
async fn an_account_recovers_with_its_first_success() {
    let house = House::new().await;
    let session = house.talk(INES, "SM1").await;
    let mut changes = house.desk.services().watch();
    let mut seen = Vec::new();
    house.provider.once(Manner::Says(429, Some(1), ""));
    house.tom_says(&session, "Good day").await;
    while seen.last() != Some(&Condition::Working) {
        let change = tokio::time::timeout(Duration::from_secs(10), changes.changed());
        change.await.expect("in time").expect("open");
        seen.push(house.condition("texts"));
    }
    assert_eq!(seen, [Condition::RateLimited, Condition::Working]);
    house.until(&session, Delivery::Sent).await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_tried_again() {
    fn nobody(config: &mut SmsConfig) {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
        config.base_url.set_port(Some(port.expect("an address").port())).expect("a port");
    }
    let house = House::with(nobody).await;
    let session = house.talk(INES, "SM1").await;
    house.tom_says(&session, "Good day").await;
    crate::house::eventually("it was tried", async || house.condition("texts") == Condition::Unreachable)
        .await;
    assert_eq!(house.state(&session).await, Some(Delivery::Queued), "it may still be sent");
    assert_eq!(house.errors().await.len(), 0);
}
