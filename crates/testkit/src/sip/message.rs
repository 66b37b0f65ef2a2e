//! SIP messages as text, read with nothing but string functions.

/// A message.
#[derive(Clone, Debug)]
pub struct SipMessage(pub String);

impl SipMessage {
    pub fn start(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    /// The status code of a response.
    pub fn code(&self) -> Option<u16> {
        self.start().strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// Whether it is this request, or a response with this code to this method (`200 INVITE`).
    pub fn is(&self, what: &str) -> bool {
        match what.split_once(' ') {
            Some((code, method)) => {
                self.code().map(|code| code.to_string()).as_deref() == Some(code)
                    && self.header("CSeq").is_some_and(|cseq| cseq.ends_with(method))
            }
            None => self.start().split(' ').next() == Some(what),
        }
    }

    pub fn header<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.headers(name).next()
    }

    pub fn headers<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().skip(1).filter_map(move |line| {
            let (key, value) = line.split_once(':')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// The URI of the Contact.
    pub fn contact(&self) -> String {
        let contact = self.header("Contact").expect("a Contact");
        let inner = contact.split_once('<').map_or(contact, |(_, rest)| rest);
        inner.split('>').next().expect("a URI").to_owned()
    }

    /// The port that the session description names.
    pub fn rtp_port(&self) -> u16 {
        let line = self.body().lines().find(|line| line.starts_with("m=audio ")).expect("audio");
        line.split(' ').nth(1).and_then(|port| port.parse().ok()).expect("a port")
    }

    /// The direction that it names.
    pub fn direction(&self) -> &str {
        let names = ["sendrecv", "sendonly", "recvonly", "inactive"];
        names.into_iter().find(|name| self.body().contains(&format!("a={name}"))).unwrap_or("sendrecv")
    }
}

/// A session description.
pub fn sdp(port: u16, direction: &str) -> String {
    format!(
        "v=0\r\no=- 7 7 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 8 101\r\n\
         a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na={direction}\r\n"
    )
}
