//! How the contact centre is set up: its queues, its disposition codes and its settings.

use super::{
    agent::StateEntry,
    row::{Row, json, schema, while_busy},
    words,
};
use domain::{
    call::Dn,
    centre::{AgentGroup, Centre, CentreEvent, Service},
    disposition::Rule,
    disposition_tree::{Code, DispositionGroup, DispositionTreeEvent},
    queue::{self, Overflow, Queue, QueueEvent},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const KINDS: &[Row] = &[
    ("queue.put", schema::<QueuePut<'_>>),
    ("queue.removed", schema::<QueueRemoved<'_>>),
    ("book.group-added", schema::<GroupAdded<'_>>),
    ("book.group-removed", schema::<GroupRemoved<'_>>),
    ("book.code-added", schema::<CodeAdded<'_>>),
    ("book.code-renamed", schema::<CodeRenamed<'_>>),
    ("book.code-removed", schema::<CodeRemoved<'_>>),
    ("centre.put", schema::<CentrePut<'_>>),
];

/// A queue was written, as a whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct QueuePut<'a> {
    /// Its name.
    queue: &'a str,
    /// Skills an agent must have, each with the least level.
    skills: &'a BTreeMap<String, u8>,
    /// Priority of what comes in; higher goes first.
    priority: i32,
    /// After how many milliseconds of waiting the priority rises by one; 0 is never.
    ageing_millis: i64,
    /// For how many milliseconds an offer stands.
    offer_millis: i64,
    /// For how many milliseconds an agent who refused is not offered the same conversation again.
    cool_down_millis: i64,
    /// For how many milliseconds a customer who comes back is kept for the agent who served them last; 0 is not.
    last_agent_wait_millis: i64,
    /// The most conversations and calls that may wait.
    max_waiting: u32,
    /// How many of these places are kept for each medium, in percent.
    reserve_percent: u8,
    /// The DN by which callers reach it; null without one.
    routing_point: Option<&'a str>,
    /// When it is open.
    hours: Hours<'a>,
    /// What becomes of somebody who writes while it is closed.
    closed: Closed<'a>,
    /// What callers hear and where they go.
    calls: Calls<'a>,
    /// Whether a disposition is required, where the queue says something else than the centre.
    required: Requirement<'a>,
}

/// Whether a disposition is required.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Requirement<'a> {
    /// In every medium that is not named; null where nothing is said.
    every: Option<Required>,
    /// In these media.
    media: BTreeMap<&'a str, Required>,
}

/// Whether it is required.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
struct Required(#[serde(with = "words::Required")] domain::disposition::Required);

fn requirement(of: &domain::disposition::Requirement) -> Requirement<'_> {
    let domain::disposition::Requirement { every, media } = of;
    Requirement {
        every: every.map(Required),
        media: media.iter().map(|(medium, required)| (medium.as_str(), Required(*required))).collect(),
    }
}

/// When a queue is open.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Hours<'a> {
    /// In the syntax of `opening_hours`; null is always, but for holidays.
    open: Option<&'a str>,
    /// The time zone they are meant in; null is that of the machine.
    zone: Option<&'a str>,
    /// Days on which it is closed.
    holidays: &'a BTreeSet<String>,
}

/// What becomes of somebody who writes to a closed queue: they wait and are told nothing when both are null.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Closed<'a> {
    /// What they are told, and wait.
    reply: Option<&'a str>,
    /// What they are told, and do not wait.
    refuse: Option<&'a str>,
}

impl<'a> Closed<'a> {
    fn of(closed: &'a domain::hours::Closed) -> Self {
        match closed {
            domain::hours::Closed::Queue => Self { reply: None, refuse: None },
            domain::hours::Closed::Reply(text) => Self { reply: Some(text), refuse: None },
            domain::hours::Closed::Refuse(text) => Self { reply: None, refuse: Some(text) },
        }
    }
}

/// What a queue does with calls.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Calls<'a> {
    /// The prompt a caller hears first; null without one.
    greeting: Option<&'a str>,
    /// When it takes calls, in the syntax of `opening_hours`; null is while the queue is open.
    hours: Option<&'a str>,
    /// Where a call goes outside of these hours.
    closed: Elsewhere<'a>,
    /// Where a call goes while as many wait as the queue takes.
    full: Elsewhere<'a>,
    /// For how many milliseconds a call may wait; 0 is forever.
    patience_millis: i64,
    /// Where a call goes that has waited for so long.
    late: Elsewhere<'a>,
    /// How many milliseconds an agent has for work after a call; 0 is none.
    wrap_up_millis: i64,
}

/// Where a call goes that a queue does not take: released when both are null.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Elsewhere<'a> {
    /// The prompt it hears before it is released.
    announcement: Option<&'a str>,
    /// The queue it goes into.
    queue: Option<&'a str>,
}

impl<'a> Elsewhere<'a> {
    fn of(overflow: &'a Overflow) -> Self {
        match overflow {
            Overflow::Close => Self { announcement: None, queue: None },
            Overflow::Announce(prompt) => Self { announcement: Some(prompt), queue: None },
            Overflow::Queue(name) => Self { announcement: None, queue: Some(name.as_str()) },
        }
    }
}

/// A queue was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct QueueRemoved<'a> {
    /// Its name.
    queue: &'a str,
}

/// The data of a fact of a queue's provisioning.
pub(super) fn of_queue(name: &str, event: &QueueEvent) -> Option<Value> {
    match event {
        QueueEvent::Put(queue) => put_queue(queue),
        QueueEvent::Removed => json(QueueRemoved { queue: name }),
    }
}

fn put_queue(queue: &Queue) -> Option<Value> {
    let Queue {
        name,
        skills,
        priority,
        ageing,
        offer,
        cool_down,
        last_agent_wait,
        max_waiting,
        reserve_percent,
        service_level: _,
        short_abandon: _,
        routing_point,
        hours,
        closed,
        calls,
        required,
    } = queue;
    json(QueuePut {
        queue: name.as_str(),
        skills,
        priority: *priority,
        ageing_millis: *ageing,
        offer_millis: *offer,
        cool_down_millis: *cool_down,
        last_agent_wait_millis: *last_agent_wait,
        max_waiting: *max_waiting,
        reserve_percent: *reserve_percent,
        routing_point: routing_point.as_ref().map(Dn::as_str),
        hours: Hours { open: hours.open.as_deref(), zone: hours.zone.as_deref(), holidays: &hours.holidays },
        closed: Closed::of(closed),
        calls: with_calls(calls),
        required: requirement(required),
    })
}

fn with_calls(calls: &queue::Calls) -> Calls<'_> {
    let queue::Calls { greeting, hours, closed, full, patience, late, wrap_up } = calls;
    Calls {
        greeting: greeting.as_deref(),
        hours: hours.as_deref(),
        closed: Elsewhere::of(closed),
        full: Elsewhere::of(full),
        patience_millis: *patience,
        late: Elsewhere::of(late),
        wrap_up_millis: *wrap_up,
    }
}

/// A group was added, with its codes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GroupAdded<'a> {
    /// The group's id.
    group_id: &'a str,
    /// Its name.
    name: &'a str,
    /// Id of the group it lies in; null at the root.
    parent_id: Option<&'a str>,
    /// Its codes, in order.
    codes: Vec<CodeEntry<'a>>,
}

/// A group was taken away with everything in it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GroupRemoved<'a> {
    /// The group's id.
    group_id: &'a str,
}

/// A code was added to a group.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeAdded<'a> {
    /// The group's id.
    group_id: &'a str,
    #[serde(flatten)]
    code: CodeEntry<'a>,
}

/// What people read for a code changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeRenamed<'a> {
    /// The code's id.
    code_id: &'a str,
    /// What people read now.
    display_name: &'a str,
}

/// A code was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeRemoved<'a> {
    /// The code's id.
    code_id: &'a str,
}

/// A code.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeEntry<'a> {
    /// The code's id.
    code_id: &'a str,
    /// The value that a disposition sends.
    name: &'a str,
    /// What people read.
    display_name: &'a str,
}

impl<'a> CodeEntry<'a> {
    fn of(code: &'a Code) -> Self {
        let Code { id, name, display } = code;
        Self { code_id: id, name, display_name: display }
    }
}

/// The data of a change of the book.
pub(super) fn of_book(event: &DispositionTreeEvent) -> Option<Value> {
    match event {
        DispositionTreeEvent::GroupAdded(DispositionGroup { id, name, parent, codes }) => json(GroupAdded {
            group_id: id,
            name,
            parent_id: parent.as_deref(),
            codes: codes.iter().map(CodeEntry::of).collect(),
        }),
        DispositionTreeEvent::GroupRemoved { id } => json(GroupRemoved { group_id: id }),
        DispositionTreeEvent::CodeAdded { group, code } => {
            json(CodeAdded { group_id: group, code: CodeEntry::of(code) })
        }
        DispositionTreeEvent::CodeRenamed { id, display } => {
            json(CodeRenamed { code_id: id, display_name: display })
        }
        DispositionTreeEvent::CodeRemoved { id } => json(CodeRemoved { code_id: id }),
    }
}

/// The contact centre was written, as a whole.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CentrePut<'a> {
    /// Its id.
    contact_center_id: &'a str,
    /// Its name.
    name: &'a str,
    /// Ids of the features it has.
    features: &'a BTreeSet<String>,
    /// The states an agent can choose.
    agent_states: Vec<StateEntry<'a>>,
    /// How dispositions are taken.
    disposition_rule: DispositionRule<'a>,
    /// Slots per agent, by medium.
    capacity: BTreeMap<&'a str, u8>,
    /// For a medium, the other media beside which an agent is offered more of it; all but calls where it is not named.
    while_busy: BTreeMap<&'a str, Vec<&'a str>>,
    /// How many interactions of all media together an agent is offered; null is as many as the media allow.
    max_total: Option<u8>,
    /// The services that customers come in through, by name.
    services: BTreeMap<&'a str, ServiceEntry<'a>>,
    /// Settings by section and option.
    settings: &'a BTreeMap<String, BTreeMap<String, Value>>,
    /// Whether a consultation hands a call over only once it was answered.
    transfers_answered_only: bool,
    /// Groups of agents with those who lead them.
    agent_groups: Vec<GroupOfAgents<'a>>,
    /// The numbers of phones that are nobody's own, by the name of the place where they stand.
    places: BTreeMap<&'a str, &'a str>,
    /// Work after calls that no queue gave.
    wrap_up: WrapUp,
}

/// Work after calls with somebody outside that no queue gave.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WrapUp {
    /// How many milliseconds it lasts; 0 is none.
    length_millis: i64,
    /// Whether it follows a call that the agent dialled and nobody answered, too.
    unanswered: bool,
}

/// How dispositions are taken.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DispositionRule<'a> {
    /// The user-data key when a request names none.
    key: &'a str,
    /// For how many milliseconds after its completion a conversation takes a disposition.
    late_millis: i64,
    /// Which values are taken, by medium; media not named take any.
    policy: BTreeMap<&'a str, Values>,
    /// Whether a disposition is required.
    required: Requirement<'a>,
    /// For how many milliseconds an agent who owes one is held at most.
    required_timeout_millis: i64,
}

/// Which values a disposition may have.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
struct Values(#[serde(with = "words::Policy")] domain::disposition::Policy);

/// A service that customers come in through.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ServiceEntry<'a> {
    /// The name of its medium.
    media: &'a str,
    /// The queue its customers wait in.
    queue: &'a str,
    /// A customer without any request for so many milliseconds has left; where a connector carries the messages,
    /// a conversation in which nobody wrote for so long is over.
    inactivity_millis: i64,
    /// For so many milliseconds after a customer's last act they can be answered; null is always.
    reply_millis: Option<i64>,
    /// For so many milliseconds after it a person can; null is no longer than anyone.
    person_reply_millis: Option<i64>,
    /// The longest message, in characters; null is as long as any.
    max_chars: Option<u32>,
}

/// A group of agents.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GroupOfAgents<'a> {
    /// Its name.
    name: &'a str,
    /// The user names of the supervisors who lead it.
    leaders: &'a BTreeSet<String>,
    /// The user names of those who are in it.
    members: &'a BTreeSet<String>,
    /// Whether its members are not shown that a supervisor listens.
    hidden: bool,
}

/// The data of a fact of the centre's provisioning.
pub(super) fn data(event: &CentreEvent) -> Option<Value> {
    match event {
        CentreEvent::Put(centre) => put_centre(centre),
    }
}

fn put_centre(centre: &Centre) -> Option<Value> {
    // Which object was made by whom concerns only `config apply`.
    let Centre {
        id,
        name,
        features,
        agent_states,
        disposition,
        capacity,
        across,
        services,
        settings,
        transfers_answered_only,
        agent_groups,
        places,
        wrap_up,
        made_by_file: _,
    } = centre;
    json(CentrePut {
        contact_center_id: id,
        name,
        features,
        agent_states: agent_states.iter().map(|state| StateEntry::of(state)).collect(),
        disposition_rule: rule(disposition),
        capacity: capacity.iter().map(|(medium, slots)| (medium.as_str(), *slots)).collect(),
        while_busy: while_busy(across),
        max_total: across.max_total,
        services: services.iter().map(|(name, service)| (name.as_str(), entry(service))).collect(),
        settings,
        transfers_answered_only: *transfers_answered_only,
        agent_groups: agent_groups.iter().map(group).collect(),
        places: places.iter().map(|(name, phone)| (name.as_str(), phone.phone_number.as_str())).collect(),
        wrap_up: WrapUp { length_millis: wrap_up.length, unanswered: wrap_up.unanswered },
    })
}

fn group(group: &AgentGroup) -> GroupOfAgents<'_> {
    let AgentGroup { name, leaders, members, hidden } = group;
    GroupOfAgents { name, leaders, members, hidden: *hidden }
}

fn rule(rule: &Rule) -> DispositionRule<'_> {
    let Rule { key, late, policy, required, required_timeout } = rule;
    let policy = policy.iter().map(|(medium, policy)| (medium.as_str(), Values(*policy))).collect();
    DispositionRule {
        key,
        late_millis: *late,
        policy,
        required: requirement(required),
        required_timeout_millis: *required_timeout,
    }
}

fn entry(service: &Service) -> ServiceEntry<'_> {
    let Service { medium, queue, inactivity, terms } = service;
    ServiceEntry {
        media: medium.as_str(),
        queue: queue.as_str(),
        inactivity_millis: *inactivity,
        reply_millis: terms.reply,
        person_reply_millis: terms.person,
        max_chars: terms.max_chars,
    }
}
