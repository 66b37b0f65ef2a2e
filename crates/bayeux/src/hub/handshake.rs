//! Opening a session (spec: bayeux-conformance#14–21).

use std::sync::Arc;

use crate::caller::Admission;
use crate::message::{Ack, RequestMessage};
use crate::reconnect::Reconnect;
use crate::reply::{AckReply, Advice, Reply, Welcome};
use crate::session::Session;
use crate::{ClientId, RequestContext, Subscriptions, Transport, text};

use super::Hub;

/// Longest browser cookie taken over from a client, in bytes; a longer one is replaced.
const MAX_COOKIE: usize = 256;

impl Hub {
    /// The request's `clientId`, versions and connection types are ignored (spec: bayeux-conformance#15, #16): every
    /// handshake opens a new session.
    pub(super) fn handshake(&mut self, message: RequestMessage, from: &RequestContext<'_>) -> Reply {
        if let Admission::Denied { advice, ext } = &from.admission {
            self.totals.denied += 1;
            let advice = advice.unwrap_or(Advice::only(Reconnect::None));
            return Reply::refused(message, from.now, text::HANDSHAKE_DENIED)
                .advised(advice)
                .extended(ext.clone());
        }
        let id = ClientId::from(format!("{:032x}", from.fresh.session).as_str());
        let full = self.sessions_of(&from.principal).len() >= self.config.max_sessions_per_principal;
        if full || self.knows(id.as_str()) {
            self.totals.denied += 1;
            // Unlike a refusal of the host, this one passes: places come free as sessions expire.
            let advice =
                Advice { interval: Some(self.config.max_interval_ms), ..Advice::only(Reconnect::Handshake) };
            return Reply::refused(message, from.now, text::HANDSHAKE_DENIED).advised(advice);
        }
        let (browser, set_browser) = browser(from);
        let (ack, ack_reply) = match message.ext.ack {
            Some(Ack::Flag(true)) => (true, Some(AckReply::Flag(true))),
            Some(Ack::Object(true)) => (true, Some(AckReply::Object { enabled: true, batch: from.start })),
            _ => (false, None),
        };
        let subscriptions = self.interner.share(Subscriptions::default());
        self.admit(
            id.clone(),
            Session {
                principal: from.principal.clone(),
                browser,
                login: from.login.clone(),
                leaving: None,
                subscriptions,
                revision: 0,
                ack,
                connected: false,
                correct_advice: false,
                start: from.start,
                cursor: from.start,
                acked: from.start,
                held: None,
                heard: self.volatile.version(),
                pause: self.config.interval_ms,
                last_connect: from.now,
                expires: 0,
                due: 0,
            },
            from.now,
        );
        self.save(&id);
        self.totals.opened += 1;
        let welcome = Welcome {
            version: "1.0",
            minimum_version: "1.0",
            client_id: id,
            supported_connection_types: self.config.connection_types.clone(),
            set_browser,
        };
        let advice = self.usual_advice(self.config.interval_ms);
        Reply::ok(message, from.now).advised(advice).welcoming(welcome, ack_reply)
    }

    /// Enters a session into every index and starts its expiry.
    pub(super) fn admit(&mut self, id: ClientId, mut session: Session, now: u64) {
        session.expires = now.saturating_add(self.config.max_interval_ms).saturating_add(session.pause);
        session.due = session.expires;
        self.due.insert((session.due, id.clone()));
        // Nearly everybody has one session: no room is kept for more until there are.
        let list = self.principals.entry(session.principal.clone());
        list.or_insert_with(|| Vec::with_capacity(1)).push(id.clone());
        self.sessions.insert(id, session);
    }

    pub(super) fn usual_advice(&self, interval: u64) -> Advice {
        Advice {
            interval: Some(interval),
            timeout: Some(self.config.timeout_ms),
            ..Advice::only(Reconnect::Retry)
        }
    }
}

/// The cookie the session is bound to, and the one to set. A WebSocket cannot set cookies any more:
/// a session opened on one without is bound to its principal only.
fn browser(from: &RequestContext<'_>) -> (Option<Arc<str>>, Option<Arc<str>>) {
    match from.browser.filter(|value| !value.is_empty() && value.len() <= MAX_COOKIE) {
        Some(value) => (Some(value.into()), None),
        None if from.transport == Transport::WebSocket => (None, None),
        None => {
            let value: Arc<str> = format!("{:032x}", from.fresh.browser).into();
            (Some(value.clone()), Some(value))
        }
    }
}
