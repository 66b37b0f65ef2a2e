//! Messages that are in no mailbox: the latest value of each subject, told at most once.

use std::sync::Arc;

use crate::hold::{Hold, Released};
use crate::session::Session;
use crate::{ClientId, Volatile};

use super::Hub;

impl Hub {
    /// Tells every session that subscribes to the message's channel, now if its connect is held, else
    /// with its next. Like `drain` it looks at every session; a host that has much to tell paces itself.
    pub fn broadcast(&mut self, message: Volatile) {
        let channel = message.channel.clone();
        self.volatile.put(message);
        let concerned = self.sessions.iter().filter_map(|(id, session)| concerned(id, session, &channel));
        self.released.extend(concerned);
    }

    /// Tells the sessions of one principal that subscribe to the message's channel. Nothing is kept for a
    /// principal without a session.
    pub fn tell(&mut self, principal: &str, message: Volatile, now: u64) {
        let Some((principal, ids)) = self.principals.get_key_value(principal) else { return };
        let channel = message.channel.clone();
        self.volatile.put_own(principal, message, now);
        let sessions = ids.iter().filter_map(|id| self.sessions.get_key_value(id));
        self.released.extend(sessions.filter_map(|(id, session)| concerned(id, session, &channel)));
    }

    /// Whether a hold must be completed although there are no notes: its time has come, it was released,
    /// or there are volatile messages that it cannot push. The host asks before it waits and whenever it
    /// was woken.
    pub fn is_due(&self, hold: &Hold, now: u64) -> bool {
        let Some(session) = self.sessions.get(&hold.session) else { return true };
        let current = session.held.as_ref().is_some_and(|held| held.generation == hold.generation);
        let told = || !hold.pushes && self.untold(session).next().is_some();
        now >= hold.until || !current || self.draining.is_some() || session.leaving.is_some() || told()
    }

    /// The volatile messages that are new to the hold's session, which counts as having heard them from now on: to be
    /// written in front of the reply right after, or into a frame of its own when the hold pushes. Mailbox
    /// positions are not touched. Nothing for a hold that has been released.
    pub fn take_volatile(&mut self, hold: &Hold) -> Vec<Volatile> {
        let Some(session) = self.sessions.get(&hold.session) else { return Vec::new() };
        if session.held.as_ref().is_none_or(|held| held.generation != hold.generation) {
            return Vec::new();
        }
        let untold = self.untold(session).cloned().collect();
        let version = self.volatile.version();
        if let Some(session) = self.sessions.get_mut(&hold.session) {
            session.heard = version;
        }
        untold
    }

    fn untold<'a>(&'a self, session: &'a Session) -> impl Iterator<Item = &'a Volatile> {
        let news = self.volatile.after(session.heard, &session.principal);
        news.filter(|message| session.subscriptions.pick(&[&message.channel]).is_some())
    }
}

/// The hold to wake for a message on a channel, if the session has one and listens.
fn concerned(id: &ClientId, session: &Session, channel: &Arc<str>) -> Option<Released> {
    let generation = session.held.as_ref()?.generation;
    session.subscriptions.pick(&[channel])?;
    Some(Released { session: id.clone(), generation })
}
