//! Serving HTTP: connections, TLS, what every request passes, and the drain.

mod connections;
mod outer;
mod tls;

pub use connections::{Server, serve};
pub use outer::{Gate, outer};
pub use tls::acceptor;
