//! What happens.
pub mod ports;
