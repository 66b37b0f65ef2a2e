//! What every endpoint needs: the desk, the logins, the notification sessions and the settings. It knows no endpoint.

use crate::{
    auth::{Checks, Logins, Origins},
    notifications::Notifications,
    unknown::Unknown,
};
use desk::{Desk, ports::StoreFault};
use domain::Millis;
use gws::{Links, Shown};
use std::sync::Arc;
use tokio::sync::watch;

/// How the API behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// A login without any request for this long has ended, in milliseconds.
    pub session_inactivity: Millis,
    /// Whether changing requests must carry the CSRF token (spec: core-and-voice#2.3).
    pub csrf: bool,
    /// Who may call from other origins.
    pub cors: Cors,
    /// Whether cookies are marked as to be sent over TLS only.
    pub secure_cookies: bool,
    /// Version told by `/diagnostics/version`.
    pub version: String,
    /// Whether this is the demo centre: the start page then tells its logins.
    pub demo: bool,
    /// What becomes of agents whose clients fall silent.
    pub absence: Absence,
    /// The differences between clients; [`crate::Notes::showing`] must be given the same.
    pub shown: Shown,
}

/// What becomes of agents whose clients listened and then fell silent (spec: decisions#12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    /// After how long without a word of their clients they are not ready, in milliseconds; 0 is never.
    pub not_ready_after: Millis,
    /// How much later the conversations that they hold are given back, in milliseconds; 0 is never.
    pub give_back_after: Millis,
}

/// Which other origins may call (spec: core-and-voice#2.4).
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Exact origins, scheme and port included.
    pub origins: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            session_inactivity: 1_800_000,
            csrf: false,
            cors: Cors::default(),
            secure_cookies: false,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            demo: false,
            absence: Absence::default(),
            shown: Shown::default(),
        }
    }
}

/// The parts of the API.
pub struct Setup {
    /// The desk.
    pub desk: Arc<Desk>,
    /// The base of all addresses.
    pub links: Links,
    /// How it behaves.
    pub config: Config,
}

/// The API.
pub struct Api {
    pub(crate) desk: Arc<Desk>,
    pub(crate) links: Links,
    pub(crate) config: Config,
    pub(crate) origins: Origins,
    pub(crate) logins: Logins,
    pub(crate) checks: Checks,
    pub(crate) notifications: Notifications,
    pub(crate) unknown: Unknown,
    /// When it started.
    pub(crate) started: Millis,
    closing: watch::Sender<bool>,
}

impl Api {
    /// Takes up the sessions that the journal keeps.
    pub async fn start(setup: Setup) -> Result<Arc<Self>, StoreFault> {
        let Setup { desk, links, config } = setup;
        let logins = Logins::load(&desk, config.session_inactivity).await?;
        let notifications = Notifications::load(&desk).await?;
        Ok(Arc::new(Self {
            started: desk.now(),
            origins: Origins::new(links.root(), &config.cors.origins),
            checks: Checks::new(&desk),
            desk,
            links,
            config,
            logins,
            notifications,
            unknown: Unknown::default(),
            closing: watch::Sender::new(false),
        }))
    }

    /// Advises every notification client to come back with a handshake, and ends held polls and streams.
    pub fn close(&self) {
        self.closing.send_replace(true);
        self.notifications.close();
    }

    /// Tells when the server drains: true from then on.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }
}
