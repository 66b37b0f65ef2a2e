//! Entries of the internal directory: whom an interaction can be handed to (spec: admin-and-reporting#2.9).

use super::{SWITCH, queue_resource, user_state};
use crate::links::Links;
use domain::{
    agent::{Agent, ChannelState},
    centre::Centre,
    queue::Queue,
    user::User,
};
use serde_json::{Value, json};

/// A colleague, with the channels they are logged in on; `activity` is what their phone does now. The `name` of a user
/// is the login name (spec: admin-and-reporting#2.9).
pub fn user_contact(
    links: &Links,
    centre: &Centre,
    user: &User,
    agent: &Agent,
    activity: &'static str,
) -> Value {
    let path = format!("/contacts/{}", user.id);
    let numbers = user.device.iter().map(|device| number(device.phone_number.as_str()));
    json!({
        "id": user.id,
        "name": user.user_name,
        "type": "User",
        "phoneNumbers": numbers.collect::<Vec<_>>(),
        "userName": user.user_name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "employeeId": user.user_name,
        "emailAddress": user.email,
        "businessUnits": [centre.name],
        "roles": user.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        "availability": {"channels": availability(user, agent, activity)},
        "uri": links.uri(&path),
        "path": path,
    })
}

/// A queue. Its address is that of the queue, so that whoever hands over to it says what they mean.
pub fn queue_contact(links: &Links, queue: &Queue, channels: &[&str]) -> Value {
    let mut out = queue_resource(links, queue, channels, None);
    out["phoneNumbers"] = queue.routing_point.iter().map(|dn| number(dn.as_str())).collect();
    out["availability"] = json!({"channels": []});
    out
}

fn number(text: &str) -> Value {
    json!({"phoneNumber": text, "description": "", "switchName": SWITCH})
}

/// The full name of the user of a contact, by which a directory is searched as well; empty for one without a name.
pub fn full_name(contact: &Value) -> String {
    let part = |name: &str| contact[name].as_str().unwrap_or_default();
    format!("{} {}", part("firstName"), part("lastName")).trim().to_owned()
}

fn availability(user: &User, agent: &Agent, activity: &'static str) -> Vec<Value> {
    let channels = agent.login.iter().flat_map(|login| &login.channels);
    channels
        .map(|(name, state)| {
            let mut out = json!({
                "channel": name.as_str(),
                "available": ChannelState::takes_work(state),
                "userState": user_state(Some(state)),
            });
            if let (domain::medium::VOICE, Some(device)) = (name.as_str(), &user.device) {
                out["phoneNumber"] = device.phone_number.as_str().into();
                out["userActivity"] = activity.into();
            }
            out
        })
        .collect()
}
