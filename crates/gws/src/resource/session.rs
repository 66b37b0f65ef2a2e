//! The resource of a conversation, as one agent sees it (spec: digital-channels#2.1–2.4).

use super::{
    participant::Participant,
    words::{Delivery, DispositionUntil, SessionCapability, SessionState, disposition_until},
};
use crate::{links::Links, time::timestamp};
use domain::{
    InteractionId, UserId,
    disposition::LateUntil,
    medium::Medium,
    session::{AgentParty, AgentPartyState, MAX_OUTGOING, Session, capabilities},
};
use serde::Serialize;
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};
use std::borrow::Cow;
use utoipa::ToSchema;

/// Who wrote first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum ChatType {
    /// The customer.
    Inbound,
    /// An agent.
    Outbound,
}

/// A conversation in any medium, as one agent sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub struct SessionResource<'s> {
    /// The interaction's id.
    id: &'s str,
    /// Where the agent stands in it.
    state: SessionState,
    /// Who wrote first.
    chat_type: ChatType,
    /// The operations that are open now.
    capabilities: Vec<SessionCapability>,
    /// Who takes part, in the order of joining; empty until the agent has accepted, and when they are done with it.
    participants: Vec<Participant<'s>>,
    /// The attached data, free in its keys and values. Where a platform limits how long a customer may be answered,
    /// `windowExpiresAt` and `humanAgentExpiresAt` are among it.
    #[schema(value_type = Map<String, Value>)]
    user_data: Cow<'s, Map<String, Value>>,
    /// When it was offered to the agent: `2026-02-03 10:11:12.345+0100`.
    received_date: String,
    /// The agents' note.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'s str>,
    /// Always empty: queues are not suggested.
    #[schema(value_type = Vec<String>)]
    suggested_queue_uris: [&'static str; 0],
    /// Always empty: there are no response templates. Misspelt on the wire, and so here.
    #[schema(value_type = Vec<String>)]
    revelant_response_template_groups: [&'static str; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = disposition_until)]
    disposition_until: Option<DispositionUntil>,
    /// The customer's address, when a connector carries the messages. This and what follows is an addition of this
    /// server, in no document.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'s str>,
    /// Our address, when a connector carries the messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_address: Option<&'s str>,
    /// Our latest messages that are not settled, oldest first, at most 32.
    #[serde(skip_serializing_if = "Option::is_none")]
    deliveries: Option<Vec<SessionDelivery>>,
    /// The conversation before with the same address.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_session_id: Option<&'s str>,
    /// The address of its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_messages_uri: Option<String>,
    /// The path of its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_messages_path: Option<String>,
    /// Its address.
    uri: String,
    /// Its path.
    path: String,
}

/// A message of ours on its way.
#[derive(Serialize, ToSchema)]
pub struct SessionDelivery {
    /// Its place in the log.
    index: u32,
    /// How far it has come.
    state: Delivery,
}

/// A conversation as somebody who looks after its agent sees it: that it is there, and its kind
/// (spec: digital-channels#2.8). It has no address: only those who take part can read it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SessionInBrief)]
pub struct SessionBrief {
    /// The interaction's id.
    id: String,
    /// Where the agent stands in it.
    state: SessionState,
    /// The attached data, free in its keys and values.
    #[schema(value_type = Map<String, Value>)]
    user_data: Map<String, Value>,
    /// When it was offered to the agent: `2026-02-03 10:11:12.345+0100`.
    received_date: String,
    /// Always empty: it is somebody else's.
    capabilities: Vec<SessionCapability>,
}

/// The resource for an agent who takes part in it, as JSON text; `None` for a stranger.
pub fn session_text(
    links: &Links,
    medium: &Medium,
    session: &Session,
    agent: &UserId,
) -> Option<Box<RawValue>> {
    let party = session.party(agent)?;
    to_raw_value(&resource(links, medium, session, party)).ok()
}

/// The resource for an agent who takes part in it, as JSON text; empty for a stranger.
pub fn session_resource(links: &Links, medium: &Medium, session: &Session, agent: &UserId) -> String {
    match session.party(agent) {
        Some(party) => write(&resource(links, medium, session, party)),
        None => String::new(),
    }
}

/// A conversation in brief; `None` for somebody who was never in it.
pub fn session_in_brief(session: &Session, agent: &UserId) -> Option<SessionBrief> {
    let party = session.party(agent)?;
    Some(SessionBrief {
        id: session.id.as_str().to_owned(),
        state: SessionState(party.state),
        user_data: user_data(session).into_owned(),
        received_date: timestamp(party.invited_at),
        capabilities: Vec::new(),
    })
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
    resource.disposition_until = Some(until.into());
    write(&resource)
}

fn resource<'s>(
    links: &Links,
    medium: &Medium,
    session: &'s Session,
    party: &'s AgentParty,
) -> SessionResource<'s> {
    let path = format!("/{}/{}", medium.collection, session.id);
    let post = session.post.as_deref();
    let previous = post.and_then(|post| post.previous.as_ref());
    let messages = previous.map(|id| format!("/{}/{id}/messages", medium.collection));
    SessionResource {
        id: session.id.as_str(),
        state: SessionState(party.state),
        chat_type: match post {
            Some(post) if post.begun_by.is_some() => ChatType::Outbound,
            _ => ChatType::Inbound,
        },
        capabilities: SessionCapability::of(&capabilities(session, &party.user)),
        participants: participants(links, session, party),
        user_data: user_data(session),
        received_date: timestamp(party.invited_at),
        comment: session.comment.as_deref(),
        suggested_queue_uris: [],
        revelant_response_template_groups: [],
        disposition_until: None,
        address: post.map(|post| &*post.address.theirs),
        own_address: post.map(|post| &*post.address.ours),
        deliveries: post.map(deliveries),
        previous_session_id: previous.map(InteractionId::as_str),
        previous_messages_uri: messages.as_ref().map(|path| links.uri(path)),
        previous_messages_path: messages,
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

/// Messages that wait to be sent are all kept, however many they are; so many are shown.
fn deliveries(post: &domain::session::Post) -> Vec<SessionDelivery> {
    let sent = |(index, sent): (&u32, &domain::session::UnsettledMessage)| SessionDelivery {
        index: *index,
        state: Delivery(sent.state),
    };
    post.outgoing.iter().skip(post.outgoing.len().saturating_sub(MAX_OUTGOING)).map(sent).collect()
}

/// The participants that an agent sees, in the order of joining; none for an agent who is not among them.
fn participants<'s>(links: &Links, session: &'s Session, party: &AgentParty) -> Vec<Participant<'s>> {
    if party.state.is_terminal() || party.state == AgentPartyState::Invited {
        return Vec::new();
    }
    let customer = session.customer.present.then(|| Participant::of_customer(&session.customer));
    let agents = session.seen_by(party).map(|party| Participant::of_agent(links, party));
    customer.into_iter().chain(agents).collect()
}

fn write(resource: &SessionResource<'_>) -> String {
    serde_json::to_string(resource).unwrap_or_default()
}
