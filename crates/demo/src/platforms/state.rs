//! Both simulators and their customers, as what all of them share.

use super::{
    log::{Log, Platform},
    messenger::Page,
    settings::{Settings, Span},
    sms::Provider,
    webhook::{WAITING, Webhook},
};
use crate::chance::Chance;
use desk::ports::{Clock, Ids};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{broadcast, mpsc};
use tokio_rustls::rustls::{
    self, ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
};

/// How many messages may wait to be heard by a customer.
const UNHEARD: usize = 256;

/// Both simulators and their customers.
pub struct Platforms {
    pub(super) settings: Settings,
    pub(super) client: reqwest::Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
    pub(super) chance: Mutex<Chance>,
    pub(super) log: Log,
    pub(super) outbox: mpsc::Sender<Webhook>,
    pub(super) queue: tokio::sync::Mutex<mpsc::Receiver<Webhook>>,
    pub(super) arrivals: broadcast::Sender<Arrival>,
    pub(super) sms: Provider,
    pub(super) page: Page,
}

/// Something of ours that a customer gets to read.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) platform: Platform,
    pub(super) person: String,
    pub(super) quick_reply: Option<(String, String)>,
}

/// The client for the webhooks cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum NoClient {
    /// The cryptography does not fit.
    #[error("no TLS for the simulated platforms: {0}")]
    Tls(#[from] rustls::Error),
    /// The client cannot be built.
    #[error("no HTTP client for the simulated platforms: {0}")]
    Http(#[from] reqwest::Error),
}

impl Platforms {
    /// Simulators that nobody talks to yet. Mount [`Platforms::router`] below [`MOUNT`] and run [`Platforms::run`]
    /// beside it.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Result<Arc<Self>, NoClient> {
        let (outbox, queue) = mpsc::channel(WAITING);
        Ok(Arc::new(Self {
            client: client()?,
            chance: Mutex::new(Chance::new(&*ids)),
            log: Log::default(),
            outbox,
            queue: tokio::sync::Mutex::new(queue),
            arrivals: broadcast::Sender::new(UNHEARD),
            sms: Provider::new(&settings),
            page: Page::new(&settings),
            settings,
            clock,
            ids,
        }))
    }

    pub(super) fn chance(&self) -> MutexGuard<'_, Chance> {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn happens(&self, percent: u8) -> bool {
        self.chance().happens(percent)
    }

    pub(super) fn moment(&self, span: &Span) -> Duration {
        self.chance().moment(span.clone())
    }

    /// An id as the SMS provider makes them: two letters and 32 hex digits.
    pub(super) fn sid(&self, kind: &str) -> String {
        format!("{kind}{:0>32.32}", self.ids.secret())
    }

    pub(super) fn arrived(&self, arrival: Arrival) {
        // Nobody may be listening: then nobody is there to answer.
        let _ = self.arrivals.send(arrival);
    }
}

/// The webhooks go to the server itself over plain HTTP; so TLS is there, because the client wants it, but trusts
/// nobody.
fn client() -> Result<reqwest::Client, NoClient> {
    let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    Ok(client)
}
