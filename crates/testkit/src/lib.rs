//! What the tests of several crates need, once.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`TestClock`], [`RuntimeClock`], [`TestIds`] | time that a test lets pass, ids that are the same in every run |
//! | [`FaultyStore`] | a journal that fails, or keeps a commit waiting, when it is told to |
//! | [`centre`] | contact centres: [`centre::TestCentre`] says who works there and what is carried |
//! | [`TestDesk`] | a desk on such a journal, with an agent who can be at work: the strict one of `store-contract`, or SQLite's where files are what a test is about |
//! | [`TestServer`] | the same with the API, and people: [`Client`], [`Guest`], [`Correspondent`], [`Poll`] |
//! | [`Contract`] | the API document, which every answer of a [`TestServer`] is held against |
//! | [`ScriptedSwitch`] | a switch that does what a test says, and the phones on it |
//! | [`client`] | HTTP and CometD over real sockets, for programs that prove or measure |
//! | [`documented`] | what was told or answered, against the API document |
//! | [`sip`] | a phone that writes SIP by hand |
//! | [`sign`], [`http`], [`wait`], [`limits`] | webhooks signed as platforms do, requests to a router, waiting for a condition, a server that is not strict |
//!
//! It is for integration tests (`tests/` of a crate) and for `world`. Unit tests of a crate that it depends on see
//! another copy of that crate's types, and `domain` and `edge` need nothing of it.
//!
//! A harness that cannot go on has nothing to report but that, so everything here panics when it is used wrongly, or
//! when the server does not do what a test takes for granted.

#![expect(clippy::missing_panics_doc, reason = "whatever is unexpected in a test fails it")]

pub mod centre;
pub mod client;
pub mod documented;
pub mod http;
pub mod limits;
pub mod sign;
pub mod sip;
pub mod wait;

mod caller;
mod clock;
mod contract;
mod customers;
mod desk;
mod faulty_store;
mod ids;
mod journal;
mod poll;
mod server;
mod settled;
mod switch;

pub use caller::{Client, Reply};
pub use clock::{MORNING, RuntimeClock, START, TestClock};
pub use contract::{Asked, Contract};
pub use customers::{Correspondent, Guest};
pub use desk::{Setup, TestDesk};
pub use faulty_store::FaultyStore;
pub use ids::TestIds;
pub use poll::Poll;
pub use server::{PUBLIC_URL, TestServer};
pub use settled::settled;
pub use switch::{ScriptedSwitch, with_voice};
