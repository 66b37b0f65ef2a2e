//! The test world: clients that speak the wire, and a whole server in one process.
//!
//! [`client`] holds small clients of everything the server answers, for programs that prove or measure it.

pub mod client;
