//! How an account stands, and what it does then (spec: channel-connectors#2.1, #2.7, #2.8).

use super::graph::Manner;
use super::server::{INES, MessengerServer, event};
use desk::Condition;
use domain::session::Delivery;
use serde_json::json;
use testkit::wait::eventually;

#[tokio::test]
async fn a_dead_token_stops_the_account_until_it_is_taken_again() {
    let server = MessengerServer::new().await;
    assert_eq!(server.condition(), Condition::Starting);
    let session = server.talk(INES, "m_1").await;
    server.graph.refuses(190, 460);
    server.tom_gets(&session, "Good day", Delivery::Failed).await;
    assert_eq!(server.condition(), Condition::Reauthorise);
    server.tom_gets(&session, "Once more", Delivery::Failed).await;
    assert_eq!(server.graph.texts(), ["Good day"], "the platform is not asked");
    let errors = server.errors().await;
    assert!(errors.iter().all(|error| error.contains("has to be renewed")), "{errors:?}");
    // What the account does by itself finds out that there is a new one.
    let run = tokio::spawn(server.messenger.clone().run());
    eventually("it works", async || server.condition() == Condition::Working).await;
    run.abort();
    let subscribed = server.graph.heard("/1001/subscribed_apps");
    assert!(subscribed[0].body["subscribed_fields"].as_array().expect("a list").contains(&json!("standby")));
    server.tom_gets(&session, "At last", Delivery::Sent).await;
}

#[tokio::test]
async fn a_token_that_is_dead_from_the_start_is_told() {
    let server = MessengerServer::new().await;
    server.graph.subscribes(Some(190));
    let run = tokio::spawn(server.messenger.clone().run());
    eventually("it is told", async || server.condition() == Condition::Reauthorise).await;
    run.abort();
    server.graph.subscribes(Some(200));
    let run = tokio::spawn(server.messenger.clone().run());
    eventually("a permission is missing", async || server.condition() == Condition::Restricted).await;
    run.abort();
}

#[tokio::test]
async fn at_85_percent_it_is_slower_and_at_100_it_waits() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.once(Manner::Used(85, 0));
    server.tom_gets(&session, "One", Delivery::Sent).await;
    assert_eq!(server.condition(), Condition::RateLimited);
    server.graph.once(Manner::Used(100, 1));
    server.tom_gets(&session, "Two", Delivery::Sent).await;
    server.tom_says(&session, "Three").await.expect("said");
    // Nothing tells that it does not go out; the others went within less.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!((server.graph.texts().len(), server.state(&session).await), (2, Some(Delivery::Queued)));
    assert_eq!(server.condition(), Condition::RateLimited);
    // After the minute that the platform asked for, it goes out.
    server.pass(60_000);
    let other = server.talk(super::server::JAN, "m_2").await;
    server.tom_gets(&other, "Elsewhere", Delivery::Sent).await;
    server.until(&session, Delivery::Sent).await;
    assert_eq!(server.condition(), Condition::Working);
}

#[tokio::test]
async fn a_block_stops_the_account_and_is_ended_by_the_platform() {
    let server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    server.graph.refuses(368, 0);
    server.tom_gets(&session, "Good day", Delivery::Failed).await;
    assert_eq!(server.condition(), Condition::Blocked);
    server.tom_gets(&session, "Once more", Delivery::Failed).await;
    assert_eq!(server.graph.texts(), ["Good day"]);
    let policy = |action: &str| {
        let what = json!({ "action": action, "reason": "The page sends spam" });
        let mut event = event(INES, server.now(), "policy_enforcement", &what);
        event.as_object_mut().expect("an object").remove("sender");
        event
    };
    server.events(&[policy("unblock")]).await;
    assert_eq!(server.condition(), Condition::Working);
    server.tom_gets(&session, "At last", Delivery::Sent).await;
    server.events(&[policy("warning")]).await;
    assert_eq!(server.condition(), Condition::Restricted);
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_waited_for() {
    let mut server = MessengerServer::new().await;
    let session = server.talk(INES, "m_1").await;
    eventually("the person is seen", async || server.graph.actions() == ["mark_seen"]).await;
    server.graph.goes_away().await;
    server.tom_says(&session, "Good day").await.expect("said");
    eventually("it is told", async || server.condition() == Condition::Unreachable).await;
    assert_eq!(server.state(&session).await, Some(Delivery::Queued), "it is not lost");
}

#[tokio::test]
async fn a_version_that_ends_is_told_in_time() {
    let server = MessengerServer::with(|config| config.version = "v21.0".parse().expect("a version")).await;
    let session = server.talk(INES, "m_1").await;
    server.tom_gets(&session, "Good day", Delivery::Sent).await;
    assert_eq!(server.condition(), Condition::ExpiresSoon);
    assert!(server.graph.heard("/v21.0/1001/messages").len() > 1);
}
