//! The intake: what all connectors do in the same way with what a platform sends (spec: channel-connectors#0.2).
//!
//! ```text
//! webhook ─▶ [signed at all?] ─▶ body (bounded) ─▶ [signature] ─▶ admit (room?) ─▶ [decoding] ─▶ take ─▶ 2xx
//!              │ refuse: 403        │ 408, 413        │ refuse: 403    │ 503             │ quarantine  │ Later: 503
//! ```
//!
//! The steps in brackets are the connector's. A place is taken after proof: before that, a request costs its sender's
//! share of what [`edge`] lets slow bodies hold, and nothing that the platform needs. So nobody who cannot sign
//! can keep the platform out, and only the platform is told to come back later.
//!
//! A webhook is acknowledged once what it brought is durable: as part of the journal or, if the rules will never take
//! it, in quarantine. Whatever may succeed later is refused in a way that makes the platform send it again.

mod lanes;

use axum::{
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use desk::{
    Desk, Refused,
    ports::{Quarantined, StoreFault},
};
use domain::{Refusal, command::Receive};
use edge::{Connection, Sender, Unread, read_body};
use http::{Extensions, StatusCode, header::RETRY_AFTER};
use lanes::Lanes;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many webhooks of one connector may be at work at once. Each holds a body of bounded size, so this bounds the
/// memory that a platform can take.
const AT_ONCE: usize = 256;
/// When a platform should come back, in seconds.
const COME_BACK: &str = "5";

/// The intake of one service.
pub(crate) struct Intake {
    desk: Arc<Desk>,
    service: String,
    room: Arc<Semaphore>,
    lanes: Arc<Lanes>,
}

/// A place for one webhook, until it is dropped.
pub(crate) struct Admitted {
    _place: OwnedSemaphorePermit,
}

/// It could not be kept now, and the platform should send it again: 503 with `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Later;

impl IntoResponse for Later {
    fn into_response(self) -> Response {
        (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, COME_BACK)]).into_response()
    }
}

impl Intake {
    /// The intake of a service.
    pub fn new(desk: Arc<Desk>, service: &str) -> Self {
        let room = Arc::new(Semaphore::new(AT_ONCE));
        Self { desk, service: service.to_owned(), room, lanes: Arc::default() }
    }

    /// The desk behind it.
    pub fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// The service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Reads the body of a request that is not proven yet, of at most so many bytes: 413 for a longer one, 408
    /// for one that does not come.
    pub async fn body(&self, of: &Extensions, body: Body, most: usize) -> Result<Bytes, Response> {
        read_body(of, body, Sender::Stranger, most).await.map_err(|unread| {
            let why = match unread {
                Unread::TooLarge => "too-large",
                Unread::TooSlow | Unread::Crowded => "too-slow",
                Unread::Broken => "broken",
            };
            self.refuse(unread.status(), why)
        })
    }

    /// Lets a webhook in that was proven to be the platform's, while there is room. From now on its connection counts
    /// as one of a known peer.
    pub fn admit(&self, of: &Extensions) -> Result<Admitted, Later> {
        if let Some(connection) = of.get::<Connection>() {
            connection.known();
        }
        let place = self.room.clone().try_acquire_owned();
        place.map(|place| Admitted { _place: place }).map_err(|_| {
            self.count_refused("busy");
            Later
        })
    }

    /// Refuses a webhook for good; `why` is the word under which it is counted. Nothing of it is kept.
    pub fn refuse(&self, status: StatusCode, why: &'static str) -> Response {
        self.count_refused(why);
        status.into_response()
    }

    /// Gives the desk a unit, in its place among those of its thread.
    pub async fn receive(&self, unit: Receive) -> Result<(), Refused> {
        let _turn = self.lanes.turn(&unit.address.thread).await;
        self.desk.receive(unit).await.map(|_| ())
    }

    /// Takes a unit in: durable when this answers `Ok`, in quarantine if the rules do not take it. `raw` is the unit
    /// as it came, to be looked at and replayed.
    pub async fn take(&self, unit: Receive, raw: impl FnOnce() -> Vec<u8>) -> Result<(), Later> {
        let taken = self.receive(unit).await;
        self.kept(taken, raw).await
    }

    /// Deals with the desk's answer to something that a platform told.
    pub async fn kept(&self, said: Result<(), Refused>, raw: impl FnOnce() -> Vec<u8>) -> Result<(), Later> {
        match said {
            Ok(()) => Ok(()),
            // It would fail again, however often it is sent.
            Err(Refused::Store(fault)) if fault.is_permanent() => {
                tracing::error!(%fault, service = self.service, "a webhook can never be kept");
                self.quarantine("the journal cannot take it; the log says why".into(), raw()).await
            }
            Err(Refused::Store(fault)) => Err(self.failed(&fault)),
            Err(Refused::Rule(Refusal::QueueFull(_))) => Err(Later),
            // The same would be refused again, however often it is sent.
            Err(Refused::Rule(why)) => self.quarantine(why.to_string(), raw()).await,
        }
    }

    /// Keeps a unit that is authentic but of no use as it is (spec: channel-connectors#0.2.5); durable when this
    /// answers `Ok`. `why` must hold nothing of the unit.
    pub async fn quarantine(&self, why: String, raw: Vec<u8>) -> Result<(), Later> {
        let service = self.service.clone();
        let unit = Quarantined { id: 0, at: self.desk.now(), service, why, raw };
        tracing::warn!(service = self.service, why = unit.why, "a unit goes into quarantine");
        self.desk.store().quarantine(unit).await.map_err(|fault| self.failed(&fault))?;
        metrics::counter!("jackfield_quarantined_total", "service" => self.service.clone()).increment(1);
        Ok(())
    }

    fn failed(&self, fault: &StoreFault) -> Later {
        tracing::error!(%fault, service = self.service, "a webhook could not be kept; it is to be sent again");
        Later
    }

    fn count_refused(&self, why: &'static str) {
        let service = self.service.clone();
        metrics::counter!("jackfield_webhooks_refused_total", "service" => service, "why" => why)
            .increment(1);
    }
}
