//! `jackfield demo`.

use super::banner;
use crate::{
    cli::Demo,
    config::{self, DEFAULT_ADDR, Listen},
    wiring::{self, Plan, Populace},
};
use anyhow::{Context, Result, anyhow};
use serde_json::json;
use std::{
    io::Write,
    net::{IpAddr, SocketAddr},
};

const PORT: u16 = 8080;

/// Runs the demo centre, with people in it.
pub async fn run(args: Demo, out: &mut impl Write) -> Result<()> {
    let temporary = match args.data {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("a temporary directory")?),
    };
    let data = args.data.clone().or_else(|| Some(temporary.as_ref()?.path().to_owned()));
    let mut config = config::load(None, json!({ "data": data }))?;
    if let Some(host) = &args.host {
        config.http.addr = address(host)?;
    }
    let addr = config.http.addr;
    config.sip.addr = args.sip.or_else(|| args.host.is_some().then(|| beside(addr)));
    // The demo may be shown around without TLS: its passwords are no secrets.
    let public_url = config.http.public_url.clone().or_else(|| url_of(addr));
    let listen = Listen { addr, public_url, tls: None, proxies: edge::Proxies::default() };
    let plan = Plan { config, listen: Some(listen), populace: Populace::Alive };
    wiring::run(plan, |place| Ok(banner::show(place, args.data.as_deref(), out)?)).await
}

/// Where SIP is spoken when only the place of HTTP was given: there too, on its own port.
fn beside(http: SocketAddr) -> SocketAddr {
    SocketAddr::new(http.ip(), if http.port() == 0 { 0 } else { DEFAULT_ADDR.port() })
}

fn address(host: &str) -> Result<SocketAddr> {
    let bare = || Some(SocketAddr::new(host.parse::<IpAddr>().ok()?, PORT));
    host.parse()
        .ok()
        .or_else(bare)
        .ok_or_else(|| anyhow!("--host '{host}' is no address such as 0.0.0.0 or 0.0.0.0:8080"))
}

/// On one address, that address; on all or on loopback, `localhost`.
fn url_of(addr: SocketAddr) -> Option<String> {
    let special = addr.ip().is_unspecified() || addr.ip().is_loopback() || addr.port() == 0;
    (!special).then(|| format!("http://{addr}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_come_with_or_without_a_port() {
        assert_eq!(address("0.0.0.0").unwrap(), "0.0.0.0:8080".parse().unwrap());
        assert_eq!(address("10.0.0.7:90").unwrap(), "10.0.0.7:90".parse().unwrap());
        assert!(address("nowhere").unwrap_err().to_string().contains("--host"));
    }

    #[test]
    fn links_point_to_where_the_demo_listens() {
        assert_eq!(url_of("0.0.0.0:8080".parse().unwrap()), None);
        assert_eq!(url_of("10.0.0.7:90".parse().unwrap()), Some("http://10.0.0.7:90".into()));
    }
}
