//! Pairs of ports, and the address that descriptions name.

use super::{MediaError, Settings};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

/// How often the system is asked for a pair before it counts as having none.
const TRIES: usize = 64;

/// An even port for RTP and the next for RTCP, both without blocking.
pub(super) struct Pair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

/// Binds a pair. Of a range, the search begins behind `after`, so that a port just freed rests: late packets of a call
/// that is over must not be heard in the next.
pub(super) fn bind(settings: &Settings, after: u16) -> Result<Pair, MediaError> {
    if *settings.ports.start() == 0 {
        return (0..TRIES).find_map(|_| any(settings.bind)).ok_or(MediaError::NoPort);
    }
    let even = |port: &u16| port.is_multiple_of(2) && settings.ports.contains(&(port + 1));
    let range = || settings.ports.clone().filter(even);
    let mut refused = None;
    for port in range().filter(|port| *port > after).chain(range().filter(|port| *port <= after)) {
        match pair(settings.bind, port) {
            Ok(pair) => return Ok(pair),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.map_or(MediaError::NoPort, MediaError::Io))
}

fn any(ip: IpAddr) -> Option<Pair> {
    let first = socket(ip, 0).ok()?;
    let port = first.local_addr().ok()?.port();
    if port.is_multiple_of(2) {
        Some(Pair { rtp: first, rtcp: socket(ip, port.checked_add(1)?).ok()? })
    } else {
        Some(Pair { rtp: socket(ip, port - 1).ok()?, rtcp: first })
    }
}

fn pair(ip: IpAddr, port: u16) -> io::Result<Pair> {
    Ok(Pair { rtp: socket(ip, port)?, rtcp: socket(ip, port + 1)? })
}

fn socket(ip: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((ip, port))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The address that descriptions name: the public one, else the bound one, else that of the interface towards the peer
/// (voice-sip §3).
pub(super) fn advertised(settings: &Settings, port: u16, peer: Option<IpAddr>) -> SocketAddr {
    let ip = settings.public.unwrap_or_else(|| {
        if settings.bind.is_unspecified() { towards(settings.bind, peer) } else { settings.bind }
    });
    SocketAddr::new(ip, port)
}

/// Asks the system's table of routes; no packet is sent. Without a peer, that of the way out.
fn towards(bind: IpAddr, peer: Option<IpAddr>) -> IpAddr {
    // Addresses for documentation (RFC 5737, RFC 3849) lie behind the default route everywhere.
    let (outside, home): (IpAddr, IpAddr) = if bind.is_ipv4() {
        (Ipv4Addr::new(192, 0, 2, 1).into(), Ipv4Addr::LOCALHOST.into())
    } else {
        (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(), Ipv6Addr::LOCALHOST.into())
    };
    let peer = peer.filter(|peer| peer.is_ipv4() == bind.is_ipv4()).unwrap_or(outside);
    let asked = UdpSocket::bind((bind, 0)).and_then(|socket| {
        socket.connect((peer, 9))?;
        socket.local_addr()
    });
    asked.map_or(home, |address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_an_even_port_and_the_next() {
        let settings = Settings::loopback();
        for _ in 0..20 {
            let pair = bind(&settings, 0).expect("a pair");
            let port = pair.rtp.local_addr().expect("bound").port();
            assert_eq!(port % 2, 0);
            assert_eq!(pair.rtcp.local_addr().expect("bound").port(), port + 1);
        }
    }

    #[test]
    fn a_range_is_used_up_and_then_refused_and_a_freed_port_comes_last() {
        let free = bind(&Settings::loopback(), 0).expect("a pair").rtp.local_addr().expect("bound").port();
        let settings = Settings { ports: free..=free + 1, ..Settings::loopback() };
        let first = bind(&settings, 0).expect("the one pair there is");
        assert!(matches!(bind(&settings, 0), Err(MediaError::NoPort)));
        drop(first);
        assert!(bind(&settings, free).is_ok(), "it is found again behind itself");
    }

    #[test]
    fn descriptions_name_the_public_address_and_never_an_unspecified_one() {
        let mut settings = Settings::new(Ipv4Addr::UNSPECIFIED.into());
        let home = advertised(&settings, 10, Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(home, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 10));
        assert!(!advertised(&settings, 10, None).ip().is_unspecified());
        settings.public = Some(Ipv4Addr::new(203, 0, 113, 7).into());
        assert_eq!(advertised(&settings, 10, None).ip(), Ipv4Addr::new(203, 0, 113, 7));
    }
}
