//! One course of events, whole: six minutes of the demo centre from one seed.

use std::time::Duration;
use world::{Faults, World, feed, mailboxes};

async fn six_minutes(seed: u64) -> (String, String) {
    let mut world = World::new(seed, Faults::none(), "hash").await.expect("a world");
    world.node().populate();
    world.pass(Duration::from_secs(360)).await;
    let desk = world.desk();
    (mailboxes(&desk).await.expect("mailboxes"), feed(&desk).await.expect("the feed"))
}

#[tokio::test(start_paused = true)]
async fn six_minutes_of_the_demo_centre() {
    let (mailboxes, feed) = six_minutes(1).await;
    insta::assert_snapshot!("mailboxes", mailboxes);
    insta::assert_snapshot!("feed", feed);
}

#[tokio::test(start_paused = true)]
async fn one_seed_has_one_course() {
    assert_eq!(six_minutes(2).await, six_minutes(2).await);
}
