//! Session timers (RFC 4028, voice-sip §6).

use super::{Able, Answer, Leg, Outcome, end::Over};
use crate::{
    settings::Timers,
    sip::headers::{find, has_token, session_offer},
};
use domain::call::Cause;
use rsipstack::sip::{HasHeaders, Header, Request, StatusCodeKind};
use std::time::Duration;
use tokio::time::Instant;

/// A session that ends this late ended while the process stood still.
const STOOD_STILL: Duration = Duration::from_secs(5);

/// How long a session lasts without a refresh, and who refreshes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sip) struct Session {
    /// `None`: for ever.
    interval: Option<Duration>,
    /// We refresh; else the other end.
    ours: bool,
    /// The other end knows session timers.
    known: bool,
    due: Option<Instant>,
    /// A refresh was refused as too short (422), and a longer one asked for.
    raised: bool,
}

impl Session {
    /// What a request asks for, narrowed to what we take; the shortest that we take when it is shorter (422).
    pub fn asked(request: &Request, timers: &Timers) -> Result<Self, Duration> {
        let known = has_token(request, "Supported", "timer") || has_token(request, "Require", "timer");
        let Some((interval, refresher)) = read(request) else {
            // The other end refreshes, if it can: it knows best when its network forgets.
            let interval = known.then_some(timers.session);
            return Ok(Self { interval, known, ..Self::default() });
        };
        if interval < timers.min_session {
            return Err(timers.min_session);
        }
        let ours = refresher.map_or(!known, |refresher| refresher.eq_ignore_ascii_case("uas"));
        Ok(Self { interval: Some(interval), ours, known, ..Self::default() })
    }

    /// What the answer to a request of ours says. An interval below what we offered as the shortest (RFC 4028 §9) is
    /// taken for that, so that nobody makes us refresh without a pause.
    pub fn answered(response: &impl HasHeaders, timers: &Timers) -> Self {
        let Some((interval, refresher)) = read(response) else { return Self::default() };
        let ours = refresher.is_none_or(|refresher| refresher.eq_ignore_ascii_case("uac"));
        Self { interval: Some(interval.max(timers.min_session)), ours, known: true, ..Self::default() }
    }

    /// The headers of a 2xx to the request that asked.
    pub fn agreed(&self) -> Vec<Header> {
        let mut headers = vec![Header::Supported("timer".into())];
        if let Some(interval) = self.interval {
            let refresher = if self.ours { "uas" } else { "uac" };
            headers
                .push(Header::SessionExpires(format!("{};refresher={refresher}", interval.as_secs()).into()));
            if self.known {
                headers.push(Header::Require("timer".into()));
            }
        }
        headers
    }

    /// Counts from now.
    pub fn begin(&mut self) {
        let now = Instant::now();
        self.due = self.interval.map(|interval| {
            let early = if self.ours { interval / 2 } else { Duration::from_secs(32).min(interval / 3) };
            now + interval.saturating_sub(early)
        });
    }

    /// When it is to be refreshed, or is over.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }
}

fn read(message: &impl HasHeaders) -> Option<(Duration, Option<&str>)> {
    let value = find(message, "Session-Expires")?;
    let mut parts = value.split(';').map(str::trim);
    let secs: u32 = parts.next()?.parse().ok()?;
    let refresher =
        parts.find_map(|part| part.split_once('=').filter(|(name, _)| name.trim() == "refresher"));
    Some((Duration::from_secs(secs.into()), refresher.map(|(_, who)| who.trim())))
}

impl Leg {
    pub(super) fn session_due(&mut self, now: Instant) {
        let late = self.session.due.map_or(Duration::ZERO, |due| now.saturating_duration_since(due));
        if !self.session.ours && late > STOOD_STILL {
            // The process stood still, and the refresh may be among what has still to be read.
            self.session.due = Some(now + Duration::from_secs(32));
            return;
        }
        if !self.session.ours {
            metrics::counter!("jackfield_sip_failures_total", "what" => "session").increment(1);
            return self.hang_up(Cause::Lost, None);
        }
        // Until the answer; asked again when a change is in the way.
        self.session.due = Some(now + Duration::from_secs(32));
        if !self.able.update {
            return self.refresh_by_change();
        }
        let Some(dialog) = self.dialog().cloned() else { return };
        let headers = self.refresh_headers();
        self.start(async move { Outcome::Refreshed(Box::new(dialog.update(Some(headers), None).await)) });
    }

    /// The headers that a refresh of ours bears; none where there is no session timer.
    pub(super) fn refresh_headers(&self) -> Vec<Header> {
        match self.session.interval {
            Some(interval) => session_offer(&self.core.settings.timers, interval.as_secs()).into(),
            None => Vec::new(),
        }
    }

    pub(super) fn refreshed(&mut self, answer: Answer) {
        match answer {
            Ok(Some(response)) if response.status_code.kind() == StatusCodeKind::Successful => {
                self.session_answered(&response);
            }
            Ok(Some(response)) => match response.status_code.code() {
                code @ (408 | 481) => self.end(Cause::Lost, Some(code), Over::Done),
                422 if self.raise(&response) => self.session.due = Some(Instant::now()),
                // A change of theirs is under way, which may refresh by itself.
                491 | 500 => self.session.due = Some(Instant::now() + Duration::from_secs(4)),
                _ => {
                    self.able = Able { update: false, ..self.able };
                    self.session.due = Some(Instant::now());
                }
            },
            Ok(None) | Err(_) => self.end(Cause::Lost, None, Over::Done),
        }
    }

    /// The answer to a request that asked for a session timer.
    pub(super) fn session_answered(&mut self, response: &impl HasHeaders) {
        self.session = Session::answered(response, &self.core.settings.timers);
        self.session.begin();
    }

    /// 422: the other end wants at least this. Whether that helps: only once, and only when it is more than we asked for.
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

#[cfg(test)]
mod tests {
    use super::*;
    use rsipstack::sip::SipMessage;

    fn request(headers: &str) -> Request {
        let text = format!(
            "INVITE sip:1@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:1@h>\r\n\
             Call-ID: 1\r\nCSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        match SipMessage::try_from(text.as_str()) {
            Ok(SipMessage::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_below_the_shortest_interval_is_taken_for_that() {
        let timers = Timers::default();
        for (secs, taken) in [(0, 90), (1, 90), (90, 90), (600, 600)] {
            let answer = request(&format!("Session-Expires: {secs};refresher=uac\r\n"));
            let session = Session::answered(&answer, &timers);
            assert_eq!((session.interval, session.ours), (Some(Duration::from_secs(taken)), true), "{secs}");
        }
    }

    #[test]
    fn the_interval_and_who_refreshes_are_agreed() {
        let timers = Timers::default();
        let secs = |secs| Some(Duration::from_secs(secs));
        for (headers, interval, ours) in [
            ("", None, false),
            ("Supported: timer\r\n", secs(1800), false),
            ("Session-Expires: 600\r\n", secs(600), true),
            ("Supported: timer\r\nSession-Expires: 600\r\n", secs(600), false),
            ("Supported: timer\r\nx: 600;refresher=uas\r\n", secs(600), true),
        ] {
            let session = Session::asked(&request(headers), &timers).expect("taken");
            assert_eq!((session.interval, session.ours), (interval, ours), "{headers}");
        }
        assert_eq!(Session::asked(&request("Session-Expires: 30\r\n"), &timers), Err(timers.min_session));
    }
}
