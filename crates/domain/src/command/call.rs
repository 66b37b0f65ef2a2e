//! What can be asked about calls and phones.

use crate::{
    ConnId, InteractionId, NodeId, QueueName, UserData,
    call::{Caller, LegId, Operation, Overflowing},
    ids::Dn,
};

/// Where a number leads, as the centre is set up now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into a queue.
    Queue {
        /// The queue.
        queue: QueueName,
        /// Why it does not take calls now, if it does not.
        turned_away: Option<Overflowing>,
    },
    /// To a phone of ours.
    Device(Dn),
    /// To an announcement, and to its end.
    Announcement(String),
    /// To its end.
    Nowhere,
}

/// A call comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrive {
    /// The node that carries it.
    pub node: NodeId,
    /// The leg it came on; its call is fresh.
    pub leg: LegId,
    /// A fresh connection id: 16 hex digits.
    pub conn_id: ConnId,
    /// Who calls.
    pub from: Caller,
    /// The phone of ours that calls, if it is one.
    pub device: Option<Dn>,
    /// The number that was dialled.
    pub dialled: Dn,
    /// Where that leads.
    pub to: Destination,
    /// What is attached from the beginning.
    pub user_data: UserData,
}

/// An agent calls somebody from their phone (spec: core-and-voice#5.6).
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// The node that carries it.
    pub node: NodeId,
    /// A fresh id for the call.
    pub call: InteractionId,
    /// A fresh connection id: 16 hex digits.
    pub conn_id: ConnId,
    /// The agent's phone.
    pub device: Dn,
    /// The number.
    pub dialled: Dn,
    /// Where that leads.
    pub to: Destination,
    /// A remote location, shown to desktops.
    pub location: Option<String>,
    /// What is attached from the beginning.
    pub user_data: UserData,
}

/// What an agent does with a call (spec: core-and-voice#5.7, #6).
#[derive(Clone, Debug, PartialEq)]
pub enum CallAct {
    /// Makes the agent's phone answer.
    Answer,
    /// Refuses it.
    Reject,
    /// Leaves it.
    Hangup,
    /// Ends it for everyone.
    Clear,
    /// Puts the others on hold.
    Hold,
    /// Comes back to them.
    Retrieve,
    /// Sends tones: 0-9, `*`, `#`, A-D, a comma is half a second.
    SendDtmf(String),
    /// Keeps what the agent says from the others, or lets them hear it again.
    Mute(bool),
    /// Adds pairs. The same as replacing them (spec: decisions#8), but reported under its own name.
    AttachUserData(UserData),
    /// Adds and replaces pairs.
    UpdateUserData(UserData),
    /// Takes all pairs away.
    DeleteUserData,
    /// Takes one pair away; a pair that is not there is no error.
    DeleteUserDataPair(String),
    /// Sets the disposition, live or after release.
    SetDisposition {
        /// The value; empty clears.
        value: String,
        /// The key; the centre's when not given.
        key: Option<String>,
    },
}

impl CallAct {
    /// The operation that it belongs to; `None` for the disposition, which is taken whatever else is open.
    pub const fn operation(&self) -> Option<Operation> {
        Some(match self {
            Self::Answer => Operation::Answer,
            Self::Reject => Operation::Reject,
            Self::Hangup => Operation::Hangup,
            Self::Clear => Operation::ClearCall,
            Self::Hold => Operation::Hold,
            Self::Retrieve => Operation::Retrieve,
            Self::SendDtmf(_) => Operation::SendDtmf,
            Self::Mute(true) => Operation::MuteCall,
            Self::Mute(false) => Operation::UnmuteCall,
            Self::AttachUserData(_) => Operation::AttachUserData,
            Self::UpdateUserData(_) => Operation::UpdateUserData,
            Self::DeleteUserData => Operation::DeleteUserData,
            Self::DeleteUserDataPair(_) => Operation::DeleteUserDataPair,
            Self::SetDisposition { .. } => return None,
        })
    }

    /// The act in a word, for logs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer => "call.answer",
            Self::Reject => "call.reject",
            Self::Hangup => "call.hang-up",
            Self::Clear => "call.clear",
            Self::Hold => "call.hold",
            Self::Retrieve => "call.retrieve",
            Self::SendDtmf(_) => "call.send-dtmf",
            Self::Mute(_) => "call.mute",
            Self::AttachUserData(_)
            | Self::UpdateUserData(_)
            | Self::DeleteUserData
            | Self::DeleteUserDataPair(_) => "call.user-data",
            Self::SetDisposition { .. } => "call.set-disposition",
        }
    }
}

/// What an agent does with their phone (spec: core-and-voice#4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceAct {
    /// It takes no calls, or takes them again.
    DoNotDisturb(bool),
    /// Its calls go elsewhere.
    Forward(Dn),
    /// They come to it again.
    Unforward,
}
