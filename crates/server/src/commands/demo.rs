//! `jackfield demo`.

use super::banner;
use crate::{
    cli::Demo,
    config::{self, DEFAULT_ADDR, Listen},
    demo_mode::DemoMode,
    taken,
    wiring::{self, Plan},
};
use anyhow::{Context, Result, anyhow, bail};
use serde_json::json;
use std::{
    fs,
    io::Write,
    net::{IpAddr, SocketAddr},
    path::Path,
};

const PORT: u16 = 8080;
/// The file that marks a data directory whose journal `--fresh` may delete.
const MARK: &str = "made-by-demo-fresh";

/// Runs the demo centre, with people in it.
pub async fn run(args: Demo, out: &mut impl Write) -> Result<()> {
    let mut config = config::load(None, json!({}))?;
    config.http.addr = address(args.host.as_deref(), args.port)?.unwrap_or(config.http.addr);
    let addr = config.http.addr;
    let sip = args.sip.or(config.sip.addr).unwrap_or_else(|| beside(addr));
    config.sip.addr = Some(sip);
    taken::look(addr, (!config.sip.off).then_some(sip))?;
    let temporary = match args.data {
        Some(_) => None,
        None => Some(
            tempfile::Builder::new().prefix("jackfield-demo-").tempdir().context("a temporary directory")?,
        ),
    };
    if let Some(data) = args.data.as_deref().or_else(|| Some(temporary.as_ref()?.path())) {
        data.clone_into(&mut config.data);
    }
    if args.fresh {
        delete_earlier(&config.data)?;
    }
    // The demo may be shown around without TLS: its passwords are no secrets.
    let public_url = config.http.public_url.clone().or_else(|| url_of(addr));
    let listen = Listen { addr, public_url, tls: None, proxies: edge::Proxies::default() };
    let data = config.data.clone();
    let end = match (&temporary, args.fresh) {
        (Some(_), _) => "gone when this ends",
        (None, true) => "there until the next demo begins",
        (None, false) => "kept",
    };
    let plan = Plan { config, listen: Some(listen), demo_mode: DemoMode::Alive };
    wiring::run(plan, |place| Ok(banner::show(place, &data, end, out)?)).await
}

/// Where SIP is spoken when nobody says where: at the address of HTTP, on its own port.
fn beside(http: SocketAddr) -> SocketAddr {
    SocketAddr::new(http.ip(), if http.port() == 0 { 0 } else { DEFAULT_ADDR.port() })
}

/// Where to listen, if a flag says so.
fn address(host: Option<&str>, port: Option<u16>) -> Result<Option<SocketAddr>> {
    let Some(host) = host else {
        return Ok(port.map(|port| SocketAddr::new(DEFAULT_ADDR.ip(), port)));
    };
    match (host.parse::<SocketAddr>(), host.parse::<IpAddr>(), port) {
        (Ok(_), _, Some(_)) => bail!("--port is given, and --host '{host}' tells a port, too"),
        (Ok(addr), _, None) => Ok(Some(addr)),
        (_, Ok(ip), port) => Ok(Some(SocketAddr::new(ip, port.unwrap_or(PORT)))),
        _ => Err(anyhow!("--host '{host}' is no address such as 0.0.0.0 or 0.0.0.0:8080")),
    }
}

/// The URL of an address: the address itself; `localhost` for loopback and for all addresses.
fn url_of(addr: SocketAddr) -> Option<String> {
    let special = addr.ip().is_unspecified() || addr.ip().is_loopback() || addr.port() == 0;
    (!special).then(|| format!("http://{addr}"))
}

/// Deletes what an earlier demo left in its directory. A journal that something else made is not touched.
fn delete_earlier(data: &Path) -> Result<()> {
    let mark = data.join(MARK);
    let is_empty = !data.exists()
        || fs::read_dir(data).with_context(|| format!("--data {}", data.display()))?.next().is_none();
    if !is_empty && !mark.exists() {
        bail!(
            "--fresh deletes only what a demo with --fresh has made, and {} is something else: name another directory",
            data.display()
        );
    }
    store_sqlite::clear(data).with_context(|| format!("the data directory {} (--data)", data.display()))?;
    fs::write(&mark, "`jackfield demo --fresh` deletes the journal in this directory.\n")
        .with_context(|| mark.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: Option<&str>, port: Option<u16>) -> Option<String> {
        address(host, port).unwrap().map(|addr| addr.to_string())
    }

    #[test]
    fn a_host_may_come_with_or_without_a_port() {
        assert_eq!(at(None, None), None);
        assert_eq!(at(Some("0.0.0.0"), None).as_deref(), Some("0.0.0.0:8080"));
        assert_eq!(at(Some("10.0.0.7:90"), None).as_deref(), Some("10.0.0.7:90"));
        assert_eq!(at(Some("::1"), Some(90)).as_deref(), Some("[::1]:90"));
        assert_eq!(at(None, Some(90)).as_deref(), Some("127.0.0.1:90"));
        assert!(address(Some("nowhere"), None).unwrap_err().to_string().contains("--host"));
        assert!(address(Some("10.0.0.7:90"), Some(91)).unwrap_err().to_string().contains("--port"));
    }

    #[test]
    fn links_point_to_where_the_demo_listens() {
        assert_eq!(url_of("0.0.0.0:8080".parse().unwrap()), None);
        assert_eq!(url_of("10.0.0.7:90".parse().unwrap()), Some("http://10.0.0.7:90".into()));
    }

    #[test]
    fn only_what_a_fresh_demo_made_is_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let (ours, theirs) = (dir.path().join("ours"), dir.path().join("theirs"));
        delete_earlier(&ours).unwrap();
        fs::write(ours.join("journal.db"), "an earlier demo's").unwrap();
        delete_earlier(&ours).unwrap();
        assert!(!ours.join("journal.db").exists());
        fs::create_dir(&theirs).unwrap();
        fs::write(theirs.join("journal.db"), "somebody's").unwrap();
        assert!(delete_earlier(&theirs).unwrap_err().to_string().contains("--fresh"));
        assert!(theirs.join("journal.db").exists());
    }
}
