//! The part of a conversation that a connector carries: where its customer is reached, and in which time.

use crate::{
    InteractionId, Millis, UserId,
    delivery::UnsettledMessage,
    thread::{Address, Terms, Window, Writer},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The part of a conversation that a connector carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// From where and to whom.
    pub address: Address,
    /// The conversation before it in the same thread.
    pub previous: Option<InteractionId>,
    /// Under which terms.
    pub terms: Terms,
    /// It is over when nobody wrote for this long, in milliseconds; 0 is never.
    pub idle: Millis,
    /// It takes no slot of its agents when nobody wrote for this long, in milliseconds; 0 is never.
    #[serde(default, skip_serializing_if = "crate::millis::is_zero")]
    pub idle_slot: Millis,
    /// Whether it takes no slot now, since nobody wrote for so long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_idle: bool,
    /// The agent who began it; `None` when the customer did.
    pub begun_by: Option<UserId>,
    /// When somebody last wrote.
    pub spoken_at: Millis,
    /// When the customer last acted, by the clock of the platform; `None` while they have not.
    pub heard_at: Option<Millis>,
    /// Whether it was told that the time to answer runs out.
    pub warned: bool,
    /// Messages of ours that are not settled, by their place in the log.
    pub outgoing: BTreeMap<u32, UnsettledMessage>,
}

/// The first warning comes so long before the time to answer runs out (spec: channel-connectors#2.6).
const WARNING: Millis = 60 * 60 * 1_000;

impl Post {
    /// Whether a writer may write now.
    pub fn window(&self, writer: Writer, now: Millis) -> Window {
        // An agent who began it is not bound by the time to answer.
        let since = self.heard_at.map_or(0, |heard| now - heard);
        self.terms.window(writer, since)
    }

    /// Until when anyone's answer is carried, and until when a person's; `None` is without end.
    pub fn window_ends(&self) -> (Option<Millis>, Option<Millis>) {
        let after = |time: Option<Millis>| Some(self.heard_at? + time?);
        (after(self.terms.reply), after(self.terms.person))
    }

    /// When to warn that the time to answer runs out.
    pub fn warns_at(&self) -> Option<Millis> {
        let ends = self.window_ends().0.filter(|_| !self.warned)?;
        Some(ends - WARNING)
    }

    /// When it is over if nobody writes.
    pub fn idles_at(&self) -> Option<Millis> {
        (self.idle > 0).then(|| self.spoken_at + self.idle)
    }

    /// When it takes no slot any more if nobody writes.
    pub fn leaves_slots_at(&self) -> Option<Millis> {
        (self.idle_slot > 0 && !self.is_idle).then(|| self.spoken_at + self.idle_slot)
    }
}
