//! Statistics by the names that the vendor's desktop knows, and ours beside them (spec: admin-and-reporting#4.2,
//! admin-and-reporting#4.4): each name once, with how it is computed from the rows of a window and from how things stand.
//!
//! Times are in seconds, except where the name says otherwise. Names that the sources do not explain are computed as the
//! line in [`KNOWN`] says.

use crate::{
    columns::{Column, agent, disposition, queue},
    live::{ChannelNow, Live},
    row::{Row, Table},
};
use serde::{Deserialize, Serialize};

/// What a statistic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ObjectType {
    /// An agent, by their id.
    User,
    /// A queue, by its name.
    Queue,
    /// A code of the disposition book, by its name.
    Disposition,
}

/// How a service level is computed. In each, what was answered in time is divided, in percent; which formula a centre
/// wants depends on whom it holds its callers to answer for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formula {
    /// By the answered: how fast answers are, whoever gave up.
    OfAnswered,
    /// By the answered and the abandoned: who gave up was not answered in time.
    #[default]
    OfAnsweredAndAbandoned,
    /// By the offered, without those who gave up at once and those who came while it was closed.
    OfOffered,
}

/// What a statistic is computed from.
#[derive(Clone, Copy)]
pub struct Source<'s> {
    /// What it is about.
    pub object_type: ObjectType,
    /// The id or the name of that.
    pub object: &'s str,
    /// One medium; all when `None`.
    pub medium: Option<&'s str>,
    /// Rows of the window; those of others are passed over.
    pub rows: &'s [Row],
    /// How things stand; no earlier than the last change of the rows.
    pub live: &'s Live<'s>,
    /// The agents who serve a queue, by their ids; everybody when `None`.
    pub members: Option<&'s [&'s str]>,
    /// How a service level is computed.
    pub formula: Formula,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A number, or a time.
    Number(f64),
    /// A state.
    Text(String),
    /// Nothing to compute it from: an average of nothing, the state of somebody who is not at work.
    Nothing,
}

/// A statistic that is known by its name.
pub struct Known {
    /// The name.
    pub name: &'static str,
    /// Of what it can be asked.
    pub of: &'static [ObjectType],
    /// What it says.
    pub means: &'static str,
    compute: fn(&Source<'_>) -> Value,
}

const USER: &[ObjectType] = &[ObjectType::User];
const QUEUE: &[ObjectType] = &[ObjectType::Queue];
const WORK: &[ObjectType] = &[ObjectType::User, ObjectType::Queue];
const ALL: &[ObjectType] = &[ObjectType::User, ObjectType::Queue, ObjectType::Disposition];

/// Every statistic there is.
pub const KNOWN: &[Known] = &[
    Known {
        name: "AverageHandlingTime",
        of: WORK,
        means: "talk, hold and wrap of a handled part",
        compute: handling,
    },
    Known {
        name: "AverageWaitingTime",
        of: QUEUE,
        means: "waiting of those who left the queue",
        compute: waiting,
    },
    Known {
        name: "ConsultCalls",
        of: USER,
        means: "how often they asked for help",
        compute: |s| s.number(agent::ASKED),
    },
    Known {
        name: "CurrentAgentState",
        of: USER,
        means: "their state on the medium, or on voice",
        compute: state,
    },
    Known { name: "CurrentTargetState", of: USER, means: "the same", compute: state },
    Known { name: "Current_In_Queue", of: QUEUE, means: "who waits now", compute: |s| count(s.waits().0) },
    Known {
        name: "CurrMaxCallWaitingTime",
        of: QUEUE,
        means: "the longest waiting now",
        compute: |s| seconds(s.waits().1),
    },
    Known {
        name: "CurrentNumberWaitingCalls",
        of: QUEUE,
        means: "who waits now",
        compute: |s| count(s.waits().0),
    },
    Known {
        name: "CurrentReadyAgents",
        of: QUEUE,
        means: "its agents who are ready on the medium, or on any",
        compute: ready,
    },
    Known {
        name: "HoldDuration",
        of: WORK,
        means: "hold of the handled parts",
        compute: |s| s.time(agent::HOLD_MS, queue::HOLD_MS),
    },
    Known {
        name: "InboundCalls",
        of: USER,
        means: "parts with somebody who came from outside",
        compute: |s| s.number(agent::INBOUND),
    },
    Known {
        name: "InteractionTransferred",
        of: WORK,
        means: "handed over",
        compute: |s| s.either(agent::TRANSFERRED_OUT, queue::TRANSFERRED_OUT),
    },
    Known {
        name: "InternalCalls",
        of: USER,
        means: "parts in calls between phones of ours",
        compute: |s| s.number(agent::INTERNAL),
    },
    Known { name: "LoginDuration", of: USER, means: "the session of work", compute: session },
    Known {
        name: "MissedCalls",
        of: USER,
        means: "offers that lapsed",
        compute: |s| s.number(agent::MISSED),
    },
    Known {
        name: "NotReadyDuration",
        of: USER,
        means: "in any state but ready, after-call work and none",
        compute: |s| s.states(is_not_ready),
    },
    Known {
        name: "OutboundCalls",
        of: USER,
        means: "parts with somebody we called or wrote to",
        compute: |s| s.number(agent::OUTBOUND),
    },
    Known {
        name: "Productivity",
        of: USER,
        means: "handled parts in an hour of the session of work",
        compute: productivity,
    },
    Known {
        name: "ReadyDuration",
        of: USER,
        means: "in the state ready",
        compute: |s| s.states(|word| word == "Ready"),
    },
    Known {
        name: "RefusedCalls",
        of: USER,
        means: "offers they refused",
        compute: |s| s.number(agent::REFUSED),
    },
    Known {
        name: "ServiceLevel",
        of: QUEUE,
        means: "answered in time, in percent, by the formula",
        compute: level,
    },
    Known {
        name: "TalkDuration",
        of: WORK,
        means: "talk of the handled parts",
        compute: |s| s.time(agent::TALK_MS, queue::TALK_MS),
    },
    Known {
        name: "TimeInCurrentStateVoice",
        of: USER,
        means: "how long they have been in their state on voice",
        compute: in_state,
    },
    Known {
        name: "Total_Abandoned",
        of: QUEUE,
        means: "who gave up waiting",
        compute: |s| s.number(queue::ABANDONED),
    },
    Known {
        name: "Total_Answered",
        of: QUEUE,
        means: "who was answered",
        compute: |s| s.number(queue::ANSWERED),
    },
    Known {
        name: "WrapDuration",
        of: WORK,
        means: "work after talks",
        compute: |s| s.time(agent::WRAP_MS, queue::WRAP_MS),
    },
    Known {
        name: "numDispositions",
        of: ALL,
        means: "codes that were set",
        compute: |s| s.number(disposition::SET),
    },
    Known {
        name: "numDispositionsAfterRelease",
        of: ALL,
        means: "of these, after the part",
        compute: |s| s.number(disposition::LATE),
    },
    Known {
        name: "numDispositionsChanged",
        of: ALL,
        means: "of these, in the place of another",
        compute: |s| s.number(disposition::CHANGED),
    },
    Known {
        name: "numCallsWithoutDisposition",
        of: WORK,
        means: "handled parts that ended without a code",
        compute: |s| s.either(agent::WITHOUT_DISPOSITION, queue::WITHOUT_DISPOSITION),
    },
    Known {
        name: "dispositionLagMs",
        of: ALL,
        means: "from the end of the part to a late code, in milliseconds, on average",
        compute: lag,
    },
];

/// The statistic of a name.
pub fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// Whether a row is about an object: of codes, whether they were set in a queue, or are that code.
pub fn is_about(object_type: ObjectType, object: &str, row: &Row) -> bool {
    match (row.key.table, object_type) {
        (Table::Disposition, ObjectType::Queue) => detail(row, 0).as_deref() == Some(object),
        (Table::Disposition, ObjectType::Disposition) => detail(row, 2).as_deref() == Some(object),
        _ => row.key.object == object,
    }
}

/// Whether a statistic counts codes that were set.
pub fn is_of_codes(name: &str) -> bool {
    name.starts_with("numDispositions") || name == "dispositionLagMs"
}

/// Whether a statistic says how things stand, so that it has no value of the past.
pub fn is_of_now(name: &str) -> bool {
    name.starts_with("Curr") || name.starts_with("TimeInCurrent")
}

/// The value of a statistic; `None` where there is none of the name, or not of such an object.
pub fn value(name: &str, source: &Source<'_>) -> Option<Value> {
    let known = known(name).filter(|known| known.of.contains(&source.object_type))?;
    Some((known.compute)(source))
}

fn handling(source: &Source<'_>) -> Value {
    let (times, handled) = match source.object_type {
        ObjectType::Queue => ([queue::TALK_MS, queue::HOLD_MS, queue::WRAP_MS], queue::HANDLED),
        _ => ([agent::TALK_MS, agent::HOLD_MS, agent::WRAP_MS], agent::HANDLED),
    };
    let time = times.map(|column| source.sum(column)).iter().sum();
    ratio(time, source.sum(handled), 1_000.0)
}

fn waiting(source: &Source<'_>) -> Value {
    let ways = [queue::ANSWERED, queue::ABANDONED, queue::OVERFLOWED, queue::OUT_OF_HOURS, queue::REMOVED];
    let left = ways.map(|column| source.sum(column)).iter().sum();
    ratio(source.sum(queue::WAIT_MS), left, 1_000.0)
}

fn level(source: &Source<'_>) -> Value {
    let answered = source.sum(queue::ANSWERED);
    let whole = match source.formula {
        Formula::OfAnswered => answered,
        Formula::OfAnsweredAndAbandoned => answered + source.sum(queue::ABANDONED),
        Formula::OfOffered => {
            let counts_not = source.sum(queue::ABANDONED_SHORT) + source.sum(queue::OUT_OF_HOURS);
            source.sum(queue::OFFERED) - counts_not
        }
    };
    ratio(source.sum(queue::WITHIN_TARGET), whole, 0.01)
}

fn lag(source: &Source<'_>) -> Value {
    ratio(source.sum(disposition::LAG_MS), source.sum(disposition::LAG_COUNT), 1.0)
}

fn state(source: &Source<'_>) -> Value {
    source.channel().map_or(Value::Nothing, |channel| Value::Text(channel.state.to_owned()))
}

fn in_state(source: &Source<'_>) -> Value {
    let voice = Source { medium: None, ..*source };
    voice.channel().map_or(Value::Nothing, |channel| seconds((source.live.now - channel.since).max(0)))
}

fn session(source: &Source<'_>) -> Value {
    seconds(source.session_ms())
}

fn productivity(source: &Source<'_>) -> Value {
    ratio(source.sum(agent::HANDLED), source.session_ms(), 1.0 / 3_600_000.0)
}

fn ready(source: &Source<'_>) -> Value {
    let is_ready =
        |medium: &str, state: &str| state == "Ready" && source.medium.is_none_or(|wanted| wanted == medium);
    let is_member = |id: &str| source.members.is_none_or(|members| members.contains(&id));
    let ready = source.live.agents.iter().filter(|(id, agent)| {
        is_member(id) && agent.channels.iter().any(|(medium, channel)| is_ready(medium, channel.state))
    });
    count(i64::try_from(ready.count()).unwrap_or(i64::MAX))
}

impl Source<'_> {
    /// The sum of a column over the rows that are about the object.
    fn sum(&self, column: Column) -> i64 {
        let rows = self.rows.iter().filter(|row| row.key.table == column.table && self.is_about(row));
        rows.filter_map(|row| row.columns.get(column.name)).sum()
    }

    fn is_about(&self, row: &Row) -> bool {
        self.medium.is_none_or(|medium| row.key.medium == medium)
            && is_about(self.object_type, self.object, row)
    }

    fn number(&self, column: Column) -> Value {
        count(self.sum(column))
    }

    fn column(&self, of_agent: Column, of_queue: Column) -> Column {
        if self.object_type == ObjectType::Queue { of_queue } else { of_agent }
    }

    fn either(&self, of_agent: Column, of_queue: Column) -> Value {
        count(self.sum(self.column(of_agent, of_queue)))
    }

    fn time(&self, of_agent: Column, of_queue: Column) -> Value {
        seconds(self.sum(self.column(of_agent, of_queue)))
    }

    /// How many wait, and how long the first has.
    fn waits(&self) -> (i64, i64) {
        let of_queue = self.live.queues.iter().filter(|((queue, medium), _)| {
            *queue == self.object && self.medium.is_none_or(|wanted| wanted == *medium)
        });
        of_queue.fold((0, 0), |(sum, longest), (_, waiting)| {
            (sum + i64::from(waiting.waiting), longest.max(waiting.longest_ms))
        })
    }

    fn channel(&self) -> Option<ChannelNow<'_>> {
        let medium = self.medium.unwrap_or(domain::medium::VOICE);
        self.live.agents.get(self.object)?.channels.get(medium).copied()
    }

    /// How long the session of work was, what runs included.
    fn session_ms(&self) -> i64 {
        let whole = self.rows.iter().filter(|row| {
            row.key.table == Table::State && row.key.object == self.object && row.key.medium.is_empty()
        });
        let counted: i64 = whole.filter_map(|row| row.columns.get("ms")).sum();
        counted + self.live.agents.get(self.object).map_or(0, |agent| agent.uncounted_ms)
    }

    /// The sum of a column, as a number.
    pub(crate) fn total(&self, column: Column) -> f64 {
        float(self.sum(column))
    }

    /// How long the session of work was, in seconds.
    pub(crate) fn session_seconds(&self) -> f64 {
        float(self.session_ms()) / 1_000.0
    }

    fn states(&self, is_one: fn(&str) -> bool) -> Value {
        Value::Number(self.seconds_in(is_one))
    }

    /// How long the channel was in the states of such words, what runs included, in seconds.
    pub(crate) fn seconds_in(&self, is_one: fn(&str) -> bool) -> f64 {
        let medium = self.medium.unwrap_or(domain::medium::VOICE);
        let rows = self.rows.iter().filter(|row| {
            row.key.table == Table::State && row.key.object == self.object && row.key.medium == medium
        });
        let of_states = rows.filter(|row| detail(row, 0).is_some_and(|word| is_one(&word)));
        let counted: i64 = of_states.filter_map(|row| row.columns.get("ms")).sum();
        let runs = self.channel().filter(|channel| is_one(channel.state));
        float(counted + runs.map_or(0, |channel| channel.uncounted_ms)) / 1_000.0
    }
}

/// Whether a state is one of not being ready: neither work after a call nor the time before the first state was chosen.
pub(crate) fn is_not_ready(word: &str) -> bool {
    !matches!(word, "Ready" | "AfterCallWork" | "LoggedIn")
}

/// One of the texts that tell a row from others.
fn detail(row: &Row, nth: usize) -> Option<String> {
    let texts: Vec<serde_json::Value> = serde_json::from_str(&row.key.detail).ok()?;
    Some(texts.get(nth)?.as_str()?.to_owned())
}

#[expect(clippy::cast_precision_loss, reason = "no count of a window is near 2^52")]
const fn float(number: i64) -> f64 {
    number as f64
}

fn count(number: i64) -> Value {
    Value::Number(float(number))
}

fn seconds(milliseconds: i64) -> Value {
    Value::Number(float(milliseconds) / 1_000.0)
}

/// The one by the other, divided by a unit; nothing where there is nothing to divide by.
fn ratio(of: i64, by: i64, unit: f64) -> Value {
    if by <= 0 { Value::Nothing } else { Value::Number(float(of) / float(by) / unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/reporting.md");

    #[test]
    fn the_page_tells_of_every_statistic() {
        for Known { name, of, means, .. } in KNOWN {
            let words: Vec<_> = of
                .iter()
                .map(|object| match object {
                    ObjectType::User => "agent",
                    ObjectType::Queue => "queue",
                    ObjectType::Disposition => "code",
                })
                .collect();
            let row = format!("| `{name}` | {} | {means} |", words.join(", "));
            assert!(PAGE.contains(&row), "docs/reporting.md lacks this row:\n{row}");
        }
    }

    #[test]
    fn a_name_is_given_once() {
        let names: std::collections::BTreeSet<_> = KNOWN.iter().map(|known| known.name).collect();
        assert_eq!(names.len(), KNOWN.len());
    }
}
