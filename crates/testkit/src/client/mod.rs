//! Small clients of the server, for programs that prove it or measure it.
//!
//! | type | what it is |
//! | --- | --- |
//! | [`Http`] | one keep-alive connection, opened when needed, with the cookies of a browser |
//! | [`PollClient`] | a CometD client over long-polling |
//! | [`SocketClient`] | the same over a WebSocket |
//!
//! They are sparing, so that one process can hold tens of thousands: no thread, no pool, no background task but
//! the one that drives a connection. They do not retry and do not hide anything: a [`HttpFault`] tells whether the
//! request was certainly not done ([`HttpFault::Unsent`]) or may have been ([`HttpFault::Lost`]), which is what a
//! program that counts must know.

mod bayeux;
mod bayeux_poll;
mod bayeux_socket;
mod http;

pub use bayeux::{BayeuxFault, ConnectResult, Next, Notification};
pub use bayeux_poll::PollClient;
pub use bayeux_socket::SocketClient;
pub use http::{ClientIdentity, Http, HttpAnswer, HttpFault, Jar, ServerAddress};
