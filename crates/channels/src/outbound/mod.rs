//! The one client for all requests of the server to others (spec: channel-connectors#0.2.9).
//!
//! ```text
//! Ask ─▶ https? ─▶ a configured peer? ─▶ resolve ─▶ a public address? ─▶ connect ─▶ Answer | Fault
//! ```
//!
//! It follows no redirect, uses no proxy, repeats nothing by itself, reads answers up to a bound and waits up to a
//! bound. A [`HttpFault`] tells what was certainly not sent from what may have been done, because the
//! latter must not be sent twice.

mod address;
mod request;
mod resolver;
mod tls;

pub use address::Reach;
pub use request::{Ask, Forbidden, HttpAnswer, HttpFault, Loss};
pub use reqwest::Url;
pub use tokio_rustls::rustls::pki_types::CertificateDer;

use reqwest::{Client, redirect, retry};
use resolver::PublicResolver;
use std::{error::Error, net::IpAddr, sync::Arc, time::Duration};

/// How long an unused connection is kept. It is short, because when the other side closes one while a request is on its
/// way, nobody knows whether the request arrived.
const IDLE: Duration = Duration::from_secs(10);

/// The bounds of the server's requests to others.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Who may be asked: the base URLs of the accounts. Scheme, host and port count, the path does not.
    pub peers: Vec<Url>,
    /// Whether `http` is allowed. For the demo only, since passwords would travel unencrypted.
    pub plain_http: bool,
    /// How far the client reaches.
    pub reach: Reach,
    /// Certificates to trust besides those of the system, for a provider with its own certificate authority.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// How long connecting may take: name, TCP and TLS.
    pub connect: Duration,
    /// How long all of it may take, until the last byte of the answer. Longer than `connect`.
    pub total: Duration,
    /// The longest body of an answer, in bytes.
    pub max_answer_bytes: usize,
}

impl Rules {
    /// The default bounds, for these peers: https to public addresses, 5 s to connect, 20 s in all, 256 KiB.
    pub fn new(peers: Vec<Url>) -> Self {
        Self {
            peers,
            plain_http: false,
            reach: Reach::Public,
            extra_roots: Vec::new(),
            connect: Duration::from_secs(5),
            total: Duration::from_secs(20),
            max_answer_bytes: 256 * 1024,
        }
    }
}

/// The client.
#[derive(Debug)]
pub struct Outbound {
    client: Client,
    rules: Rules,
}

/// Why the client could not be made, as a sentence: a certificate to trust is unusable.
#[derive(Debug, thiserror::Error)]
#[error("the outbound client cannot be set up: {0}")]
pub struct Unusable(String);

impl Outbound {
    /// A client under these rules.
    pub fn new(rules: Rules) -> Result<Self, Unusable> {
        let tls = tls::config(rules.extra_roots.clone()).map_err(|fault| Unusable(fault.to_string()))?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(PublicResolver { reach: rules.reach }))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .http1_only()
            .user_agent(concat!("Jackfield/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(rules.connect)
            .timeout(rules.total)
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(|fault| Unusable(sentence(&fault)))?;
        Ok(Self { client, rules })
    }

    /// Asks, and waits for the whole answer.
    pub async fn ask(&self, ask: Ask) -> Result<HttpAnswer, HttpFault> {
        self.allowed(&ask.url)?;
        let Ask { method, url, headers, body } = ask;
        let sent = self.client.request(method, url).headers(headers).body(body).send().await;
        let mut response = sent.map_err(unanswered)?;
        let (status, headers) = (response.status(), response.headers().clone());
        match self.body(&mut response).await {
            Ok(body) => Ok(HttpAnswer { status, headers, body }),
            Err(how) => Err(HttpFault::Lost { head: Some((status, headers)), how }),
        }
    }

    /// Whether the rules allow a URL, as far as the URL tells.
    fn allowed(&self, url: &Url) -> Result<(), Forbidden> {
        let https = url.scheme() == "https" || self.rules.plain_http && url.scheme() == "http";
        if !https {
            return Err(Forbidden::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::Credentials);
        }
        let host = url.host_str().unwrap_or_default();
        if !self.rules.peers.iter().any(|peer| peer.origin() == url.origin()) {
            return Err(Forbidden::Host(host.to_owned()));
        }
        // Literal addresses are not given to a resolver.
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) if !address::open(ip, self.rules.reach) => Err(Forbidden::Address(host.to_owned())),
            _ => Ok(()),
        }
    }

    async fn body(&self, response: &mut reqwest::Response) -> Result<Vec<u8>, Loss> {
        let most = self.rules.max_answer_bytes;
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(Loss::TooLarge);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|fault| loss(&fault))? {
            if body.len() + chunk.len() > most {
                return Err(Loss::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// The fault that it means when no status came.
fn unanswered(fault: reqwest::Error) -> HttpFault {
    let fault = fault.without_url();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&fault);
    while let Some(this) = cause {
        if let Some(forbidden) = this.downcast_ref::<Forbidden>() {
            return HttpFault::Forbidden(forbidden.clone());
        }
        cause = this.source();
    }
    // A request that could not even be built was not sent either.
    if fault.is_connect() || fault.is_builder() {
        return HttpFault::NotSent(sentence(&fault));
    }
    HttpFault::Lost { head: None, how: loss(&fault) }
}

fn loss(fault: &reqwest::Error) -> Loss {
    if fault.is_timeout() { Loss::TimedOut } else { Loss::Broken }
}

/// A fault with its causes.
fn sentence(fault: &dyn Error) -> String {
    let mut words = fault.to_string();
    let mut cause = fault.source();
    while let Some(this) = cause {
        words = format!("{words}: {this}");
        cause = this.source();
    }
    words
}
