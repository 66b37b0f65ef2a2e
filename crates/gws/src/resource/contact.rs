//! Entries of the internal directory: whom an interaction can be handed to (spec: admin-and-reporting#2.9).

use super::{Queue, SWITCH, UserActivity, UserState, queue_resource, user_state, words::Role};
use crate::links::Links;
use domain::{
    agent::{Agent, ChannelState},
    centre::Centre,
    queue,
    user::User,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An entry of the directory; `type` tells of what.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "type", mapping(
    ("User" = "#/components/schemas/UserContact"),
    ("Queue" = "#/components/schemas/QueueContact"),
)))]
pub enum Contact {
    /// A colleague.
    User(UserContact),
    /// A queue.
    Queue(QueueContact),
}

/// The type of a colleague's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum UserContactType {
    /// A colleague.
    User,
}

/// A colleague, with the channels they are logged in on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserContact {
    /// The user's id.
    id: String,
    /// The login name (spec: admin-and-reporting#2.9).
    name: String,
    /// Always `User`.
    r#type: UserContactType,
    /// The number of their phone, if they have one.
    phone_numbers: Vec<ContactNumber>,
    /// The login name once more.
    user_name: String,
    /// First name; may be empty.
    first_name: String,
    /// Last name; may be empty.
    last_name: String,
    /// The login name once more.
    employee_id: String,
    /// E-mail address; may be empty.
    email_address: String,
    /// The name of the centre.
    business_units: Vec<String>,
    /// What they may do.
    roles: Vec<Role>,
    /// What they are logged in on.
    availability: Availability,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// A queue as an entry of the directory. Its address is that of the queue, so that whoever hands over to it says what
/// they mean.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueContact {
    /// The name once more.
    id: String,
    /// The name.
    name: String,
    /// Always `Queue`.
    r#type: super::queue::QueueType,
    /// The first of `channels`; null when the centre has none.
    channel: Option<String>,
    /// The channels whose customers can wait here.
    channels: Vec<String>,
    /// The number by which calls come in, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// The same as a list.
    phone_numbers: Vec<ContactNumber>,
    /// Always without channels.
    availability: Availability,
    /// The address of the queue.
    uri: String,
    /// The path of the queue.
    path: String,
}

/// A number of an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactNumber {
    /// The number.
    phone_number: String,
    /// Always empty.
    description: &'static str,
    /// The name of the switch.
    switch_name: &'static str,
}

/// What somebody is logged in on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Availability {
    /// The channels.
    channels: Vec<ContactChannel>,
}

/// A channel of a colleague.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContactChannel {
    /// Its name.
    channel: String,
    /// Whether it takes work now.
    available: bool,
    /// Its state.
    user_state: UserState,
    /// Of `voice`: the number of the phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// Of `voice`: what the phone does now.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_activity: Option<UserActivity>,
}

/// A colleague; `activity` is what their phone does now.
pub fn user_contact(
    links: &Links,
    centre: &Centre,
    user: &User,
    agent: &Agent,
    activity: UserActivity,
) -> Contact {
    let path = format!("/contacts/{}", user.id);
    Contact::User(UserContact {
        id: user.id.as_str().to_owned(),
        name: user.user_name.clone(),
        r#type: UserContactType::User,
        phone_numbers: agent.device(user).iter().map(|device| number(device.phone_number.as_str())).collect(),
        user_name: user.user_name.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        employee_id: user.user_name.clone(),
        email_address: user.email.clone(),
        business_units: vec![centre.name.clone()],
        roles: user.roles.iter().copied().map(Role).collect(),
        availability: Availability { channels: availability(user, agent, activity) },
        uri: links.uri(&path),
        path,
    })
}

/// A queue.
pub fn queue_contact(links: &Links, queue: &queue::Queue, channels: &[&str]) -> Contact {
    let Queue { id, name, r#type, channel, channels, phone_number, uri, path } =
        queue_resource(links, queue, channels, None);
    Contact::Queue(QueueContact {
        id,
        name,
        r#type,
        channel,
        channels,
        phone_numbers: phone_number.iter().map(|text| number(text)).collect(),
        phone_number,
        availability: Availability { channels: Vec::new() },
        uri,
        path,
    })
}

fn number(text: &str) -> ContactNumber {
    ContactNumber { phone_number: text.to_owned(), description: "", switch_name: SWITCH }
}

/// The full name of the user of a contact, by which a directory is searched as well; empty for one without a name.
pub fn full_name(contact: &Value) -> String {
    let part = |name: &str| contact[name].as_str().unwrap_or_default();
    format!("{} {}", part("firstName"), part("lastName")).trim().to_owned()
}

fn availability(user: &User, agent: &Agent, activity: UserActivity) -> Vec<ContactChannel> {
    let channels = agent.login.iter().flat_map(|login| &login.channels);
    channels
        .map(|(name, state)| {
            let phone = agent.device(user).filter(|_| name.as_str() == domain::medium::VOICE);
            ContactChannel {
                channel: name.as_str().to_owned(),
                available: ChannelState::takes_work(state),
                user_state: user_state(Some(state)),
                phone_number: phone.map(|device| device.phone_number.as_str().to_owned()),
                user_activity: phone.map(|_| activity),
            }
        })
        .collect()
}
