//! Path: the way by which requests reach a phone behind an edge (RFC 3327).

use super::register_request::RegisterRefusal;
use crate::{
    settings::{Carrier, Network},
    sip::{
        address::{Address, entries},
        flow::Flow,
        headers::{has_token, values},
        origin::{RequestOrigin, is_of},
    },
};
use rsipstack::sip::{Header, HostWithPort, Port, Request, Transport, Uri, uri::ParamsExt};
use std::net::{IpAddr, SocketAddr};

/// The most entries of one Path, and the most bytes of all: longer ones are refused.
const MOST: usize = 10;
const LONGEST: usize = 1024;

/// The entries of the Path of a REGISTER, in order. A Path that did not come from an edge is ignored: its sender
/// could make us send requests anywhere.
pub(super) fn read(request: &Request, origin: RequestOrigin) -> Result<Vec<String>, RegisterRefusal> {
    if !origin.is_of_an_edge() {
        return Ok(Vec::new());
    }
    let path: Vec<&str> = values(request, "Path").flat_map(entries).map(str::trim).collect();
    let makes_sense = |entry: &&str| entry.contains('<') && uri(entry).is_some();
    let whole = path.len() <= MOST && path.iter().map(|entry| entry.len()).sum::<usize>() <= LONGEST;
    if !whole || !path.iter().all(makes_sense) {
        return Err(RegisterRefusal::Malformed);
    }
    Ok(path.into_iter().map(str::to_owned).collect())
}

/// The headers of the answer to a REGISTER whose Path was kept: the phone is told it if it knows what that is
/// (RFC 3327 §5.3).
pub(super) fn answered(request: &Request, origin: RequestOrigin) -> Vec<Header> {
    if !origin.is_of_an_edge() || !has_token(request, "Supported", "path") {
        return Vec::new();
    }
    let path: Vec<&str> = values(request, "Path").collect();
    if path.is_empty() {
        return Vec::new();
    }
    vec![Header::Path(path.join(",").into()), Header::Supported("path".into())]
}

/// The address of the edge that put its entry on top of a Path. `None` where the entry names no address of an edge.
pub(super) fn reached_by(path: &[String], edges: &[Network]) -> Option<Flow> {
    let uri = uri(path.first()?)?;
    let carrier = match uri.transport() {
        None | Some(Transport::Udp) => Carrier::Udp,
        Some(Transport::Tcp) => Carrier::Tcp,
        Some(Transport::Tls) => Carrier::Tls,
        Some(_) => return None,
    };
    let HostWithPort { host, port } = &uri.host_with_port;
    let ip: IpAddr = host.to_string().trim_matches(['[', ']']).parse().ok()?;
    let usual = if carrier == Carrier::Tls { 5061 } else { 5060 };
    let port = port.as_ref().map_or(usual, Port::value);
    Some(Flow { carrier, peer: SocketAddr::new(ip, port) }).filter(|flow| is_of(edges, *flow))
}

fn uri(entry: &str) -> Option<Uri> {
    Uri::try_from(Address::first(entry)?.uri).ok().filter(|uri| uri.scheme.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsipstack::sip::SipMessage;

    fn edges() -> Vec<Network> {
        vec![Network::from(IpAddr::from([192, 0, 2, 1]))]
    }

    fn request(headers: &str) -> Request {
        let text = format!(
            "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n\
             To: <sip:a@h>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        match SipMessage::try_from(text.as_str()) {
            Ok(SipMessage::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    fn from(peer: &str) -> RequestOrigin {
        let flow = Flow { carrier: Carrier::Udp, peer: peer.parse().expect("an address") };
        RequestOrigin::of(flow, ["SIP/2.0/UDP 192.0.2.1", "SIP/2.0/UDP 198.51.100.7"].into_iter(), &edges())
    }

    #[test]
    fn the_path_of_an_edge_is_kept_in_order_and_of_nobody_else() {
        let headers = "Path: <sip:192.0.2.1;lr>,<sip:10.0.0.1;lr;x=1,2>;y=\"a,b\"\r\nPath: <sip:p3;lr>\r\n";
        let path = read(&request(headers), from("192.0.2.1:5060")).expect("a path");
        assert_eq!(path, ["<sip:192.0.2.1;lr>", "<sip:10.0.0.1;lr;x=1,2>;y=\"a,b\"", "<sip:p3;lr>"]);
        assert_eq!(read(&request(headers), from("198.51.100.7:5060")), Ok(Vec::new()));
        assert_eq!(read(&request(""), from("192.0.2.1:5060")), Ok(Vec::new()));
    }

    #[test]
    fn a_path_that_makes_no_sense_or_does_not_end_is_refused() {
        let many = format!("Path: {}<sip:h;lr>\r\n", "<sip:h;lr>,".repeat(MOST));
        let long = format!("Path: <sip:h;lr;x={}>\r\n", "x".repeat(LONGEST));
        for headers in
            ["Path: sip:h;lr\r\n", "Path: <h>\r\n", "Path: <>\r\n", "Path: <sip:h>,,\r\n", &many, &long]
        {
            assert_eq!(
                read(&request(headers), from("192.0.2.1:5060")),
                Err(RegisterRefusal::Malformed),
                "{headers}"
            );
        }
    }

    #[test]
    fn a_phone_that_knows_path_is_told_it() {
        let told = |headers: &str, peer: &str| {
            let headers = answered(&request(headers), from(peer));
            headers.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let path = "Path: <sip:192.0.2.1;lr>\r\nPath: <sip:p;lr>\r\n";
        let knows = format!("{path}Supported: outbound, path\r\n");
        assert_eq!(
            told(&knows, "192.0.2.1:5060"),
            ["Path: <sip:192.0.2.1;lr>,<sip:p;lr>", "Supported: path"]
        );
        for (headers, peer) in [
            (&knows[..], "198.51.100.7:5060"),
            (path, "192.0.2.1:5060"),
            ("Supported: path\r\n", "192.0.2.1:5060"),
        ] {
            assert!(told(headers, peer).is_empty(), "{headers}");
        }
    }

    #[test]
    fn an_edge_is_reached_where_its_own_entry_says_and_nowhere_else() {
        for (entry, flow) in [
            ("<sip:192.0.2.1;lr>", Some((Carrier::Udp, "192.0.2.1:5060"))),
            ("<sip:tok@192.0.2.1:5070;transport=tcp;lr>", Some((Carrier::Tcp, "192.0.2.1:5070"))),
            ("<sip:192.0.2.1;transport=tls;lr>", Some((Carrier::Tls, "192.0.2.1:5061"))),
            ("<sip:198.51.100.7;lr>", None),
            ("<sip:edge.example;lr>", None),
        ] {
            let flow = flow.map(|(carrier, peer)| Flow { carrier, peer: peer.parse().expect("an address") });
            assert_eq!(reached_by(&[entry.to_owned()], &edges()), flow, "{entry}");
        }
        assert_eq!(reached_by(&[], &edges()), None);
    }
}
