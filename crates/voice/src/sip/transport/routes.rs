//! Routes requests when the phone sits behind NAT over datagrams, or behind a proxy: to where it registered from, not
//! to its Contact (spec: voice-sip#3). The library sends to the Contact, so the Contact of such a phone is
//! marked with its flow as it comes in, and the mark is removed again as a request goes out. The mark also tells the
//! Route of a request outside a confirmed dialog, where the library knows none: that of Path, or of
//! Record-Route.

use super::Streams;
use crate::{
    settings::{Carrier, Network},
    sip::{
        address::{Address, UriHost, behind_parameters},
        escape::unescaped,
        flow::Flow,
        origin::is_of,
        reasons::Reasons,
        registrar::{Registrar, closed},
    },
};
use futures::future::BoxFuture;
use rsipstack::{
    sip::{Header, HeadersExt, Method, Param, Request, SipMessage, Uri, param::OtherParam},
    transaction::endpoint::{MessageInspector, TargetLocator, TransportEventInspector},
    transport::{SipAddr, TransportEvent},
};
use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::sync::mpsc;

const MARK: &str = "x-jf-flow";

/// Marks requests that come in and unmarks those that go out.
pub(in crate::sip) struct Marks {
    pub registrar: Arc<Registrar>,
    pub reasons: Arc<Reasons>,
    pub edges: Vec<Network>,
}

/// Finds the target of a request.
pub(in crate::sip) struct Finder;

/// Is told of streams that open and close.
pub(in crate::sip) struct Closings {
    pub registrar: Arc<Registrar>,
    pub strangers: Arc<Streams>,
    pub edges: Vec<Network>,
    pub tell: mpsc::UnboundedSender<Flow>,
}

/// Marks a URI with a flow, and the entries of a Route.
pub(in crate::sip) fn mark(uri: &mut Uri, flow: Flow, route: &[String]) {
    let mut text = write(flow);
    if !route.is_empty() {
        text.push('-');
        for byte in route.join(",").bytes() {
            let _ = write!(text, "{byte:02x}");
        }
    }
    uri.params.push(Param::Other(OtherParam::new(MARK), Some(text.into())));
}

impl MessageInspector for Marks {
    fn before_send(&self, message: SipMessage, _to: Option<&SipAddr>) -> SipMessage {
        match message {
            SipMessage::Request(mut request) => {
                // The library keeps the escapes of a user as they came and escapes them again when it writes them.
                if let Some(auth) = &mut request.uri.auth {
                    auth.user = unescaped(&auth.user).into_owned();
                }
                if request.method == Method::Cancel
                    && let Ok(call) = request.call_id_header()
                    && let Some(reason) = self.reasons.of(call.value())
                {
                    request.headers.unique_push(Header::Reason(reason.into()));
                }
                Self::unmark(request)
            }
            other @ SipMessage::Response(_) => other,
        }
    }

    fn after_received(&self, mut message: SipMessage, from: Option<&SipAddr>) -> SipMessage {
        let Some(flow) = from.and_then(Flow::at).filter(|flow| flow.carrier == Carrier::Udp) else {
            return message;
        };
        let targets = match &message {
            SipMessage::Request(request) => matches!(request.method, Method::Invite | Method::Update),
            SipMessage::Response(response) => response
                .cseq_header()
                .and_then(rsipstack::sip::CSeq::method)
                .is_ok_and(|method| matches!(method, Method::Invite | Method::Update)),
        };
        if !targets || message.record_route_header().is_some() {
            return message;
        }
        // Requests of a dialog that an edge passed on without staying in it go back by way of the edge all the same.
        let known = self.registrar.knows(flow) || is_of(&self.edges, flow);
        let Ok(contact) = message.contact_header_mut() else { return message };
        let named = Address::first(contact.value()).and_then(|address| behind_parameters(address.uri));
        if let Some(found) = named.filter(|_| !known)
            && let Ok(mut typed) = rsipstack::sip::typed::Contact::parse(contact.value())
        {
            let peer = match found {
                UriHost::At(addr) => addr,
                UriHost::Named => flow.peer,
            };
            mark(&mut typed.uri, Flow { peer, ..flow }, &[]);
            contact.replace(typed.to_string());
            return message;
        }
        if !known {
            return message;
        }
        let Ok(typed) = rsipstack::sip::typed::Contact::parse(contact.value()) else { return message };
        if SocketAddr::try_from(typed.uri.host_with_port.clone()).ok() == Some(flow.peer) {
            return message;
        }
        let mut typed = typed;
        typed.uri.params.retain(|param| !is_mark(param));
        mark(&mut typed.uri, flow, &[]);
        contact.replace(typed.to_string());
        message
    }
}

impl TargetLocator for Finder {
    fn locate<'s, 'u, 'f>(&'s self, uri: &'u Uri) -> BoxFuture<'f, rsipstack::Result<SipAddr>>
    where
        's: 'f,
        'u: 'f,
        Self: 'f,
    {
        let marked = marked(uri).and_then(|mark| read(mark.split('-').next()?));
        let found = match marked {
            Some(flow) => Ok(flow.to_addr()),
            None => SipAddr::try_from(uri),
        };
        Box::pin(std::future::ready(found))
    }
}

impl TransportEventInspector for Closings {
    fn handle<'s, 'f>(&'s self, event: TransportEvent) -> BoxFuture<'f, Option<TransportEvent>>
    where
        's: 'f,
        Self: 'f,
    {
        match &event {
            TransportEvent::Closed(connection) => {
                if let Some(flow) = Flow::of(connection) {
                    self.strangers.forget(flow);
                    closed(&self.registrar, &self.edges, flow);
                    let _ = self.tell.send(flow);
                }
            }
            TransportEvent::New(_) | TransportEvent::Incoming(..) => {}
        }
        Box::pin(std::future::ready(Some(event)))
    }
}

impl Marks {
    fn unmark(mut request: Request) -> SipMessage {
        let route = marked(&request.uri).and_then(|mark| route(mark.split_once('-')?.1));
        let is_routed = route.is_some();
        if let Some(route) = route.filter(|_| request.route_header().is_none()) {
            request.headers.push(Header::Route(route.into()));
        }
        // The library keeps the ACK of a 2xx as it was sent, to send it again: there the mark has to stay. It has
        // no Route.
        if request.method != Method::Ack || is_routed {
            request.uri.params.retain(|param| !is_mark(param));
            if let Ok(to) = request.to_header_mut()
                && let Some(clean) = without(to.value())
            {
                to.replace(clean);
            }
        }
        SipMessage::Request(request)
    }
}

/// The content of the mark of a URI.
fn marked(uri: &Uri) -> Option<&str> {
    uri.params.iter().find_map(|param| match param {
        Param::Other(name, Some(value)) if name.value() == MARK => Some(value.value()),
        _ => None,
    })
}

/// The Route of a mark.
fn route(hex: &str) -> Option<String> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes = hex.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

fn is_mark(param: &Param) -> bool {
    matches!(param, Param::Other(name, _) if name.value() == MARK)
}

/// A header value without the mark; `None` when it has none.
fn without(value: &str) -> Option<String> {
    let at = value.find(&format!(";{MARK}="))?;
    let rest = &value[at + 1..];
    let end = rest.find([';', '>', '?']).unwrap_or(rest.len());
    Some(format!("{}{}", &value[..at], &rest[end..]))
}

/// The transports, each with its letter.
const CARRIERS: [(Carrier, u8); 4] =
    [(Carrier::Udp, b'u'), (Carrier::Tcp, b't'), (Carrier::Tls, b's'), (Carrier::Ws, b'w')];

/// A flow in letters and digits, since a colon may not stand in a parameter.
fn write(flow: Flow) -> String {
    let letter =
        CARRIERS.iter().find(|(carrier, _)| *carrier == flow.carrier).map_or(b'u', |(_, letter)| *letter);
    let (letter, port) = (char::from(letter), flow.peer.port());
    match flow.ip() {
        IpAddr::V4(ip) => format!("{letter}4{:08x}{port:04x}", ip.to_bits()),
        IpAddr::V6(ip) => format!("{letter}6{:032x}{port:04x}", ip.to_bits()),
    }
}

fn read(text: &str) -> Option<Flow> {
    let carrier = CARRIERS.iter().find(|(_, letter)| text.as_bytes().first() == Some(letter))?.0;
    let text = text.get(1..)?;
    let (ip, port) = text.get(1..)?.split_at_checked(text.len().checked_sub(5)?)?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let ip = match text.as_bytes().first()? {
        b'4' => IpAddr::V4(u32::from_str_radix(ip, 16).ok()?.into()),
        b'6' => IpAddr::V6(u128::from_str_radix(ip, 16).ok()?.into()),
        _ => return None,
    };
    Some(Flow { carrier, peer: SocketAddr::new(ip, port) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        for text in ["192.0.2.7:5062", "[2001:db8::7]:65535"] {
            for (carrier, _) in CARRIERS {
                let flow = Flow { carrier, peer: text.parse().expect("address") };
                assert_eq!(read(&write(flow)), Some(flow));
            }
        }
        for text in ["", "4", "u4", "u4zz", "u9000000001388", "x4c00002071394", "ü4"] {
            assert_eq!(read(text), None);
        }
    }

    #[test]
    fn the_route_of_a_mark_comes_before_its_flow_and_off_with_it() {
        let flow = Flow { carrier: Carrier::Udp, peer: ([192, 0, 2, 7], 5062).into() };
        let mut uri = Uri::try_from("sip:a@10.0.0.1;ob").expect("a URI");
        let path = ["<sip:192.0.2.7:5062;lr;x=\"ü\">".to_owned(), "<sip:p2;lr>".to_owned()];
        mark(&mut uri, flow, &path);
        let text = format!(
            "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:b@h>;tag=1\r\n\
            To: <{uri}>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
        );
        for method in ["INVITE", "CANCEL", "ACK", "NOTIFY"] {
            let request = match SipMessage::try_from(text.replace("INVITE", method).as_str()) {
                Ok(SipMessage::Request(request)) => request,
                other => panic!("{other:?}"),
            };
            let SipMessage::Request(sent) = Marks::unmark(request) else { panic!("a request") };
            assert_eq!(sent.route_header().map(|route| route.value().to_owned()), Some(path.join(",")));
            assert!(!sent.to_string().contains(MARK), "{sent}");
        }
        let found = futures::FutureExt::now_or_never(Finder.locate(&uri)).expect("at once").expect("found");
        assert_eq!(found, flow.to_addr());
    }

    #[test]
    fn the_mark_comes_off() {
        assert_eq!(without("<sip:a@10.0.0.1>;tag=1"), None);
        let marked = "<sip:a@10.0.0.1;ob;x-jf-flow=u4c00002071394>;tag=1";
        assert_eq!(without(marked).as_deref(), Some("<sip:a@10.0.0.1;ob>;tag=1"));
    }
}
