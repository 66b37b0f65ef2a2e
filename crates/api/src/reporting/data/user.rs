//! Provisioned users. Written member by member on purpose, so that no secret of a user gets in by oversight.

use super::row::{Row, json, schema};
use domain::user::{Role, User, UserAccountEvent};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const KINDS: &[Row] = &[("user.put", schema::<Put<'_>>), ("user.removed", schema::<Removed<'_>>)];

/// A user was written, as a whole. The password is not told, in whatever form.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Put<'a> {
    /// The user's id.
    user_id: &'a str,
    /// The login name.
    user_name: &'a str,
    /// First name.
    first_name: &'a str,
    /// Last name.
    last_name: &'a str,
    /// E-mail address.
    email_address: &'a str,
    /// What the user may do, in the words of the API: `ROLE_AGENT` for instance.
    roles: Vec<&'static str>,
    /// Whether the user may log in.
    enabled: bool,
    /// Skills with levels.
    skills: &'a BTreeMap<String, u8>,
    /// The DN of the user's phone; null without one.
    phone_number: Option<&'a str>,
    /// The place the user sits at by default.
    place: Option<&'a str>,
    /// Slots per medium, where they differ from the centre's.
    capacity: BTreeMap<&'a str, u8>,
    /// The queues whose work the user takes; empty means those whose skills the user has.
    queues: Vec<&'a str>,
    /// Settings of the user's own, by section and option.
    settings: &'a BTreeMap<String, BTreeMap<String, Value>>,
}

/// A user was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Removed<'a> {
    /// The user's id.
    user_id: &'a str,
    /// The login name.
    user_name: &'a str,
}

/// The data of a fact of a user's provisioning.
pub(super) fn data(id: &str, event: &UserAccountEvent) -> Option<Value> {
    match event {
        UserAccountEvent::Put(user) => put(user),
        UserAccountEvent::Removed { user_name } => json(Removed { user_id: id, user_name }),
    }
}

fn put(user: &User) -> Option<Value> {
    let User {
        id,
        user_name,
        first_name,
        last_name,
        email,
        password_hash: _,
        roles,
        enabled,
        skills,
        device,
        place,
        capacity,
        queues,
        settings,
    } = user;
    json(Put {
        user_id: id.as_str(),
        user_name,
        first_name,
        last_name,
        email_address: email,
        roles: roles.iter().copied().map(Role::as_str).collect(),
        enabled: *enabled,
        skills,
        phone_number: device.as_ref().map(|device| device.phone_number.as_str()),
        place: place.as_deref(),
        capacity: capacity.iter().map(|(medium, slots)| (medium.as_str(), *slots)).collect(),
        queues: queues.iter().map(domain::QueueName::as_str).collect(),
        settings,
    })
}
