//! The resource of a conversation, as one agent sees it (spec: digital-channels#2.1–2.4).

use super::participant::Participant;
use crate::{links::Links, request::SessionRequest, time::timestamp};
use domain::{
    UserId,
    disposition::LateUntil,
    medium::Medium,
    session::{AgentParty, MAX_OUTGOING, PartyState, Session, capabilities},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The resource as an agent sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'s> {
    id: &'s str,
    state: &'static str,
    chat_type: &'static str,
    capabilities: Vec<&'static str>,
    participants: Vec<Participant<'s>>,
    user_data: Cow<'s, Map<String, Value>>,
    received_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'s str>,
    suggested_queue_uris: [&'static str; 0],
    /// Misspelt on the wire, and so here.
    revelant_response_template_groups: [&'static str; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    disposition_until: Option<Value>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    post: Option<Post<'s>>,
    uri: String,
    path: String,
}

/// Additional members of a conversation whose messages a connector carries. An addition of this server, in no document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Post<'s> {
    /// The customer's address.
    address: &'s str,
    /// Our address.
    own_address: &'s str,
    /// Our latest messages that are not settled, oldest first, at most [`MAX_OUTGOING`].
    deliveries: Vec<Sent>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    previous: Option<Previous<'s>>,
}

/// A message of ours on its way.
#[derive(Serialize)]
struct Sent {
    /// Its place in the log.
    index: u32,
    /// How far it has come.
    state: &'static str,
}

/// The conversation before, with the address of its log.
#[derive(Serialize)]
struct Previous<'s> {
    #[serde(rename = "previousSessionId")]
    id: &'s str,
    #[serde(rename = "previousMessagesUri")]
    uri: String,
    #[serde(rename = "previousMessagesPath")]
    path: String,
}

/// The resource for an agent who takes part in it, as JSON text; empty for a stranger.
pub fn session_resource(links: &Links, medium: &Medium, session: &Session, agent: &UserId) -> String {
    match session.party(agent) {
        Some(party) => write(&resource(links, medium, session, party)),
        None => String::new(),
    }
}

/// A conversation as somebody who looks after its agent sees it: that it is there, and its kind
/// (spec: digital-channels#2.8). It has no address: only those who take part can read it.
pub fn session_in_brief(session: &Session, agent: &UserId) -> Option<Value> {
    let party = session.party(agent)?;
    Some(json!({
        "id": session.id,
        "state": party.state.as_str(),
        "userData": user_data(session),
        "receivedDate": timestamp(party.invited_at),
        "capabilities": [],
    }))
}

/// The resource for an agent whose part is over but who may still set a disposition.
pub fn late_session_resource(
    links: &Links,
    medium: &Medium,
    session: &Session,
    party: &AgentParty,
    until: LateUntil,
) -> String {
    let mut resource = resource(links, medium, session, party);
    resource.disposition_until = Some(match until {
        LateUntil::Moment(at) => timestamp(at).into(),
        LateUntil::KeptByRecency => Value::Null,
    });
    write(&resource)
}

fn resource<'s>(links: &Links, medium: &Medium, session: &'s Session, party: &'s AgentParty) -> Resource<'s> {
    let path = format!("/{}/{}", medium.collection, session.id);
    Resource {
        id: session.id.as_str(),
        state: party.state.as_str(),
        chat_type: match &session.post {
            Some(post) if post.begun_by.is_some() => "Outbound",
            _ => "Inbound",
        },
        capabilities: capabilities(session, &party.user)
            .into_iter()
            .flat_map(SessionRequest::listed_as)
            .copied()
            .collect(),
        participants: participants(links, session, party.state),
        user_data: user_data(session),
        received_date: timestamp(party.invited_at),
        comment: session.comment.as_deref(),
        suggested_queue_uris: [],
        revelant_response_template_groups: [],
        disposition_until: None,
        post: session.post.as_ref().map(|post| carried(links, medium, post)),
        uri: links.uri(&path),
        path,
    }
}

/// The attached data; with the moments until which the customer can be answered, so that clients can count down
/// (spec: channel-connectors#2.6). They follow from what the customer wrote last and are not stored.
fn user_data(session: &Session) -> Cow<'_, Map<String, Value>> {
    let pairs = session.user_data.pairs();
    let (anyone, person) = session.post.as_deref().map_or((None, None), domain::session::Post::window_ends);
    let Some(anyone) = anyone else { return Cow::Borrowed(pairs) };
    let mut pairs = pairs.clone();
    pairs.insert("windowExpiresAt".into(), timestamp(anyone).into());
    if let Some(person) = person {
        pairs.insert("humanAgentExpiresAt".into(), timestamp(person).into());
    }
    Cow::Owned(pairs)
}

fn carried<'s>(links: &Links, medium: &Medium, post: &'s domain::session::Post) -> Post<'s> {
    let sent = |(index, sent): (&u32, &domain::session::Outgoing)| Sent {
        index: *index,
        state: sent.state.as_str(),
    };
    Post {
        address: &post.address.theirs,
        own_address: &post.address.ours,
        // Messages that wait to be sent are all kept, however many they are.
        deliveries: post
            .outgoing
            .iter()
            .skip(post.outgoing.len().saturating_sub(MAX_OUTGOING))
            .map(sent)
            .collect(),
        previous: post.previous.as_ref().map(|id| {
            let path = format!("/{}/{id}/messages", medium.collection);
            Previous { id: id.as_str(), uri: links.uri(&path), path }
        }),
    }
}

/// The participants, in the order of joining; none for an agent who is not among them.
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
