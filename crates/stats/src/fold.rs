//! The fold: what was counted, and what is needed of the past to count what comes.

use crate::{
    agents::Agents,
    calls::Talk,
    dispositions::{Remembered, Set},
    ledger::Ledger,
    queueing::{Desk, Queues, Terms},
    row::{Change, Interval},
    sessions::Conversation,
};
use domain::{
    Event, InteractionId, Key, Millis, call,
    centre::CentreEvent,
    disposition::Rule,
    medium::VOICE,
    queue::QueueEvent,
    session::{self, SessionEvent},
};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// The format in which a fold is saved. One of another format is not read: whoever keeps it folds the journal again.
pub const FORMAT: u32 = 1;

/// After how long without any event, in milliseconds, the time between is not counted for anybody: nobody worked, or a clock
/// jumped. Four days, so that an agent who stayed logged in over a long weekend did so.
pub const LONGEST_GAP: Millis = 4 * 24 * 60 * 60 * 1000;

/// The state of reporting after the events of a journal up to a position: what is open, who is at work, and what was
/// counted and not taken yet. It holds no value of a customer, and is saved as JSON beside its position; whoever goes on
/// from that counts what one would have counted who never stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fold {
    #[serde(deserialize_with = "known")]
    format: u32,
    /// The position of the last event.
    pub(crate) seq: u64,
    /// The latest moment that is known.
    pub(crate) clock: Millis,
    /// Up to when it is settled who was in which state: the latest event, or the beginning of an interval that has passed.
    settled: Millis,
    pub(crate) queues: Queues,
    /// The key of dispositions, and for how long a late one is taken.
    key: String,
    late: Millis,
    pub(crate) agents: Agents,
    pub(crate) sessions: BTreeMap<InteractionId, Conversation>,
    pub(crate) calls: BTreeMap<InteractionId, Talk>,
    /// Calls that have just become part of others, until those say so in the same commit.
    moving: BTreeMap<InteractionId, Talk>,
    remembered: Remembered,
    pending: Ledger,
}

impl Default for Fold {
    fn default() -> Self {
        let Rule { key, late, .. } = Rule::default();
        Self {
            format: FORMAT,
            seq: 0,
            clock: Millis::MIN,
            settled: Millis::MIN,
            queues: Queues::new(),
            key,
            late,
            agents: Agents::default(),
            sessions: BTreeMap::new(),
            calls: BTreeMap::new(),
            moving: BTreeMap::new(),
            remembered: Remembered::default(),
            pending: Ledger::default(),
        }
    }
}

fn known<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let format = u32::deserialize(from)?;
    if format == FORMAT {
        return Ok(format);
    }
    let why = format!("it has format {format}, and this program knows {FORMAT}");
    Err(serde::de::Error::custom(why))
}

impl Fold {
    /// The position of the last event that was folded; 0 before any.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// Counts an event of the journal that happened at `at` and stands at the position `seq`. One that stands at or before
    /// the last that was counted is passed over, so that none is counted twice.
    pub fn apply(&mut self, seq: u64, at: Millis, key: &Key, event: &Event) {
        if seq <= self.seq {
            return;
        }
        self.seq = seq;
        self.advance(at);
        self.settled = self.settled.max(at);
        match (key, event) {
            (Key::Session(id), Event::Session(event)) => self.session(at, id, event),
            (Key::Call(id), Event::Call(event)) => self.call(at, id, event),
            (Key::Agent(id), Event::Agent(event)) => {
                // A clock that goes back ends nothing before it began.
                self.agents.apply(&mut self.pending, self.settled, id, &event.fact);
            }
            (Key::Queue(_), Event::Queue(QueueEvent::Put(queue))) => {
                self.queues.insert(queue.name.clone(), Terms::of(queue));
            }
            (Key::Queue(name), Event::Queue(QueueEvent::Removed)) => {
                self.queues.remove(name);
            }
            (_, Event::Centre(CentreEvent::Put(centre))) => {
                self.key.clone_from(&centre.disposition.key);
                self.late = centre.disposition.late;
            }
            _ => {}
        }
    }

    /// Says what time it is: what runs is counted up to the beginning of the interval in which that lies. Every event up to
    /// that moment must have been folded, for what was counted is not taken back.
    pub fn advance(&mut self, now: Millis) {
        let begun = Interval::of(now).0;
        if begun > self.settled {
            if now.saturating_sub(self.clock) > LONGEST_GAP {
                self.agents.count(&mut self.pending, self.clock);
                self.agents.skip(now);
                self.settled = now;
            } else {
                self.agents.count(&mut self.pending, begun);
                self.settled = begun;
            }
        }
        self.clock = self.clock.max(now);
    }

    /// Takes what was counted since this was last asked: merged by rows, in the order of their keys.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.pending.take()
    }

    fn session(&mut self, at: Millis, id: &InteractionId, event: &SessionEvent) {
        if let session::Fact::Disposition { agent, leg, key, value, previous, late, known, .. } = &event.fact
        {
            let open = self.sessions.get(id).and_then(|open| open.ended_at(leg));
            let ended = open.or_else(|| self.remembered.ended_at(id, leg.as_str()));
            let set = Set {
                agent: agent.as_ref(),
                medium: event.medium.as_str(),
                queue: event.queue.as_str(),
                key,
                value,
                previous,
                late: *late,
                known: *known,
                ended,
            };
            set.count(&mut self.pending, at, &self.key);
            return;
        }
        if event.fact.begins() {
            self.sessions.insert(id.clone(), Conversation::new(event));
        }
        let Some(open) = self.sessions.get_mut(id) else { return };
        open.apply(&mut Desk { ledger: &mut self.pending, queues: &self.queues, at }, event);
        if matches!(event.fact, session::Fact::Ended { .. })
            && let Some(over) = self.sessions.remove(id)
        {
            let ends = over.ends().map(|(part, at)| (part.to_owned(), at)).collect();
            self.remembered.keep(at, self.late, id.clone(), ends);
        }
    }

    fn call(&mut self, at: Millis, id: &InteractionId, event: &call::CallEvent) {
        use call::Fact;
        match &event.fact {
            Fact::Disposition { leg, agent, key, value, previous, late, known, .. } => {
                let open = self.calls.get(id).and_then(|open| open.ended_at(*leg));
                let ended = open.or_else(|| self.remembered.ended_at(id, &leg.to_string()));
                let set = Set {
                    agent: Some(agent),
                    medium: VOICE,
                    queue: event.queue.as_ref().map_or("", |queue| queue.as_str()),
                    key,
                    value,
                    previous,
                    late: *late,
                    known: *known,
                    ended,
                };
                return set.count(&mut self.pending, at, &self.key);
            }
            Fact::AbsorbedInto { .. } => {
                if let Some(moving) = self.calls.remove(id) {
                    self.moving.insert(id.clone(), moving);
                }
                return;
            }
            Fact::Absorbed { call, first, .. } => {
                if let (Some(moving), Some(open)) = (self.moving.remove(&call.id), self.calls.get_mut(id)) {
                    open.absorb(moving, *first);
                }
                return;
            }
            Fact::Began { .. } => {
                self.calls.insert(id.clone(), Talk::new());
            }
            _ => {}
        }
        let Some(open) = self.calls.get_mut(id) else { return };
        let mut desk = Desk { ledger: &mut self.pending, queues: &self.queues, at };
        open.apply(&mut desk, &mut self.agents, event);
        if matches!(event.fact, Fact::Ended { .. })
            && let Some(over) = self.calls.remove(id)
        {
            let ends = over.ends().map(|(leg, at)| (leg.to_string(), at)).collect();
            self.remembered.keep(at, self.late, id.clone(), ends);
        }
    }
}
