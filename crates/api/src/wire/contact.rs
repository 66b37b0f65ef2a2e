//! Entries of the internal directory: whom an interaction can be handed to (admin-and-reporting §2.9).

use super::{Links, queue_resource, user_state};
use domain::{
    agent::{Agent, ChannelState},
    centre::Centre,
    queue::Queue,
    user::User,
};
use serde_json::{Value, json};

/// A colleague, with the channels he is logged in on.
pub fn user_contact(links: &Links, centre: &Centre, user: &User, agent: &Agent) -> Value {
    let path = format!("/contacts/{}", user.id);
    let numbers = user.device.iter().map(|device| number(device.phone_number.as_str()));
    json!({
        "id": user.id,
        "name": full_name(user),
        "type": "User",
        "phoneNumbers": numbers.collect::<Vec<_>>(),
        "userName": user.user_name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "employeeId": user.user_name,
        "emailAddress": user.email,
        "businessUnits": [centre.name],
        "roles": user.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        "availability": {"channels": availability(user, agent)},
        "uri": links.uri(&path),
        "path": path,
    })
}

/// A queue. Its address is that of the queue, so that whoever hands over to it says what he means.
pub fn queue_contact(links: &Links, queue: &Queue) -> Value {
    let mut out = queue_resource(links, queue);
    out["phoneNumbers"] = queue.routing_point.iter().map(|dn| number(dn.as_str())).collect();
    out["availability"] = json!({"channels": []});
    out
}

fn number(text: &str) -> Value {
    json!({"phoneNumber": text, "description": "", "switchName": ""})
}

/// What people call him; the login name of somebody without a name.
fn full_name(user: &User) -> String {
    let name = format!("{} {}", user.first_name, user.last_name);
    match name.trim() {
        "" => user.user_name.clone(),
        name => name.to_owned(),
    }
}

fn availability(user: &User, agent: &Agent) -> Vec<Value> {
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
                out["userActivity"] = "Idle".into();
            }
            out
        })
        .collect()
}
