//! A conversation in which nobody writes takes no slot of its agent (spec: decisions#hours).

use super::{SMS, talking, texter};
use domain::Command;
use testkit::TestServer;

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn who_waits_for_a_customer_has_room_for_another() {
    let app = TestServer::with(|centre| {
        centre.services.get_mut(SMS).expect("a service").idle_slot = 30 * MINUTE;
        centre.capacity.insert(SMS.into(), 1);
    })
    .await;
    let customer = texter(&app);
    let (tom, guest) = talking(&app, &customer).await;
    let other = testkit::Correspondent { address: "+15550143", ..texter(&app) }.writes("Hello?").await;
    let offer = || Command::Offer { session: other.id.clone(), agent: app.id("agent1"), request: None };
    app.desk.perform(offer()).await.expect_err("they have their hands full");
    app.clock.advance(30 * MINUTE);
    app.desk.perform(Command::SlotsIdle { session: guest.id.clone() }).await.expect("looked at");
    assert!(tom.hears().await.is_empty(), "it is theirs as before");
    app.desk.perform(offer()).await.expect("there is room");
    tom.accepts(&other, "Tom").await.ok();
    tom.hears().await;
    customer.writes("I am back").await;
    assert_eq!(tom.hears().await[0]["data"]["notificationType"], "NewMessages");
    let uris = tom.get("/me/smsessions").await.ok()["uris"].clone();
    assert_eq!(uris.as_array().map(Vec::len), Some(2), "both are theirs: {uris}");
}
