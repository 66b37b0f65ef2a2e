//! Refreshes the session in time (RFC 4028, spec: voice-sip#6).

use super::{
    session_timer::SessionTimer,
    state::{DialogResult, Leg, LegEnding, LegWorkOutcome, PeerSupport},
};
use crate::sip::headers::{find, session_offer};
use domain::call::Cause;
use rsipstack::sip::{HasHeaders, Header, StatusCodeKind};
use std::time::Duration;
use tokio::time::Instant;

/// A session that ends so late ended while the process stood still.
const STOOD_STILL: Duration = Duration::from_secs(5);

impl Leg {
    pub(super) fn session_due(&mut self, now: Instant) {
        let late = self.session.due.map_or(Duration::ZERO, |due| now.saturating_duration_since(due));
        if !self.session.ours && late > STOOD_STILL {
            // The process stood still, and the refresh may be among the messages that wait to be read.
            self.session.due = Some(now + Duration::from_secs(32));
            return;
        }
        if !self.session.ours {
            metrics::counter!("jackfield_sip_failures_total", "what" => "session").increment(1);
            return self.hang_up(Cause::Lost, None);
        }
        // Until the answer comes; asked again when a change is in the way.
        self.session.due = Some(now + Duration::from_secs(32));
        if !self.able.update {
            return self.refresh_by_change();
        }
        let Some(dialog) = self.dialog().cloned() else { return };
        let headers = self.refresh_headers();
        self.start(
            async move { LegWorkOutcome::Refreshed(Box::new(dialog.update(Some(headers), None).await)) },
        );
    }

    /// The headers of our refresh; none where there is no session timer.
    pub(super) fn refresh_headers(&self) -> Vec<Header> {
        match self.session.interval {
            Some(interval) => session_offer(&self.core.settings.timers, interval.as_secs()).into(),
            None => Vec::new(),
        }
    }

    pub(super) fn refreshed(&mut self, answer: DialogResult) {
        match answer {
            Ok(Some(response)) if response.status_code.kind() == StatusCodeKind::Successful => {
                self.session_answered(&response);
            }
            Ok(Some(response)) => match response.status_code.code() {
                code @ (408 | 481) => self.end(Cause::Lost, Some(code), LegEnding::Done),
                422 if self.raise(&response) => self.session.due = Some(Instant::now()),
                // A change of the other end is under way, which may refresh by itself.
                491 | 500 => self.session.due = Some(Instant::now() + Duration::from_secs(4)),
                _ => {
                    self.able = PeerSupport { update: false, ..self.able };
                    self.session.due = Some(Instant::now());
                }
            },
            Ok(None) | Err(_) => self.end(Cause::Lost, None, LegEnding::Done),
        }
    }

    /// Handles the answer to a request that asked for a session timer.
    pub(super) fn session_answered(&mut self, response: &impl HasHeaders) {
        self.session = SessionTimer::answered(response, &self.core.settings.timers);
        self.session.begin();
    }

    /// 422: the other end wants at least a longer interval. Answers whether that helps: only once, and only when it is
    /// more than we asked for.
    fn raise(&mut self, response: &impl HasHeaders) -> bool {
        let least = find(response, "Min-SE").and_then(|value| value.split(';').next()?.trim().parse().ok());
        let (Some(least), Some(interval)) =
            (least.map(|secs: u32| Duration::from_secs(secs.into())), self.session.interval)
        else {
            return false;
        };
        if self.session.raised || least <= interval {
            return false;
        }
        (self.session.interval, self.session.raised) = (Some(least), true);
        true
    }
}
