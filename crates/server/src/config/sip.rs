//! Calls, as the settings file has them: where SIP is spoken, who may register, what callers bring along.

use super::Password;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// The address when none is given.
pub const DEFAULT_ADDR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 5060);

/// Calls.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    /// Whether to do without calls.
    pub off: bool,
    /// Where SIP is spoken over UDP and TCP; `127.0.0.1:5060` when not given. An address that is given must be free;
    /// without one, the server runs without calls when another program has that port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"10.0.0.5:5060")]
    pub addr: Option<SocketAddr>,
    /// Where it is spoken over TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<SipTls>,
    /// Where it is spoken over WebSocket.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"127.0.0.1:5066")]
    pub ws: Option<SocketAddr>,
    /// Pages whose scripts may open that WebSocket, by their origin (`https://phone.example`). Programs that are no
    /// browsers always may.
    #[schemars(example = ["https://phone.example"])]
    pub ws_origins: Vec<String>,
    /// The address that phones see, where it is not that of the interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"203.0.113.5")]
    pub public: Option<IpAddr>,
    /// The realm of the phones' passwords.
    pub realm: String,
    /// The hashes phones are asked for, `MD5` and `SHA-256`, the first preferred. Many phones give up when offered one
    /// they do not know: add SHA-256 where all of them know it.
    pub digest: Vec<String>,
    /// Whether a phone may answer a challenge without `qop`, as RFC 2069 had it. It protects less; the log says when a
    /// phone needs it.
    pub digest_without_qop: bool,
    /// Networks (`10.1.0.0/16`, or one address) whose calls are taken without credentials: gateways and trunks. What
    /// such a call says of its origin is shown but not trusted.
    #[schemars(example = ["10.1.0.0/16"])]
    pub peers: Vec<String>,
    /// Proxies in front of phones and peers.
    pub edges: Vec<Edge>,
    /// Which calls of phones need their password.
    pub challenge: Challenge,
    /// Headers of a caller that become user data: a name, with `*` for any ending, and `=KEY` for another key. The
    /// switch hands on those that begin with `X-`, `User-to-User`, `Diversion` and `Subject`.
    pub user_data: Vec<String>,
    /// How long a stop lets calls go on, in seconds.
    pub drain: u32,
    /// How much memory `jackfield sip trace` may take for the last ten minutes of SIP, in MiB; 0 keeps nothing.
    pub trace_mib: u32,
    /// Limits on what is taken from the network.
    pub limits: SipLimits,
    /// Sound.
    pub media: Media,
    /// Who may register.
    pub phones: Vec<PhoneEntry>,
}

impl Default for Sip {
    fn default() -> Self {
        Self {
            off: false,
            addr: None,
            tls: None,
            ws: None,
            ws_origins: Vec::new(),
            public: None,
            realm: "jackfield".into(),
            digest: vec!["MD5".into()],
            digest_without_qop: false,
            peers: Vec::new(),
            edges: Vec::new(),
            challenge: Challenge::Shared,
            user_data: vec!["X-*".into(), "User-to-User".into()],
            drain: 10,
            trace_mib: 16,
            limits: SipLimits::default(),
            media: Media::default(),
            phones: Vec::new(),
        }
    }
}

/// A proxy in front of phones and peers, which is believed about who is behind it and how they are reached.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Its address as we see it, or a network (`10.1.0.0/28`).
    #[schemars(example = "10.1.0.0/28")]
    pub addr: String,
}

/// Which calls of phones need their password. Peers have none and are not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Challenge {
    /// Calls that come by a way that several phones may use: more than one number registered over it, or a proxy is
    /// between.
    #[default]
    Shared,
    /// All calls.
    Always,
}

/// Limits on what is taken from the network. A network is an IPv4 address, or the /64 of an IPv6 address.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SipLimits {
    /// Calls that may come in within a second, those with a password and those without counted apart; more get 503.
    pub calls_per_second: u32,
    /// The same for calls without a password from one network.
    pub calls_per_second_per_network: u32,
    /// Calls at once that came without a password: from peers, and from phones known by where they registered from. A
    /// peer's further calls get 503, a phone is asked for its password.
    pub open_calls: usize,
    /// The same for one network.
    pub open_calls_per_network: usize,
    /// The same for one network over UDP, before an ACK shows that the source is not forged.
    pub unacknowledged_calls_per_network: usize,
    /// Wrong credentials from one network within a minute, each for a nonce that was sent there; after that only phones
    /// that are registered are answered.
    pub failed_logins_per_minute: u32,
}

impl Default for SipLimits {
    fn default() -> Self {
        let usual = voice::Limits::default();
        Self {
            calls_per_second: usual.calls_per_second,
            calls_per_second_per_network: usual.calls_per_second_per_network,
            open_calls: usual.open_calls,
            open_calls_per_network: usual.open_calls_per_network,
            unacknowledged_calls_per_network: usual.unacknowledged_calls_per_network,
            failed_logins_per_minute: usual.failed_logins_per_minute,
        }
    }
}

/// SIP over TLS.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SipTls {
    /// The address.
    #[schemars(example = &"10.0.0.5:5061")]
    pub addr: SocketAddr,
    /// The chain, the server's own certificate first; PEM.
    #[schemars(example = &"/etc/jackfield/sip-cert.pem")]
    pub cert: PathBuf,
    /// The private key; PEM.
    #[schemars(example = &"/etc/jackfield/sip-key.pem")]
    pub key: PathBuf,
}

/// Sound.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// The address that phones send sound to, where it is not that of the interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"203.0.113.5")]
    pub public: Option<IpAddr>,
    /// The first and the last port.
    pub ports: (u16, u16),
    /// A directory of WAV files: prompts by the names of their files, `hold` for callers who wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"/etc/jackfield/prompts")]
    pub prompts: Option<PathBuf>,
}

impl Default for Media {
    fn default() -> Self {
        Self { public: None, ports: (10_000, 19_999), prompts: None }
    }
}

/// A phone that may register.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneEntry {
    /// Its number, which is its user name at the registrar too.
    #[schemars(example = &"7001")]
    pub dn: String,
    /// The phone's password.
    #[serde(default, skip_serializing)]
    #[schemars(with = "Option<String>", example = &"change me")]
    pub password: Option<Password>,
    /// The variable of the environment that holds it instead.
    #[serde(default)]
    #[schemars(example = &"PHONE_7001")]
    pub password_env: Option<String>,
    /// The file that holds it instead.
    #[serde(default)]
    #[schemars(example = &"/etc/jackfield/phone-7001")]
    pub password_file: Option<PathBuf>,
    /// How the phone is made to answer when its agent says so over the API.
    #[serde(default)]
    pub answer: AnswerBy,
}

/// How a phone is made to answer (spec: voice-sip#5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerBy {
    /// As the phone says it can.
    #[default]
    Auto,
    /// By the event `talk`.
    Talk,
    /// By being called again with the headers for answering by itself.
    Reinvite,
    /// Only by hand.
    Manual,
}
