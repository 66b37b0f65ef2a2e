//! The server side of the Bayeux protocol.
#![forbid(unsafe_code)]

mod caller;
mod channel;
mod config;
mod hold;
mod hub;
mod message;
mod parse;
mod reply;
mod response;
mod session;
mod subscriptions;
pub mod text;

pub use caller::{Admission, Caller, Fresh, Transport};
pub use config::Config;
pub use hold::{Completed, Hold, Released};
pub use hub::{Answer, BatchRefused, Hub, Sizes, Totals};
pub use message::{Ack, AskedAdvice, Ext, Message, Subscription, TimeSync, named_sessions};
pub use parse::{MAX_BATCH, Malformed, parse};
pub use reply::{Advice, Reconnect, Reply};
pub use response::Response;
pub use session::{Acked, Cause, Change, ClientId, Record};
pub use subscriptions::Subscriptions;
