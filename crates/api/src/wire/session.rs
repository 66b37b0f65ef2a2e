//! The resource of a conversation, as one agent sees it (digital-channels §2.1–2.4).

use super::{Links, operation_name, participant::Participant, timestamp};
use domain::{
    Millis, UserId,
    medium::Medium,
    session::{AgentParty, Operation, PartyState, Session, capabilities},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// The resource as an agent sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'s> {
    id: &'s str,
    state: &'static str,
    chat_type: &'static str,
    capabilities: Vec<&'static str>,
    participants: Vec<Participant<'s>>,
    user_data: &'s Map<String, Value>,
    received_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'s str>,
    suggested_queue_uris: [&'static str; 0],
    /// Misspelt on the wire, and so here.
    revelant_response_template_groups: [&'static str; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition_until: Option<Value>,
    uri: String,
    path: String,
}

/// The resource for an agent who takes part in it, as JSON text; empty for a stranger.
pub fn session_resource(links: &Links, medium: &Medium, session: &Session, agent: &UserId) -> String {
    match session.party(agent) {
        Some(party) => write(&resource(links, medium, session, party)),
        None => String::new(),
    }
}

/// Until when a completed conversation takes a disposition (DESIGN §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until then.
    Moment(Millis),
    /// Until later ones have pushed it out of the agent's last.
    Crowded,
}

/// The resource for an agent whose part is over but who may still set a disposition.
pub fn late_session_resource(
    links: &Links,
    medium: &Medium,
    session: &Session,
    party: &AgentParty,
    until: Until,
) -> String {
    let mut resource = resource(links, medium, session, party);
    resource.disposition_until = Some(match until {
        Until::Moment(at) => timestamp(at).into(),
        Until::Crowded => Value::Null,
    });
    write(&resource)
}

fn resource<'s>(links: &Links, medium: &Medium, session: &'s Session, party: &'s AgentParty) -> Resource<'s> {
    let path = format!("/{}/{}", medium.collection, session.id);
    Resource {
        id: session.id.as_str(),
        state: party.state.as_str(),
        chat_type: "Inbound",
        capabilities: names(&capabilities(session, &party.user)),
        participants: participants(links, session, party.state),
        user_data: session.user_data.pairs(),
        received_date: timestamp(party.invited_at),
        comment: session.comment.as_deref(),
        suggested_queue_uris: [],
        revelant_response_template_groups: [],
        disposition_until: None,
        uri: links.uri(&path),
        path,
    }
}

/// The names of open operations. The one for focus is listed in both its spellings (DESIGN §4).
fn names(open: &[Operation]) -> Vec<&'static str> {
    let mut names = Vec::with_capacity(open.len() + 1);
    for operation in open {
        names.push(operation_name(*operation));
        if *operation == Operation::SetInFocus {
            names.push("InFocus");
        }
    }
    names
}

/// Who takes part, in the order of joining. Nobody, for an agent who is not in it.
fn participants<'s>(links: &Links, session: &'s Session, state: PartyState) -> Vec<Participant<'s>> {
    if state.is_terminal() || state == PartyState::Invited {
        return Vec::new();
    }
    let customer = session.customer.present.then(|| Participant::of_customer(&session.customer));
    let agents = session.chatting().map(|party| Participant::of_agent(links, party));
    customer.into_iter().chain(agents).collect()
}

fn write(resource: &Resource<'_>) -> String {
    serde_json::to_string(resource).unwrap_or_default()
}
