//! Definitions of statistics, `[[statistics]]`, with the vendor's field names (spec: admin-and-reporting#4.2), and what
//! contradicts itself in one. What is built in needs none ([`crate::statistics::KNOWN`]).

use crate::{
    columns::{Column, agent, queue},
    statistics::{self, Source, Value},
    window::Window,
};
use domain::Millis;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// A statistic as the settings define it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Definition {
    /// By which it is asked for: letters, digits and `_`.
    pub name: String,
    /// How it is computed.
    pub category: Category,
    /// What is counted: actions, separated by commas.
    pub main_mask: String,
    /// By what it is divided, for averages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub relative_mask: String,
    /// What the actions are of.
    pub subject: Subject,
    /// Of what it can be asked.
    pub object_types: Vec<ObjectKind>,
    /// From when it counts; left out for values of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_type: Option<IntervalType>,
    /// Of a growing window the time of day at which it begins, `0:00` when left out; of a sliding one its length in
    /// seconds, 3600 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic_time_profile: Option<String>,
    /// `MediaType=` and a medium; all media when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic_filter: Option<String>,
    /// When its changes are told.
    #[serde(default)]
    pub notification_mode: NotificationMode,
    /// How often they are, in seconds, where that is by the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_frequency: Option<u32>,
    /// A change that is smaller is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insensitivity: Option<u32>,
    /// Of a service level, in seconds: 0, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_range_left: Option<u32>,
    /// Of a service level, in seconds. The target is the queue's, so that every table says the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_range_right: Option<u32>,
    /// Where the vendor keeps it; taken and not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The features of a centre without which it is not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether its values are kept, to be asked for by time.
    #[serde(default)]
    pub save_history: bool,
}

/// How a statistic is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// How often.
    TotalNumber,
    /// How long, in seconds.
    TotalTime,
    /// The same: nothing is counted here before it ends, but states.
    TotalAdjustedTime,
    /// How long on average: main times by relative numbers.
    AverageTime,
    /// How often in an hour: main numbers by relative times.
    AverageNumberPerRelativeHour,
    /// How many now.
    CurrentNumber,
    /// The state now.
    CurrentState,
    /// How long it is so now.
    CurrentTime,
    /// A service level.
    ServiceFactor1,
}

/// What the actions of a mask are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// What happens at a number: to a queue, or to an agent.
    DNAction,
    /// How a number stands.
    DNStatus,
    /// The states of an agent.
    AgentStatus,
}

/// Of what a statistic can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectKind {
    /// An agent.
    Agent,
    /// The agents of a group.
    GroupAgents,
    /// A queue.
    Queue,
    /// The same: queues are reached by routing points.
    RoutePoint,
    /// Several queues.
    GroupQueues,
}

impl ObjectKind {
    const fn is_agent(self) -> bool {
        matches!(self, Self::Agent | Self::GroupAgents)
    }
}

/// From when a statistic counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntervalType {
    /// Since a time of day.
    GrowingWindow,
    /// For so long back.
    SlidingWindow,
}

/// When changes of a statistic are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotificationMode {
    /// When it changes.
    #[default]
    Immediate,
    /// By the clock.
    #[serde(rename = "PERIODICAL")]
    Periodical,
}

/// What an action of a mask is counted by.
struct Action {
    name: &'static str,
    subject: Subject,
    of_agents: bool,
    number: Option<Column>,
    time: Option<Lasted>,
}

/// How long an action lasted.
#[derive(Clone, Copy)]
enum Lasted {
    Column(Column),
    States(fn(&str) -> bool),
    Session,
}

const fn of_queue(name: &'static str, number: Column, time: Column) -> Action {
    let time = Some(Lasted::Column(time));
    Action { name, subject: Subject::DNAction, of_agents: false, number: Some(number), time }
}

const fn of_agent(name: &'static str, number: Column, time: Option<Lasted>) -> Action {
    Action { name, subject: Subject::DNAction, of_agents: true, number: Some(number), time }
}

const fn status(name: &'static str, time: Lasted) -> Action {
    Action { name, subject: Subject::AgentStatus, of_agents: true, number: None, time: Some(time) }
}

/// The actions that masks may name.
const ACTIONS: &[Action] = &[
    of_queue("CallEntered", queue::OFFERED, queue::WAIT_MS),
    of_queue("CallWait", queue::OFFERED, queue::WAIT_MS),
    of_queue("CallAnswered", queue::ANSWERED, queue::ANSWERED_WAIT_MS),
    of_queue("CallAbandoned", queue::ABANDONED, queue::ABANDONED_WAIT_MS),
    of_agent("CallInbound", agent::INBOUND, None),
    of_agent("CallOutbound", agent::OUTBOUND, None),
    of_agent("CallInternal", agent::INTERNAL, None),
    of_agent("CallConsult", agent::ASKED, None),
    of_agent("CallMissed", agent::MISSED, None),
    of_agent("CallRefused", agent::REFUSED, None),
    of_agent("CallTransferMade", agent::TRANSFERRED_OUT, None),
    of_agent("CallReleased", agent::HANDLED, Some(Lasted::Column(agent::TALK_MS))),
    of_agent("CallHeld", agent::HANDLED, Some(Lasted::Column(agent::HOLD_MS))),
    status("LoggedIn", Lasted::Session),
    status("WaitForNextCall", Lasted::States(|word| word == "Ready")),
    status("NotReadyForNextCall", Lasted::States(statistics::is_not_ready)),
    status("AfterCallWork", Lasted::States(|word| word == "AfterCallWork")),
];

/// A sentence that names the field that is wrong, and why.
pub type Finding = String;

impl Definition {
    /// What contradicts itself, each in a sentence that names the field; nothing when all is well.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut finds = |is_wrong: bool, what: &str| {
            if is_wrong {
                findings.push(format!("[[statistics]] '{}': {what}", self.name));
            }
        };
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        finds(
            self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(is_word),
            "name: 1 to 64 letters, digits and '_'",
        );
        finds(statistics::known(&self.name).is_some(), "name: a statistic of this name is built in");
        let agents = self.object_types.iter().filter(|kind| kind.is_agent()).count();
        let is_mixed = agents > 0 && agents < self.object_types.len();
        finds(self.object_types.is_empty(), "objectTypes: it is empty");
        finds(is_mixed, "objectTypes: agents and queues have nothing in common that could be counted");
        let is_current = self.is_current();
        let divides = matches!(self.category, Category::AverageTime | Category::AverageNumberPerRelativeHour);
        finds(
            divides == self.relative_mask.trim().is_empty(),
            if divides {
                "relativeMask: an average needs one"
            } else {
                "relativeMask: only averages have one"
            },
        );
        finds(is_current && self.interval_type.is_some(), "intervalType: what is so now has no window");
        finds(!is_current && self.interval_type.is_none(), "intervalType: it is missing");
        finds(
            self.interval_type.is_none() && self.dynamic_time_profile.is_some(),
            "dynamicTimeProfile: it says nothing without an intervalType",
        );
        finds(
            self.interval_type.is_some() && self.window().is_none(),
            "dynamicTimeProfile: a growing window has a time of day ('0:00'), a sliding one seconds from 900 to 86400",
        );
        finds(
            self.dynamic_filter.is_some() && self.medium().is_none(),
            "dynamicFilter: 'MediaType=' and a medium",
        );
        let is_periodical = self.notification_mode == NotificationMode::Periodical;
        finds(
            is_periodical != self.notification_frequency.is_some_and(|seconds| seconds > 0),
            "notificationFrequency: seconds, with the notificationMode PERIODICAL and no other",
        );
        let is_level = self.category == Category::ServiceFactor1;
        finds(is_level && agents > 0, "category: a service level is of queues");
        finds(
            self.time_range_left.is_some_and(|left| left > 0) || self.time_range_right.is_some(),
            "timeRangeRight: the target is service_level_seconds of the queue; leave it out",
        );
        let is_other = |subject| self.subject == subject && agents == 0 && !self.object_types.is_empty();
        finds(is_other(Subject::AgentStatus), "subject: a queue has no AgentStatus");
        self.check_masks(agents > 0, &mut findings);
        findings
    }

    fn check_masks(&self, of_agents: bool, findings: &mut Vec<Finding>) {
        let is_looked_at = !matches!(self.category, Category::CurrentState | Category::ServiceFactor1);
        let masks = [
            ("mainMask", &self.main_mask, self.main_is_time()),
            ("relativeMask", &self.relative_mask, !self.main_is_time()),
        ];
        for (field, mask, is_time) in masks {
            let names: Vec<&str> = words(mask).collect();
            if field == "mainMask" && names.is_empty() {
                findings.push(format!("[[statistics]] '{}': {field}: it is empty", self.name));
            }
            for name in names.iter().filter(|_| is_looked_at) {
                let why = match ACTIONS.iter().find(|action| action.name == *name) {
                    None => "is not known",
                    Some(action) if action.of_agents != of_agents => "is not of these objectTypes",
                    Some(action)
                        if field == "mainMask" && action.subject != self.subject && !self.is_current() =>
                    {
                        "is not of this subject"
                    }
                    Some(action) if is_time && action.time.is_none() => "has no time",
                    Some(action) if !is_time && action.number.is_none() && !self.is_current() => {
                        "has no number"
                    }
                    Some(_) => continue,
                };
                findings.push(format!("[[statistics]] '{}': {field}: {name} {why}", self.name));
            }
        }
    }

    const fn is_current(&self) -> bool {
        matches!(self.category, Category::CurrentNumber | Category::CurrentState | Category::CurrentTime)
    }

    const fn main_is_time(&self) -> bool {
        matches!(self.category, Category::TotalTime | Category::TotalAdjustedTime | Category::AverageTime)
    }

    /// From when it counts; `None` for values of now, and where the profile is none.
    pub fn window(&self) -> Option<Window> {
        let profile = self.dynamic_time_profile.as_deref();
        match self.interval_type? {
            IntervalType::GrowingWindow => time_of_day(profile.unwrap_or("0:00")).map(Window::Growing),
            IntervalType::SlidingWindow => {
                let seconds = profile.unwrap_or("3600").parse::<Millis>().ok()?;
                (900..=86_400).contains(&seconds).then_some(Window::Sliding(seconds * 1_000))
            }
        }
    }

    /// The medium of its filter.
    pub fn medium(&self) -> Option<&str> {
        self.dynamic_filter.as_deref()?.strip_prefix("MediaType=").filter(|medium| !medium.is_empty())
    }

    /// Its value. The rows of the source are those of its window; the medium of the definition counts.
    pub fn value(&self, source: &Source<'_>) -> Value {
        let source = &Source { medium: self.medium().or(source.medium), ..*source };
        let known = |name| statistics::value(name, source).unwrap_or(Value::Nothing);
        let of_agents = self.object_types.iter().any(|kind| kind.is_agent());
        match self.category {
            Category::TotalNumber => Value::Number(numbers(&self.main_mask, source)),
            Category::TotalTime | Category::TotalAdjustedTime => {
                Value::Number(times(&self.main_mask, source))
            }
            Category::AverageTime => {
                divide(times(&self.main_mask, source), numbers(&self.relative_mask, source))
            }
            Category::AverageNumberPerRelativeHour => {
                divide(numbers(&self.main_mask, source), times(&self.relative_mask, source) / 3_600.0)
            }
            Category::CurrentNumber if of_agents => known("CurrentReadyAgents"),
            Category::CurrentNumber => known("CurrentNumberWaitingCalls"),
            Category::CurrentState => known("CurrentAgentState"),
            Category::CurrentTime if of_agents => known("TimeInCurrentStateVoice"),
            Category::CurrentTime => known("CurrMaxCallWaitingTime"),
            Category::ServiceFactor1 => known("ServiceLevel"),
        }
    }
}

fn words(mask: &str) -> impl Iterator<Item = &str> {
    mask.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn actions(mask: &str) -> impl Iterator<Item = &'static Action> {
    words(mask).filter_map(|word| ACTIONS.iter().find(|action| action.name == word))
}

fn numbers(mask: &str, source: &Source<'_>) -> f64 {
    actions(mask).filter_map(|action| action.number).map(|column| source.total(column)).sum()
}

/// In seconds.
fn times(mask: &str, source: &Source<'_>) -> f64 {
    let time = |time| match time {
        Lasted::Column(column) => source.total(column) / 1_000.0,
        Lasted::States(is_one) => source.seconds_in(is_one),
        Lasted::Session => source.session_seconds(),
    };
    actions(mask).filter_map(|action| action.time).map(time).sum()
}

fn divide(of: f64, by: f64) -> Value {
    if by > 0.0 { Value::Number(of / by) } else { Value::Nothing }
}

fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}
