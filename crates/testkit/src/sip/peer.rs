//! A peer that writes SIP by hand, so that it shares no mistake with a library: a datagram socket, or a stream.

use super::{SipMessage, SipStream, sdp};
use crate::wait::PATIENCE;
use md5::{Digest, Md5};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::{net::UdpSocket, time::timeout};

static NUMBER: AtomicU32 = AtomicU32::new(1);

fn fresh() -> u32 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// A peer.
pub struct Peer {
    pub socket: UdpSocket,
    pub rtp: UdpSocket,
    pub user: String,
    /// Via headers below its own, as a proxy has them of whom it speaks for.
    pub below: String,
    server: SocketAddr,
    backlog: VecDeque<SipMessage>,
    /// Instead of datagrams.
    line: Option<SipStream>,
}

/// One end of a dialog.
#[derive(Clone, Debug)]
pub struct SipDialog {
    pub id: String,
    pub ours: String,
    pub theirs: String,
    pub target: String,
    pub cseq: u32,
    /// The branch of the INVITE, when it was ours.
    pub branch: String,
}

/// The Authorization of a user for an MD5 challenge.
pub fn authorization(
    user: &str,
    challenge: &str,
    method: &str,
    uri: &str,
    nc: u32,
    password: &str,
) -> String {
    let part = |name: &str| {
        let from = challenge.split(&format!("{name}=\"")).nth(1).expect("part of a challenge");
        from.split('"').next().expect("part of a challenge").to_owned()
    };
    let (realm, nonce) = (part("realm"), part("nonce"));
    let hash = |text: String| {
        let digest = Md5::digest(text.as_bytes());
        digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    };
    let ha1 = hash(format!("{user}:{realm}:{password}"));
    let ha2 = hash(format!("{method}:{uri}"));
    let response = hash(format!("{ha1}:{nonce}:{nc:08x}:c0ffee:auth:{ha2}"));
    format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
         algorithm=MD5, cnonce=\"c0ffee\", qop=auth, nc={nc:08x}"
    )
}

/// The same as RFC 2069 had it: without `qop`, and what comes with it.
pub fn authorization_without_qop(
    user: &str,
    challenge: &str,
    method: &str,
    uri: &str,
    password: &str,
) -> String {
    let part = |name: &str| {
        let from = challenge.split(&format!("{name}=\"")).nth(1).expect("part of a challenge");
        from.split('"').next().expect("part of a challenge").to_owned()
    };
    let (realm, nonce) = (part("realm"), part("nonce"));
    let hash = |text: String| {
        let digest = Md5::digest(text.as_bytes());
        digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    };
    let (ha1, ha2) = (hash(format!("{user}:{realm}:{password}")), hash(format!("{method}:{uri}")));
    let response = hash(format!("{ha1}:{nonce}:{ha2}"));
    format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\""
    )
}

impl SipDialog {
    /// Takes the tag of a refusal, for its ACK.
    pub fn learn_tag(&mut self, refusal: &SipMessage) {
        refusal.header("To").expect("To").clone_into(&mut self.theirs);
    }

    /// Takes from an answer what the dialog needs.
    pub fn learn(&mut self, answer: &SipMessage) {
        self.learn_tag(answer);
        self.target = answer.contact();
    }
}

impl Peer {
    pub async fn new(user: &str, server: SocketAddr) -> Self {
        Self::at(if server.is_ipv6() { "[::1]:0" } else { "127.0.0.1:0" }, user, server).await
    }

    /// A peer at an address of its own.
    pub async fn at(here: &str, user: &str, server: SocketAddr) -> Self {
        let bind = || UdpSocket::bind(here);
        let (socket, rtp) = (bind().await.expect("a socket"), bind().await.expect("a socket"));
        let (user, below) = (user.to_owned(), String::new());
        Self { socket, rtp, user, below, server, backlog: VecDeque::new(), line: None }
    }

    pub fn addr(&self) -> SocketAddr {
        self.socket.local_addr().expect("an address")
    }

    pub fn rtp_port(&self) -> u16 {
        self.rtp.local_addr().expect("an address").port()
    }

    pub fn sdp(&self, direction: &str) -> String {
        sdp(self.rtp_port(), direction)
    }

    /// Speaks over a stream from now on.
    #[must_use]
    pub fn over(mut self, line: SipStream) -> Self {
        self.line = Some(line);
        self
    }

    /// Hangs up the stream.
    pub fn cut(&mut self) {
        self.line = None;
    }

    pub async fn send(&self, text: &str) {
        if let Some(line) = &self.line {
            return line.send(text).await;
        }
        self.socket.send_to(text.as_bytes(), self.server).await.expect("sent");
    }

    async fn receive(&self, patience: Duration) -> Option<SipMessage> {
        if let Some(line) = &self.line {
            return timeout(patience, line.receive()).await.ok();
        }
        let mut buffer = vec![0; 65_535];
        let (len, _) = timeout(patience, self.socket.recv_from(&mut buffer)).await.ok()?.expect("received");
        Some(SipMessage(String::from_utf8_lossy(&buffer[..len]).into_owned()))
    }

    /// The next message that is this: a method, or `200 INVITE`. Others wait for their turn.
    pub async fn expect(&mut self, what: &str) -> SipMessage {
        self.within(PATIENCE, what)
            .await
            .unwrap_or_else(|| panic!("{}: no {what}; waiting: {:#?}", self.user, self.backlog))
    }

    /// The same within a time of one's own.
    pub async fn within(&mut self, patience: Duration, what: &str) -> Option<SipMessage> {
        if let Some(at) = self.backlog.iter().position(|message| message.is(what)) {
            return self.backlog.remove(at);
        }
        let end = tokio::time::Instant::now() + patience;
        loop {
            let message = self.receive(end.saturating_duration_since(tokio::time::Instant::now())).await?;
            if message.is(what) {
                return Some(message);
            }
            self.backlog.push_back(message);
        }
    }

    /// Nothing comes for so long, but what is let pass.
    pub async fn hears_nothing(&mut self, time: Duration) {
        if let Some(message) = self.receive(time).await {
            panic!("{} heard {message:?}", self.user);
        }
    }

    pub fn contact(&self) -> String {
        match &self.line {
            Some(line) => format!("sip:{}@host.invalid;transport={}", self.user, line.name.to_lowercase()),
            None => format!("sip:{}@{}", self.user, self.addr()),
        }
    }

    pub fn via(&self, branch: &str) -> String {
        let name = self.line.as_ref().map_or("UDP", |line| line.name);
        format!("Via: SIP/2.0/{name} {};branch={branch};rport\r\n{}", self.addr(), self.below)
    }

    /// A REGISTER with these headers besides.
    pub fn register_text(&self, call_id: &str, cseq: u32, extra: &str) -> String {
        let (user, server) = (&self.user, self.server);
        format!(
            "REGISTER sip:{server} SIP/2.0\r\n{}Max-Forwards: 70\r\nFrom: <sip:{user}@{server}>;tag=r{}\r\n\
             To: <sip:{user}@{server}>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\n{extra}Content-Length: 0\r\n\r\n",
            self.via(&format!("z9hG4bKr{}", fresh())),
            fresh(),
        )
    }

    /// The Authorization for a challenge.
    pub fn authorization(&self, challenge: &str, method: &str, uri: &str, nc: u32, password: &str) -> String {
        authorization(&self.user, challenge, method, uri, nc, password)
    }

    /// Registers; what the last answer was.
    pub async fn register_with(&mut self, extra: &str) -> SipMessage {
        let call_id = format!("reg{}", fresh());
        self.send(&self.register_text(&call_id, 1, extra)).await;
        let challenge = self.expect("401 REGISTER").await;
        let md5 =
            challenge.headers("WWW-Authenticate").find(|value| value.contains("algorithm=MD5")).expect("MD5");
        let proof = self.authorization(md5, "REGISTER", &format!("sip:{}", self.server), 1, "demo");
        self.send(&self.register_text(&call_id, 2, &format!("Authorization: {proof}\r\n{extra}"))).await;
        loop {
            let message = self.receive(PATIENCE).await.expect("an answer to REGISTER");
            if message.header("CSeq") == Some("2 REGISTER") {
                return message;
            }
        }
    }

    /// Registers as a phone does.
    pub async fn register(&mut self) {
        let extra = format!("Contact: <{}>\r\nExpires: 300\r\nAllow-Events: talk\r\n", self.contact());
        let answer = self.register_with(&extra).await;
        assert_eq!(answer.code(), Some(200), "{answer:?}");
    }

    /// Calls a number; the ends that are known so far.
    pub async fn invite(&self, number: &str, body: &str) -> SipDialog {
        self.invite_with(number, body, "").await
    }

    /// The server that it speaks with.
    pub fn server(&self) -> SocketAddr {
        self.server
    }

    pub async fn invite_with(&self, number: &str, body: &str, extra: &str) -> SipDialog {
        let call = self.call_to(number);
        self.send(&self.invite_text(&call, body, extra)).await;
        call
    }

    /// A call to a number, before anything is sent.
    pub fn call_to(&self, number: &str) -> SipDialog {
        let n = fresh();
        let server = self.server;
        SipDialog {
            id: format!("call{n}@{}", self.addr()),
            ours: format!("\"Caller\" <sip:{}@{server}>;tag=f{n}", self.user),
            theirs: format!("<sip:{number}@{server}>"),
            target: format!("sip:{number}@{server}"),
            cseq: 1,
            branch: format!("z9hG4bKi{n}"),
        }
    }

    /// The text of the INVITE of a call, also to be sent again.
    pub fn invite_text(&self, call: &SipDialog, body: &str, extra: &str) -> String {
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "INVITE {} SIP/2.0\r\n{}Max-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} INVITE\r\n\
             Contact: <{}>\r\nAllow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE\r\n{extra}{kind}Content-Length: {}\r\n\r\n{body}",
            call.target,
            self.via(&call.branch),
            call.ours,
            call.theirs,
            call.id,
            call.cseq,
            self.contact(),
            body.len(),
        )
    }

    /// CANCEL of an INVITE of ours, or the ACK of its refusal: both are of its transaction.
    pub async fn of_invite(&self, call: &SipDialog, method: &str) {
        let (target, via) = (&call.target, self.via(&call.branch));
        self.send(&format!(
            "{method} {target} SIP/2.0\r\n{via}Max-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\n\
             CSeq: {} {method}\r\nContent-Length: 0\r\n\r\n",
            call.ours, call.theirs, call.id, call.cseq
        ))
        .await;
    }

    /// A request within a dialog.
    pub async fn request(&self, call: &mut SipDialog, method: &str, extra: &str, body: &str) {
        if method != "ACK" {
            call.cseq += 1;
        }
        call.branch = format!("z9hG4bKd{}", fresh());
        self.send(&format!(
            "{method} {} SIP/2.0\r\n{}Max-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {method}\r\n\
             Contact: <{}>\r\n{extra}Content-Length: {}\r\n\r\n{body}",
            call.target,
            self.via(&call.branch),
            call.ours,
            call.theirs,
            call.id,
            call.cseq,
            self.contact(),
            body.len()
        ))
        .await;
    }

    /// The text of a request within a dialog, without a body.
    pub fn request_text(&self, call: &mut SipDialog, method: &str) -> String {
        if method != "ACK" {
            call.cseq += 1;
        }
        call.branch = format!("z9hG4bKd{}", fresh());
        format!(
            "{method} {} SIP/2.0\r\n{}Max-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {} {method}\r\n\
             Content-Length: 0\r\n\r\n",
            call.target,
            self.via(&call.branch),
            call.ours,
            call.theirs,
            call.id,
            call.cseq,
        )
    }

    /// Answers a call with a body of several parts; `kind` is its Content-Type.
    pub async fn answer_in_parts(&self, request: &SipMessage, kind: &str, body: &str) {
        let to = format!("To: {}", request.header("To").expect("To"));
        let named = ["Via", "From", "Call-ID", "CSeq"];
        let copied = named.iter().fold(String::new(), |text, name| {
            text + &format!("{name}: {}\r\n", request.header(name).expect("a header"))
        });
        self.send(&format!(
            "SIP/2.0 200 OK\r\n{copied}{to};tag={}\r\nContact: <{}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            self.tag(),
            self.contact(),
            body.len()
        ))
        .await;
    }

    /// The code of the next final response to INVITE; [`Peer::last`] is the response.
    pub async fn receive_final(&mut self) -> u16 {
        loop {
            let message = self.receive(PATIENCE).await.expect("a response");
            let code = message.code().unwrap_or_default();
            if code >= 200 && message.header("CSeq").is_some_and(|cseq| cseq.ends_with("INVITE")) {
                self.backlog.push_front(message);
                return code;
            }
        }
    }

    /// What was received last.
    pub fn last(&self) -> &SipMessage {
        self.backlog.front().expect("a message")
    }

    /// Answers as another end of the same INVITE.
    pub async fn answer_tagged(&self, request: &SipMessage, status: &str, tag: &str, body: &str) {
        let to = request.header("To").expect("To");
        let forked = SipMessage(request.0.replace(&format!("To: {to}"), &format!("To: {to};tag={tag}")));
        self.answer(&forked, status, "", body).await;
    }

    /// Answers with another Contact than where we are.
    pub async fn answer_as(&self, request: &SipMessage, status: &str, contact: &str, body: &str) {
        self.answer_from(request, status, contact, "", body).await;
    }

    /// Answers a request; the To gets our tag where it has none.
    pub async fn answer(&self, request: &SipMessage, status: &str, extra: &str, body: &str) {
        self.answer_from(request, status, &self.contact(), extra, body).await;
    }

    /// Answers with another Contact than where we are, and these headers besides.
    pub async fn answer_with(
        &self,
        request: &SipMessage,
        status: &str,
        contact: &str,
        extra: &str,
        body: &str,
    ) {
        self.answer_from(request, status, contact, extra, body).await;
    }

    async fn answer_from(&self, request: &SipMessage, status: &str, contact: &str, extra: &str, body: &str) {
        let vias: Vec<String> = request.headers("Via").map(|via| format!("Via: {via}\r\n")).collect();
        let to = request.header("To").expect("To");
        let tag = if to.contains(";tag=") { String::new() } else { format!(";tag={}", self.tag()) };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        self.send(&format!(
            "SIP/2.0 {status}\r\n{}From: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <{contact}>\r\n\
             Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE\r\n{kind}{extra}Content-Length: {}\r\n\r\n{body}",
            vias.concat(),
            request.header("From").expect("From"),
            request.header("Call-ID").expect("Call-ID"),
            request.header("CSeq").expect("CSeq"),
            body.len()
        ))
        .await;
    }

    fn tag(&self) -> String {
        format!("t{}", self.addr().port())
    }

    /// The dialog of a call that came in.
    pub fn dialog_of(&self, invite: &SipMessage) -> SipDialog {
        SipDialog {
            id: invite.header("Call-ID").expect("Call-ID").to_owned(),
            ours: format!("{};tag={}", invite.header("To").expect("To"), self.tag()),
            theirs: invite.header("From").expect("From").to_owned(),
            target: invite.contact(),
            cseq: 100,
            branch: String::new(),
        }
    }

    /// Takes the 200 of a call of ours, and acknowledges it.
    pub async fn established(&mut self, call: &mut SipDialog) -> SipMessage {
        let answer = self.expect("200 INVITE").await;
        call.learn(&answer);
        self.request(call, "ACK", "", "").await;
        answer
    }

    /// Whether the next message is a response with this code.
    pub async fn expect_code(&mut self, code: u16) -> bool {
        self.receive(PATIENCE).await.is_some_and(|message| message.code() == Some(code))
    }

    /// Says something to a port of the server: `count` packets with this payload.
    pub async fn say(&self, port: u16, payload: u8, count: u16) {
        for n in 0..count {
            let mut packet = vec![0x80, 0];
            packet.extend(n.to_be_bytes());
            packet.extend((u32::from(n) * 160).to_be_bytes());
            packet.extend(u32::from(self.rtp_port()).to_be_bytes());
            packet.extend([payload; 160]);
            self.rtp.send_to(&packet, ("127.0.0.1", port)).await.expect("sent");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Drops what was received and not looked at.
    pub async fn forget(&mut self) {
        while self.receive(Duration::from_millis(20)).await.is_some() {}
        self.backlog.clear();
    }

    /// Whether any sound is heard within this time.
    pub async fn hears_anything(&self, time: Duration) -> bool {
        let mut buffer = [0; 2048];
        timeout(time, self.rtp.recv_from(&mut buffer)).await.is_ok()
    }

    /// Whether this payload is heard before long.
    pub async fn hears(&self, payload: u8) -> bool {
        let mut buffer = [0; 2048];
        let listen = async {
            loop {
                let (len, _) = self.rtp.recv_from(&mut buffer).await.expect("received");
                if len == 172 && buffer[12..172].iter().all(|byte| *byte == payload) {
                    return;
                }
            }
        };
        timeout(Duration::from_secs(2), listen).await.is_ok()
    }
}
