//! Addresses that cannot be listened on: why, and which flag helps.

use anyhow::{Result, anyhow, bail};
use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket},
};

/// How many ports behind a taken one are tried, to name one that is free.
const TRIED: u16 = 100;

/// Tells whether an address can be listened on.
type IsFree = fn(SocketAddr) -> io::Result<()>;

/// Why an address cannot be listened on, in words for the operator who chose it with `flag`.
pub fn in_words(flag: &str, addr: SocketAddr, why: &io::Error) -> String {
    match why.kind() {
        ErrorKind::AddrInUse => {
            format!("another program has {addr}: give another address or port with {flag}")
        }
        ErrorKind::AddrNotAvailable => {
            format!("this machine has no address {}: give one it has with {flag}", addr.ip())
        }
        ErrorKind::PermissionDenied => format!(
            "{addr} may not be listened on ({why}): ports below 1024 need the right to it, {flag} takes another"
        ),
        _ => format!("{addr} cannot be listened on ({why}): {flag} takes another address"),
    }
}

/// Checks that the demo can listen where it should, before anything of it is started. Refuses with flags that name free
/// ports, for everything that is taken, in one message.
pub fn look(http: SocketAddr, sip: Option<SocketAddr>) -> Result<()> {
    let sip = sip.map(|addr| ("--sip", addr, signalling as IsFree));
    let wanted = [Some(("--host", http, web as IsFree)), sip];
    let (mut taken, mut flags) = (Vec::new(), Vec::new());
    for (flag, addr, is_free) in wanted.into_iter().flatten() {
        match is_free(addr) {
            Ok(()) => {}
            Err(why) if why.kind() == ErrorKind::AddrInUse => taken.push(addr.to_string()),
            Err(why) => bail!(in_words(flag, addr, &why)),
        }
        let free = next_free(addr, is_free).map_or_else(|| "ADDR:PORT".into(), |addr| addr.to_string());
        flags.push(format!("{flag} {free}"));
    }
    if taken.is_empty() {
        return Ok(());
    }
    let (taken, flags) = (taken.join(" and "), flags.join(" "));
    Err(anyhow!(
        "another program has {taken}. Start beside it with\n\n  jackfield demo {flags}\n  make demo ARGS=\"{flags}\"\n"
    ))
}

/// The address itself, or the one with the next port that is free.
fn next_free(addr: SocketAddr, is_free: IsFree) -> Option<SocketAddr> {
    let ports = addr.port()..=addr.port().saturating_add(TRIED);
    ports.map(|port| SocketAddr::new(addr.ip(), port)).find(|addr| is_free(*addr).is_ok())
}

/// Whether HTTP can be spoken at an address.
fn web(addr: SocketAddr) -> io::Result<()> {
    TcpListener::bind(addr)?;
    // A browser that asks for `localhost` may be led to IPv6 first, and to another program there.
    let is_here = addr.ip() == Ipv4Addr::LOCALHOST || addr.ip() == Ipv4Addr::UNSPECIFIED;
    if is_here && addr.port() != 0 {
        match TcpListener::bind((Ipv6Addr::LOCALHOST, addr.port())) {
            Err(why) if why.kind() == ErrorKind::AddrInUse => return Err(why),
            // A machine without IPv6 leads nobody there.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

/// Whether SIP can be spoken at an address, over UDP and TCP.
fn signalling(addr: SocketAddr) -> io::Result<()> {
    UdpSocket::bind(addr)?;
    TcpListener::bind(addr)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(port: u16) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, port).into()
    }

    #[test]
    fn what_is_free_is_not_spoken_of() {
        look(any(0), Some(any(0))).unwrap();
        look(any(0), None).unwrap();
    }

    #[test]
    fn every_port_that_is_taken_is_named_with_flags_that_lead_elsewhere() {
        let (web, sip) = (TcpListener::bind(any(0)).unwrap(), UdpSocket::bind(any(0)).unwrap());
        let (web, sip) = (web.local_addr().map(|at| (at, web)), sip.local_addr().map(|at| (at, sip)));
        let ((web_at, _web), (sip_at, _sip)) = (web.unwrap(), sip.unwrap());
        let why = look(web_at, Some(sip_at)).unwrap_err().to_string();
        assert!(why.contains(&format!("another program has {web_at} and {sip_at}.")), "{why}");
        let behind = |flag: &str| -> SocketAddr {
            let mut words = why.split_whitespace().skip_while(|word| *word != flag).skip(1);
            words.next().and_then(|addr| addr.parse().ok()).unwrap()
        };
        look(behind("--host"), Some(behind("--sip"))).unwrap();
    }

    #[test]
    fn a_port_of_sip_is_taken_over_tcp_too() {
        let stream = TcpListener::bind(any(0)).unwrap();
        let addr = stream.local_addr().unwrap();
        let why = look(any(0), Some(addr)).unwrap_err().to_string();
        assert!(why.contains(&format!("another program has {addr}.")) && why.contains("--sip"), "{why}");
    }

    #[test]
    fn an_address_of_another_machine_is_told_with_its_flag() {
        let elsewhere: SocketAddr = "192.0.2.1:8080".parse().unwrap();
        let why = look(elsewhere, None).unwrap_err().to_string();
        assert!(why.contains("no address 192.0.2.1") && why.contains("--host"), "{why}");
    }

    #[test]
    fn words_name_the_flag_whatever_went_wrong() {
        for kind in
            [ErrorKind::AddrInUse, ErrorKind::AddrNotAvailable, ErrorKind::PermissionDenied, ErrorKind::Other]
        {
            let words = in_words("--http", any(80), &kind.into());
            assert!(words.contains("--http") && words.contains("127.0.0.1"), "{words}");
        }
    }
}
