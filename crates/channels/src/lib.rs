//! The ways by which customers reach the desk.
//!
//! One directory for each connector. A connector owns its transport, its encoding, its limits and its credentials; it
//! asks the desk for everything else, so it holds no truth and repeats no rule of the domain. A further connector
//! is a further directory with a type of the same outline — built over a desk, with a router for what comes in and a
//! future for what it does by itself — and a line in the program that wires it.
//!
//! * [`chat`]: web chat, over the REST form of the published Chat API v2 and the customer chat of `/api/v2/chats`.
//! * [`sms`]: text messages, over the HTTP interface that Twilio and its likes have.
//! * [`messenger`]: Facebook Messenger, over the webhook and the Send API of a page.
//!
//! They share [`outbound`], the one client for requests of the server to others, `intake`, the handling
//! of every connector's webhooks, `urlencoded`, forms in any alphabet, `shorten`, texts that are longer than they may
//! be, and [`secret`].

pub mod chat;
mod intake;
pub mod messenger;
pub mod outbound;
pub mod secret;
mod shorten;
pub mod sms;
mod urlencoded;

pub use chat::{Chat, ChatConfig, CustomerLimits};
