//! The seed for Facebook sessions (spec: seeds#003): `SetDisposition`, its answer, and every printed field of its notification.

use super::messenger;
use crate::seed::{ID, Seed};
use testkit::TestServer;

#[tokio::test]
async fn set_disposition() {
    let app = TestServer::start().await;
    app.ids.choose(ID);
    let customer = messenger(&app).writes("Hello").await;
    let seed = Seed {
        collection: "facebooksessions",
        key: "facebooksession",
        message_type: "FacebooksessionStateChangeMessage",
        topic: "/v2/me/facebooksession",
    };
    seed.holds(&app, &customer).await;
}

#[tokio::test]
async fn the_singular_address_answers() {
    let app = TestServer::start().await;
    let (tom, guest) = super::talking(&app, &messenger(&app)).await;
    let read = tom.get(&format!("/me/facebooksession/{}", guest.id)).await.ok();
    assert_eq!(read["facebooksession"]["id"], guest.id.as_str());
}
