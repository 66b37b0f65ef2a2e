//! The settings of calls, in the switch's own words.

use crate::{
    config::{AnswerBy, DEFAULT_ADDR, Password, PhoneEntry, Sip, SipLimits, SipTls},
    connectors::Reference,
};
use anyhow::{Context, Result, bail, ensure};
use domain::call::Dn;
use std::{collections::HashMap, fs, net::IpAddr};
use voice::{Account, Algorithm, Identity, Listen, Network, Profile, Settings, Transport, media};

/// The settings, found to fit together. Slow, as it reads files.
pub fn settings(sip: &Sip, demo: bool) -> Result<Settings> {
    let addr = sip.addr.unwrap_or(DEFAULT_ADDR);
    if addr.ip().is_unspecified() && sip.public.is_none() && !demo {
        bail!("speaking SIP on {addr} needs sip.public: the address that phones shall call");
    }
    let mut listen = Settings::both(addr);
    if let Some(tls) = &sip.tls {
        listen.push(Listen { transport: Transport::Tls(Box::new(identity(tls)?)), addr: tls.addr });
    }
    listen.extend(sip.ws.map(|addr| Listen { transport: Transport::Ws, addr }));

    let mut peers = Vec::new();
    for text in &sip.peers {
        peers.push(network(text)?);
    }
    let mut accounts = HashMap::new();
    if demo {
        // The simulated callers, and whoever tries the demo from the same machine.
        peers.extend(
            [IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])].map(Network::from),
        );
        let account = || Account { password: demo::centre::PASSWORD.into(), ..Account::default() };
        accounts.extend(demo::centre::numbers().map(|dn| (dn, account())));
    }
    for phone in &sip.phones {
        let before = accounts.insert(Dn::from(phone.dn.as_str()), account(phone)?);
        ensure!(demo || before.is_none(), "[[sip.phones]]: '{}' stands there twice", phone.dn);
    }

    let (first, last) = sip.media.ports;
    ensure!(first < last, "sip.media.ports: the last port is not behind the first");
    let prompts = media::Prompts::load(sip.media.prompts.as_deref()).context("sip.media.prompts")?;
    let sound = media::Settings {
        public: sip.media.public.or(sip.public),
        ports: first..=last,
        prompts,
        ..media::Settings::new(addr.ip())
    };
    Ok(Settings {
        listen,
        public: sip.public,
        realm: sip.realm.clone(),
        digest: algorithms(sip)?,
        digest_without_qop: sip.digest_without_qop,
        accounts,
        peers,
        ws_origins: sip.ws_origins.clone(),
        media: sound,
        limits: limits(&sip.limits)?,
        timers: voice::Timers::default(),
    })
}

fn identity(tls: &SipTls) -> Result<Identity> {
    let read = |key: &str, path: &std::path::Path| {
        fs::read(path).with_context(|| format!("sip.tls.{key}: {}", path.display()))
    };
    Ok(Identity { certificate: read("cert", &tls.cert)?, key: read("key", &tls.key)? })
}

fn limits(limits: &SipLimits) -> Result<voice::Limits> {
    let none = [
        ("calls_per_second", limits.calls_per_second == 0),
        ("calls_per_second_per_network", limits.calls_per_second_per_network == 0),
        ("open_calls", limits.open_calls == 0),
        ("open_calls_per_network", limits.open_calls_per_network == 0),
        ("unacknowledged_calls_per_network", limits.unacknowledged_calls_per_network == 0),
        ("failed_logins_per_minute", limits.failed_logins_per_minute == 0),
    ];
    for (name, is_none) in none {
        ensure!(!is_none, "sip.limits.{name}: nobody could call or register");
    }
    Ok(voice::Limits {
        calls_per_second: limits.calls_per_second,
        calls_per_second_per_network: limits.calls_per_second_per_network,
        open_calls: limits.open_calls,
        open_calls_per_network: limits.open_calls_per_network,
        unacknowledged_calls_per_network: limits.unacknowledged_calls_per_network,
        failed_logins_per_minute: limits.failed_logins_per_minute,
        ..voice::Limits::default()
    })
}

fn algorithms(sip: &Sip) -> Result<Vec<Algorithm>> {
    ensure!(!sip.digest.is_empty(), "sip.digest: phones cannot be asked for nothing");
    let read = sip.digest.iter().map(|name| match name.as_str() {
        "MD5" => Ok(Algorithm::Md5),
        "SHA-256" => Ok(Algorithm::Sha256),
        _ => bail!("sip.digest: '{name}' is neither MD5 nor SHA-256"),
    });
    read.collect()
}

fn network(text: &str) -> Result<Network> {
    let (addr, bits) = text.split_once('/').map_or((text, None), |(addr, bits)| (addr, Some(bits)));
    let wrong = || format!("sip.peers: '{text}' is neither an address nor a network such as 10.1.0.0/16");
    let all = Network::from(addr.parse::<IpAddr>().with_context(wrong)?);
    match bits.map(str::parse::<u8>) {
        None => Ok(all),
        Some(Ok(bits)) if bits <= all.bits => Ok(Network { bits, ..all }),
        Some(_) => bail!(wrong()),
    }
}

fn account(phone: &PhoneEntry) -> Result<Account> {
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
    ensure!(!password.is_empty(), "{place}: the 'password' is empty");
    let profile = match phone.answer {
        AnswerBy::Auto => Profile::Auto,
        AnswerBy::Talk => Profile::Talk,
        AnswerBy::Reinvite => Profile::Reinvite,
        AnswerBy::Manual => Profile::Manual,
    };
    Ok(Account { password, profile })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_an_address_or_a_network() {
        let net = network("10.1.0.0/16").expect("a network");
        assert!(net.contains([10, 1, 9, 9].into()) && !net.contains([10, 2, 0, 1].into()));
        assert_eq!(network("192.0.2.7").expect("an address").bits, 32);
        for wrong in ["", "gateway", "10.0.0.0/33", "10.0.0.0/x"] {
            assert!(network(wrong).is_err(), "{wrong}");
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
        assert_eq!(account(&phone(Some("key"))).expect("a phone").profile, Profile::Manual);
        assert!(account(&phone(None)).is_err() && account(&phone(Some(""))).is_err());
    }

    #[test]
    fn a_limit_of_nothing_is_refused_by_its_name() {
        let mut sip = Sip::default();
        sip.limits.open_calls_per_network = 0;
        let why = settings(&sip, false).expect_err("nobody could call").to_string();
        assert!(why.contains("sip.limits.open_calls_per_network"), "{why}");
    }

    #[test]
    fn everywhere_needs_an_address_to_be_called_at() {
        let sip = Sip { addr: Some("0.0.0.0:5060".parse().expect("an address")), ..Sip::default() };
        assert!(settings(&sip, false).expect_err("no address").to_string().contains("sip.public"));
    }

    #[test]
    fn the_demo_has_its_phones_and_takes_calls_from_here() {
        let settings = settings(&Sip::default(), true).expect("settings");
        assert_eq!(settings.accounts.len(), 9);
        assert!(settings.peers.iter().any(|peer| peer.contains([127, 0, 0, 1].into())));
        assert!(super::settings(&Sip::default(), false).expect("settings").accounts.is_empty());
    }
}
