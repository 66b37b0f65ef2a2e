//! What anybody may cost before the server knows who they are.
//!
//! The agents' API and the customers' channels are reached over the same HTTP listener, and both must hold against
//! whoever can send packets. This crate holds what they share: [`Client`], the address a request comes from, and
//! [`Rates`], how often each address or conversation may ask. It knows nothing of agents, customers or interactions.

mod client;
mod rates;

pub use client::{Client, ForwardedHeader, Network, Proxies};
pub use rates::{Rate, Rates, TooMany};
