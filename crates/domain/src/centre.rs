//! The contact centre: what it has and how it is set up.

use crate::{
    QueueName, ServiceName, UserId,
    across::AcrossMedia,
    agent::{AgentState, Readiness},
    disposition::Rule,
    ids::Dn,
    medium::MediumName,
    user::{Device, Role, User},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The contact centre.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Centre {
    /// GUID, the `contactCenterId`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Ids of the features it has.
    pub features: BTreeSet<String>,
    /// The states an agent can choose.
    pub agent_states: Vec<Arc<AgentState>>,
    /// The disposition rule.
    pub disposition: Rule,
    /// Slots per agent, by medium.
    pub capacity: BTreeMap<MediumName, u8>,
    /// What agents may be offered beside what they have.
    #[serde(default, skip_serializing_if = "AcrossMedia::is_silent")]
    pub across: AcrossMedia,
    /// Queue by customer-facing service.
    pub services: BTreeMap<ServiceName, Service>,
    /// Settings by section and option, as desktops read them.
    #[serde(default)]
    pub settings: BTreeMap<String, BTreeMap<String, Value>>,
    /// Whether a consultation hands a call over only once it was answered: `CompleteTransfer` is closed while it rings.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub transfers_answered_only: bool,
    /// Groups of agents with those who lead them. Without any, every supervisor leads every user.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agent_groups: Vec<AgentGroup>,
    /// Phones that are nobody's own, by the name of the place where they stand: whoever names it works there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, Device>,
    /// Work after calls that no queue gave.
    #[serde(default, skip_serializing_if = "WrapUp::is_none")]
    pub wrap_up: WrapUp,
    /// What the settings file made.
    #[serde(default, skip_serializing_if = "MadeByFile::is_nothing")]
    pub made_by_file: MadeByFile,
}

/// A group of agents (spec: admin-and-reporting#2.8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentGroup {
    /// Its name.
    pub name: String,
    /// The user names of those who lead it.
    pub leaders: BTreeSet<String>,
    /// The user names of those who are in it.
    pub members: BTreeSet<String>,
    /// Whether its members are not shown that a supervisor listens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

/// Work after calls with somebody outside that no queue gave: those that an agent dialled, that rang at their number, or
/// that a colleague handed to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WrapUp {
    /// How long it lasts, in milliseconds; 0 is none.
    pub length: crate::Millis,
    /// Whether it follows a call that the agent dialled and nobody answered, too.
    pub unanswered: bool,
}

impl WrapUp {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What the settings file made, in this centre and beside it. `config apply` takes away by itself only what is named
/// here; what a command or the API made, and what an earlier release left without a maker, stays until somebody
/// removes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MadeByFile {
    /// Users, by id.
    pub users: BTreeSet<UserId>,
    /// Queues, by name.
    pub queues: BTreeSet<QueueName>,
    /// Services, by name.
    pub services: BTreeSet<ServiceName>,
    /// States of agents, by operation.
    pub agent_states: BTreeSet<String>,
    /// Places, by name.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub places: BTreeSet<String>,
    /// Groups of the disposition book, by id.
    pub groups: BTreeSet<String>,
    /// Codes of the disposition book, by id.
    pub codes: BTreeSet<String>,
}

impl MadeByFile {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A service that customers come in through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The medium.
    pub medium: MediumName,
    /// The queue its customers wait in.
    pub queue: QueueName,
    /// A customer without any request for this long has left; on an asynchronous medium, a conversation in which
    /// nobody wrote for this long is over. In milliseconds; 0 is never.
    pub inactivity: crate::Millis,
    /// On an asynchronous medium, a conversation in which nobody wrote for this long takes no slot of its agents until
    /// somebody writes. In milliseconds; 0 is never.
    #[serde(default, skip_serializing_if = "crate::millis::is_zero")]
    pub idle_slot: crate::Millis,
    /// The terms of whoever carries its messages.
    #[serde(default)]
    pub terms: crate::thread::Terms,
}

impl Centre {
    /// The state that an operation enters, system states first.
    pub fn agent_state(&self, operation: &str) -> Option<&Arc<AgentState>> {
        self.agent_states
            .iter()
            .find(|state| state.operation == operation && state.state != Readiness::LoggedOut)
    }

    /// Whether a user leads another: a supervisor those of their groups, and everybody where there are no groups.
    pub fn leads(&self, leader: &User, user: &User) -> bool {
        leader.has(&[Role::Supervisor])
            && leader.id != user.id
            && (self.agent_groups.is_empty() || self.groups_of(leader, user).next().is_some())
    }

    /// Whether a user is not shown that somebody who leads them listens.
    pub fn hides(&self, leader: &User, user: &User) -> bool {
        let mut groups = self.groups_of(leader, user).peekable();
        groups.peek().is_some() && groups.all(|group| group.hidden)
    }

    /// The groups that a supervisor leads.
    pub fn groups_led_by<'c>(&'c self, leader: &'c User) -> impl Iterator<Item = &'c AgentGroup> {
        let leads = |group: &&AgentGroup| group.leaders.contains(&leader.user_name);
        self.agent_groups.iter().filter(|_| leader.has(&[Role::Supervisor])).filter(leads)
    }

    fn groups_of<'c>(&'c self, leader: &'c User, user: &'c User) -> impl Iterator<Item = &'c AgentGroup> {
        self.groups_led_by(leader).filter(|group| group.members.contains(&user.user_name))
    }

    /// The phone of a place by its number.
    pub fn phone(&self, dn: &Dn) -> Option<&Device> {
        self.places.values().find(|device| device.phone_number == *dn)
    }

    /// Whether it has any of these features.
    pub fn has(&self, features: &[&str]) -> bool {
        features.iter().any(|feature| self.features.contains(*feature))
    }
}

/// The states that every installation has, with their fixed ids (spec: core-and-voice#4.3; the lower-case letter
/// in the last is as observed).
pub fn system_states() -> Vec<Arc<AgentState>> {
    [
        ("9430250E-0A1B-421F-B372-F29E69366DED", "Ready", "Ready", Readiness::Ready, None),
        ("900D55CC-2BB0-431F-8BF9-D3525B383BE6", "NotReady", "Not Ready", Readiness::NotReady, None),
        (
            "D3663509-3D82-4DD3-A82E-2EA8EFA02AEF",
            "AfterCallWork",
            "AfterCallWork",
            Readiness::NotReady,
            Some("AfterCallWork"),
        ),
        ("2B36138D-C564-4562-A8CB-3C32D564F296", "AuxWork", "AuxWork", Readiness::NotReady, Some("AuxWork")),
        ("0F7F5003-EF26-4D13-A6Ef-D0C7EC819BEB", "Offline", "Offline", Readiness::LoggedOut, None),
    ]
    .into_iter()
    .map(|(id, operation, display, state, work_mode)| {
        Arc::new(AgentState {
            id: id.into(),
            operation: operation.into(),
            display: display.into(),
            state,
            work_mode: work_mode.map(Into::into),
            reason: None,
        })
    })
    .collect()
}

/// What happened to the centre's provisioning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CentreEvent {
    /// The centre was written, as a whole.
    Put(Box<Centre>),
}
