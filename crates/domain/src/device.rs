//! A phone of the switch, by its number: whose it is, whether it can be reached, what it does with calls
//! (spec: core-and-voice#4.2, #4.5).

use crate::{UserData, UserId, ids::Dn, watch::Watch};
use serde::{Deserialize, Serialize};

/// Who works at a phone (spec: core-and-voice#4.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Occupant {
    /// The user it is provisioned for, if there is one.
    #[default]
    Owner,
    /// Nobody: the user it is provisioned for works at another phone.
    Nobody,
    /// A user it is not provisioned for, until their contact-centre session ends or they move on.
    Guest(UserId),
}

impl Occupant {
    fn is_owner(&self) -> bool {
        *self == Self::Owner
    }
}

/// A phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its number.
    pub dn: Dn,
    /// The user it is provisioned for.
    pub owner: Option<UserId>,
    /// Who works at it.
    #[serde(default, skip_serializing_if = "Occupant::is_owner")]
    pub occupant: Occupant,
    /// Whether a phone is registered under the number.
    pub in_service: bool,
    /// Whether it can be made to answer.
    pub answers: bool,
    /// Whether it takes no calls.
    pub do_not_disturb: bool,
    /// Where its calls go instead.
    pub forward_to: Option<Dn>,
    /// What its user follows of another phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watches: Option<Watch>,
    /// The phone whose user follows its calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched_by: Option<Dn>,
}

/// One event of a phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeviceEvent {
    /// It was provisioned for a user, or for nobody.
    Assigned {
        /// The user.
        owner: Option<UserId>,
    },
    /// Somebody came to work at it, or left it. Not in the reporting feed, where the agent's events tell of it.
    Occupied {
        /// Who works at it from now on.
        by: Occupant,
    },
    /// A phone registered under the number, or the last one went.
    Service {
        /// Whether there is one.
        on: bool,
        /// Whether it can be made to answer.
        answers: bool,
    },
    /// It takes no calls, or takes them again.
    DoNotDisturb {
        /// Takes none.
        on: bool,
    },
    /// Its calls go elsewhere, or come to it again.
    Forwarded {
        /// Where they go.
        to: Option<Dn>,
    },
    /// Its user follows the calls of another phone from now on, or not any more.
    Watches {
        /// The user's name.
        user_name: String,
        /// What they follow.
        watch: Option<Watch>,
        /// What they followed before.
        before: Option<Watch>,
    },
    /// Its calls are followed by the user of another phone, or not any more. Not in the reporting feed.
    WatchedBy {
        /// The number of that phone.
        by: Option<Dn>,
    },
    /// Its user sent an event that belongs to no call.
    UserEvent {
        /// The user.
        agent: UserId,
        /// The user's name.
        user_name: String,
        /// What was sent.
        user_data: UserData,
    },
}

impl DeviceEvent {
    /// The word under which the reporting feed tells of it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Assigned { .. } => "device.assigned",
            Self::Occupied { .. } => "device.occupied",
            Self::Service { on: true, .. } => "device.in-service",
            Self::Service { on: false, .. } => "device.out-of-service",
            Self::DoNotDisturb { .. } => "device.do-not-disturb",
            Self::Forwarded { .. } => "device.forwarded",
            Self::Watches { watch: Some(_), .. } => "device.monitoring-began",
            Self::Watches { watch: None, .. } => "device.monitoring-ended",
            Self::WatchedBy { .. } => "device.monitored",
            Self::UserEvent { .. } => "device.user-event",
        }
    }

    /// Takes personal values out. Exhaustive on purpose: a new event must say here what of it is personal.
    pub fn redact(&mut self) {
        match self {
            Self::UserEvent { user_data, .. } => *user_data = user_data.blanked(),
            Self::Assigned { .. }
            | Self::Occupied { .. }
            | Self::Service { .. }
            | Self::DoNotDisturb { .. }
            | Self::Forwarded { .. }
            | Self::Watches { .. }
            | Self::WatchedBy { .. } => {}
        }
    }
}

impl Device {
    /// A phone about which nothing is known.
    pub const fn new(dn: Dn) -> Self {
        Self {
            dn,
            owner: None,
            occupant: Occupant::Owner,
            in_service: false,
            answers: false,
            do_not_disturb: false,
            forward_to: None,
            watches: None,
            watched_by: None,
        }
    }

    /// The user whose phone it is now: a guest, or the one it is provisioned for unless they work at another.
    pub const fn user(&self) -> Option<&UserId> {
        match &self.occupant {
            Occupant::Owner => self.owner.as_ref(),
            Occupant::Nobody => None,
            Occupant::Guest(user) => Some(user),
        }
    }

    /// Whether somebody else works at it than this user.
    pub fn is_taken_from(&self, user: &UserId) -> bool {
        matches!(&self.occupant, Occupant::Guest(guest) if guest != user)
    }

    /// Folds one event into the phone.
    pub fn apply(&mut self, event: &DeviceEvent) {
        match event {
            DeviceEvent::Assigned { owner } => {
                self.owner.clone_from(owner);
                if self.occupant == Occupant::Nobody {
                    self.occupant = Occupant::Owner;
                }
            }
            DeviceEvent::Occupied { by } => self.occupant.clone_from(by),
            DeviceEvent::Service { on, answers } => (self.in_service, self.answers) = (*on, *answers),
            DeviceEvent::DoNotDisturb { on } => self.do_not_disturb = *on,
            DeviceEvent::Forwarded { to } => self.forward_to.clone_from(to),
            DeviceEvent::Watches { watch, .. } => self.watches.clone_from(watch),
            DeviceEvent::WatchedBy { by } => self.watched_by.clone_from(by),
            DeviceEvent::UserEvent { .. } => {}
        }
    }
}
