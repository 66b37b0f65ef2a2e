//! A peer that says over UDP what it is told, word by word.

use std::{net::SocketAddr, time::Duration};
use tokio::net::UdpSocket;

pub struct Script {
    socket: UdpSocket,
    rtp: UdpSocket,
    to: SocketAddr,
    tag: Option<String>,
}

impl Script {
    pub async fn new(to: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let rtp = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        Self { socket, rtp, to, tag: None }
    }

    pub fn sdp(&self, direction: &str) -> String {
        let port = self.rtp.local_addr().expect("bound").port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0\r\na={direction}\r\n"
        )
    }

    pub async fn raw(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.to).await.expect("sent");
    }

    /// A request to Bob, inside the dialog once there was an answer with a tag.
    pub async fn send(&self, method: &str, cseq: u32, headers: &str, body: &str) {
        let own = self.socket.local_addr().expect("bound");
        let tag = self.tag.as_ref().map(|tag| format!(";tag={tag}")).unwrap_or_default();
        let text = format!(
            "{method} sip:bob@{} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{method}{cseq};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:peer@{own}>;tag=peer\r\nTo: <sip:bob@{}>{tag}\r\nCall-ID: script-{own}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:peer@{own}>\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.to,
            self.to,
            body.len()
        );
        self.raw(text.as_bytes()).await;
    }

    /// Reads until a message begins so; remembers the tag of the other side.
    pub async fn until(&mut self, start: &str, within: Duration) -> String {
        let mut buffer = [0; 4096];
        let read = async {
            loop {
                let (length, _) = self.socket.recv_from(&mut buffer).await.expect("a message");
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                if text.starts_with(start) {
                    return text;
                }
            }
        };
        let text = tokio::time::timeout(within, read).await.unwrap_or_else(|_| panic!("no {start}"));
        let to = text.lines().find_map(|line| line.strip_prefix("To: "));
        if let Some((_, tag)) = to.and_then(|to| to.split_once(";tag=")) {
            self.tag = Some(tag.to_owned());
        }
        text
    }

    pub async fn hears_rtp(&self, within: Duration) -> bool {
        let mut buffer = [0; 2048];
        tokio::time::timeout(within, self.rtp.recv_from(&mut buffer)).await.is_ok_and(|read| read.is_ok())
    }
}
