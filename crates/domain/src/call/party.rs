//! The parties of a call.

use crate::{Millis, UserId, ids::Dn, interaction::Part, watch::PartyWatch};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The state of a party (spec: core-and-voice#5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartyState {
    /// Calls, and nobody has answered yet.
    Dialing,
    /// Is called.
    Ringing,
    /// Talks, or waits in a queue that has answered.
    Established,
    /// Holds the others.
    Held,
    /// Is not in the call any more; a final state.
    Released,
}

impl PartyState {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dialing => "Dialing",
            Self::Ringing => "Ringing",
            Self::Established => "Established",
            Self::Held => "Held",
            Self::Released => "Released",
        }
    }
}

/// Who a party is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Who {
    /// Somebody outside.
    Outside,
    /// A phone of ours that is nobody's.
    Phone,
    /// A user at their phone.
    User {
        /// The user.
        id: UserId,
        /// The user name, for the reporting feed.
        name: String,
    },
}

/// How a party came into the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyOrigin {
    /// It called.
    Caller,
    /// It asked over the API to call: its phone is called first (spec: voice-sip#5.1).
    Dial,
    /// It was called by number.
    Called,
    /// The queue offered it the call.
    Queue,
    /// It asks somebody else beside its call: a second party on the leg that it has (spec: voice-sip#5.5).
    Consult,
    /// It was called because its user follows somebody in it (spec: core-and-voice#5.8).
    Watch,
}

/// What an agent calls somebody into a call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To hand the call over.
    Transfer,
    /// To talk together.
    Conference,
}

/// A party that was called to take somebody over from an agent (spec: voice-sip#5.5, #5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// The party that hands over.
    pub from: u16,
    /// When that party leaves at the latest; it leaves as soon as this one is known to ring. `None` once it has left: if
    /// this party does not answer, the agent is called again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaves_at: Option<Millis>,
    /// Whether that party asked for it by a key of its phone, which is told what becomes of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub referred: bool,
}

impl Handover {
    /// Whether a phone waits to be told what becomes of it.
    pub const fn is_awaited(self) -> bool {
        self.referred && self.leaves_at.is_some()
    }
}

/// One party of a call.
#[expect(clippy::struct_excessive_bools, reason = "facts about a phone that hold beside one another")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Its number in the interaction, from 1; that of its leg as well, unless another leg carries it.
    pub leg: u16,
    /// The leg that carries it, where that is another party's, since an agent has one phone, whomever they consult; or
    /// where their phone made it to ask somebody: such a leg has a number that no party has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<u16>,
    /// Its line: index into [`super::Call::lines`].
    pub line: u16,
    /// The line under whose UUID its call resource was first seen, where it has moved on to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_as: Option<u16>,
    /// Who it is.
    pub who: Who,
    /// Its number; empty when withheld.
    pub dn: Dn,
    /// How it came in.
    pub origin: PartyOrigin,
    /// Where it is.
    pub state: PartyState,
    /// Whether its phone can be made to answer and was not answered yet.
    pub answers: bool,
    /// Whether its own leg is up, though perhaps nobody talks with it yet.
    pub up: bool,
    /// Whether what it says is kept from the others.
    #[serde(default)]
    pub muted: bool,
    /// Whether a supervisor keeps what it says from the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub silenced: bool,
    /// Whom its user follows in the call, if they are in it for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<PartyWatch>,
    /// What was asked of its phone and is not confirmed: to hold, or to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<bool>,
    /// The request of an agent in its line of which a queue offered it that; no longer once it serves the queue's customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<u32>,
    /// Since when it holds the others, while it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<Millis>,
    /// Whether it holds the others in the room alone: its phone was not asked, and need not be to go on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parked: bool,
    /// From whom it takes somebody over, or did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// When it came in.
    pub began_at: Millis,
    /// When it first talked.
    pub established_at: Option<Millis>,
    /// When it is given up if nobody answers.
    pub deadline: Option<Millis>,
    /// When it was released.
    pub released_at: Option<Millis>,
    /// Dispositions set after its release: key → value as reporting has it last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<String, serde_json::Value>,
}

impl Party {
    /// Whether it takes part in the call now, in any live state.
    pub fn is_live(&self) -> bool {
        self.state != PartyState::Released
    }

    /// Whether it only follows the talk of others: it is nobody with whom a customer could talk.
    pub fn only_watches(&self) -> bool {
        self.watch.is_some_and(|watch| !watch.stepped_in)
    }

    /// Whether what it says is kept from the others, by itself or by a supervisor.
    pub fn is_kept_silent(&self) -> bool {
        self.muted || self.silenced
    }

    /// The number of the leg that carries it.
    pub fn carried_by(&self) -> u16 {
        self.carrier.unwrap_or(self.leg)
    }

    /// From whom it takes somebody over, until it has answered.
    pub fn pending_handover(&self) -> Option<Handover> {
        self.handover.filter(|_| self.state == PartyState::Ringing)
    }

    /// The request of which a queue offers it a consultation, until it has answered.
    pub fn pending_request(&self) -> Option<u32> {
        self.request.filter(|_| self.state == PartyState::Ringing)
    }

    /// The line under whose UUID the user knows the call.
    pub fn shown_line(&self) -> u16 {
        self.shown_as.unwrap_or(self.line)
    }

    /// Whether it is in the call and somebody can talk with it: not before it is answered.
    pub fn has_answered(&self) -> bool {
        matches!(self.state, PartyState::Established | PartyState::Held)
    }

    /// The user at the phone.
    pub fn user(&self) -> Option<&UserId> {
        match &self.who {
            Who::User { id, .. } => Some(id),
            Who::Outside | Who::Phone => None,
        }
    }

    /// The user name of the user at the phone.
    pub fn user_name(&self) -> Option<&str> {
        match &self.who {
            Who::User { name, .. } => Some(name),
            Who::Outside | Who::Phone => None,
        }
    }
}

impl Part for Party {
    fn agent(&self) -> Option<&UserId> {
        self.user()
    }

    fn is_live(&self) -> bool {
        Self::is_live(self)
    }

    /// They talked, or dialled.
    fn took_part(&self) -> bool {
        self.established_at.is_some()
            || matches!(self.origin, PartyOrigin::Caller | PartyOrigin::Dial | PartyOrigin::Consult)
    }

    fn ended_at(&self) -> Option<Millis> {
        self.released_at
    }

    fn late(&self) -> &BTreeMap<String, serde_json::Value> {
        &self.late
    }
}
