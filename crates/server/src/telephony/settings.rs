//! The settings of calls, as the switch takes them.

use super::headers::Headers;
use crate::{
    certificate,
    check::origins,
    config::{AnswerBy, Challenge, DEFAULT_ADDR, Edge, Password, PhoneEntry, Sip, SipLimits, SipTls},
    connectors::Reference,
    findings::Findings,
};
use anyhow::{Context, Result, bail, ensure};
use domain::{Millis, call::Dn};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
};
use voice::{Algorithm, Listen, Network, PhoneAccount, Profile, Settings, TlsIdentity, Transport, media};

/// The most memory of a trace, in MiB: what is found is sorted and read as a whole.
const MOST_TRACE_MIB: u32 = 1024;

/// Calls as the settings want them.
pub struct TelephonySettings {
    /// The switch's settings.
    pub settings: Settings,
    /// Which headers of a caller become user data.
    pub headers: Headers,
}

/// The settings, checked to fit together; `demo` adds those of the demo centre. `now` is the time of day. Slow, as it
/// reads files.
pub fn settings(sip: &Sip, demo: bool, now: Millis, findings: &mut Findings) -> Option<TelephonySettings> {
    let before = findings.problems().len();
    let addr = sip.addr.unwrap_or(DEFAULT_ADDR);
    if addr.ip().is_unspecified() && sip.public.is_none() && !demo {
        findings
            .problem(format!("speaking SIP on {addr} needs sip.public: the address that phones should call"));
    }
    let mut listen = Settings::both(addr);
    if let Some(tls) = &sip.tls
        && let Some(identity) = identity(tls, now, findings)
    {
        listen.push(Listen { transport: Transport::Tls(Box::new(identity)), addr: tls.addr });
    }
    listen.extend(sip.ws.map(|addr| Listen { transport: Transport::Ws, addr }));
    for origin in &sip.ws_origins {
        origins::check("sip.ws_origins", origin, findings);
    }

    let mut peers: Vec<Network> =
        sip.peers.iter().filter_map(|text| findings.keep(network("sip.peers", text))).collect();
    let edges: Vec<Network> =
        sip.edges.iter().filter_map(|edge| findings.keep(self::edge(edge, &peers))).collect();
    let mut accounts = HashMap::new();
    if demo {
        // The simulated callers, and phones that try the demo from the same machine.
        peers.extend(
            [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])].map(Network::from),
        );
        let account = || PhoneAccount { password: demo::centre::PASSWORD.into(), ..PhoneAccount::default() };
        accounts.extend(demo::centre::numbers().map(|dn| (dn, account())));
    }
    let mut seen = HashSet::new();
    for phone in &sip.phones {
        if !seen.insert(&phone.dn) {
            findings.problem(format!("[[sip.phones]]: '{}' stands there twice", phone.dn));
        }
        if let Some(account) = findings.keep(account(phone, demo)) {
            accounts.insert(Dn::from(phone.dn.as_str()), account);
        }
    }

    let (first, last) = sip.media.ports;
    if first >= last {
        findings.problem("sip.media.ports: the last port is not behind the first");
    }
    let prompts = media::Prompts::load(sip.media.prompts.as_deref()).context("sip.media.prompts");
    let prompts = findings.keep(prompts);
    if sip.trace_mib > MOST_TRACE_MIB {
        findings.problem(format!("sip.trace_mib: a trace has at most {MOST_TRACE_MIB} MiB"));
    }
    let digest = algorithms(sip, findings);
    let limits = limits(&sip.limits, findings);
    let headers = findings.keep(Headers::of(&sip.user_data));
    let sound = media::Settings {
        public: sip.media.public.or(sip.public),
        ports: first..=last,
        prompts: prompts?,
        ..media::Settings::new(addr.ip())
    };
    let settings = Settings {
        listen,
        public: sip.public,
        realm: sip.realm.clone(),
        digest,
        digest_without_qop: sip.digest_without_qop,
        accounts,
        peers,
        edges,
        challenge: match sip.challenge {
            Challenge::Shared => voice::Challenge::Shared,
            Challenge::Always => voice::Challenge::Always,
        },
        ws_origins: sip.ws_origins.clone(),
        media: sound,
        limits,
        timers: voice::Timers::default(),
        trace: usize::try_from(sip.trace_mib).unwrap_or(0) << 20,
    };
    (findings.problems().len() == before).then_some(TelephonySettings { settings, headers: headers? })
}

fn identity(tls: &SipTls, now: Millis, findings: &mut Findings) -> Option<TlsIdentity> {
    let pair = certificate::read("sip.tls", &tls.cert, &tls.key, now, findings)?;
    let identity = TlsIdentity { certificate: pair.chain_pem, key: pair.key_pem };
    findings.keep(identity.check().context("sip.tls"))?;
    Some(identity)
}

fn limits(limits: &SipLimits, findings: &mut Findings) -> voice::Limits {
    let none = [
        ("calls_per_second", limits.calls_per_second == 0),
        ("calls_per_second_per_network", limits.calls_per_second_per_network == 0),
        ("open_calls", limits.open_calls == 0),
        ("open_calls_per_network", limits.open_calls_per_network == 0),
        ("unacknowledged_calls_per_network", limits.unacknowledged_calls_per_network == 0),
        ("failed_logins_per_minute", limits.failed_logins_per_minute == 0),
    ];
    for (name, _) in none.into_iter().filter(|(_, is_none)| *is_none) {
        findings.problem(format!("sip.limits.{name}: nobody could call or register"));
    }
    voice::Limits {
        calls_per_second: limits.calls_per_second,
        calls_per_second_per_network: limits.calls_per_second_per_network,
        open_calls: limits.open_calls,
        open_calls_per_network: limits.open_calls_per_network,
        unacknowledged_calls_per_network: limits.unacknowledged_calls_per_network,
        failed_logins_per_minute: limits.failed_logins_per_minute,
        ..voice::Limits::default()
    }
}

fn algorithms(sip: &Sip, findings: &mut Findings) -> Vec<Algorithm> {
    if sip.digest.is_empty() {
        findings.problem("sip.digest: phones cannot be asked for nothing");
    }
    let mut read = Vec::new();
    for name in &sip.digest {
        match name.as_str() {
            "MD5" => read.push(Algorithm::Md5),
            "SHA-256" => read.push(Algorithm::Sha256),
            _ => findings.problem(format!("sip.digest: '{name}' is neither MD5 nor SHA-256")),
        }
    }
    read
}

/// An edge. An entry that is also a peer's is a contradiction: a peer proves who calls, an edge does not. One within
/// a network of peers is an edge.
fn edge(Edge { addr }: &Edge, peers: &[Network]) -> Result<Network> {
    let edge = network("[[sip.edges]] addr", addr)?;
    ensure!(
        !peers.contains(&edge),
        "[[sip.edges]] addr: '{addr}' is of sip.peers, too; a proxy whose calls are all taken without credentials is a \
         peer, one that others are behind is an edge"
    );
    Ok(edge)
}

fn network(key: &str, text: &str) -> Result<Network> {
    let (addr, bits) = text.split_once('/').map_or((text, None), |(addr, bits)| (addr, Some(bits)));
    let wrong = || format!("{key}: '{text}' is neither an address nor a network such as 10.1.0.0/16");
    let all = Network::from(addr.parse::<IpAddr>().with_context(wrong)?);
    match bits.map(str::parse::<u8>) {
        None => Ok(all),
        Some(Ok(bits)) if bits <= all.bits => Ok(Network { bits, ..all }),
        Some(_) => bail!(wrong()),
    }
}

fn account(phone: &PhoneEntry, demo: bool) -> Result<PhoneAccount> {
    let dn = &phone.dn;
    ensure!(!dn.is_empty() && dn.len() <= 64, "[[sip.phones]]: '{dn}' is no number of a phone");
    let place = format!("[[sip.phones]] '{dn}'");
    let referred = Reference {
        place: (&place, "password"),
        env: phone.password_env.as_deref(),
        file: phone.password_file.as_deref(),
    };
    let password = match (&phone.password, referred.read()?) {
        (Some(_), Some(_)) => bail!("{place}: 'password' stands beside a reference to another"),
        (Some(Password(password)), None) => password.clone(),
        (None, Some(secret)) => secret.reveal().to_owned(),
        (None, None) => bail!("{place}: there is no 'password', 'password_env' or 'password_file'"),
    };
    ensure!(!password.trim().is_empty(), "{place}: the 'password' is empty");
    // The demo's password is printed in every manual.
    ensure!(
        demo || password != demo::centre::PASSWORD,
        "{place} has the demo's password: choose another, or use --demo"
    );
    let profile = match phone.answer {
        AnswerBy::Auto => Profile::Auto,
        AnswerBy::Talk => Profile::Talk,
        AnswerBy::Reinvite => Profile::Reinvite,
        AnswerBy::Manual => Profile::Manual,
    };
    Ok(PhoneAccount { password, profile })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The faults of settings, and the settings.
    fn read(sip: &Sip, demo: bool) -> (String, Option<TelephonySettings>) {
        let mut findings = Findings::default();
        let calls = settings(sip, demo, 0, &mut findings);
        (findings.problems().join("\n"), calls)
    }

    #[test]
    fn a_peer_is_an_address_or_a_network() {
        let net = network("sip.peers", "10.1.0.0/16").expect("a network");
        assert!(net.contains([10, 1, 9, 9].into()) && !net.contains([10, 2, 0, 1].into()));
        assert_eq!(network("sip.peers", "192.0.2.7").expect("an address").bits, 32);
        for wrong in ["", "gateway", "10.0.0.0/33", "10.0.0.0/x"] {
            assert!(network("sip.peers", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_edge_is_an_address_or_a_network_and_no_peer() {
        let edge = |addr: &str| Sip {
            peers: vec!["10.9.0.0/24".into()],
            edges: vec![Edge { addr: addr.into() }],
            ..Sip::default()
        };
        let (problems, calls) = read(&edge("10.1.0.0/28"), false);
        let edges = calls.expect(&problems).settings.edges;
        assert!(edges[0].contains([10, 1, 0, 9].into()));
        assert!(read(&edge("10.9.0.7"), false).1.is_some());
        for (addr, word) in [("proxy", "[[sip.edges]]"), ("10.9.0.0/24", "sip.peers")] {
            let (problems, calls) = read(&edge(addr), false);
            assert!(problems.contains(word) && calls.is_none(), "{problems}");
        }
    }

    #[test]
    fn a_phone_needs_one_password() {
        let phone = |password: Option<&str>| PhoneEntry {
            dn: "7001".into(),
            password: password.map(|password| Password(password.into())),
            password_env: None,
            password_file: None,
            answer: AnswerBy::Manual,
        };
        assert_eq!(account(&phone(Some("key")), false).expect("a phone").profile, Profile::Manual);
        for wrong in [None, Some(""), Some(" "), Some(demo::centre::PASSWORD)] {
            assert!(account(&phone(wrong), false).is_err(), "{wrong:?}");
        }
        let twice = Sip { phones: vec![phone(Some("key")), phone(None)], ..Sip::default() };
        let (problems, calls) = read(&twice, false);
        assert!(
            problems.contains("'7001' stands there twice") && problems.contains("no 'password'"),
            "{problems}"
        );
        assert!(calls.is_none());
    }

    #[test]
    fn a_limit_of_nothing_is_refused_by_its_name() {
        let mut sip = Sip::default();
        sip.limits.open_calls_per_network = 0;
        assert!(read(&sip, false).0.contains("sip.limits.open_calls_per_network"));
    }

    #[test]
    fn a_trace_has_the_room_that_is_set_and_no_more_than_a_gibibyte() {
        let sip = |trace_mib| Sip { trace_mib, ..Sip::default() };
        let room = |trace_mib| read(&sip(trace_mib), false).1.map(|calls| calls.settings.trace);
        assert_eq!((room(16), room(0), room(1024)), (Some(16 << 20), Some(0), Some(1 << 30)));
        assert!(read(&sip(1025), false).0.contains("sip.trace_mib"));
    }

    #[test]
    fn everywhere_needs_an_address_to_be_called_at() {
        let sip = Sip { addr: Some("0.0.0.0:5060".parse().expect("an address")), ..Sip::default() };
        assert!(read(&sip, false).0.contains("sip.public"));
    }

    #[test]
    fn the_demo_has_its_phones_and_takes_calls_from_here() {
        let settings = read(&Sip::default(), true).1.expect("settings").settings;
        assert_eq!(settings.accounts.len(), 10);
        assert!(settings.peers.iter().any(|peer| peer.contains([127, 0, 0, 1].into())));
        assert!(read(&Sip::default(), false).1.expect("settings").settings.accounts.is_empty());
    }
}
