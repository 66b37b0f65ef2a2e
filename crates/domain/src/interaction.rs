//! What a conversation and a call share: who ended something, a place in a queue, by which operation data changed, and
//! what the rules of both ask of an agent's part.

use crate::{InteractionId, MediumName, Millis, UserData, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Who ended something (spec: decisions#6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndedBy {
    /// The agent, by an operation.
    Agent,
    /// The customer.
    Customer,
    /// A supervisor.
    Supervisor,
    /// Nobody: the customer fell silent for too long.
    Idle,
    /// Nobody: the agent did not answer the offer.
    NoAnswer,
    /// Nobody: the queue was closed and takes nobody in.
    Closed,
    /// The server, taking up after a restart what can no longer go on.
    Restart,
    /// An administrator or a program, by the API.
    Api,
    /// Nobody: the agent's client fell silent.
    ConnectionLost,
}

/// A place in a queue. It is kept while offers are made, so that a refused offer costs the customer nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePosition {
    /// Higher goes first.
    pub priority: i32,
    /// Since when it waits.
    pub since: Millis,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When.
    pub at: Millis,
    /// By whom.
    pub closer: EndedBy,
}

/// The operation by which user data or a disposition was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Via {
    /// The operation that names a disposition.
    SetDisposition,
    /// The operation that names a disposition of a call.
    SetCallDisposition,
    /// Pairs added.
    AttachUserData,
    /// Pairs replaced.
    UpdateUserData,
    /// Pairs taken away.
    DeleteUserData,
    /// One pair taken away.
    DeleteUserDataPair,
    /// An event that an agent sent from their phone.
    SendUserEvent,
    /// The customer's application.
    CustomerData,
    /// The server: last agent and the like.
    System,
}

impl Via {
    /// The word the reporting feed uses: the name of the operation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SetDisposition => "SetDisposition",
            Self::SetCallDisposition => "SetCallDisposition",
            Self::AttachUserData => "AttachUserData",
            Self::UpdateUserData => "UpdateUserData",
            Self::DeleteUserData => "DeleteUserData",
            Self::DeleteUserDataPair => "DeleteUserDataPair",
            Self::SendUserEvent => "SendUserEvent",
            Self::CustomerData => "CustomerData",
            Self::System => "System",
        }
    }
}

/// The part of an agent in an interaction.
pub trait Part {
    /// The agent; `None` for somebody who is no user of ours.
    fn agent(&self) -> Option<&UserId>;

    /// Whether they take part now, in any live state.
    fn is_live(&self) -> bool;

    /// Whether they handled the interaction, so that reporting takes a disposition of it even after their part ended
    /// (spec: admin-and-reporting#9.3).
    fn took_part(&self) -> bool;

    /// When it ended; `None` while it lives.
    fn ended_at(&self) -> Option<Millis>;

    /// Dispositions set after it ended: key → value as reporting has it last.
    fn late(&self) -> &BTreeMap<String, Value>;
}

/// A conversation or a call.
pub trait Interaction {
    /// An agent's part in it.
    type Part: Part;

    /// Its id.
    fn id(&self) -> &InteractionId;

    /// Its medium.
    fn medium(&self) -> MediumName;

    /// Every part there ever was, in order of coming.
    fn parts(&self) -> &[Self::Part];

    /// The user data that every part sees.
    fn user_data(&self) -> &UserData;

    /// Whether it is not over yet.
    fn is_open(&self) -> bool;

    /// Whether its personal values were erased.
    fn is_erased(&self) -> bool;

    /// The id under which an agent knows a part: that of the interaction, or of the call in it.
    fn known_as<'i>(&'i self, part: &'i Self::Part) -> &'i InteractionId;

    /// The disposition under a key as a live part set it; without a part, that of the whole interaction.
    fn disposition(&self, part: Option<&Self::Part>, key: &str) -> Option<&Value>;

    /// The live part of an agent, which is their latest; `None` when they take no part now.
    fn live_part(&self, agent: &UserId) -> Option<&Self::Part> {
        let latest = self.parts().iter().rev().find(|part| part.agent() == Some(agent));
        latest.filter(|part| part.is_live())
    }

    /// The latest part of an agent, known to them under an id, that is over and that they took. An offer they refused or
    /// lost since does not take that from them.
    fn ended_part(&self, agent: &UserId, id: &InteractionId) -> Option<&Self::Part> {
        let is_theirs = |part: &&Self::Part| part.agent() == Some(agent) && self.known_as(part) == id;
        self.parts().iter().rev().filter(is_theirs).find(|part| !part.is_live() && part.took_part())
    }
}
