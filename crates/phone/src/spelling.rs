//! The library spells SHA-256 without its hyphen, in digests it reads and in those it writes, and puts `qop` in
//! quotes (RFC 7616, 3.3 and 3.4; RFC 3261, 25.1). What comes in is respelt for it, what goes out for everybody else.

use rsipstack::{
    sip::{HasHeaders, Header, SipMessage},
    transaction::endpoint::MessageInspector,
    transport::SipAddr,
};

pub(crate) struct Spelling;

impl MessageInspector for Spelling {
    fn before_send(&self, mut message: SipMessage, _: Option<&SipAddr>) -> SipMessage {
        if let SipMessage::Request(request) = &mut message {
            for header in request.headers_mut().iter_mut() {
                match header {
                    Header::Authorization(digest) => *digest = proper(digest.value()).into(),
                    Header::ProxyAuthorization(digest) => *digest = proper(digest.value()).into(),
                    _ => {}
                }
            }
        }
        message
    }

    fn after_received(&self, mut message: SipMessage, _: Option<&SipAddr>) -> SipMessage {
        if let SipMessage::Response(response) = &mut message {
            for header in response.headers_mut().iter_mut() {
                match header {
                    Header::WwwAuthenticate(challenge) => *challenge = library(challenge.value()).into(),
                    Header::ProxyAuthenticate(challenge) => *challenge = library(challenge.value()).into(),
                    _ => {}
                }
            }
        }
        message
    }
}

fn proper(digest: &str) -> String {
    digest.replace("algorithm=SHA256", "algorithm=SHA-256").replace("qop=\"auth\"", "qop=auth")
}

fn library(challenge: &str) -> String {
    challenge
        .replace("algorithm=SHA-256", "algorithm=SHA256")
        .replace("algorithm=\"SHA-256\"", "algorithm=SHA256")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha_256_is_respelt_both_ways_and_md5_is_left_alone() {
        let challenge = r#"Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth""#;
        assert!(library(challenge).contains("algorithm=SHA256,"));
        let digest = r#"Digest username="u", algorithm=SHA256, qop="auth", nc=00000001"#;
        assert_eq!(proper(digest), r#"Digest username="u", algorithm=SHA-256, qop=auth, nc=00000001"#);
        assert_eq!(library(r#"Digest algorithm=MD5, qop="auth""#), r#"Digest algorithm=MD5, qop="auth""#);
    }
}
