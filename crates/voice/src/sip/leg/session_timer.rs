//! Session timers (RFC 4028, spec: voice-sip#6).

use crate::{
    settings::Timers,
    sip::headers::{SUPPORTED, find, has_token},
};
use rsipstack::sip::{HasHeaders, Header, Request};
use std::time::Duration;
use tokio::time::Instant;

/// How long a session lasts without a refresh, and who refreshes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sip) struct SessionTimer {
    /// `None`: no limit.
    pub(super) interval: Option<Duration>,
    /// Whether we refresh; else the other end does.
    pub(super) ours: bool,
    /// Whether the other end knows session timers.
    pub(super) known: bool,
    pub(super) due: Option<Instant>,
    /// Whether a refresh was refused as too short (422), and a longer one asked for.
    pub(super) raised: bool,
}

impl SessionTimer {
    /// The timer that a request asks for, narrowed to what we take; the shortest that we take when it is shorter (422).
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

    /// The timer that the answer to a request of ours says. An interval below the shortest that we offered (RFC 4028
    /// §9) counts as that, so that nobody makes us refresh without a pause.
    pub fn answered(response: &impl HasHeaders, timers: &Timers) -> Self {
        let Some((interval, refresher)) = read(response) else { return Self::default() };
        let ours = refresher.is_none_or(|refresher| refresher.eq_ignore_ascii_case("uac"));
        Self { interval: Some(interval.max(timers.min_session)), ours, known: true, ..Self::default() }
    }

    /// The headers of a 2xx to the request that asked.
    pub fn agreed(&self) -> Vec<Header> {
        let mut headers = vec![Header::Supported(SUPPORTED.into())];
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

    /// When it must be refreshed, or is over.
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
            let session = SessionTimer::answered(&answer, &timers);
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
            let session = SessionTimer::asked(&request(headers), &timers).expect("taken");
            assert_eq!((session.interval, session.ours), (interval, ours), "{headers}");
        }
        assert_eq!(
            SessionTimer::asked(&request("Session-Expires: 30\r\n"), &timers),
            Err(timers.min_session)
        );
    }
}
