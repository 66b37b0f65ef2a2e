//! The words of resources: enumerations in the API document, values of the domain on the wire.

use crate::{
    request::{CallRequest, SessionRequest},
    time::timestamp,
};
use domain::{agent, call, disposition::LateUntil, message, session, user};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr,
        schema::{Schema, Type},
    },
};

/// The schema of a text that is one of some words.
pub fn one_of<'w>(words: impl IntoIterator<Item = &'w str>, about: &str) -> RefOr<Schema> {
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    let about = Some(about.trim()).filter(|about| !about.is_empty());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).description(about).into()
}

/// Defines words of the wire for an enumeration of the domain. The list must name every variant, or it does not compile.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident = $domain:ty, by $word:expr, of [$($variant:ident),+ $(,)?];)+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $domain);

        impl $name {
            /// The word.
            pub fn word(self) -> &'static str {
                let word: fn($domain) -> &'static str = $word;
                word(self.0)
            }
        }

        /// Every variant has its word.
        const _: fn($domain) = |value| match value { $(<$domain>::$variant)|+ => () };

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                one_of([$(Self(<$domain>::$variant).word()),+], concat!($($doc),*))
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

words! {
    /// Where an agent stands in a conversation. `Completed` and `Revoked` are never left.
    SessionState = session::AgentPartyState, by |state| state.as_str(),
        of [Invited, Chatting, JoinFailed, LeftChat, Completed, Revoked];
    /// Where an agent stands in a call. `Released` is never left.
    CallState = call::PartyState, by |state| state.as_str(), of [Dialing, Ringing, Established, Held, Released];
    /// Where a call comes from and goes to.
    CallType = call::CallKind, by |kind| kind.as_str(), of [Internal, Inbound, Outbound, Consult];
    /// An operation on a call that is open now.
    CallCapability = call::CallOperation, by |operation| CallRequest::name_of(operation), of [
        Answer, Reject, Hangup, ClearCall, Hold, Retrieve, SendDtmf, InitiateTransfer, CompleteTransfer,
        SingleStepTransfer, InitiateConference, CompleteConference, SingleStepConference, SwapCalls,
        RemoveParticipantFromConference, MuteCall, UnmuteCall, SwitchToBargeIn, SwitchToListenIn, SwitchToCoach,
            MuteMonitoredUser, UnmuteMonitoredUser, AttachUserData,
        UpdateUserData, DeleteUserData, DeleteUserDataPair,
    ];
    /// Who sees something.
    Visibility = message::Visibility, by |visibility| match visibility {
        message::Visibility::All => "All",
        message::Visibility::Agents => "Agents",
        message::Visibility::Supervisors => "Supervisors",
    }, of [All, Agents, Supervisors];
    /// What kind of party somebody is. `External` is a bot or the server itself.
    ParticipantType = message::PartyKind, by |kind| match kind {
        message::PartyKind::Customer => "Customer",
        message::PartyKind::Agent => "Agent",
        message::PartyKind::External => "External",
    }, of [Customer, Agent, External];
    /// How far a message of ours has come that a connector carries.
    Delivery = session::Delivery, by |state| state.as_str(),
        of [Queued, Unknown, Sent, Delivered, Read, Failed, Undelivered];
    /// Whether a channel takes work. `LoggedIn` is the state right after the login.
    Readiness = agent::Readiness, by |state| state.as_str(), of [LoggedIn, Ready, NotReady, LoggedOut];
    /// What a part of the server is. A connector is `Media`, as the documentation calls everything that brings media in:
    /// 8.5.2 clients take `Voice` and `MultiMediaState` for all media together, while one account that fails is only one
    /// of them.
    ServiceType = desk::ServiceKind, by |kind| match kind {
        desk::ServiceKind::Provisioning => "Provisioning",
        desk::ServiceKind::Switch => "Voice",
        desk::ServiceKind::Reporting => "Reporting",
        desk::ServiceKind::Conversations => "MultiMediaState",
        desk::ServiceKind::Connector => "Media",
    }, of [Provisioning, Switch, Reporting, Conversations, Connector];
    /// How a part of the server stands.
    Condition = desk::Condition, by |condition| match condition {
        desk::Condition::Working => "Working",
        desk::Condition::RateLimited => "RateLimited",
        desk::Condition::ExpiresSoon => "ExpiresSoon",
        desk::Condition::Restricted => "Restricted",
        desk::Condition::Starting => "Starting",
        desk::Condition::Unreachable => "Unreachable",
        desk::Condition::Reauthorise => "Reauthorise",
        desk::Condition::Blocked => "Blocked",
        desk::Condition::Stopped => "Stopped",
        desk::Condition::Absent => "Absent",
    }, of [
        Working, RateLimited, ExpiresSoon, Restricted, Starting, Unreachable, Reauthorise, Blocked, Stopped, Absent,
    ];
    /// What somebody may do.
    Role = user::Role, by |role| role.as_str(), of [Agent, Supervisor, Admin, Apiuser];
}

/// An operation on a conversation that is open now, in each of its spellings (spec: decisions#8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCapability(&'static str);

impl SessionCapability {
    /// The spellings of operations under which clients look for them.
    pub fn of(open: &[session::SessionOperation]) -> Vec<Self> {
        open.iter().flat_map(|operation| SessionRequest::listed_as(*operation)).copied().map(Self).collect()
    }
}

impl Serialize for SessionCapability {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl PartialSchema for SessionCapability {
    fn schema() -> RefOr<Schema> {
        let names = Self::of(&session::SessionOperation::ALL);
        one_of(names.iter().map(|name| name.0), "An operation on a conversation that is open now.")
    }
}

impl ToSchema for SessionCapability {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("SessionCapability")
    }
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum OnOff {
    /// It is.
    On,
    /// It is not.
    Off,
}

impl From<bool> for OnOff {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// Whether something can be reached, or works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum ActiveState {
    /// It can.
    Active,
    /// It cannot.
    Inactive,
}

impl From<bool> for ActiveState {
    fn from(is_active: bool) -> Self {
        if is_active { Self::Active } else { Self::Inactive }
    }
}

/// Until when a disposition is still taken from somebody whose part is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DispositionUntil {
    /// Until this moment.
    Moment(String),
    /// As long as it is among the latest that are kept: null on the wire.
    KeptByRecency,
}

impl From<LateUntil> for DispositionUntil {
    fn from(until: LateUntil) -> Self {
        match until {
            LateUntil::Moment(at) => Self::Moment(timestamp(at)),
            LateUntil::KeptByRecency => Self::KeptByRecency,
        }
    }
}

/// The schema of [`DispositionUntil`].
pub fn disposition_until() -> Schema {
    let moment = ObjectBuilder::new().schema_type(Type::String).build();
    let null = ObjectBuilder::new().schema_type(Type::Null).build();
    let about = "Until when a disposition is still taken; null while it is one of the latest that are kept. Only when \
                 the part of the agent is over.";
    utoipa::openapi::schema::AnyOfBuilder::new()
        .item(moment)
        .item(null)
        .description(Some(about))
        .build()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_written_as_the_document_lists_it() {
        let schema = serde_json::to_value(SessionState::schema()).expect("json");
        assert_eq!(schema["enum"][0], "Invited");
        let written = serde_json::to_value(SessionState(session::AgentPartyState::Invited)).expect("json");
        assert_eq!(written, "Invited");
        let names = serde_json::to_value(SessionCapability::schema()).expect("json")["enum"].clone();
        assert_eq!(names.as_array().map_or(0, Vec::len), session::SessionOperation::ALL.len() + 2);
    }
}
