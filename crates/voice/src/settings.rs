//! The settings of calls.

use crate::media;
use domain::call::Dn;
use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

/// The settings of calls.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where SIP is spoken.
    pub listen: Vec<Listen>,
    /// The address that phones see in Via and Contact, where it is not that of the interface.
    pub public: Option<IpAddr>,
    /// The realm of digest authentication (RFC 7616 §3.3).
    pub realm: String,
    /// The hashes that phones are asked for, the first preferred. Many phones in the field give up when offered one
    /// they do not know, so the default is the one that all know.
    pub digest: Vec<Algorithm>,
    /// Whether a phone may answer without `qop`, as RFC 2069 had it: somebody who reads along can then choose the
    /// phone's challenges, so it is off unless an old phone needs it.
    pub digest_without_qop: bool,
    /// The accounts of phones that may register, by number, which is the user part.
    pub accounts: HashMap<Dn, PhoneAccount>,
    /// Networks whose calls are taken without credentials. What such a call says of its origin is shown and trusted for
    /// nothing else (spec: voice-sip#3).
    pub peers: Vec<Network>,
    /// Proxies that are believed about who is behind them (`received` and `rport` of Via, RFC 3581) and how they are
    /// reached (Path, RFC 3327). An edge proves nothing by itself: a phone or gateway behind it is a peer by the
    /// address that the edge names, or has credentials.
    pub edges: Vec<Network>,
    /// Which calls of phones must be proved.
    pub challenge: Challenge,
    /// Pages whose scripts may open a WebSocket, by their origin (`https://phone.example`). A client that sends no
    /// Origin is no browser, and may.
    pub ws_origins: Vec<String>,
    /// Streams, prompts, ports.
    pub media: media::Settings,
    /// Limits on what is taken from the network.
    pub limits: Limits,
    /// How long things take.
    pub timers: Timers,
    /// The most bytes that messages of SIP are kept in for a trace, at most ten minutes; 0 keeps none.
    pub trace: usize,
}

impl Settings {
    /// The room for a trace when nothing else is said: 16 MiB.
    pub const TRACE: usize = 16 << 20;

    /// The address for `--sip`: UDP and TCP on it.
    pub fn both(addr: SocketAddr) -> Vec<Listen> {
        vec![Listen { transport: Transport::Udp, addr }, Listen { transport: Transport::Tcp, addr }]
    }
}

/// Which calls of phones must be proved with a password. Peers have none and are not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Challenge {
    /// Calls that come by a way that several phones may use: more than one number registered over it, or a proxy is
    /// between.
    #[default]
    Shared,
    /// All calls.
    Always,
}

/// One address where SIP is spoken. Port 0 is any free one; TCP with port 0 takes that of UDP.
#[derive(Clone, Debug)]
pub struct Listen {
    /// The transport.
    pub transport: Transport,
    /// The address.
    pub addr: SocketAddr,
}

/// A transport where we listen.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls(Box<TlsIdentity>),
    /// WebSocket (RFC 7118).
    Ws,
}

impl Transport {
    /// The kind of the transport.
    pub const fn carrier(&self) -> Carrier {
        match self {
            Self::Udp => Carrier::Udp,
            Self::Tcp => Carrier::Tcp,
            Self::Tls(_) => Carrier::Tls,
            Self::Ws => Carrier::Ws,
        }
    }
}

/// A kind of transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// Datagrams.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// WebSocket.
    Ws,
}

/// Certificate and key of a TLS listener, both PEM.
#[derive(Clone)]
pub struct TlsIdentity {
    /// The chain, ours first.
    pub certificate: Vec<u8>,
    /// The private key (PKCS 8 or PKCS 1).
    pub key: Vec<u8>,
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// A hash of digest authentication, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// RFC 2617.
    Md5,
    /// RFC 8760.
    Sha256,
}

/// The account of a phone.
#[derive(Clone, Default)]
pub struct PhoneAccount {
    /// The password.
    pub password: String,
    /// How its phones are made to answer.
    pub profile: Profile,
}

impl fmt::Debug for PhoneAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("profile", &self.profile).finish_non_exhaustive()
    }
}

/// How a phone is made to answer (spec: voice-sip#5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// `NOTIFY Event: talk` when the phone announced it, else as [`Profile::Reinvite`].
    #[default]
    Auto,
    /// `NOTIFY Event: talk`; as [`Profile::Reinvite`] when it is refused.
    Talk,
    /// The call to it is ended, and it is called again with the headers for answering by itself.
    Reinvite,
    /// Not at all: by hand.
    Manual,
}

/// A network: an address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The address.
    pub addr: IpAddr,
    /// Leading bits that count, up to 32 or 128.
    pub bits: u8,
}

impl Network {
    /// Whether an address is of this network. An IPv4 address mapped into IPv6 is the IPv4 address.
    pub fn contains(&self, addr: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.addr.to_canonical(), addr.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits()), u128::from(b.to_bits()), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
            _ => return false,
        };
        let drop = width - u32::from(self.bits).min(width);
        ours.checked_shr(drop) == theirs.checked_shr(drop)
    }
}

impl From<IpAddr> for Network {
    fn from(addr: IpAddr) -> Self {
        Self { addr, bits: if addr.is_ipv4() { 32 } else { 128 } }
    }
}

/// Limits on what is taken from the network.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Calls that may come in within a second, those with a password and those without counted apart; further ones get
    /// 503.
    pub calls_per_second: u32,
    /// The same for calls without a password from one network: an IPv4 address, or the /64 of an IPv6 address.
    pub calls_per_second_per_network: u32,
    /// Calls at once that came without a password: from peers, and from phones known by their flow. A peer's further
    /// calls get 503, a phone is asked for its password.
    pub open_calls: usize,
    /// The same for one network.
    pub open_calls_per_network: usize,
    /// The same for one network over datagrams, before an ACK shows that the source is not forged.
    pub unacknowledged_calls_per_network: usize,
    /// Contacts of one number; beyond it the oldest is dropped (spec: voice-sip#3).
    pub registrations: usize,
    /// Wrong credentials of one network within a minute, each for a nonce that was sent there; after that only phones
    /// that are registered are answered.
    pub failed_logins_per_minute: u32,
    /// Legs at once, at most as many as have ports ([`media::Settings::pairs`]); further calls get 503.
    pub legs: usize,
    /// Streams over which nobody registered or called yet; further ones are closed at once.
    pub stranger_streams: usize,
    /// The same for one address.
    pub stranger_streams_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_per_second: 400,
            calls_per_second_per_network: 350,
            open_calls: 4000,
            open_calls_per_network: 2500,
            unacknowledged_calls_per_network: 300,
            registrations: 10,
            failed_logins_per_minute: 60,
            legs: 20_000,
            stranger_streams: 1000,
            stranger_streams_per_address: 100,
        }
    }
}

/// How long things take (spec: voice-sip#6).
#[derive(Clone, Debug)]
pub struct Timers {
    /// The estimate of a round trip, T1 (RFC 3261 §17.1.1.1). A transaction ends after 64 of it.
    pub t1: Duration,
    /// How long a phone may take to answer by itself.
    pub auto_answer: Duration,
    /// How long a phone of ours rings.
    pub ring: Duration,
    /// Shortest registration (423 below it).
    pub min_expires: Duration,
    /// Longest registration.
    pub max_expires: Duration,
    /// A registration that names no time.
    pub default_expires: Duration,
    /// How often a phone behind NAT is asked whether it is there.
    pub keep_alive: Duration,
    /// How long a nonce is good.
    pub nonce: Duration,
    /// The session interval we offer (RFC 4028).
    pub session: Duration,
    /// The shortest session interval we take.
    pub min_session: Duration,
    /// The longest wait before a refused change is tried again by the owner of the Call-ID; 0 to half of it is the
    /// other side's (RFC 3261 §14.1: 4 s).
    pub glare: Duration,
    /// How long a stream stays open over which nobody registers or calls.
    pub stranger: Duration,
    /// How long [`crate::Voice::stop`] waits for phones to hear the end.
    pub stop: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        let secs = Duration::from_secs;
        Self {
            t1: Duration::from_millis(500),
            auto_answer: secs(10),
            ring: secs(60),
            min_expires: secs(60),
            max_expires: secs(3600),
            default_expires: secs(300),
            keep_alive: secs(30),
            nonce: secs(300),
            session: secs(1800),
            min_session: secs(90),
            glare: secs(4),
            stranger: secs(30),
            stop: secs(4),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses() {
        let net = Network { addr: [10, 1, 0, 0].into(), bits: 16 };
        assert!(net.contains([10, 1, 200, 3].into()));
        assert!(!net.contains([10, 2, 0, 1].into()));
        assert!(Network { addr: [0, 0, 0, 0].into(), bits: 0 }.contains([1, 2, 3, 4].into()));
        assert!(
            Network::from(IpAddr::from([127, 0, 0, 1]))
                .contains("::ffff:127.0.0.1".parse().expect("address"))
        );
    }

    #[test]
    fn a_password_is_not_shown() {
        let account = PhoneAccount { password: "secret".into(), profile: Profile::Auto };
        assert!(!format!("{account:?}").contains("secret"));
    }
}
