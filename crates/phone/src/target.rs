//! Where requests go: addresses as URIs of the SIP library.

use crate::PhoneError;
use rsipstack::{
    sip::{Auth, Header, Param, Scheme, Transport, Uri},
    transport::SipAddr,
};
use std::net::SocketAddr;

/// The longest number or address that is dialled, in bytes.
const LONGEST: usize = 128;

/// Whom to call and where to send the INVITE.
pub(crate) struct CallTarget {
    pub uri: Uri,
    pub destination: SipAddr,
}

/// Reads `number` (sent to `server`) or `user@address:port` (sent there).
///
/// # Errors
/// [`PhoneError::Unwritable`] when it holds blanks, brackets or control characters, or is too long.
pub(crate) fn target(
    number: &str,
    server: SocketAddr,
    transport: Transport,
) -> Result<CallTarget, PhoneError> {
    let bad = || PhoneError::Unwritable(number.chars().take(LONGEST).collect());
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"@:;?".contains(c);
    let (user, addr) = match number.split_once('@') {
        Some((user, host)) => (user, host.parse().map_err(|_| bad())?),
        None => (number, server),
    };
    if user.is_empty() || number.len() > LONGEST || !user.chars().all(plain) {
        return Err(bad());
    }
    Ok(CallTarget { uri: uri(user, addr, transport), destination: SipAddr::new(transport, addr.into()) })
}

/// `sip:user@addr`, with the transport when it is not UDP.
pub(crate) fn uri(user: &str, addr: SocketAddr, transport: Transport) -> Uri {
    Uri {
        scheme: Some(Scheme::Sip),
        auth: Some(Auth { user: user.to_owned(), password: None }),
        ..bare(addr, transport)
    }
}

/// `sip:addr`, with the transport when it is not UDP.
pub(crate) fn bare(addr: SocketAddr, transport: Transport) -> Uri {
    let params = if transport == Transport::Udp { Vec::new() } else { vec![Param::Transport(transport)] };
    Uri { scheme: Some(Scheme::Sip), auth: None, host_with_port: addr.into(), params, headers: Vec::new() }
}

/// Headers of the caller's choice.
///
/// # Errors
/// [`PhoneError::Unwritable`] when a name is no token or a value holds a line break.
pub(crate) fn headers(pairs: &[(&str, &str)]) -> Result<Vec<Header>, PhoneError> {
    pairs
        .iter()
        .map(|(name, value)| {
            let token = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
            if name.is_empty() || !name.chars().all(token) || value.contains(char::is_control) {
                return Err(PhoneError::Unwritable(format!("{name}: {value}")));
            }
            Ok(Header::Other((*name).to_owned(), (*value).to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: ([u8; 4], u16) = ([192, 0, 2, 1], 5060);

    #[test]
    fn a_number_goes_to_the_server_and_an_address_to_its_host() {
        let to = target("+15550201", SERVER.into(), Transport::Udp).expect("a number");
        assert_eq!(to.uri.to_string(), "sip:+15550201@192.0.2.1:5060");
        let to = target("bob@192.0.2.9:5070", SERVER.into(), Transport::Tcp).expect("an address");
        assert_eq!(to.uri.to_string().to_lowercase(), "sip:bob@192.0.2.9:5070;transport=tcp");
        assert_eq!(to.destination.to_string(), "TCP 192.0.2.9:5070");
    }

    #[test]
    fn what_would_break_a_message_is_not_dialled() {
        for bad in ["", "a b", "1\r\n2", "<1>", "a@b", "1;x=y", &"9".repeat(200)] {
            assert!(target(bad, SERVER.into(), Transport::Udp).is_err(), "{bad:?}");
        }
        assert!(headers(&[("X-A", "1\r\nX-B: 2")]).is_err());
        assert!(headers(&[("X A", "1")]).is_err());
        assert_eq!(headers(&[("X-A", "1")]).expect("fine").len(), 1);
    }
}
