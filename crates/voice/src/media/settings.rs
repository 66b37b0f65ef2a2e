//! Settings of the engine.

use super::Prompts;
use std::{
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    time::Duration,
};

/// Settings of the engine.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address where ports are bound. Unspecified: on every interface; descriptions then name the one that leads to
    /// the peer.
    pub bind: IpAddr,
    /// The address that descriptions name instead of the bound one, behind a NAT of our own.
    pub public: Option<IpAddr>,
    /// The ports: an even one for RTP, the next for RTCP. A range that begins with 0 lets the system choose.
    pub ports: RangeInclusive<u16>,
    /// The sounds that can be played.
    pub prompts: Prompts,
    /// After how long without a packet a leg is silent: first to be noted, then to be given up (spec: voice-sip#4).
    pub silence: (Duration, Duration),
}

impl Settings {
    /// The defaults on this address: the built-in prompts, ports from 10000 to 19999, and silence after 60 and 300
    /// seconds.
    pub fn new(bind: IpAddr) -> Self {
        Self {
            bind,
            public: None,
            ports: 10_000..=19_999,
            prompts: Prompts::built_in(),
            silence: (Duration::from_secs(60), Duration::from_secs(300)),
        }
    }

    /// How many legs can have ports at once, a pair each. Without limit where the system chooses.
    pub fn pairs(&self) -> usize {
        if *self.ports.start() == 0 { usize::MAX } else { self.even_ports().count() }
    }

    /// The pairs of the range, by their even port.
    pub(super) fn even_ports(&self) -> impl Iterator<Item = u16> + use<> {
        let ports = self.ports.clone();
        ports.clone().filter(move |port| port.is_multiple_of(2) && *port < *ports.end())
    }

    /// On the loop-back interface with ports of the system's choice: for tests.
    pub fn loopback() -> Self {
        Self { ports: 0..=0, ..Self::new(IpAddr::V4(Ipv4Addr::LOCALHOST)) }
    }
}
