//! A small contact centre, its real journal in a directory of its own, and people who talk to it over the API.
//! What a test does reads as what people do:
//!
//! ```ignore
//! let app = App::start().await;
//! let tom = app.agent("agent1");
//! tom.ready().await;
//! let ines = app.customer("Ines").await;
//! app.offer(&ines, &tom).await;
//! tom.post(&format!("/me/chats/{}", ines.id), json!({"operationName": "Accept", "nickname": "Tom"})).await.ok();
//! assert_eq!(tom.hears().await.len(), 4);
//! ```
//!
//! Tests that use it are modules of one program, `tests/story`, so that it is compiled and linked once.
//!
//! Nothing moves by itself: the clock stands until it is told to go, and nobody is offered anything unless the test
//! says so.

mod app;
mod centre;
mod client;
mod ear;
mod people;
mod seed;
mod switch;
mod tell;
mod world;

pub use app::App;
pub use client::Client;
pub use ear::Ear;
pub use people::{Correspondent, Guest};
pub use seed::{ID, Seed};
pub use switch::{Exchange, with_voice};
pub use tell::settled;
pub use world::START;
