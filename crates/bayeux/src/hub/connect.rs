//! Listening: a connect is taken in, waits, and is completed, abandoned or pushed over.

use std::sync::Arc;

use crate::hold::{Completed, Hold, Released};
use crate::message::{Ack, RequestMessage};
use crate::reconnect::Reconnect;
use crate::reply::{AckReply, Advice, Reply, ReplyExt, TimeSyncReply};
use crate::session::{HeldConnect, SessionEndReason};
use crate::{ClientId, RequestContext, Transport};

use super::{Hub, MessageAnswer};

/// A held connect's place among those of its browser (spec: bayeux-conformance#64).
enum ConnectSlot {
    Unlimited,
    Counted,
    /// All are taken: what to advise instead.
    Taken(Advice),
}

impl Hub {
    /// Takes in a connect. Only the last connect of a batch (`may_hold`) is held: an earlier one of
    /// the same body could not be answered before it.
    pub(super) fn connect(
        &mut self,
        message: RequestMessage,
        from: &RequestContext<'_>,
        may_hold: bool,
    ) -> MessageAnswer {
        let Some(id) = self.find(&message, from) else {
            return MessageAnswer::Reply(Reply::unknown(message, from.now));
        };
        self.totals.connects += 1;
        self.supersede(&id);
        let asked = message.advice.unwrap_or_default();
        let until = from.now.saturating_add(asked.timeout.unwrap_or(u64::MAX).min(self.config.timeout_ms));
        let pause = match asked.interval {
            Some(interval) => interval.min(self.config.max_asked_interval_ms),
            None => self.config.interval_ms,
        };
        let usual = self.usual_advice(pause);
        let Some(session) = self.sessions.get_mut(&id) else {
            return MessageAnswer::Reply(Reply::unknown(message, from.now));
        };

        let after = match message.ext.ack {
            Some(Ack::Position(n)) if session.ack => {
                // Nothing beyond the mailbox's newest note has arrived: a session that claimed it would hear nothing, and
                // hold up the trimming for all others.
                let after = n.min(from.head).max(session.start);
                if after > session.acked {
                    session.acked = after;
                    self.acked.insert(id.clone());
                }
                after
            }
            // A connect without its number goes on where the last reply ended.
            _ => session.cursor,
        };
        session.pause = pause;
        let correct = std::mem::take(&mut session.correct_advice);
        let mut advice = (message.advice.is_some() || correct).then_some(usual);
        let at_once =
            !std::mem::replace(&mut session.connected, true) || until <= from.now || self.draining.is_some();
        if !may_hold {
            return self.answered(&id, message, from.now, advice);
        }
        session.cursor = after;
        let pushes = from.transport == Transport::WebSocket && !session.ack;

        let limited = !at_once && from.transport == Transport::LongPolling;
        let place = if limited { self.take_place(&id) } else { ConnectSlot::Unlimited };
        if let ConnectSlot::Taken(other) = place {
            if other.reconnect == Reconnect::None {
                return self.answered(&id, message, from.now, Some(other));
            }
            advice = Some(other);
        }
        self.generation += 1;
        self.held += 1;
        if let Some(session) = self.sessions.get_mut(&id) {
            session.held = Some(HeldConnect {
                generation: self.generation,
                counted: matches!(place, ConnectSlot::Counted),
            });
        }
        MessageAnswer::Hold(Hold {
            session: id,
            generation: self.generation,
            after,
            until: if at_once || matches!(place, ConnectSlot::Taken(_)) { from.now } else { until },
            pushes,
            id: message.id,
            received: from.now,
            timesync: message.ext.timesync,
            advice,
        })
    }

    /// Answers a connect that is not to be held and delivers nothing; it fails when its client is to
    /// stop.
    fn answered(
        &mut self,
        id: &ClientId,
        message: RequestMessage,
        now: u64,
        advice: Option<Advice>,
    ) -> MessageAnswer {
        if let Some(session) = self.sessions.get_mut(id) {
            session.last_connect = now;
        }
        self.rest(id, now);
        let reply = Reply::ok(message, now);
        MessageAnswer::Reply(match advice {
            Some(advice) if advice.reconnect == Reconnect::None => reply.failed().advised(advice),
            Some(advice) => reply.advised(advice),
            None => reply,
        })
    }

    /// Takes the browser's place for a held connect, or tells the session to poll instead while another
    /// of the browser has it (spec: bayeux-conformance#64). A session without a browser is not limited.
    fn take_place(&mut self, id: &ClientId) -> ConnectSlot {
        let limit = self.config.held_per_browser;
        let Some(session) = self.sessions.get_mut(id).filter(|_| limit > 0) else {
            return ConnectSlot::Unlimited;
        };
        let Some(browser) = session.browser.clone() else { return ConnectSlot::Unlimited };
        let held = self.browsers.entry(browser).or_insert(0);
        if *held < limit {
            *held += 1;
            return ConnectSlot::Counted;
        }
        let interval = self.config.multi_session_interval_ms;
        session.pause = interval;
        session.correct_advice = true;
        let reconnect = if interval == 0 { Reconnect::None } else { Reconnect::Retry };
        ConnectSlot::Taken(Advice {
            interval: Some(interval),
            multiple_clients: true,
            ..Advice::only(reconnect)
        })
    }

    /// Ends a hold with its reply, which acknowledges every note up to `looked`: the host has examined
    /// them all and sends those the session subscribes to in front of the reply.
    pub fn complete(&mut self, hold: Hold, looked: u64, now: u64) -> Completed {
        let timesync = hold.timesync.map(|asked| TimeSyncReply::new(asked, hold.received, now));
        if !self.sessions.contains_key(&hold.session) {
            let reconnect = self.endings.remove(&hold.generation).unwrap_or(Reconnect::None);
            let ext = ReplyExt { timesync, ..ReplyExt::default() };
            return Completed::Ended(Reply::connect(hold.id, Some(Advice::only(reconnect)), ext));
        }
        if !self.let_go(&hold.session, hold.generation) {
            return Completed::Superseded;
        }
        let leaving = self.sessions.get(&hold.session).and_then(|session| session.leaving);
        let advice = match (leaving, self.draining) {
            (Some(reconnect), _) => Some(Advice::only(reconnect)),
            (None, Some(reconnect)) => Some(Advice { interval: Some(0), ..Advice::only(reconnect) }),
            (None, None) => hold.advice,
        };
        let looked = looked.max(hold.after);
        let mut ext = ReplyExt { timesync, ..ReplyExt::default() };
        if let Some(session) = self.sessions.get_mut(&hold.session) {
            session.cursor = looked;
            session.last_connect = now;
            ext.ack = session.ack.then_some(AckReply::Position(looked));
        }
        match leaving {
            Some(reconnect) => drop(self.end(&hold.session, SessionEndReason::Removed, reconnect)),
            None => self.rest(&hold.session, now),
        }
        Completed::Deliver(Reply::connect(hold.id, advice, ext))
    }

    /// Ends a hold whose connection is gone. The notes it waited for stay undelivered, the session
    /// lives on until it expires (spec: bayeux-conformance#36, #72).
    #[expect(
        clippy::needless_pass_by_value,
        reason = "taking the hold away is what keeps it from being used twice"
    )]
    pub fn abandon(&mut self, hold: Hold, now: u64) {
        self.endings.remove(&hold.generation);
        if self.let_go(&hold.session, hold.generation) {
            let Some(session) = self.sessions.get_mut(&hold.session) else { return };
            session.last_connect = now;
            match session.leaving {
                Some(reconnect) => drop(self.end(&hold.session, SessionEndReason::Removed, reconnect)),
                None => self.rest(&hold.session, now),
            }
        }
    }

    /// Moves a hold that `pushes` past the notes up to `upto`, before the host sends those the session
    /// subscribes to in their own frame (spec: bayeux-conformance#68): at most once. The connect stays held.
    /// `false` when the hold has been released meanwhile: then nothing is to be sent.
    pub fn pushed(&mut self, hold: &mut Hold, upto: u64) -> bool {
        let may = hold.pushes && self.listening(hold).is_some();
        if let Some(session) = self.sessions.get_mut(&hold.session).filter(|_| may) {
            hold.after = hold.after.max(upto);
            session.cursor = hold.after;
        }
        may
    }

    /// A newer connect takes over from the one held (spec: bayeux-conformance#32).
    fn supersede(&mut self, id: &ClientId) {
        let Some(held) = self.sessions.get(id).and_then(|session| session.held.as_ref()) else { return };
        let generation = held.generation;
        self.let_go(id, generation);
        self.totals.superseded += 1;
        self.released.push(Released { session: id.clone(), generation });
    }

    /// Takes the hold off its session and frees its browser's place; `false` when it is not the
    /// session's current one.
    pub(super) fn let_go(&mut self, id: &ClientId, generation: u64) -> bool {
        let Some(session) = self.sessions.get_mut(id) else { return false };
        let Some(held) = session.held.take_if(|held| held.generation == generation) else { return false };
        let browser = session.browser.clone().filter(|_| held.counted);
        self.held -= 1;
        self.free_browser(browser);
        true
    }

    pub(super) fn free_browser(&mut self, browser: Option<Arc<str>>) {
        let Some(browser) = browser else { return };
        if let Some(count) = self.browsers.get_mut(&browser) {
            *count -= 1;
            if *count == 0 {
                self.browsers.remove(&browser);
            }
        }
    }
}
