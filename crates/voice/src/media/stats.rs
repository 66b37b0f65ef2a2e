//! Counts of the packets of a stream.

use std::net::SocketAddr;

/// Counts of the packets of a stream since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Packets that came in and were taken.
    pub received: u64,
    /// Packets that came in and were not taken: broken, of a foreign payload type, or from a foreign address.
    pub refused: u64,
    /// Packets that were numbered and never came, as far as can be told.
    pub lost: u64,
    /// Packets sent.
    pub sent: u64,
    /// Packets that the system would not take.
    pub unsent: u64,
    /// Where packets go to now.
    pub target: Option<SocketAddr>,
}
