//! How things stand: read from the fold at a moment, and kept nowhere.

use crate::{
    agents,
    fold::Fold,
    ledger::lasted,
    queueing::{Queueing, Visit},
};
use domain::{Millis, medium::VOICE};
use std::collections::{BTreeMap, BTreeSet};

/// How things stand at a moment, borrowed from the fold.
#[derive(Clone, Debug)]
pub struct Live<'f> {
    /// The moment.
    pub now: Millis,
    /// Who waits, by queue and medium. Every queue stands in it for each medium that anybody is at work on or that has an
    /// open interaction, so that a queue without waiting customers is told as such.
    pub queues: BTreeMap<(&'f str, &'f str), Waiting>,
    /// Who is at work, by the id of the user.
    pub agents: BTreeMap<&'f str, AgentNow<'f>>,
    /// Conversations and calls that are open, by medium.
    pub open: BTreeMap<&'f str, u32>,
}

/// The customers of a queue who have no agent yet; one who is offered to an agent waits as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub waiting: u32,
    /// How long the one has waited who waits longest, in milliseconds; 0 when nobody does.
    pub longest_ms: i64,
}

/// An agent at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentNow<'f> {
    /// Since when.
    pub since: Millis,
    /// How much of that stands in no row yet, in milliseconds.
    pub uncounted_ms: i64,
    /// The state of each channel, by medium.
    pub channels: BTreeMap<&'f str, ChannelNow<'f>>,
    /// In how many talks with customers they are, by medium; those in which they hold the others count.
    pub talks: BTreeMap<&'f str, u32>,
}

/// A channel in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelNow<'f> {
    /// The state, or its work mode.
    pub state: &'f str,
    /// The reason; empty when there is none.
    pub reason: &'f str,
    /// Since when.
    pub since: Millis,
    /// How much of that stands in no row yet, in milliseconds.
    pub uncounted_ms: i64,
}

impl Live<'_> {
    /// How many agents are in each state on a medium.
    pub fn by_state(&self, medium: &str) -> BTreeMap<&str, u32> {
        let mut found = BTreeMap::new();
        for channel in self.agents.values().filter_map(|agent| agent.channels.get(medium)) {
            *found.entry(channel.state).or_default() += 1;
        }
        found
    }
}

impl Fold {
    /// How things stand at a moment.
    pub fn read(&self, now: Millis) -> Live<'_> {
        let mut live = Live { now, queues: BTreeMap::new(), agents: BTreeMap::new(), open: BTreeMap::new() };
        for (id, at_work) in &self.agents.0 {
            live.agents.insert(id.as_str(), agent(at_work, now));
        }
        for open in self.sessions.values() {
            let talking = open.parts.iter().filter(|part| part.is_talking());
            live.interaction(open.medium.as_str(), &open.queueing, talking.map(|part| part.agent.as_str()));
        }
        for open in self.calls.values() {
            let talking = open.parts.iter().filter(|part| part.ended.is_none() && part.is_talking());
            let talking = talking.filter_map(|part| Some(part.agent.as_ref()?.as_str()));
            live.interaction(VOICE, &open.queueing, talking);
        }
        let at_work = live.agents.values().flat_map(|agent| agent.channels.keys().copied());
        let media: BTreeSet<&str> = at_work.chain(live.open.keys().copied()).collect();
        for queue in self.queues.keys() {
            for medium in &media {
                live.queues.entry((queue.as_str(), medium)).or_default();
            }
        }
        live
    }
}

impl<'f> Live<'f> {
    fn interaction(
        &mut self,
        medium: &'f str,
        queueing: &'f Queueing,
        talking: impl Iterator<Item = &'f str>,
    ) {
        *self.open.entry(medium).or_default() += 1;
        if let Some(Visit { queue, since, .. }) = &queueing.visit {
            let waiting = self.queues.entry((queue.as_str(), medium)).or_default();
            waiting.waiting += 1;
            waiting.longest_ms = waiting.longest_ms.max(lasted(*since, self.now));
        }
        for agent in talking {
            if let Some(found) = self.agents.get_mut(agent) {
                *found.talks.entry(medium).or_default() += 1;
            }
        }
    }
}

fn agent(at_work: &agents::AtWork, now: Millis) -> AgentNow<'_> {
    let channels = at_work.channels.iter().map(|(medium, channel)| {
        let now = ChannelNow {
            state: &channel.state,
            reason: &channel.reason,
            since: channel.since,
            uncounted_ms: lasted(channel.counted, now),
        };
        (medium.as_str(), now)
    });
    AgentNow {
        since: at_work.since,
        uncounted_ms: lasted(at_work.counted, now),
        channels: channels.collect(),
        talks: BTreeMap::new(),
    }
}
