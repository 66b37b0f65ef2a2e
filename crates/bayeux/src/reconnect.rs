//! How a client should go on.

use serde::Serialize;

/// The three ways to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reconnect {
    /// Connect again with the same session.
    Retry,
    /// The session is gone or should be left: open another.
    Handshake,
    /// Stop.
    None,
}
