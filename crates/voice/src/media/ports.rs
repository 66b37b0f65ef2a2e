//! Pairs of ports, and the address that descriptions name.

use super::{MediaError, Settings, held};
use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
};

/// How many pairs are tried before the range counts as used up: other programs may use some.
const TRIES: usize = 64;

/// An even port for RTP and the next for RTCP, both without blocking.
pub(super) struct Pair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    /// To be dropped after the sockets.
    pub lease: PortLease,
}

/// The pairs of a range that this process does not use, the longest free first, so that a port just freed rests: late
/// of a call that is over must not be heard in the next.
pub(super) struct Ports {
    free: Mutex<VecDeque<u16>>,
    /// Whether the system chooses.
    any: bool,
}

/// Returns a pair when it is dropped.
pub(super) struct PortLease(Option<(Arc<Ports>, u16)>);

impl Drop for PortLease {
    fn drop(&mut self) {
        if let Some((ports, port)) = self.0.take() {
            held(&ports.free).push_back(port);
        }
    }
}

impl Ports {
    /// They are handed out from a random one on: the rest of the calls of an earlier process still comes in at the
    /// ports that it used last.
    pub fn new(settings: &Settings) -> Arc<Self> {
        let any = *settings.ports.start() == 0;
        let mut free: VecDeque<u16> = if any { VecDeque::new() } else { settings.even_ports().collect() };
        let mut chance = [0; 4];
        // Without randomness they begin with the first.
        if !free.is_empty() && getrandom::fill(&mut chance).is_ok() {
            let first = usize::try_from(u32::from_ne_bytes(chance)).unwrap_or_default() % free.len();
            free.rotate_left(first);
        }
        Arc::new(Self { free: Mutex::new(free), any })
    }

    /// Binds a pair. When all are used nothing is tried; pairs that other programs use come last again.
    pub fn bind(self: &Arc<Self>, ip: IpAddr) -> Result<Pair, MediaError> {
        if self.any {
            return (0..TRIES).find_map(|_| any(ip)).ok_or(MediaError::NoPort);
        }
        let mut refused = None;
        for _ in 0..TRIES {
            let Some(port) = held(&self.free).pop_front() else { break };
            let lease = PortLease(Some((Arc::clone(self), port)));
            match socket(ip, port).and_then(|rtp| Ok((rtp, socket(ip, port + 1)?))) {
                Ok((rtp, rtcp)) => return Ok(Pair { rtp, rtcp, lease }),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.map_or(MediaError::NoPort, MediaError::Io))
    }
}

fn any(ip: IpAddr) -> Option<Pair> {
    let first = socket(ip, 0).ok()?;
    let port = first.local_addr().ok()?.port();
    if port.is_multiple_of(2) {
        Some(Pair { rtp: first, rtcp: socket(ip, port.checked_add(1)?).ok()?, lease: PortLease(None) })
    } else {
        Some(Pair { rtp: socket(ip, port - 1).ok()?, rtcp: first, lease: PortLease(None) })
    }
}

fn socket(ip: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((ip, port))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// The address that descriptions name: the public one, else the bound one, else that of the interface towards the peer
/// (spec: voice-sip#3).
pub(super) fn advertised(settings: &Settings, port: u16, peer: Option<IpAddr>) -> SocketAddr {
    let public = settings.public.filter(|public| peer.is_none_or(|peer| fits(*public, peer)));
    let ip = public.unwrap_or_else(|| {
        if settings.bind.is_unspecified() { towards(settings.bind, peer) } else { settings.bind }
    });
    SocketAddr::new(ip, port)
}

/// Whether an address of ours is of a family that a peer can reach.
fn fits(ours: IpAddr, peer: IpAddr) -> bool {
    ours.is_ipv4() == peer.to_canonical().is_ipv4()
}

/// The address of ours that a peer reaches, where we listen on all. It asks the system's table of routes; no packet is
/// sent. Without a peer, the address of the way to the Internet. A socket for all of IPv6 listens on IPv4 as well.
pub(crate) fn towards(bind: IpAddr, peer: Option<IpAddr>) -> IpAddr {
    let peer = peer.map(|peer| peer.to_canonical());
    let bind = match (bind, peer) {
        (IpAddr::V6(_), Some(IpAddr::V4(_))) => Ipv4Addr::UNSPECIFIED.into(),
        _ => bind,
    };
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

    fn bind(settings: &Settings) -> Pair {
        Ports::new(settings).bind(settings.bind).expect("a pair")
    }

    #[test]
    fn a_pair_is_an_even_port_and_the_next() {
        let settings = Settings::loopback();
        for _ in 0..20 {
            let pair = bind(&settings);
            let port = pair.rtp.local_addr().expect("bound").port();
            assert_eq!(port % 2, 0);
            assert_eq!(pair.rtcp.local_addr().expect("bound").port(), port + 1);
        }
    }

    #[test]
    fn a_range_is_used_up_and_then_refused_and_a_freed_port_is_found_again() {
        let free = bind(&Settings::loopback()).rtp.local_addr().expect("bound").port();
        let settings = Settings { ports: free..=free + 1, ..Settings::loopback() };
        assert_eq!(settings.pairs(), 1);
        let ports = Ports::new(&settings);
        let first = ports.bind(settings.bind).expect("the one pair there is");
        assert!(matches!(ports.bind(settings.bind), Err(MediaError::NoPort)));
        drop(first);
        assert!(ports.bind(settings.bind).is_ok());
    }

    #[test]
    fn a_freed_port_comes_last() {
        let settings = Settings { ports: 20_000..=20_005, ..Settings::loopback() };
        let ports = Ports::new(&settings);
        let all: Vec<u16> = held(&ports.free).iter().copied().collect();
        let first = held(&ports.free).pop_front().expect("a pair");
        drop(PortLease(Some((Arc::clone(&ports), first))));
        assert_eq!(held(&ports.free).iter().copied().collect::<Vec<_>>(), [all[1], all[2], all[0]]);
        let odd = Settings { ports: 20_001..=20_002, ..settings };
        assert_eq!(odd.pairs(), 0);
    }

    #[test]
    fn after_a_start_the_ports_begin_anywhere_in_the_range() {
        let settings = Settings { ports: 10_000..=19_999, ..Settings::loopback() };
        let first = |_| held(&Ports::new(&settings).free).front().copied();
        let starts: std::collections::BTreeSet<_> = (0..20).map(first).collect();
        assert!(starts.len() > 10, "{starts:?}");
        let ports = Ports::new(&settings);
        let mut all: Vec<u16> = held(&ports.free).iter().copied().collect();
        all.sort_unstable();
        assert_eq!(all, settings.even_ports().collect::<Vec<_>>(), "and every pair is there");
    }

    #[test]
    fn what_others_sit_on_is_passed_over() {
        let theirs = bind(&Settings::loopback());
        let port = theirs.rtp.local_addr().expect("bound").port();
        let settings = Settings { ports: port..=port + 1, ..Settings::loopback() };
        let ports = Ports::new(&settings);
        assert!(matches!(ports.bind(settings.bind), Err(MediaError::NoPort)));
        drop(theirs);
        assert!(ports.bind(settings.bind).is_ok());
    }

    #[test]
    fn descriptions_name_the_public_address_and_never_an_unspecified_one() {
        let mut settings = Settings::new(Ipv4Addr::UNSPECIFIED.into());
        let home = advertised(&settings, 10, Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(home, SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 10));
        assert!(!advertised(&settings, 10, None).ip().is_unspecified());
        let both = Settings::new(Ipv6Addr::UNSPECIFIED.into());
        for peer in ["127.0.0.1", "::ffff:127.0.0.1", "::1"] {
            let peer: IpAddr = peer.parse().expect("an address");
            assert_eq!(advertised(&both, 10, Some(peer)).ip(), peer.to_canonical(), "its own family");
        }
        settings.public = Some(Ipv4Addr::new(203, 0, 113, 7).into());
        assert_eq!(advertised(&settings, 10, None).ip(), Ipv4Addr::new(203, 0, 113, 7));
    }
}
