//! Conversations whose messages a connector carries.

mod before;
mod begin;
mod colleagues;
mod delivery;
mod idle_slots;
mod media;
mod quarantine;
pub mod scripted;
mod seed_000;
mod seed_003;
mod window;

use testkit::{Client, Correspondent, Guest, TestServer};

/// The media that connectors carry.
pub const SMS: &str = "smsession";
pub const PAGE: &str = "facebooksession";

pub fn texter(app: &TestServer) -> Correspondent<'_> {
    Correspondent { server: app, service: SMS, address: "+15550142", name: "FirstL" }
}

pub fn messenger(app: &TestServer) -> Correspondent<'_> {
    Correspondent { server: app, service: PAGE, address: "2002", name: "FirstL" }
}

/// An agent who has taken a correspondent's conversation.
pub async fn talking<'a>(app: &'a TestServer, with: &Correspondent<'a>) -> (Client<'a>, Guest<'a>) {
    let tom = app.agent("agent1");
    tom.ready().await;
    let guest = with.writes("Hello").await;
    app.offer(&guest, &tom).await;
    tom.accepts(&guest, "Tom").await.ok();
    tom.hears().await;
    (tom, guest)
}
