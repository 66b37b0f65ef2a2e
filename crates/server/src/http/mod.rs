//! HTTP: connections and how long their clients may keep them waiting, TLS, the outer layers of every request, and the
//! drain.

mod connections;
mod followed;
mod outer;
mod patience;
mod phase;
mod stream;
mod tls;
mod unread;

pub use connections::{ConnectionBounds, Server, serve};
pub use outer::{Gate, outer, routed};
pub use tls::acceptor;
