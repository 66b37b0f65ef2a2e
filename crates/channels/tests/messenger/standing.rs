//! How an account stands, and what it does then (channel-connectors §2.1, §2.7, §2.8).

use crate::{
    graph::Manner,
    house::{House, INES, event, eventually},
};
use desk::Condition;
use domain::session::Delivery;
use serde_json::json;

#[tokio::test]
async fn a_dead_token_stops_the_account_until_it_is_taken_again() {
    let house = House::new().await;
    assert_eq!(house.condition(), Condition::Starting);
    let session = house.talk(INES, "m_1").await;
    house.graph.refuses(190, 460);
    house.tom_gets(&session, "Good day", Delivery::Failed).await;
    assert_eq!(house.condition(), Condition::Reauthorise);
    house.tom_gets(&session, "Once more", Delivery::Failed).await;
    assert_eq!(house.graph.texts(), ["Good day"], "the platform is not asked");
    let errors = house.errors().await;
    assert!(errors.iter().all(|error| error.contains("has to be renewed")), "{errors:?}");
    // What the account does by itself finds out that there is a new one.
    let run = tokio::spawn(house.messenger.clone().run());
    eventually("it works", async || house.condition() == Condition::Working).await;
    run.abort();
    let subscribed = house.graph.heard("/1001/subscribed_apps");
    assert!(subscribed[0].body["subscribed_fields"].as_array().expect("a list").contains(&json!("standby")));
    house.tom_gets(&session, "At last", Delivery::Sent).await;
}

#[tokio::test]
async fn a_token_that_is_dead_from_the_start_is_told() {
    let house = House::new().await;
    house.graph.subscribes(Some(190));
    let run = tokio::spawn(house.messenger.clone().run());
    eventually("it is told", async || house.condition() == Condition::Reauthorise).await;
    run.abort();
    house.graph.subscribes(Some(200));
    let run = tokio::spawn(house.messenger.clone().run());
    eventually("a permission is missing", async || house.condition() == Condition::Restricted).await;
    run.abort();
}

#[tokio::test]
async fn at_85_percent_it_is_slower_and_at_100_it_waits() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.graph.once(Manner::Used(85, 0));
    house.tom_gets(&session, "One", Delivery::Sent).await;
    assert_eq!(house.condition(), Condition::RateLimited);
    house.graph.once(Manner::Used(100, 1));
    house.tom_gets(&session, "Two", Delivery::Sent).await;
    house.tom_says(&session, "Three").await.expect("said");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!((house.graph.texts().len(), house.state(&session).await), (2, Some(Delivery::Queued)));
    assert_eq!(house.condition(), Condition::RateLimited);
    // After the minute that the platform asked for, it goes out.
    house.pass(60_000);
    let other = house.talk(crate::house::JAN, "m_2").await;
    house.tom_gets(&other, "Elsewhere", Delivery::Sent).await;
    house.until(&session, Delivery::Sent).await;
    assert_eq!(house.condition(), Condition::Working);
}

#[tokio::test]
async fn a_block_stops_the_account_and_is_ended_by_the_platform() {
    let house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    house.graph.refuses(368, 0);
    house.tom_gets(&session, "Good day", Delivery::Failed).await;
    assert_eq!(house.condition(), Condition::Blocked);
    house.tom_gets(&session, "Once more", Delivery::Failed).await;
    assert_eq!(house.graph.texts(), ["Good day"]);
    let policy = |action: &str| {
        let what = json!({ "action": action, "reason": "The page sends spam" });
        let mut event = event(INES, house.now(), "policy_enforcement", &what);
        event.as_object_mut().expect("an object").remove("sender");
        event
    };
    house.events(&[policy("unblock")]).await;
    assert_eq!(house.condition(), Condition::Working);
    house.tom_gets(&session, "At last", Delivery::Sent).await;
    house.events(&[policy("warning")]).await;
    assert_eq!(house.condition(), Condition::Restricted);
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_waited_for() {
    let mut house = House::new().await;
    let session = house.talk(INES, "m_1").await;
    eventually("he is seen", async || house.graph.actions() == ["mark_seen"]).await;
    house.graph.goes_away().await;
    house.tom_says(&session, "Good day").await.expect("said");
    eventually("it is told", async || house.condition() == Condition::Unreachable).await;
    assert_eq!(house.state(&session).await, Some(Delivery::Queued), "it is not lost");
}

#[tokio::test]
async fn a_version_that_ends_is_told_in_time() {
    let house = House::with(|config| config.version = "v21.0".parse().expect("a version")).await;
    let session = house.talk(INES, "m_1").await;
    house.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(house.condition(), Condition::ExpiresSoon);
    assert!(house.graph.heard("/v21.0/1001/messages").len() > 1);
}
