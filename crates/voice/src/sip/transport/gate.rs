//! The datagram socket, and what is looked at before the library reads a datagram: it drops what it cannot read, so
//! that methods it does not know (405) and requests that lack a header (400) are answered here; strangers hear nothing.

use super::{Streams, among};
use crate::{
    settings::{Carrier, Network},
    sip::{flow::Flow, headers::ALLOW, registrar::Registrar},
};
use futures::future::BoxFuture;
use rsipstack::platform::net::UdpSocket as Socket;
use std::{fmt::Write as _, io, net::SocketAddr, sync::Arc};
use tokio::net::UdpSocket;

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

/// A socket whose datagrams were looked at.
pub(super) struct Gate {
    socket: UdpSocket,
    registrar: Arc<Registrar>,
    strangers: Arc<Streams>,
    peers: Vec<Network>,
}

/// What is done with a datagram.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    /// It goes on.
    Pass,
    /// It is nothing.
    Drop,
    /// It is a request that is answered with this.
    Refuse(&'static str),
}

impl Gate {
    pub async fn bind(
        addr: SocketAddr,
        registrar: Arc<Registrar>,
        strangers: Arc<Streams>,
        peers: Vec<Network>,
    ) -> io::Result<Self> {
        Ok(Self { socket: UdpSocket::bind(addr).await?, registrar, strangers, peers })
    }

    pub fn local(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    async fn next(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.strangers.this_reads_datagrams();
        loop {
            let (len, from) = match self.socket.recv_from(buffer).await {
                Ok(got) => got,
                // An ICMP message about something sent before: the socket is well.
                Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => continue,
                Err(why) => return Err(why),
            };
            match look(&buffer[..len]) {
                Look::Pass => return Ok((len, from)),
                Look::Drop => {
                    metrics::counter!("jackfield_sip_failures_total", "what" => "unreadable").increment(1);
                }
                Look::Refuse(status) => {
                    metrics::counter!("jackfield_sip_failures_total", "what" => "malformed").increment(1);
                    let known = self.registrar.knows(Flow { carrier: Carrier::Udp, peer: from });
                    if let (true, Some(answer)) =
                        (known || among(&self.peers, from), refusal(&buffer[..len], status, from))
                    {
                        let _ = self.socket.send_to(answer.as_bytes(), from).await;
                    }
                }
            }
        }
    }
}

impl Socket for Gate {
    fn recv_from<'s, 'b, 'f>(
        &'s self,
        buf: &'b mut [u8],
    ) -> BoxFuture<'f, rsipstack::Result<(usize, SocketAddr)>>
    where
        's: 'f,
        'b: 'f,
        Self: 'f,
    {
        Box::pin(async move { Ok(self.next(buf).await?) })
    }

    fn send_to<'s, 'b, 'f>(
        &'s self,
        buf: &'b [u8],
        addr: SocketAddr,
    ) -> BoxFuture<'f, rsipstack::Result<usize>>
    where
        's: 'f,
        'b: 'f,
        Self: 'f,
    {
        Box::pin(async move { Ok(self.socket.send_to(buf, addr).await?) })
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}

fn look(datagram: &[u8]) -> Look {
    // Pings; the library answers them.
    if datagram.iter().all(u8::is_ascii_whitespace) {
        return Look::Pass;
    }
    let Some(head) = head(datagram) else { return Look::Drop };
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    if first.starts_with("SIP/2.0 ") {
        return Look::Pass;
    }
    let mut words = first.split(' ');
    let (Some(method), Some(_), Some("SIP/2.0"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Look::Drop;
    };
    let (mut via, mut from, mut to, mut call, mut seq, mut length) =
        (false, false, false, false, false, None);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let (name, value) = (name.trim_end(), value.trim());
        let is =
            |full: &str, short: &str| name.eq_ignore_ascii_case(full) || name.eq_ignore_ascii_case(short);
        if is("Via", "v") {
            via = true;
        } else if is("From", "f") {
            from = value.contains(";tag=");
        } else if is("To", "t") {
            to = true;
        } else if is("Call-ID", "i") {
            call = !value.is_empty();
        } else if is("CSeq", "CSeq") {
            let mut parts = value.split_whitespace();
            seq = parts.next().is_some_and(|number| number.parse::<u32>().is_ok())
                && parts.next() == Some(method);
        } else if is("Content-Length", "l") {
            length = value.parse::<usize>().ok();
        }
    }
    if method == "ACK" && !(via && from && to && call && seq) {
        return Look::Drop;
    }
    if !via {
        return Look::Drop;
    }
    if !(from && to && call && seq) || length.is_some_and(|length| length > datagram.len() - head.len() - 4) {
        return Look::Refuse("400 Bad Request");
    }
    if METHODS.contains(&method) { Look::Pass } else { Look::Refuse("405 Method Not Allowed") }
}

/// The start line and the headers.
fn head(datagram: &[u8]) -> Option<&str> {
    let end = datagram.windows(4).position(|four| four == b"\r\n\r\n")?;
    std::str::from_utf8(&datagram[..end]).ok()
}

/// An answer to what the library would not read: the headers that RFC 3261 §8.2.6.2 wants, as they came.
fn refusal(datagram: &[u8], status: &str, from: SocketAddr) -> Option<String> {
    let mut text = format!("SIP/2.0 {status}\r\n");
    let mut top = true;
    for line in head(datagram)?.lines().skip(1) {
        let name = line.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
        match name.as_str() {
            "via" | "v" if std::mem::take(&mut top) => {
                // RFC 3581 §4, so that the answer is known to be for this way.
                let line = line.replace(";rport;", ";").trim_end_matches(";rport").to_owned();
                let _ = write!(text, "{line};received={};rport={}\r\n", from.ip(), from.port());
            }
            "via" | "v" | "from" | "f" | "to" | "t" | "call-id" | "i" | "cseq" => {
                text.push_str(line);
                text.push_str("\r\n");
            }
            _ => {}
        }
    }
    let _ = write!(text, "Allow: {ALLOW}\r\nContent-Length: 0\r\n\r\n");
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn request(method: &str, from: &str, cseq: &str) -> String {
        format!(
            "{method} sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1;rport\r\nFrom: <sip:a@b>{from}\r\n\
             To: <sip:x@y>\r\nCall-ID: 1\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n"
        )
    }

    #[test]
    fn what_the_library_would_drop_is_refused() {
        let table = [
            (request("OPTIONS", ";tag=1", "1 OPTIONS"), Look::Pass),
            (request("FROBNICATE", ";tag=1", "1 FROBNICATE"), Look::Refuse("405 Method Not Allowed")),
            (request("OPTIONS", "", "1 OPTIONS"), Look::Refuse("400 Bad Request")),
            (request("OPTIONS", ";tag=1", "x OPTIONS"), Look::Refuse("400 Bad Request")),
            (request("OPTIONS", ";tag=1", "1 INVITE"), Look::Refuse("400 Bad Request")),
            (request("ACK", "", "1 ACK"), Look::Drop),
            ("GET / HTTP/1.1\r\n\r\n".into(), Look::Drop),
            ("OPTIONS".into(), Look::Drop),
            ("\r\n\r\n".into(), Look::Pass),
            ("SIP/2.0 200 OK\r\n\r\n".into(), Look::Pass),
        ];
        for (text, expected) in table {
            assert_eq!(look(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_body_that_is_missing_is_refused() {
        let text =
            request("OPTIONS", ";tag=1", "1 OPTIONS").replace("Content-Length: 0", "Content-Length: 9");
        assert_eq!(look(text.as_bytes()), Look::Refuse("400 Bad Request"));
    }

    proptest! {
        #[test]
        fn no_datagram_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = look(&bytes);
            let _ = refusal(&bytes, "400 Bad Request", ([127, 0, 0, 1], 1).into());
        }
    }
}
