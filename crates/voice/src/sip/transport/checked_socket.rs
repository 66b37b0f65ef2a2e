//! The datagram socket. Strangers are sent nothing but challenges, and those are written here without keeping anything
//! of them: somebody who forges sources can send as many as they like without costing memory.

use super::{
    framing::{StreamItem, whole},
    inspect::{Inspection, answer, answered_at, method},
    message::{Head, end_of_head},
    trace::SipRecorder,
};
use crate::{
    settings::{Carrier, Network},
    sip::{
        address::Address,
        digest::Digest,
        flow::Flow,
        limits::Logins,
        origin::{RequestOrigin, is_of},
        registrar::Registrar,
    },
};
use futures::future::BoxFuture;
use rsipstack::platform::net::UdpSocket as Socket;
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{net::UdpSocket, sync::Mutex};

/// The longest datagram there is.
const DATAGRAM: usize = 65_535;

/// What the gate asks about a sender.
pub(in crate::sip) struct SenderCheck {
    pub registrar: Arc<Registrar>,
    pub digest: Arc<Digest>,
    pub logins: Arc<Logins>,
    pub peers: Vec<Network>,
    pub edges: Vec<Network>,
    pub recorder: Arc<SipRecorder>,
}

/// A socket whose datagrams are checked.
pub(super) struct CheckedSocket {
    socket: UdpSocket,
    doorkeeper: Arc<SenderCheck>,
    /// Whether the socket is one of IPv6: it takes addresses of IPv4 in their mapped form, and nobody else sees them
    /// so.
    mapped: bool,
    /// Only one task reads at a time.
    datagram: Mutex<Vec<u8>>,
}

/// What is done with a message.
enum DatagramAction {
    /// It passes: its sender is known, or it has credentials for a nonce that was sent there, or the code behind
    /// decides whether to answer.
    Enters,
    /// It is dropped: a stranger has had too many failures.
    Silence,
    /// It is answered with this: a stranger has not proved anything yet.
    Challenge(String),
}

impl SenderCheck {
    /// Whether the sender of a message is known: a phone that registered from there, a peer, or an edge that speaks for
    /// itself.
    pub(super) fn knows(&self, head: &Head, flow: Flow) -> bool {
        self.knows_sender(RequestOrigin::of(flow, head.all("Via"), &self.edges).sender)
    }

    /// Notes a message that came in.
    pub(super) fn came(&self, message: &[u8], head: &Head, flow: Flow) {
        self.recorder.keep(message, flow, true, self.knows(head, flow));
    }

    /// Notes a message that goes out.
    pub(super) fn goes(&self, message: &[u8], flow: Flow) {
        self.recorder.keep(message, flow, false, self.knows_sender(flow));
    }

    fn knows_sender(&self, sender: Flow) -> bool {
        self.registrar.knows(sender) || is_of(&self.peers, sender) || is_of(&self.edges, sender)
    }

    /// What becomes of a message from a flow.
    fn meets(&self, head: &Head, flow: Flow) -> DatagramAction {
        let (status, name) = match method(head) {
            Some("REGISTER") => ("401 Unauthorized", "WWW-Authenticate"),
            Some("INVITE") => ("407 Proxy Authentication Required", "Proxy-Authenticate"),
            _ => return DatagramAction::Enters,
        };
        let to = head.find("To").and_then(Address::first);
        let sender = RequestOrigin::of(flow, head.all("Via"), &self.edges).sender;
        if self.knows_sender(sender) || to.is_some_and(|to| to.parameter("tag").is_some()) {
            return DatagramAction::Enters;
        }
        if self.logins.blocked(sender.ip()) {
            return DatagramAction::Silence;
        }
        let given = || head.all("Authorization").chain(head.all("Proxy-Authorization"));
        if self.digest.sent_nonce_of(given(), sender) {
            return DatagramAction::Enters;
        }
        let challenges = self.digest.challenges(sender, given().next().is_some());
        let more: Vec<(&str, String)> = challenges.into_iter().map(|text| (name, text)).collect();
        let named =
            [head.find("Call-ID"), head.find("CSeq"), head.find("From")].map(Option::unwrap_or_default);
        DatagramAction::Challenge(answer(head, status, &self.digest.tag(&named), &more, flow.peer))
    }
}

impl CheckedSocket {
    pub async fn bind(addr: SocketAddr, doorkeeper: Arc<SenderCheck>) -> io::Result<Self> {
        let datagram = Mutex::new(vec![0; DATAGRAM]);
        let mapped = addr.is_ipv6();
        Ok(Self { socket: UdpSocket::bind(addr).await?, doorkeeper, mapped, datagram })
    }

    pub fn local(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    async fn next(&self, out: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let mut datagram = self.datagram.lock().await;
        loop {
            let (len, from) = match self.socket.recv_from(&mut datagram).await {
                Ok((len, from)) => (len, SocketAddr::new(from.ip().to_canonical(), from.port())),
                // An ICMP message about something sent before: the socket itself is fine.
                Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => continue,
                Err(why) => return Err(why),
            };
            let flow = Flow { carrier: Carrier::Udp, peer: from };
            let item = whole(&datagram[..len]);
            if let StreamItem::Message(Inspection::Pass(head, _) | Inspection::Refuse(_, head)) = &item {
                self.doorkeeper.came(&datagram[..len], head, flow);
            }
            let message = match item {
                StreamItem::Ping(_) => {
                    let len = len.min(out.len()).min(4);
                    out[..len].copy_from_slice(&datagram[..len]);
                    return Ok((len, from));
                }
                StreamItem::Message(Inspection::Pass(head, body)) => match self.doorkeeper.meets(&head, flow)
                {
                    DatagramAction::Enters => head.write(&body),
                    DatagramAction::Silence => continue,
                    DatagramAction::Challenge(text) => {
                        let _ = self.send(text.as_bytes(), answered_at(&head, from)).await;
                        continue;
                    }
                },
                StreamItem::Message(Inspection::Drop) => {
                    metrics::counter!("jackfield_sip_failures_total", "what" => "unreadable").increment(1);
                    continue;
                }
                StreamItem::Message(Inspection::Refuse(status, head)) => {
                    self.refuse(&head, status, flow).await;
                    continue;
                }
            };
            if let Some(place) = out.get_mut(..message.len()) {
                place.copy_from_slice(&message);
                return Ok((message.len(), from));
            }
            // The library cannot send longer datagrams.
            if let Some(Ok(head)) = end_of_head(&message).map(|end| Head::read(&message[..end]).ok_or(())) {
                self.refuse(&head, "513 Message Too Large", flow).await;
            }
        }
    }

    async fn send(&self, text: &[u8], to: SocketAddr) -> io::Result<usize> {
        let peer = SocketAddr::new(to.ip().to_canonical(), to.port());
        self.doorkeeper.goes(text, Flow { carrier: Carrier::Udp, peer });
        let to = match to {
            SocketAddr::V4(to) if self.mapped => SocketAddr::new(to.ip().to_ipv6_mapped().into(), to.port()),
            to => to,
        };
        self.socket.send_to(text, to).await
    }

    /// Refuses a request of a known sender.
    async fn refuse(&self, head: &Head, status: &str, flow: Flow) {
        metrics::counter!("jackfield_sip_failures_total", "what" => "malformed").increment(1);
        if self.doorkeeper.knows(head, flow) && method(head).is_some_and(|method| method != "ACK") {
            let text = answer(head, status, "", &[], flow.peer);
            let _ = self.send(text.as_bytes(), flow.peer).await;
        }
    }
}

impl Socket for CheckedSocket {
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
        Box::pin(async move { Ok(self.send(buf, addr).await?) })
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}
