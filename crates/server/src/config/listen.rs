//! Where to listen and under which URL (spec: decisions#3).

use super::{Http, Tls};
use crate::findings::Findings;
use anyhow::{Result, bail};
use edge::{ForwardedHeader, Proxies};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The proxies that are trusted when the settings name none: this machine and private networks (RFC 1918, RFC 4193).
const PRIVATE: [&str; 6] =
    ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/// The listener, once its settings are checked to fit together.
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address.
    pub addr: SocketAddr,
    /// How clients reach us, without a trailing slash; `None` stands for `http(s)://localhost:PORT`, which is
    /// known once the port is.
    pub public_url: Option<String>,
    /// The server's own TLS.
    pub tls: Option<Tls>,
    /// The proxies whose word for the address of a client is believed.
    pub proxies: Proxies,
}

impl Listen {
    /// Refuses settings that would leave clients with unusable addresses or passwords in the open.
    pub fn of(http: &Http, findings: &mut Findings) -> Option<Self> {
        let public = !http.addr.ip().is_loopback();
        let mut fits = true;
        if public && http.public_url.is_none() {
            fits = false;
            findings.problem(format!(
                "listening on {} needs --public-url (http.public_url): every address in an answer is built from it",
                http.addr
            ));
        }
        if public && http.tls.is_none() && !http.behind_proxy {
            fits = false;
            findings.problem(format!(
                "listening on {} needs TLS, since every request carries a password: set http.tls.cert and \
                 http.tls.key, or http.behind_proxy = true when a proxy in front speaks TLS",
                http.addr
            ));
        }
        let public_url = findings.keep(http.public_url.as_deref().map(checked_url).transpose());
        let networks = networks(http, findings);
        let header = findings.keep(forwarded_header(&http.forwarded_header));
        let proxies = Proxies { networks: networks?, header: header? };
        fits.then_some(Self { addr: http.addr, public_url: public_url?, tls: http.tls.clone(), proxies })
    }

    /// The public URL once the port is known.
    pub fn url(&self, port: u16) -> String {
        self.public_url.clone().unwrap_or_else(|| {
            let scheme = if self.tls.is_some() { "https" } else { "http" };
            format!("{scheme}://localhost:{port}")
        })
    }
}

fn networks(http: &Http, findings: &mut Findings) -> Option<Vec<IpNet>> {
    if http.trusted_proxies.is_empty() && http.behind_proxy {
        return Some(PRIVATE.iter().filter_map(|network| network.parse().ok()).collect());
    }
    let mut read = Vec::new();
    for text in &http.trusted_proxies {
        match text.parse().or_else(|_| text.parse::<IpAddr>().map(Into::into)) {
            Ok(network) => read.push(network),
            Err(_) => findings.problem(format!(
                "http.trusted_proxies: '{text}' is neither an address nor a network such as 10.0.0.0/8"
            )),
        }
    }
    (read.len() == http.trusted_proxies.len()).then_some(read)
}

fn forwarded_header(name: &str) -> Result<ForwardedHeader> {
    match name.to_ascii_lowercase().as_str() {
        "x-forwarded-for" => Ok(ForwardedHeader::XForwardedFor),
        "forwarded" => Ok(ForwardedHeader::Forwarded),
        other => bail!("http.forwarded_header: '{other}' is neither 'X-Forwarded-For' nor 'Forwarded'"),
    }
}

fn checked_url(text: &str) -> Result<String> {
    let uri: axum::http::Uri =
        text.parse().map_err(|why| anyhow::anyhow!("--public-url (http.public_url) '{text}': {why}"))?;
    let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme));
    if scheme.is_none() || uri.authority().is_none() {
        bail!("--public-url (http.public_url) '{text}' is not of the form https://host[:port]");
    }
    if uri.query().is_some() {
        bail!("--public-url (http.public_url) '{text}' has a query");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(http: &Http) -> Result<Listen> {
        let mut findings = Findings::default();
        let listen = Listen::of(http, &mut findings);
        findings.refuse()?;
        Ok(listen.expect("nothing was refused"))
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let wrong = Http {
            trusted_proxies: vec!["proxy.example".into(), "10.0.0.0/8".into(), "another".into()],
            forwarded_header: "X-Real-IP".into(),
            ..http("0.0.0.0:80", None, false)
        };
        let why = check(&wrong).unwrap_err().to_string();
        for words in ["--public-url", "http.tls.cert", "'proxy.example'", "'another'", "'x-real-ip'"] {
            assert!(why.contains(words), "{words}: {why}");
        }
    }

    fn http(addr: &str, public_url: Option<&str>, behind_proxy: bool) -> Http {
        Http {
            addr: addr.parse().unwrap(),
            public_url: public_url.map(Into::into),
            behind_proxy,
            ..Http::default()
        }
    }

    #[test]
    fn loopback_needs_nothing() {
        let listen = check(&http("127.0.0.1:0", None, false)).unwrap();
        assert_eq!(listen.url(8080), "http://localhost:8080");
    }

    #[test]
    fn a_public_bind_without_a_public_url_names_the_flag() {
        let why = check(&http("0.0.0.0:8080", None, true)).unwrap_err().to_string();
        assert!(why.contains("--public-url"), "{why}");
    }

    #[test]
    fn a_public_bind_without_tls_or_proxy_is_refused() {
        let why = check(&http("0.0.0.0:80", Some("https://desk.example"), false)).unwrap_err();
        assert!(why.to_string().contains("http.behind_proxy"), "{why}");
        let listen = check(&http("0.0.0.0:80", Some("https://desk.example/"), true)).unwrap();
        assert_eq!(listen.url(80), "https://desk.example");
    }

    #[test]
    fn proxies_are_trusted_only_behind_one_or_when_named() {
        let trusts = |http: &Http, ip: &str| check(http).unwrap().proxies.trusts(ip.parse().unwrap());
        assert!(!trusts(&http("127.0.0.1:80", None, false), "127.0.0.1"));
        assert!(trusts(&http("127.0.0.1:80", None, true), "10.1.2.3"));
        assert!(!trusts(&http("127.0.0.1:80", None, true), "203.0.113.1"));
        let named = Http { trusted_proxies: vec!["203.0.113.1".into()], ..http("127.0.0.1:80", None, true) };
        assert!(trusts(&named, "203.0.113.1") && !trusts(&named, "10.1.2.3"));
    }

    #[test]
    fn a_proxy_or_header_that_cannot_be_read_names_its_setting() {
        let wrong = Http { trusted_proxies: vec!["proxy.example".into()], ..Http::default() };
        assert!(check(&wrong).unwrap_err().to_string().contains("http.trusted_proxies"));
        let wrong = Http { forwarded_header: "X-Real-IP".into(), ..Http::default() };
        assert!(check(&wrong).unwrap_err().to_string().contains("http.forwarded_header"));
    }

    #[test]
    fn a_public_url_must_be_one() {
        for wrong in ["desk.example", "ftp://desk.example", "https://desk.example/?a=1"] {
            assert!(check(&http("127.0.0.1:80", Some(wrong), false)).is_err(), "{wrong}");
        }
    }
}
