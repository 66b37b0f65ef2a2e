//! What can be asked about calls and phones.

use crate::{
    ConnId, InteractionId, NodeId, UserData,
    call::{CallIn, CallerId, Destination, LegId},
    ids::Dn,
    watch::{Monitoring, WatchMode, WatchScope},
};

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
    pub from: CallerId,
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

/// Whom a phone hands its call to by its own key.
#[derive(Clone, Debug, PartialEq)]
pub enum ReferTo {
    /// Whoever a number leads to.
    Number(Box<CallIn>),
    /// Whom it talks with on another of its legs.
    Leg(LegId),
}

/// What an agent does with their phone (spec: core-and-voice#4.5).
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceAct {
    /// Sends an event with these pairs, which reporting hears of.
    SendUserEvent(UserData),
    /// It takes no calls, or takes them again.
    DoNotDisturb(bool),
    /// Its calls go elsewhere.
    Forward(Dn),
    /// They come to it again.
    Unforward,
    /// Its user follows the calls of another phone.
    Watch(Box<WatchAsked>),
    /// Its user follows them no longer; `None` is whichever they follow.
    Unwatch(Option<Dn>),
    /// Its user keeps what the user of the phone says whom they follow from the others, or lets them hear it again.
    SilenceWatched {
        /// The phone that is followed; `None` is whichever it is.
        target: Option<Dn>,
        /// Kept, or heard.
        on: bool,
    },
}

/// What a supervisor asks to follow (spec: core-and-voice#5.8).
#[derive(Clone, Debug, PartialEq)]
pub struct WatchAsked {
    /// The number of the phone.
    pub target: Dn,
    /// The id by which it is provisioned.
    pub target_device: String,
    /// How.
    pub monitoring: Monitoring,
    /// Which calls.
    pub mode: WatchMode,
    /// How long in each.
    pub scope: WatchScope,
}
