//! Listening: a connect is taken in, waits, and is completed, abandoned or pushed over.

use crate::hold::{Completed, Hold, Released};
use crate::message::{Ack, Message};
use crate::reply::{AckReply, Advice, Reconnect, Reply, ReplyExt, TimeSyncReply};
use crate::session::Held;
use crate::{Caller, ClientId, Transport};

use super::{Answer, Hub};

impl Hub {
    /// Takes in a connect. Only the last connect of a batch (`may_hold`) is held: an earlier one of
    /// the same body could not be answered before it.
    pub(super) fn connect(&mut self, message: Message, from: &Caller<'_>, may_hold: bool) -> Answer {
        let Some(id) = self.find(&message, from) else {
            return Answer::Reply(Reply::unknown(message, from.now));
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
        let draining = self.draining;
        let Some(session) = self.sessions.get_mut(&id) else {
            return Answer::Reply(Reply::unknown(message, from.now));
        };

        let after = match message.ext.ack {
            Some(Ack::Position(n)) if session.ack => n.max(session.start),
            // A connect without its number goes on where the last reply ended.
            _ => session.cursor,
        };
        if session.ack && message.ext.ack.is_some() && after > session.acked {
            session.acked = after;
            self.acked.insert(id.clone());
        }
        session.pause = pause;
        let mut advice =
            (message.advice.is_some() || std::mem::take(&mut session.correct_advice)).then_some(usual);
        let at_once = !session.connected || until <= from.now || draining.is_some();
        session.connected = true;
        if !may_hold {
            let reply = Reply::ok(message, from.now);
            let reply = advice.into_iter().fold(reply, Reply::advised);
            session.last_connect = from.now;
            self.touch(&id, from.now);
            return Answer::Reply(reply);
        }
        session.cursor = after;

        let mut counted = false;
        if !at_once && from.transport == Transport::LongPolling {
            let limit = self.config.held_per_browser;
            if let Some(browser) = session.browser.as_ref().filter(|_| limit > 0) {
                let held = self.browsers.entry(browser.clone()).or_insert(0);
                if *held < limit {
                    *held += 1;
                    counted = true;
                } else {
                    session.correct_advice = true;
                    let interval = self.config.multi_session_interval_ms;
                    session.pause = interval;
                    let reconnect = if interval == 0 { Reconnect::None } else { Reconnect::Retry };
                    advice = Some(Advice {
                        interval: Some(interval),
                        multiple_clients: true,
                        ..Advice::only(reconnect)
                    });
                    if interval == 0 {
                        session.last_connect = from.now;
                        self.touch(&id, from.now);
                        let reply = Reply::ok(message, from.now).failed();
                        return Answer::Reply(advice.into_iter().fold(reply, Reply::advised));
                    }
                }
            }
        }
        let multiple = advice.is_some_and(|advice| advice.multiple_clients);
        self.generation += 1;
        self.held += 1;
        session.held = Some(Held { generation: self.generation, counted });
        Answer::Hold(Hold {
            pushes: from.transport == Transport::WebSocket && !session.ack,
            session: id,
            generation: self.generation,
            after,
            until: if at_once || multiple { from.now } else { until },
            id: message.id,
            received: from.now,
            timesync: message.ext.timesync,
            advice,
        })
    }

    /// Ends a hold with its reply, which acknowledges every note up to `looked`: the host has examined
    /// them all and sends those the session subscribes to in front of the reply.
    pub fn complete(&mut self, hold: Hold, looked: u64, now: u64) -> Completed {
        let ack = |to: u64| Some(AckReply::Position(to));
        let timesync = hold.timesync.map(|asked| TimeSyncReply::new(asked, hold.received, now));
        if !self.sessions.contains_key(&hold.session) {
            let reconnect = self.endings.remove(&hold.generation).unwrap_or(Reconnect::None);
            let ext = ReplyExt { timesync, ..ReplyExt::default() };
            return Completed::Ended(Reply::connect(hold.id, Some(Advice::only(reconnect)), ext));
        }
        if !self.let_go(&hold.session, hold.generation) {
            return Completed::Superseded;
        }
        let advice = match self.draining {
            Some(reconnect) => Some(Advice { interval: Some(0), ..Advice::only(reconnect) }),
            None => hold.advice,
        };
        let looked = looked.max(hold.after);
        let mut ext = ReplyExt { timesync, ..ReplyExt::default() };
        if let Some(session) = self.sessions.get_mut(&hold.session) {
            session.cursor = looked;
            session.last_connect = now;
            ext.ack = ack(looked).filter(|_| session.ack);
        }
        self.rest(&hold.session, now);
        Completed::Deliver(Reply::connect(hold.id, advice, ext))
    }

    /// Ends a hold whose connection is gone. The notes it waited for stay undelivered, the session
    /// lives on until it expires (conformance items 36, 72).
    #[expect(
        clippy::needless_pass_by_value,
        reason = "taking the hold away is what keeps it from being used twice"
    )]
    pub fn abandon(&mut self, hold: Hold, now: u64) {
        self.endings.remove(&hold.generation);
        if self.let_go(&hold.session, hold.generation) {
            if let Some(session) = self.sessions.get_mut(&hold.session) {
                session.last_connect = now;
            }
            self.rest(&hold.session, now);
        }
    }

    /// Moves a hold that `pushes` past the notes up to `upto`, before the host sends those the session
    /// subscribes to in their own frame (conformance item 68): at most once. The connect stays held.
    /// `false` when the hold has been released meanwhile: then nothing is to be sent.
    pub fn pushed(&mut self, hold: &mut Hold, upto: u64) -> bool {
        let Some(session) = self.sessions.get_mut(&hold.session) else { return false };
        let current = session.held.as_ref().is_some_and(|held| held.generation == hold.generation);
        if current && hold.pushes {
            hold.after = hold.after.max(upto);
            session.cursor = hold.after;
        }
        current && hold.pushes
    }

    /// A newer connect takes over from the one held (item 32).
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

    pub(super) fn free_browser(&mut self, browser: Option<std::sync::Arc<str>>) {
        let Some(browser) = browser else { return };
        if let Some(count) = self.browsers.get_mut(&browser) {
            *count -= 1;
            if *count == 0 {
                self.browsers.remove(&browser);
            }
        }
    }
}
