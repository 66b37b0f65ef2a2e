//! A tiny registrar that challenges every REGISTER, over UDP and TCP.

use md5::{Digest, Md5};
use sha2::Sha256;
use std::{net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
    sync::watch,
};

#[derive(Clone, Copy)]
pub enum Hash {
    Md5,
    Sha256,
}

pub struct Registrar {
    pub addr: SocketAddr,
    /// The `Expires` of each REGISTER that was accepted.
    pub accepted: watch::Receiver<Vec<u32>>,
}

struct Rule {
    hash: Hash,
    password: &'static str,
    granted: u32,
    accepted: watch::Sender<Vec<u32>>,
}

impl Registrar {
    pub async fn udp(hash: Hash, password: &'static str, granted: u32) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let addr = socket.local_addr().expect("bound");
        let (rule, accepted) = Rule::new(hash, password, granted);
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let answer = rule.answer(&String::from_utf8_lossy(&buffer[..length]), from);
                socket.send_to(answer.as_bytes(), from).await.expect("sent");
            }
        });
        Self { addr, accepted }
    }

    pub async fn tcp(hash: Hash, password: &'static str, granted: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let addr = listener.local_addr().expect("bound");
        let (rule, accepted) = Rule::new(hash, password, granted);
        let rule = Arc::new(rule);
        tokio::spawn(async move {
            while let Ok((mut stream, from)) = listener.accept().await {
                let rule = rule.clone();
                tokio::spawn(async move {
                    let (mut text, mut buffer) = (String::new(), [0; 4096]);
                    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
                        while let Some((request, rest)) = text.split_once("\r\n\r\n") {
                            let answer = rule.answer(request, from);
                            text = rest.to_owned();
                            stream.write_all(answer.as_bytes()).await.expect("sent");
                        }
                    }
                });
            }
        });
        Self { addr, accepted }
    }
}

impl Rule {
    fn new(hash: Hash, password: &'static str, granted: u32) -> (Self, watch::Receiver<Vec<u32>>) {
        let (accepted, seen) = watch::channel(Vec::new());
        (Self { hash, password, granted, accepted }, seen)
    }

    fn answer(&self, request: &str, from: SocketAddr) -> String {
        assert!(request.starts_with("REGISTER "), "{request}");
        let header = |name: &str| {
            request.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
        };
        let (via, id) = (header("Via").expect("Via"), header("Call-ID").expect("Call-ID"));
        let (to, sender) = (header("To").expect("To"), header("From").expect("From"));
        let cseq = header("CSeq").expect("CSeq");
        let contact = header("Contact").expect("Contact");
        let wanted: u32 = header("Expires").expect("Expires").trim().parse().expect("seconds");
        let (code, more) = match header("Authorization") {
            None => {
                let name = self.hash.name();
                let challenge = format!(
                    "WWW-Authenticate: Digest realm=\"test\", nonce=\"n0\", qop=\"auth\", algorithm={name}\r\n"
                );
                ("401 Unauthorized", challenge)
            }
            Some(digest) if is_right(self.hash, "REGISTER", self.password, &digest) => {
                self.accepted.send_modify(|all| all.push(wanted));
                let granted = wanted.min(self.granted);
                ("200 OK", format!("Contact: {contact};expires={granted}\r\n"))
            }
            Some(_) => ("403 Forbidden", String::new()),
        };
        let via = via.replace(";rport", &format!(";rport={};received={}", from.port(), from.ip()));
        format!(
            "SIP/2.0 {code}\r\nVia: {via}\r\nFrom: {sender}\r\nTo: {to};tag=r\r\nCall-ID: {id}\r\nCSeq: {cseq}\r\n\
             {more}Content-Length: 0\r\n\r\n"
        )
    }
}

/// Whether a digest is that of user and password (RFC 7616, 3.4.1), in the realm `test`.
pub fn is_right(hash: Hash, method: &str, password: &str, digest: &str) -> bool {
    let part = |name: &str| {
        let (_, rest) =
            digest.split_once(&format!("{name}=")).unwrap_or_else(|| panic!("{name} in {digest}"));
        rest.split([',', ' ']).next().unwrap_or_default().trim_matches('"').to_owned()
    };
    let a1 = hash.of(&format!("{}:test:{password}", part("username")));
    let a2 = hash.of(&format!("{method}:{}", part(" uri")));
    let middle = format!("{}:{}:{}:{}", part(" nonce"), part("nc"), part("cnonce"), part("qop"));
    hash.of(&format!("{a1}:{middle}:{a2}")) == part("response") && part("algorithm") == hash.name()
}

impl Hash {
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn of(self, text: &str) -> String {
        let digest = match self {
            Self::Md5 => Md5::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
        };
        digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    }
}
