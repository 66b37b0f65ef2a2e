//! Agents at work: the states of their channels, and their work after calls.

use crate::{
    columns::{agent as column, queue, state},
    ledger::{Ledger, lasted},
    row::{Interval, Table},
};
use domain::{
    MediumName, Millis, QueueName, UserId,
    agent::{AgentState, Fact},
    medium,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// The operation of the state that is work after a call.
const AFTER_CALL: &str = "AfterCallWork";

/// The medium of the rows that are about a session of work as a whole.
const WHOLE: &str = "";

/// Everybody who is logged in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Agents(pub BTreeMap<UserId, AtWork>);

/// An agent whose contact-centre session lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AtWork {
    /// When it began.
    pub since: Millis,
    /// Up to when it was counted.
    pub counted: Millis,
    pub channels: BTreeMap<MediumName, Channel>,
    /// Work after a call, while they are in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrap: Option<Wrap>,
    /// The queue whose customer they talked with last in a call that is over, until they are in a state again that is no
    /// work after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    served: Option<QueueName>,
}

/// A channel in a state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub state: Arc<str>,
    pub reason: Arc<str>,
    pub since: Millis,
    pub counted: Millis,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrap {
    since: Millis,
    /// The queue whose call it follows, where the server began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queue: Option<QueueName>,
}

impl Channel {
    fn begin(state: Option<&AgentState>, at: Millis) -> Self {
        let word = |state: &AgentState| match &state.work_mode {
            Some(mode) => Arc::from(mode.as_str()),
            None => Arc::from(state.state.as_str()),
        };
        let reason = state.and_then(|state| state.reason.as_deref()).unwrap_or_default();
        Self {
            state: state.map_or_else(|| Arc::from("LoggedIn"), word),
            reason: Arc::from(reason),
            since: at,
            counted: at,
        }
    }

    fn count(&mut self, ledger: &mut Ledger, agent: &UserId, medium: &str, to: Millis) {
        let detail = || serde_json::json!([&*self.state, &*self.reason]).to_string();
        span(ledger, agent, medium, &detail(), self.counted, to);
        self.counted = self.counted.max(to);
    }
}

impl AtWork {
    const fn new(at: Millis) -> Self {
        Self { since: at, counted: at, channels: BTreeMap::new(), wrap: None, served: None }
    }

    fn count(&mut self, ledger: &mut Ledger, agent: &UserId, to: Millis) {
        span(ledger, agent, WHOLE, r#"["Session",""]"#, self.counted, to);
        self.counted = self.counted.max(to);
        for (medium, channel) in &mut self.channels {
            channel.count(ledger, agent, medium.as_str(), to);
        }
    }

    fn end_wrap(&mut self, ledger: &mut Ledger, agent: &UserId, at: Millis) {
        let Some(wrap) = self.wrap.take() else { return };
        let time = lasted(wrap.since, at);
        ledger.agent(at, agent.as_str(), medium::VOICE).add(column::WRAP_MS, time);
        if let Some(name) = &wrap.queue {
            ledger.queue(at, name.as_str(), medium::VOICE).add(queue::WRAP_MS, time);
        }
    }

    /// The channel of calls goes into a state: work after a call ends, and may begin anew.
    fn wrap_up(
        &mut self,
        ledger: &mut Ledger,
        agent: &UserId,
        at: Millis,
        state: &AgentState,
        by_server: bool,
    ) {
        let before = self.wrap.as_ref().and_then(|wrap| wrap.queue.clone());
        self.end_wrap(ledger, agent, at);
        let is_wrap = state.operation == AFTER_CALL || state.work_mode.as_deref() == Some(AFTER_CALL);
        let served = self.served.take();
        if is_wrap {
            let queue = if by_server { served.or(before) } else { None };
            self.wrap = Some(Wrap { since: at, queue });
        }
    }
}

impl Agents {
    /// Counts what runs up to a moment.
    pub fn count(&mut self, ledger: &mut Ledger, to: Millis) {
        for (agent, at_work) in &mut self.0 {
            at_work.count(ledger, agent, to);
        }
    }

    /// Leaves out the time up to a moment: nobody knows what was in it.
    pub fn skip(&mut self, to: Millis) {
        for at_work in self.0.values_mut() {
            at_work.counted = at_work.counted.max(to);
            for channel in at_work.channels.values_mut() {
                channel.counted = channel.counted.max(to);
            }
        }
    }

    /// An agent's part of a call is over in which they talked with a queue's customer.
    pub fn served(&mut self, agent: &UserId, queue: Option<&QueueName>) {
        if let Some(at_work) = self.0.get_mut(agent) {
            at_work.served = queue.cloned();
        }
    }

    /// What happened to an agent.
    pub fn apply(&mut self, ledger: &mut Ledger, at: Millis, agent: &UserId, fact: &Fact) {
        match fact {
            Fact::LoggedIn { channels, .. } => {
                let at_work = self.0.entry(agent.clone()).or_insert_with(|| AtWork::new(at));
                for medium in channels {
                    at_work.channels.entry(medium.clone()).or_insert_with(|| Channel::begin(None, at));
                }
            }
            Fact::LoggedOut => {
                if let Some(mut at_work) = self.0.remove(agent) {
                    at_work.count(ledger, agent, at);
                    at_work.end_wrap(ledger, agent, at);
                }
            }
            Fact::ChannelsLeft { channels } => {
                let Some(at_work) = self.0.get_mut(agent) else { return };
                for medium in channels {
                    if let Some(mut channel) = at_work.channels.remove(medium) {
                        channel.count(ledger, agent, medium.as_str(), at);
                    }
                }
                if channels.contains(&medium::voice()) {
                    at_work.end_wrap(ledger, agent, at);
                    at_work.served = None;
                }
            }
            Fact::StateChanged { channels, state, after_call, .. } => {
                // Whose login lies before the first event that was folded is known from here.
                let at_work = self.0.entry(agent.clone()).or_insert_with(|| AtWork::new(at));
                for medium in channels {
                    if let Some(channel) = at_work.channels.get_mut(medium) {
                        channel.count(ledger, agent, medium.as_str(), at);
                    }
                    at_work.channels.insert(medium.clone(), Channel::begin(Some(state), at));
                }
                if channels.contains(&medium::voice()) {
                    at_work.wrap_up(ledger, agent, at, state, after_call.is_some());
                }
            }
            Fact::ConnectionLost { .. }
            | Fact::ConnectionBack
            | Fact::AbsenceUntil { .. }
            | Fact::Seated { .. }
            | Fact::LeftDesk { .. }
            | Fact::StateChosen { .. }
            | Fact::DispositionOwed { .. }
            | Fact::DispositionSettled { .. }
            | Fact::DoNotDisturb { .. }
            | Fact::SlotTaken { .. }
            | Fact::SlotIdle { .. }
            | Fact::SlotFreed { .. }
            | Fact::WatchBegan { .. }
            | Fact::WatchEnded { .. }
            | Fact::WatchedBy { .. }
            | Fact::Focused { .. } => {}
        }
    }
}

/// Counts the time between two moments, in each interval what lies in it.
fn span(ledger: &mut Ledger, agent: &UserId, medium: &str, detail: &str, from: Millis, to: Millis) {
    let mut from = from;
    while from < to {
        let interval = Interval::of(from);
        let end = interval.end().min(to);
        ledger
            .row(interval, Table::State, agent.as_str(), medium, detail.to_owned())
            .add(state::MS, end - from);
        from = end;
    }
}
