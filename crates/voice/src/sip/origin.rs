//! The sender of a request: the other end of its flow or, behind an edge, the one that the edge names in Via
//! (RFC 3261 §18.2.1, RFC 3581 §4).
//!
//! An edge is a proxy that the settings name. It puts its own Via on top, and into the one below, which is that of its
//! sender, where that came from. This one is believed, and no other: those further below were
//! written by the very sender that we ask about. If that is an edge, too, the next one is believed for the same reason.

use super::{
    address::{entries, separated},
    flow::Flow,
};
use crate::settings::{Carrier, Network};
use std::net::{IpAddr, SocketAddr};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RequestOrigin {
    /// The flow it came over, where the answer goes.
    pub flow: Flow,
    /// The sender: limits and what is known of phones go by this. Behind an edge it is no flow of ours.
    pub sender: Flow,
    way: ArrivalPath,
}

/// Which way a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ArrivalPath {
    /// From its sender.
    Direct,
    /// From a proxy that the settings do not name, over whose flow others may come, too.
    Forwarded,
    /// From an edge.
    Edge,
}

impl RequestOrigin {
    /// The origin of a request: `vias` are the values of its Via headers, in order.
    pub fn of<'v>(flow: Flow, vias: impl Iterator<Item = &'v str>, edges: &[Network]) -> Self {
        let mut below = vias.flat_map(entries).skip(1).peekable();
        let forwarded = below.peek().is_some();
        let mut sender = flow;
        if !is_of(edges, flow) {
            let way = if forwarded { ArrivalPath::Forwarded } else { ArrivalPath::Direct };
            return Self { flow, sender, way };
        }
        for via in below {
            // One that makes no sense names nobody, and the edge must answer for it.
            let Some(named) = named(via) else { break };
            sender = named;
            if !is_of(edges, sender) {
                break;
            }
        }
        Self { flow, sender, way: ArrivalPath::Edge }
    }

    /// The origin of a request that came straight from its sender.
    #[cfg(test)]
    pub const fn direct(flow: Flow) -> Self {
        Self { flow, sender: flow, way: ArrivalPath::Direct }
    }

    /// Whether no proxy is in between.
    pub fn is_direct(self) -> bool {
        self.way == ArrivalPath::Direct
    }

    /// Whether it came through an edge.
    pub fn is_of_an_edge(self) -> bool {
        self.way == ArrivalPath::Edge
    }

    /// Whether its sender's address cannot be forged: it is the other end of a stream.
    pub fn is_stream(self) -> bool {
        self.flow.is_stream() && self.sender == self.flow
    }
}

/// Whether the other end of a flow is in one of the networks.
pub(super) fn is_of(networks: &[Network], flow: Flow) -> bool {
    networks.iter().any(|network| network.contains(flow.ip()))
}

/// The sender that an entry of Via names: `received` where it is there, else the host itself. `None` where that is no
/// address, or where a parameter stands there twice: then two have written it.
fn named(via: &str) -> Option<Flow> {
    let mut parts = separated(via, ';').map(str::trim);
    let (protocol, sent_by) = parts.next()?.split_once(char::is_whitespace)?;
    let carrier = match protocol.rsplit('/').next()?.trim().to_ascii_uppercase().as_str() {
        "UDP" => Carrier::Udp,
        "TCP" => Carrier::Tcp,
        "TLS" => Carrier::Tls,
        "WS" | "WSS" => Carrier::Ws,
        _ => return None,
    };
    let (mut received, mut rport) = (None, None);
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let place = match name.trim().to_ascii_lowercase().as_str() {
            "received" => &mut received,
            "rport" => &mut rport,
            _ => continue,
        };
        if place.replace(value.trim()).is_some() {
            return None;
        }
    }
    let sent_by = sent_by.trim();
    let (host, port) = match sent_by.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) => {
            (host, Some(port))
        }
        _ => (sent_by, None),
    };
    let port = rport.filter(|port| !port.is_empty()).or(port).map(str::parse::<u16>).transpose().ok()?;
    let host = received.unwrap_or(host);
    let ip: IpAddr = host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    let usual = if carrier == Carrier::Tls { 5061 } else { 5060 };
    Some(Flow { carrier, peer: SocketAddr::new(ip.to_canonical(), port.unwrap_or(usual)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EDGE: &str = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKe";

    fn at(peer: &str) -> Flow {
        Flow { carrier: Carrier::Udp, peer: peer.parse().expect("an address") }
    }

    fn edges() -> Vec<Network> {
        vec![Network::from(IpAddr::from([192, 0, 2, 1])), Network { addr: [192, 0, 2, 64].into(), bits: 30 }]
    }

    fn origin(from: &str, vias: &[&str]) -> RequestOrigin {
        RequestOrigin::of(at(from), vias.iter().copied(), &edges())
    }

    #[test]
    fn behind_an_edge_the_via_below_its_own_says_who_sent_it() {
        for (via, sender) in [
            (
                "SIP/2.0/UDP 10.0.0.9:5070;received=198.51.100.7;rport=4000;branch=1",
                Some("198.51.100.7:4000"),
            ),
            (
                "SIP/2.0/UDP 10.0.0.9:5070;branch=1;rport=4000;received=198.51.100.7",
                Some("198.51.100.7:4000"),
            ),
            ("SIP/2.0/UDP 198.51.100.7:5070;branch=1", Some("198.51.100.7:5070")),
            ("SIP/2.0/UDP 198.51.100.7;branch=1;rport", Some("198.51.100.7:5060")),
            ("SIP / 2.0 / UDP 198.51.100.7 : 5070", None),
            ("SIP/2.0/UDP host.invalid;received=198.51.100.7;rport=4000", Some("198.51.100.7:4000")),
            ("SIP/2.0/UDP [2001:db8::7]:5070;branch=1", Some("[2001:db8::7]:5070")),
            ("SIP/2.0/UDP [2001:db8::7]", Some("[2001:db8::7]:5060")),
            ("SIP/2.0/UDP x;received=2001:db8::7;rport=9", Some("[2001:db8::7]:9")),
            ("SIP/2.0/UDP x;received=[2001:db8::7];rport=9", Some("[2001:db8::7]:9")),
            ("SIP/2.0/UDP host.invalid;branch=1", None),
            ("SIP/2.0/SCTP 198.51.100.7", None),
            ("SIP/2.0/UDP 198.51.100.7:sip", None),
            ("", None),
        ] {
            let got = origin("192.0.2.1:5060", &[EDGE, via]);
            assert_eq!(got.sender, at(sender.unwrap_or("192.0.2.1:5060")), "{via}");
            assert!(got.is_of_an_edge() && !got.is_direct());
        }
    }

    #[test]
    fn a_via_that_somebody_forged_is_not_believed() {
        let forged = "SIP/2.0/UDP 10.9.0.1;received=10.9.0.1;branch=2";
        let own = "SIP/2.0/UDP 198.51.100.7:4000;branch=1";
        // Below the entry that the edge wrote.
        assert_eq!(origin("192.0.2.1:5060", &[EDGE, own, forged]).sender, at("198.51.100.7:4000"));
        let joined = format!("{EDGE}, {own}, {forged}");
        assert_eq!(origin("192.0.2.1:5060", &[&joined]).sender, at("198.51.100.7:4000"));
        // From a sender that is no edge.
        for vias in [&[EDGE, forged][..], &[forged], &[forged, forged]] {
            assert_eq!(origin("198.51.100.7:4000", vias).sender, at("198.51.100.7:4000"));
        }
        // Beside what the edge wrote, whichever of the two that is, or hidden in a text.
        for via in [
            "SIP/2.0/UDP h;received=198.51.100.7;received=10.9.0.1;branch=1",
            "SIP/2.0/UDP h;received=198.51.100.7;Received =10.9.0.1",
            "SIP/2.0/UDP h;rport=1;rport=2;received=198.51.100.7",
            "SIP/2.0/UDP h;x=\"a;received=10.9.0.1;b\";branch=1",
            "SIP/2.0/UDP h;x=\"a;received=10.9.0.1",
        ] {
            assert_eq!(origin("192.0.2.1:5060", &[EDGE, via]).sender, at("192.0.2.1:5060"), "{via}");
        }
        let hidden = "SIP/2.0/UDP h;x=\",\";y=\"SIP/2.0/UDP 10.9.0.1\";received=198.51.100.7;rport=4";
        assert_eq!(origin("192.0.2.1:5060", &[EDGE, hidden]).sender, at("198.51.100.7:4"));
    }

    #[test]
    fn an_edge_behind_an_edge_is_believed_about_who_is_behind_it() {
        let inner = "SIP/2.0/UDP 192.0.2.65:5060;branch=2";
        let phone = "SIP/2.0/UDP 10.0.0.9;received=198.51.100.7;rport=4000";
        let forged = "SIP/2.0/UDP 10.9.0.1";
        let got = origin("192.0.2.1:5060", &[EDGE, inner, phone, forged]);
        assert_eq!(got.sender, at("198.51.100.7:4000"));
        assert_eq!(origin("192.0.2.1:5060", &[EDGE, inner]).sender, at("192.0.2.65:5060"));
    }

    #[test]
    fn what_an_edge_says_itself_comes_from_the_edge() {
        let got = origin("192.0.2.1:5060", &[EDGE]);
        assert_eq!(got.sender, got.flow);
        assert!(got.is_of_an_edge());
    }

    #[test]
    fn who_came_through_another_proxy_did_not_come_straight() {
        let phone = "SIP/2.0/UDP 198.51.100.7;branch=1";
        assert!(origin("198.51.100.7:5060", &[phone]).is_direct());
        assert!(!origin("198.51.100.8:5060", &["SIP/2.0/UDP 198.51.100.8", phone]).is_direct());
    }

    #[test]
    fn only_a_stream_that_ends_at_its_sender_proves_where_they_are() {
        let stream = Flow { carrier: Carrier::Tcp, ..at("192.0.2.1:5060") };
        let through = RequestOrigin::of(stream, [EDGE, "SIP/2.0/TCP 198.51.100.7:1"].into_iter(), &edges());
        assert!(!through.is_stream() && through.sender.is_stream());
        assert!(
            RequestOrigin::direct(stream).is_stream()
                && !RequestOrigin::direct(at("192.0.2.1:5060")).is_stream()
        );
    }

    proptest! {
        #[test]
        fn no_via_makes_it_panic(text in "\\PC*") {
            let _ = origin("192.0.2.1:5060", &[EDGE, &text]);
            let _ = origin("192.0.2.1:5060", &[&text, &text]);
        }
    }
}
