//! Where a message came from, and so where the answer goes (RFC 5626 §3).

use crate::settings::Carrier;
use rsipstack::{
    sip::{HostWithPort, Transport},
    transport::{SipAddr, SipConnection},
};
use std::net::{IpAddr, SocketAddr};

/// The transports by their name. Stored bindings have it, so it must not change.
const NAMES: [(Carrier, &str); 4] =
    [(Carrier::Udp, "udp"), (Carrier::Tcp, "tcp"), (Carrier::Tls, "tls"), (Carrier::Ws, "ws")];

/// A transport and the address at its other end. Two live streams never share one; for datagrams it is all there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub carrier: Carrier,
    pub peer: SocketAddr,
}

impl Flow {
    /// The flow of a connection; `None` for one without another end.
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

    /// The flow over a transport by its name ([`Flow::transport`]) to an address and port.
    pub fn named(transport: &str, peer: &str) -> Option<Self> {
        let (carrier, _) = NAMES.into_iter().find(|(_, name)| *name == transport)?;
        Some(Self { carrier, peer: peer.parse().ok()? })
    }

    /// The name of its transport, as it is stored.
    pub fn transport(self) -> &'static str {
        NAMES.into_iter().find(|(carrier, _)| *carrier == self.carrier).map_or("", |(_, name)| name)
    }

    /// The stored form of a flow to somebody whom an edge names.
    pub fn to_text(self) -> String {
        format!("{}:{}", self.transport(), self.peer)
    }

    /// Reads the stored form of a flow ([`Flow::to_text`]).
    pub fn written(text: &str) -> Option<Self> {
        let (transport, peer) = text.split_once(':')?;
        Self::named(transport, peer)
    }

    /// Whether it is a stream, which ends by being closed.
    pub fn is_stream(self) -> bool {
        self.carrier != Carrier::Udp
    }

    /// The address at the other end.
    pub fn ip(self) -> IpAddr {
        self.peer.ip()
    }

    /// The flow as the library names it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_found_again_by_what_is_written_of_it() {
        for peer in ["192.0.2.7:5062", "[2001:db8::7]:65535"] {
            for (carrier, _) in NAMES {
                let flow = Flow { carrier, peer: peer.parse().expect("address") };
                assert_eq!(Flow::named(flow.transport(), &flow.peer.to_string()), Some(flow));
                assert_eq!(Flow::written(&flow.to_text()), Some(flow));
            }
        }
        for (transport, peer) in [("sctp", "192.0.2.7:5062"), ("udp", "phone.example:5062"), ("udp", "")] {
            assert_eq!(Flow::named(transport, peer), None);
        }
    }
}
