//! A provisioned user.

use crate::{QueueName, UserId, across::AcrossMedia, ids::Dn, medium::MediumName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a user may do (spec: core-and-voice#2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Works interactions.
    Agent,
    /// Looks after agents.
    Supervisor,
    /// Administers the centre.
    Admin,
    /// A program with an administrator's reach.
    Apiuser,
}

impl Role {
    /// The role in the words of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "ROLE_AGENT",
            Self::Supervisor => "ROLE_SUPERVISOR",
            Self::Admin => "ROLE_ADMIN",
            Self::Apiuser => "ROLE_APIUSER",
        }
    }
}

/// A phone of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// GUID.
    pub id: String,
    /// The DN.
    pub phone_number: Dn,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// 32 hex digits.
    pub id: UserId,
    /// The login name, unique.
    pub user_name: String,
    /// First name.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Argon2 hash in PHC form; never the password, never in an answer.
    pub password_hash: String,
    /// What the user may do.
    pub roles: Vec<Role>,
    /// Whether the user may log in.
    pub enabled: bool,
    /// Skills with levels.
    #[serde(default)]
    pub skills: BTreeMap<String, u8>,
    /// The user's phone, if any.
    #[serde(default)]
    pub device: Option<Device>,
    /// The place the user sits at by default.
    #[serde(default)]
    pub place: Option<String>,
    /// Slots per medium, where it differs from the centre's.
    #[serde(default)]
    pub capacity: BTreeMap<MediumName, u8>,
    /// What the user may be offered beside what they have, where it differs from the centre's.
    #[serde(default, skip_serializing_if = "AcrossMedia::is_silent")]
    pub across: AcrossMedia,
    /// The queues whose work the user takes; empty means those whose skills they have.
    #[serde(default)]
    pub queues: Vec<QueueName>,
    /// Settings of the user's own, by section and option; they win over the centre's.
    #[serde(default)]
    pub settings: BTreeMap<String, BTreeMap<String, Value>>,
}

impl User {
    /// Whether the user has any of these roles.
    pub fn has(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// What happened to a user's provisioning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum UserAccountEvent {
    /// The user was written, as a whole.
    Put(Box<User>),
    /// The user was taken away.
    Removed {
        /// The user's name to log in with.
        user_name: String,
    },
}
