//! Counts of the packets of a stream.

use std::{net::SocketAddr, time::Duration};
use tokio::time::Instant;

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
    /// How unevenly the packets of sound came, as RFC 3550 §6.4.1 counts it.
    pub jitter: Duration,
    /// When the last packet was taken.
    pub heard: Option<Instant>,
    /// What the other end says of our packets.
    pub reported: Option<Reception>,
}

/// How packets are received, as their receiver reports it (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reception {
    /// Packets that did not come, since the stream began.
    pub lost: u32,
    /// How unevenly they came.
    pub jitter: Duration,
}

impl Stats {
    /// The part of the packets of the other end that never came: from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
    pub fn loss(&self) -> f64 {
        let all = self.received + self.lost;
        if all == 0 { 0.0 } else { self.lost as f64 / all as f64 }
    }
}
