//! An agent at work as their events left them.

use super::{
    after_call::{AfterCall, OwedDisposition},
    state::{AgentState, Readiness},
};
use crate::{
    InteractionId, Millis, UserId,
    medium::{self, MediumName},
    user::{Device, User},
    watch::{AgentWatch, WatchedBy},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

/// How many completed conversations of a medium stay open to a late disposition whatever their age (spec: decisions#6).
pub const RECENT: usize = 16;

/// The state of one channel of a logged-in agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelState {
    /// The chosen state; `None` right after login. Shared, since thousands of agents sit in the same few.
    pub state: Option<Arc<AgentState>>,
    /// Since when.
    pub since: Millis,
    /// Whether the agent asked not to be disturbed.
    pub do_not_disturb: bool,
}

impl ChannelState {
    /// Whether the channel takes work now.
    pub fn takes_work(&self) -> bool {
        !self.do_not_disturb && self.state.as_ref().is_some_and(|state| state.state == Readiness::Ready)
    }
}

/// A phone that is not the agent's own and that they work at for the session (spec: core-and-voice#4.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotDesk {
    /// The phone.
    pub device: Device,
    /// Since when.
    pub since: Millis,
}

/// That an agent's client fell silent (spec: decisions#12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// When it was last heard.
    pub since: Millis,
    /// From when the time is counted after which they hold nothing any more.
    pub from: Millis,
    /// When that time is over; `None` when it never is, or when all was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

/// A contact-centre session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Login {
    /// When it began.
    pub at: Millis,
    /// The place the agent sits at.
    pub place: Option<String>,
    /// The channels that could be started.
    pub channels: BTreeMap<MediumName, ChannelState>,
    /// When they are ready for calls again: the end of work after one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap_up: Option<Millis>,
    /// The phone they work at, where it is not their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<HotDesk>,
    /// Work after a call, while the agent is in it because the server began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_call: Option<AfterCall>,
    /// Interactions whose disposition they owe, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedDisposition>,
    /// Their client, while it is silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
}

/// An agent at work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The user.
    pub id: UserId,
    /// The agent's user name.
    pub user_name: String,
    /// The contact-centre session, while there is one.
    pub login: Option<Login>,
    /// Conversations that hold a slot, by medium, oldest first.
    pub slots: BTreeMap<MediumName, Vec<InteractionId>>,
    /// Those of them that take no slot now, since nobody wrote in them for a long time.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub idle: BTreeSet<InteractionId>,
    /// The last completed conversations, by medium, oldest first.
    pub recent: BTreeMap<MediumName, VecDeque<InteractionId>>,
    /// The interaction the agent looks at.
    pub focus: Option<InteractionId>,
    /// Whose conversations they follow, as a supervisor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watches: Vec<AgentWatch>,
    /// Who follows theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watched_by: Vec<WatchedBy>,
    /// When they came to work, or a slot was last freed or taken; the agent idle longest goes first.
    pub idle_since: Millis,
}

impl Agent {
    /// An agent who has not worked yet.
    pub fn new(id: UserId, user_name: String) -> Self {
        Self {
            id,
            user_name,
            login: None,
            slots: BTreeMap::new(),
            idle: BTreeSet::new(),
            recent: BTreeMap::new(),
            focus: None,
            watches: Vec::new(),
            watched_by: Vec::new(),
            idle_since: 0,
        }
    }

    /// The state of a channel, when the agent is logged in on it.
    pub fn channel(&self, medium: &MediumName) -> Option<&ChannelState> {
        self.login.as_ref()?.channels.get(medium)
    }

    /// The phone that is not their own and that they work at.
    pub fn desk(&self) -> Option<&HotDesk> {
        self.login.as_ref()?.desk.as_ref()
    }

    /// The phone they work at: another's for the session, or else the one they are provisioned with.
    pub fn device<'a>(&'a self, user: &'a User) -> Option<&'a Device> {
        self.desk().map(|desk| &desk.device).or(user.device.as_ref())
    }

    /// Whether they have said that a channel takes work. It may be closed all the same ([`ChannelState::takes_work`]).
    pub fn is_ready(&self, medium: &MediumName) -> bool {
        let state = self.channel(medium).and_then(|channel| channel.state.as_ref());
        state.is_some_and(|state| state.state == Readiness::Ready)
    }

    /// When they are ready for calls again, if their work after one has an end.
    pub fn ready_again(&self) -> Option<Millis> {
        self.login.as_ref()?.wrap_up
    }

    /// The interactions whose disposition they owe, oldest first.
    pub fn owed(&self) -> &[OwedDisposition] {
        self.login.as_ref().map_or(&[], |login| &login.owed)
    }

    /// Whether they owe the disposition of an interaction of a medium.
    pub fn owes(&self, medium: &MediumName) -> bool {
        self.owed().iter().any(|owed| owed.medium == *medium)
    }

    /// Their client, while it is silent.
    pub fn absence(&self) -> Option<&Absence> {
        self.login.as_ref()?.absence.as_ref()
    }

    /// The next moment at which time changes something for them, and since when that is counted where it is known: work
    /// after a call is over, they are let off a disposition, or their client was silent for too long.
    pub fn next_due(&self) -> Option<(Millis, Option<Millis>)> {
        let since = self.channel(&medium::voice()).map(|channel| channel.since);
        let wrap_up = self.ready_again().map(|until| (until, since));
        let owed = self.owed().iter().map(|owed| (owed.until, Some(owed.since)));
        let absence = self.absence().and_then(|absence| Some((absence.until?, Some(absence.from))));
        owed.chain(wrap_up).chain(absence).min()
    }

    /// How many slots of a medium are taken.
    pub fn taken(&self, medium: &MediumName) -> usize {
        let held = self.slots.get(medium).map_or(&[][..], Vec::as_slice);
        if self.idle.is_empty() {
            return held.len();
        }
        held.iter().filter(|held| !self.idle.contains(*held)).count()
    }

    /// Whether a conversation is among the last completed of its medium.
    pub fn remembers(&self, medium: &MediumName, session: &InteractionId) -> bool {
        self.recent.get(medium).is_some_and(|recent| recent.contains(session))
    }
}
