//! What can happen to an agent at work.

use super::{
    after_call::{AfterCall, SettledBy},
    state::AgentState,
};
use crate::{InteractionId, Millis, UserId, medium::MediumName, user::Device, watch::AgentWatch};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One event of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentEvent {
    /// The agent's user name, so that a reader of the feed needs no state.
    pub user_name: String,
    /// What happened.
    pub fact: Fact,
    /// The supervisor who did it, where it was not the agent or the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// How long the state lasted that this event ended, in milliseconds; `None` where it ends none, where that is not
    /// known, and in events of format 1 ([`crate::format`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
}

/// What happened to an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fact {
    /// A contact-centre session began, or took in further channels.
    LoggedIn {
        /// The place.
        place: Option<String>,
        /// The channels that were started.
        channels: Vec<MediumName>,
    },
    /// The contact-centre session ended.
    LoggedOut,
    /// Channels ended, and the session goes on with the others.
    ChannelsLeft {
        /// The channels.
        channels: Vec<MediumName>,
    },
    /// The agent's client fell silent.
    ConnectionLost {
        /// When it was last heard.
        since: Millis,
        /// When the conversations that they hold are given back; `None` is never.
        until: Option<Millis>,
    },
    /// The agent's client is heard again.
    ConnectionBack,
    /// Another moment counts for what they hold while their client is silent. Not in the reporting feed.
    AbsenceUntil {
        /// When it is looked at again; `None` when there is nothing more to do.
        until: Option<Millis>,
    },
    /// The agent came to work at a phone that is not their own.
    Seated {
        /// The place, if the phone stands at one that has a name.
        place: Option<String>,
        /// The phone.
        device: Device,
    },
    /// The agent left that phone, for their own or with the end of the session.
    LeftDesk {
        /// The phone they left.
        device: Device,
        /// The place they are at from now on: their own.
        place: Option<String>,
    },
    /// Channels changed their state.
    StateChanged {
        /// The channels.
        channels: Vec<MediumName>,
        /// Their new state.
        state: Arc<AgentState>,
        /// Whether the server did it: an offer was not answered, a call was over, or the agent's client fell silent.
        by_server: bool,
        /// Until when work after a call lasts, if it has an end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Millis>,
        /// The work after a call that this is, if the server began it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_call: Option<AfterCall>,
    },
    /// A state was chosen for the channel `voice` that applies once work after a call is over.
    StateChosen {
        /// The state.
        state: Arc<AgentState>,
    },
    /// An agent's part of an interaction ended without the disposition that is required before the next.
    DispositionOwed {
        /// The medium.
        medium: MediumName,
        /// The id under which the agent knows it.
        interaction: InteractionId,
        /// When they are let off.
        until: Millis,
    },
    /// An agent does not owe a disposition any more.
    DispositionSettled {
        /// The medium.
        medium: MediumName,
        /// The id under which the agent knows the interaction.
        interaction: InteractionId,
        /// By what.
        by: SettledBy,
    },
    /// Channels were closed to work, or opened again.
    DoNotDisturb {
        /// The channels.
        channels: Vec<MediumName>,
        /// Closed or opened.
        on: bool,
    },
    /// A conversation took a slot. Not in the reporting feed.
    SlotTaken {
        /// The medium of the slot.
        medium: MediumName,
        /// The conversation.
        session: InteractionId,
    },
    /// A conversation that they hold takes no slot, or takes it again. Not in the reporting feed, which tells it of the
    /// conversation.
    SlotIdle {
        /// The conversation.
        session: InteractionId,
        /// It takes none, or takes it again.
        on: bool,
    },
    /// A conversation gave its slot back. Not in the reporting feed.
    SlotFreed {
        /// The medium of the slot.
        medium: MediumName,
        /// The conversation.
        session: InteractionId,
        /// Whether it was completed by an agent who had joined it: it stays open to a late disposition.
        completed: bool,
    },
    /// A supervisor begins to follow the conversations of an agent on one medium, or does so otherwise.
    WatchBegan {
        /// Whose, and how.
        watch: AgentWatch,
    },
    /// A supervisor does not follow the conversations of an agent any more.
    WatchEnded {
        /// The agent.
        target: UserId,
        /// The medium.
        medium: MediumName,
    },
    /// A supervisor follows the agent's conversations on a medium, or does not any more. Not in the reporting feed, which
    /// tells it of the supervisor.
    WatchedBy {
        /// The supervisor.
        supervisor: UserId,
        /// The medium.
        medium: MediumName,
        /// Whether they do.
        on: bool,
    },
    /// The agent looks at another interaction, or at none.
    Focused {
        /// The interaction; `None` when it is none.
        session: Option<InteractionId>,
    },
}

impl Fact {
    /// The word under which the reporting feed tells of it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::LoggedIn { .. } => "agent.logged-in",
            Self::LoggedOut => "agent.logged-out",
            Self::ChannelsLeft { .. } => "agent.channels-left",
            Self::ConnectionLost { .. } => "agent.connection-lost",
            Self::ConnectionBack => "agent.connection-back",
            Self::AbsenceUntil { .. } => "agent.absence-until",
            Self::Seated { .. } => "agent.seated",
            Self::LeftDesk { .. } => "agent.left-desk",
            Self::StateChanged { .. } => "agent.state",
            Self::StateChosen { .. } => "agent.state-chosen",
            Self::DispositionOwed { .. } => "agent.disposition-owed",
            Self::DispositionSettled { .. } => "agent.disposition-settled",
            Self::DoNotDisturb { .. } => "agent.do-not-disturb",
            Self::SlotTaken { .. } => "agent.slot-taken",
            Self::SlotIdle { .. } => "agent.slot-idle",
            Self::SlotFreed { .. } => "agent.slot-freed",
            Self::WatchBegan { .. } => "agent.monitoring-began",
            Self::WatchEnded { .. } => "agent.monitoring-ended",
            Self::WatchedBy { .. } => "agent.watched-by",
            Self::Focused { .. } => "agent.focus",
        }
    }
}
