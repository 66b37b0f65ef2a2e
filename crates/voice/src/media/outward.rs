//! The sending side of a line.

use super::{
    Codec, FRAME,
    dtmf::Keys,
    rtcp::SenderInfo,
    rtp::{self, HEADER},
    sound::Playing,
    track::{Head, Track},
};
use std::{net::SocketAddr, time::Duration};
use tokio::net::UdpSocket;

/// A packet of 20 ms.
pub(super) const PACKET: usize = HEADER + FRAME;

/// The sending side of a line.
pub(super) struct Outward {
    pub track: Track,
    /// Where to send; `None` before a description was agreed, and when the other end wants nothing.
    pub target: Option<SocketAddr>,
    pub codec: Codec,
    /// The other end's number of telephone-event.
    pub event: Option<u8>,
    /// Whether the agreed direction lets us send.
    pub sends: bool,
    /// Whether the call was not answered yet: packets would be early media, for which a phone stops ringing back by
    /// itself.
    pub waits: bool,
    /// Whether the socket is one of IPv6, which takes addresses of IPv4 in their mapped form.
    pub mapped: bool,
    /// What it hears while no room feeds it.
    pub playing: Option<Playing>,
    pub keys: Keys,
    /// The tick of the next report.
    pub report: u64,
    pub sent: u64,
    pub unsent: u64,
    pub bytes: u64,
}

/// An address as a socket takes it.
pub(super) fn fit(to: SocketAddr, mapped: bool) -> SocketAddr {
    match to {
        SocketAddr::V4(to) if mapped => SocketAddr::new(to.ip().to_ipv6_mapped().into(), to.port()),
        to => to,
    }
}

impl Outward {
    pub fn new(track: Track, report: u64) -> Self {
        Self {
            track,
            target: None,
            codec: Codec::Pcmu,
            event: None,
            sends: false,
            waits: false,
            mapped: false,
            playing: None,
            keys: Keys::default(),
            report,
            sent: 0,
            unsent: 0,
            bytes: 0,
        }
    }

    /// Where to send, if we may.
    pub fn open(&self) -> Option<SocketAddr> {
        self.target.filter(|_| self.sends && !self.waits)
    }

    /// Writes the header before a payload and sends both. A packet that the system would not take is not tried again:
    /// late audio is worth nothing.
    pub fn send(
        &mut self,
        socket: &UdpSocket,
        to: SocketAddr,
        head: Head,
        payload_type: u8,
        packet: &mut [u8],
    ) {
        let Head { ssrc, sequence, timestamp, marker } = head;
        rtp::write(rtp::Header { payload_type, marker, sequence, timestamp, ssrc }, packet);
        if socket.try_send_to(packet, fit(to, self.mapped)).is_ok() {
            self.sent += 1;
            self.bytes += u64::try_from(packet.len().saturating_sub(HEADER)).unwrap_or_default();
        } else {
            self.unsent += 1;
        }
    }

    /// The content of a report now.
    pub fn report(&self, clock: Duration, tick: u64, name: u64) -> SenderInfo {
        // The counts of RTCP wrap (RFC 3550 §6.4.1).
        let low = |count: u64| u32::try_from(count & u64::from(u32::MAX)).unwrap_or_default();
        SenderInfo {
            ssrc: self.track.ssrc(),
            clock,
            timestamp: self.track.now(tick),
            packets: low(self.sent),
            bytes: low(self.bytes),
            name,
        }
    }
}
