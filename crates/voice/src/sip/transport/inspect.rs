//! Checks a message before the library reads it: the library drops what it cannot read, so methods it does
//! not know (405) and requests that lack a header (400) are answered here.

use super::{message::Head, parts};
use crate::sip::{
    address::Address,
    headers::{ALLOW, NAME},
};
use std::{fmt::Write as _, net::SocketAddr};

const METHODS: [&str; 14] = [
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "INFO",
    "UPDATE",
    "NOTIFY",
    "REFER",
    "PRACK",
    "SUBSCRIBE",
    "MESSAGE",
    "PUBLISH",
];

/// What is done with a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inspection {
    /// It goes on, with this body.
    Pass(Head, Vec<u8>),
    /// It is dropped.
    Drop,
    /// It is a request, and is refused with this.
    Refuse(&'static str, Head),
}

/// Checks a message whose body is complete.
pub(super) fn inspect(mut head: Head, body: &[u8]) -> Inspection {
    if !head.start.starts_with("SIP/2.0 ") {
        let Some(method) = method(&head).map(str::to_owned) else { return Inspection::Drop };
        let via = head.find("Via").is_some_and(|via| !via.is_empty());
        let tag =
            |name: &str| Address::first(head.find(name)?)?.parameter("tag").filter(|tag| !tag.is_empty());
        let from = tag("From").is_some();
        let call = head.find("Call-ID").is_some_and(|id| !id.is_empty());
        let seq = head
            .find("CSeq")
            .and_then(|cseq| cseq.split_once(' '))
            .is_some_and(|(number, of)| number.parse::<u32>().is_ok() && of == method);
        let whole = from && head.find("To").is_some() && call && seq;
        if !via || method == "ACK" && !whole {
            return Inspection::Drop;
        }
        if !whole {
            return Inspection::Refuse("400 Bad Request", head);
        }
        if !METHODS.contains(&method.as_str()) {
            return Inspection::Refuse("405 Method Not Allowed", head);
        }
    }
    let kind = head.find("Content-Type").unwrap_or_default();
    match parts::description(kind, body) {
        Some(description) => {
            head.set("Content-Type", "application/sdp".to_owned());
            Inspection::Pass(head, description)
        }
        None => Inspection::Pass(head, body.to_vec()),
    }
}

/// The method of a request.
pub(super) fn method(head: &Head) -> Option<&str> {
    let mut words = head.start.split(' ');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(method), Some(_), Some("SIP/2.0"), None) => Some(method),
        _ => None,
    }
}

/// An answer to a request that does not pass: with the headers that RFC 3261 §8.2.6.2 wants. `from` is its source.
pub(super) fn answer(
    head: &Head,
    status: &str,
    tag: &str,
    more: &[(&str, String)],
    from: SocketAddr,
) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    let mut top = true;
    for (name, value) in &head.headers {
        match name.as_str() {
            "Via" if std::mem::take(&mut top) => {
                // RFC 3581 §4, so that the answer comes back this way.
                let (first, rest) =
                    value.split_once(',').map_or((value.as_str(), ""), |(first, rest)| (first, rest));
                let kept: Vec<&str> = first
                    .split(';')
                    .filter(|part| *part != "rport" && !part.starts_with("received="))
                    .collect();
                let comma = if rest.is_empty() { "" } else { "," };
                let _ = write!(
                    text,
                    "Via: {};received={};rport={}{comma}{rest}\r\n",
                    kept.join(";"),
                    from.ip(),
                    from.port()
                );
            }
            "To" if !tag.is_empty() && !value.contains(";tag=") => {
                let _ = write!(text, "To: {value};tag={tag}\r\n");
            }
            "Via" | "From" | "To" | "Call-ID" | "CSeq" => {
                let _ = write!(text, "{name}: {value}\r\n");
            }
            _ => {}
        }
    }
    for (name, value) in more {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    let _ = write!(text, "User-Agent: {NAME}\r\nAllow: {ALLOW}\r\nContent-Length: 0\r\n\r\n");
    text
}

/// Where the answer to a datagram goes: to its source if its Via asks so (RFC 3581 §4), else to the port that it
/// names (RFC 3261 §18.2.2).
pub(super) fn answered_at(head: &Head, from: SocketAddr) -> SocketAddr {
    let first = head.find("Via").and_then(|via| via.split(',').next()).unwrap_or_default();
    if first.split(';').any(|part| part == "rport" || part.starts_with("rport=")) {
        return from;
    }
    let host = first.split(';').next().and_then(|sent| sent.split_once(' ')).map_or("", |(_, host)| host);
    let port = host
        .rsplit_once(':')
        .filter(|(_, port)| !port.ends_with(']'))
        .and_then(|(_, port)| port.parse().ok());
    SocketAddr::new(from.ip(), port.unwrap_or(5060))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::sip::transport::message::end_of_head;

    pub fn request(method: &str, from: &str, cseq: &str) -> String {
        format!(
            "{method} sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1;rport\r\nFrom: <sip:a@b>{from}\r\n\
             To: <sip:x@y>\r\nCall-ID: 1\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n"
        )
    }

    fn head(text: &str) -> Head {
        Head::read(&text.as_bytes()[..end_of_head(text.as_bytes()).expect("an end")]).expect("a head")
    }

    fn seen(text: &str) -> &'static str {
        match inspect(head(text), b"") {
            Inspection::Pass(..) => "pass",
            Inspection::Drop => "drop",
            Inspection::Refuse(status, _) => status,
        }
    }

    #[test]
    fn what_the_library_would_drop_is_refused() {
        let table = [
            (request("OPTIONS", ";tag=1", "1 OPTIONS"), "pass"),
            (request("OPTIONS", " ; tag = 1", "1\r\n  OPTIONS"), "pass"),
            (request("FROBNICATE", ";tag=1", "1 FROBNICATE"), "405 Method Not Allowed"),
            (request("OPTIONS", "", "1 OPTIONS"), "400 Bad Request"),
            (request("OPTIONS", ";tag=", "1 OPTIONS"), "400 Bad Request"),
            (request("OPTIONS", ";tag=1", "x OPTIONS"), "400 Bad Request"),
            (request("OPTIONS", ";tag=1", "1 INVITE"), "400 Bad Request"),
            (request("ACK", "", "1 ACK"), "drop"),
            ("GET / HTTP/1.1\r\n\r\n".into(), "drop"),
            ("SIP/2.0 200 OK\r\n\r\n".into(), "pass"),
        ];
        for (text, expected) in table {
            assert_eq!(seen(&text), expected, "{text}");
        }
    }

    #[test]
    fn the_description_among_parts_becomes_the_body() {
        let text = request("INVITE", ";tag=1", "1 INVITE")
            .replace("Content-Length: 0", "Content-Type: multipart/mixed;boundary=b");
        let body = b"--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b--";
        let Inspection::Pass(head, body) = inspect(head(&text), body) else { panic!("it passes") };
        assert_eq!((head.find("Content-Type"), &body[..]), (Some("application/sdp"), &b"v=0\r\n"[..]));
    }

    #[test]
    fn an_answer_bears_what_the_request_had() {
        let from = ([192, 0, 2, 1], 5062).into();
        let text =
            answer(&head(&request("OPTIONS", ";tag=1", "1 OPTIONS")), "400 Bad Request", "t", &[], from);
        for line in [
            "Via: SIP/2.0/UDP a;branch=z9hG4bK1;received=192.0.2.1;rport=5062\r\n",
            "To: <sip:x@y>;tag=t\r\n",
            "From: <sip:a@b>;tag=1\r\n",
            "CSeq: 1 OPTIONS\r\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
    }

    #[test]
    fn an_answer_goes_where_the_via_wants_it() {
        let from: SocketAddr = ([192, 0, 2, 1], 40_000).into();
        for (via, port) in [
            ("SIP/2.0/UDP a;branch=1;rport", 40_000),
            ("SIP/2.0/UDP a:5070;branch=1", 5070),
            ("SIP/2.0/UDP a;branch=1", 5060),
            ("SIP/2.0/UDP [2001:db8::1];branch=1", 5060),
            ("SIP/2.0/UDP [2001:db8::1]:5070;branch=1", 5070),
        ] {
            let head = head(&format!("OPTIONS sip:x SIP/2.0\r\nVia: {via}\r\n\r\n"));
            assert_eq!(answered_at(&head, from), SocketAddr::new(from.ip(), port), "{via}");
        }
    }
}
