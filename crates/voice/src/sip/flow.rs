//! Where a message came from, and so where the answer goes (RFC 5626 §3).

use crate::settings::Carrier;
use rsipstack::{
    sip::{HostWithPort, Transport},
    transport::{SipAddr, SipConnection},
};
use std::net::{IpAddr, SocketAddr};

/// A transport and the address at its other end. Two live streams never share one; for datagrams it is all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub carrier: Carrier,
    pub peer: SocketAddr,
}

impl Flow {
    /// The flow of a connection; `None` for what has no other end.
    pub fn of(connection: &SipConnection) -> Option<Self> {
        Self::at(connection.get_remote_addr()?)
    }

    /// The flow to an address.
    pub fn at(addr: &SipAddr) -> Option<Self> {
        let carrier = match addr.r#type {
            None | Some(Transport::Udp) => Carrier::Udp,
            Some(Transport::Tcp) => Carrier::Tcp,
            Some(Transport::Tls) => Carrier::Tls,
            Some(Transport::Ws | Transport::Wss) => Carrier::Ws,
            Some(_) => return None,
        };
        Some(Self { carrier, peer: addr.get_socketaddr().ok()? })
    }

    /// Whether it ends by being closed.
    pub fn is_stream(self) -> bool {
        self.carrier != Carrier::Udp
    }

    /// Who is at the other end.
    pub fn ip(self) -> IpAddr {
        self.peer.ip()
    }

    /// As the library names it.
    pub fn to_addr(self) -> SipAddr {
        SipAddr { r#type: Some(wire(self.carrier)), addr: HostWithPort::from(self.peer) }
    }
}

/// A transport as the library names it.
pub(super) const fn wire(carrier: Carrier) -> Transport {
    match carrier {
        Carrier::Udp => Transport::Udp,
        Carrier::Tcp => Transport::Tcp,
        Carrier::Tls => Transport::Tls,
        Carrier::Ws => Transport::Ws,
    }
}
