//! Limits on what anybody may cost before the server knows who they are.
//!
//! The agents' API and the customers' channels are reached over the same HTTP listener, and both must hold against
//! anybody who can send packets. This crate holds what they share: [`Client`], the address a request comes from;
//! [`Rates`], how often each address or conversation may ask; [`Crowd`], how many who have shown nothing yet may wait
//! for something; [`Connection`], which leaves such a crowd when somebody is known on it; [`read_body`], the only way
//! in which the bodies of requests are read; [`Charset`], the alphabet that they are written in; and [`span`], what the
//! log says of a request. It knows nothing of agents, customers or interactions.

mod body;
mod charset;
mod client;
mod connection;
mod crowd;
mod rates;
pub mod span;

pub use body::{Bodies, Sender, Unread, read_body};
pub use charset::{Charset, Illegible, in_utf_8};
pub use client::{Client, ForwardedHeader, Network, Proxies};
pub use connection::Connection;
pub use crowd::{Bounds, Crowd, Member};
pub use rates::{Rate, Rates, TooMany};
