//! Conversations of an agent: one family of addresses for every session medium of the media table (spec: digital-channels#2).

use crate::{
    auth::Caller,
    body::{Posted, asked},
    repeat::Repeat,
    state::Api,
    view::View,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use desk::{Span, ports::Channel, session_of};
use domain::{
    Command, InteractionId, Message, QueueName, Refusal, ServiceName, UserId,
    command::{Begin, HandoverTarget, SessionAct},
    disposition::LateUntil,
    interaction::Interaction,
    json,
    medium::{Connector, Medium},
    session::Session,
    task::NewConversationIds,
    thread::{Window, Writer},
    user::Role,
};
use gws::{
    Accepted, Answer, BegunAnswer, Measure, MeasureAnswer, MessagesAnswer, Outcome, Problem, Query,
    SessionMeasureRequest, SessionRequest, SessionsRequest, late_session_resource, message_resource,
    session_answer, session_resource, sessions_answer,
};
use serde_json::Value;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// How many conversations before their own an agent may read.
const MOST_BEFORE: usize = 20;
/// The most that the messages of one answer weigh, in bytes as they are sent; one that weighs more by itself is
/// answered alone.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// The addresses of every medium and every alias, with and without `/me`: each `uri` and `path` that is given
/// out must answer (spec: decisions#3).
pub fn router(api: &Arc<Api>) -> OpenApiRouter<Arc<Api>> {
    let mut all = OpenApiRouter::new();
    for medium in api.desk.media().rows() {
        let names = std::iter::once(&medium.collection).chain(medium.collection_aliases);
        for name in names {
            let me = format!("/me/{name}");
            let mut row = OpenApiRouter::new()
                .route(&me, axum::routing::get(list))
                .route(&format!("{me}/{{id}}"), axum::routing::get(read).post(operate))
                .route(&format!("{me}/{{id}}/messages"), axum::routing::get(messages))
                .route(&format!("/{name}/{{id}}"), axum::routing::get(read))
                .route(&format!("/{name}/{{id}}/messages"), axum::routing::get(messages));
            if medium.connector != Connector::WebChat {
                row = row
                    .route(&me, axum::routing::post(begin))
                    .route(&format!("{me}/{{id}}/measure"), axum::routing::post(measure));
            }
            all = all.merge(row.layer(Extension(Arc::new(medium.clone()))));
        }
    }
    all
}

/// `GET /me/{collection}`: the live conversations of an agent (spec: digital-channels#2.1).
///
/// Addresses, or with `fields` the resources. A client takes one that is missing here for revoked.
async fn list(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    query: Query,
) -> Outcome {
    gated(&api, &medium).map_err(|_| Problem::not_found(medium.plural))?;
    let resources = resources(&api, &caller, &medium).await?;
    sessions_answer(&medium, &query, resources)
}

/// The resources, oldest first.
pub async fn resources(api: &Api, caller: &Caller, medium: &Medium) -> Result<Vec<Value>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let held = api.desk.held(&agent, &medium.name).await?;
    let sessions = held.iter().filter_map(|state| session_of(state));
    let texts = sessions.map(|session| session_resource(&api.links, medium, session, &caller.user.id));
    Ok(texts.filter_map(|text| serde_json::from_str(&text).ok()).collect())
}

/// `GET /me/{collection}/{id}`: one conversation (spec: digital-channels#2.1).
///
/// The resource under each of the medium's keys; after completion with `dispositionUntil` while a disposition
/// is still taken (spec: decisions#6), later 404/6.
async fn read(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Outcome {
    let state = find(&api, &caller, &medium, &id).await?;
    let session = session_of(&state).ok_or_else(|| gone(&id))?;
    let text = if session.live_party(&caller.user.id).is_some() {
        session_resource(&api.links, &medium, session, &caller.user.id)
    } else {
        let late = late_part(&api, &caller, session, &session.id).await?;
        let (party, until) = late.ok_or_else(|| gone(&id))?;
        late_session_resource(&api.links, &medium, session, party, until)
    };
    Ok(session_answer(&medium, &text))
}

/// `POST /me/{collection}/{id}`: an operation of an agent on a conversation (spec: digital-channels#2.6).
///
/// Accepts the operation and commits it; what follows is told by notification. `SetDisposition` answers
/// `{"statusCode":0}` and nothing else, the others with the `referenceId` that their notification repeats.
async fn operate(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    gated(&api, &medium)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let request: SessionRequest = asked(&api, &body, &format!("/me/{}/{{id}}", medium.collection))?;
    let act = request.act(&|id| contact(&api, id))?;
    let silent = matches!(act, SessionAct::SetDisposition { .. });
    let session = InteractionId::from(id.as_str());
    in_collection(&api, &medium, &session).await?;
    let command = Command::Session { session, agent: caller.user.id.clone(), act };
    let answer = move |reference| if silent { Answer::done() } else { Accepted::of(reference) };
    Ok(api.perform(&repeat, command, answer).await?)
}

/// Refuses a conversation of another medium, as a GET at the same address does. The medium of a conversation never
/// changes, so looking before the commit is as good as in it.
pub async fn in_collection(api: &Api, medium: &Medium, id: &InteractionId) -> Result<(), Problem> {
    let state = api.desk.session(id).await?;
    let found = state.as_deref().and_then(session_of).is_some_and(|session| session.medium == medium.name);
    if !found {
        return Err(gone(id.as_str()));
    }
    edge::span::interaction(id.as_str());
    Ok(())
}

/// The kind of an entry of the directory: a user by their id, else a queue by its name, which is its id there.
pub fn contact(api: &Api, id: &str) -> HandoverTarget {
    let queue = QueueName::from(id);
    if api.desk.directory().user(&UserId::from(id)).is_none() && api.desk.queue(&queue).is_some() {
        HandoverTarget::Queue(queue)
    } else {
        HandoverTarget::Agent(id.into())
    }
}

/// `POST /me/{collection}`: an agent begins a conversation (spec: digital-channels#3, last paragraph).
///
/// Begins one with `to`, from the address `from` of ours, which may be left out when we have only one. `text` is the
/// first message, `nickname` the name the customer should see; the agent's own when left out.
async fn begin(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    gated(&api, &medium)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let SessionsRequest::Create(create) = asked(&api, &body, &format!("/me/{}", medium.collection))?;
    let (service, channel) = service(&api, &medium, create.from.as_deref())?;
    let to = channel.theirs(&create.to).map_err(Problem::invalid)?;
    let ids = api.desk.ids();
    let begin = Begin {
        address: desk::address(service.as_str(), channel.ours(), &to),
        service,
        nickname: create.nickname.unwrap_or_else(|| name(&caller)),
        text: create.text,
        user_data: create.user_data.unwrap_or_default().0,
        fresh: NewConversationIds { session: ids.session(), participant: ids.participant() },
    };
    let id = begin.fresh.session.clone();
    edge::span::interaction(id.as_str());
    let command = Command::Begin { agent: caller.user.id.clone(), begin: Box::new(begin) };
    let path = format!("/{}/{id}", medium.collection);
    let uri = api.links.uri(&path);
    let answer = move |reference| BegunAnswer::of(reference, id.as_str(), &uri, &path);
    Ok(api.perform(&repeat, command, answer).await?)
}

/// The service of a medium that sends from an address of ours; when none is named, the only one.
fn service(
    api: &Api,
    medium: &Medium,
    from: Option<&str>,
) -> Result<(ServiceName, Arc<dyn Channel>), Problem> {
    let centre = api.desk.centre();
    let carries = |service: &ServiceName| {
        let service = centre.as_ref().and_then(|centre| centre.services.get(service));
        service.is_some_and(|service| service.medium == medium.name)
    };
    let mut found = api.desk.connected();
    found.retain(|(service, channel)| {
        carries(service) && from.is_none_or(|from| channel.ours() == from || service.as_str() == from)
    });
    match (found.pop(), found.is_empty(), from) {
        (Some(only), true, _) => Ok(only),
        (Some(_), false, None) => Err(Refusal::Missing("from").into()),
        (Some(first), false, Some(_)) => Ok(first),
        (None, _, Some(from)) => Err(Problem::invalid(format!("'{from}' is no address of this centre's"))),
        (None, _, None) => Err(Refusal::Invalid("No conversation can be begun on this medium".into()).into()),
    }
}

fn name(caller: &Caller) -> String {
    let first = caller.user.first_name.trim();
    if first.is_empty() { caller.user.user_name.clone() } else { first.to_owned() }
}

/// `POST /me/{collection}/{id}/measure`: what a text would cost before it is sent (spec: channel-connectors#1C).
///
/// The alphabet of `text`, its length in units of it, the number of parts it is carried in, and whether it could be
/// sent now. `maxLength` is how long a text of that alphabet may be, in the same units. Nothing is sent. On a medium
/// that does not count, the length is in characters and there is one part.
async fn measure(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    Posted(body): Posted,
) -> Outcome {
    let SessionMeasureRequest { text } = body.read()?;
    let state = find(&api, &caller, &medium, &id).await?;
    let session = session_of(&state).ok_or_else(|| gone(&id))?;
    session.live_party(&caller.user.id).ok_or_else(|| gone(&id))?;
    let chars = text.chars().count();
    let counted = api.desk.channel(session.service.as_str()).and_then(|channel| channel.measure(&text));
    let most = session.post.as_ref().and_then(|post| post.terms.max_chars);
    let window = session.post.as_ref().map(|post| post.window(Writer::Person, api.desk.now()));
    // The rules by which a message is refused: the terms of the conversation, and what its connector carries.
    let fits = api.desk.channel(session.service.as_str()).map_or(Ok(()), |channel| channel.fits(&text));
    let too_long = most.is_some_and(|most| chars > most as usize)
        || matches!(fits, Err(Refusal::MessageTooLong { .. } | Refusal::TooManyParts { .. }));
    Ok(MeasureAnswer::of(Measure {
        alphabet: counted.as_ref().map_or("Unicode", |measure| measure.alphabet).to_owned(),
        length: counted.as_ref().map_or(chars, |measure| measure.length),
        parts: counted.as_ref().map_or(1, |measure| measure.parts),
        left: counted.as_ref().map(|measure| measure.left),
        max_parts: counted.as_ref().map(|measure| measure.most_parts),
        max_length: counted.as_ref().map(|measure| measure.most_length),
        characters: chars,
        max_characters: most,
        too_long,
        window_open: window.is_none_or(|window| window != Window::Closed),
    }))
}

/// `GET /me/{collection}/{id}/messages`: the log of a conversation (spec: digital-channels#2.5).
///
/// Also of a conversation with the same customer before one in which the agent takes part now.
///
/// Messages from `startIndex` on (inclusive, from 1; default 1), at most `count` (default all). Indexes have gaps where
/// an entry is not for this agent, or only told that somebody typed. A log that is too large for one answer is cut at
/// its end; only then there is `nextIndex`, the `startIndex` with which to go on.
async fn messages(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    let start = index(&query, "startIndex")?.unwrap_or(1);
    let count = index(&query, "count")?.unwrap_or(u32::MAX);
    let state = api.desk.session(&InteractionId::from(id.as_str())).await?.ok_or_else(|| gone(&id))?;
    let session = session_of(&state).ok_or_else(|| gone(&id))?;
    let view = match find(&api, &caller, &medium, &id).await {
        Ok(_) => View::of_part(session, &caller.user.id),
        Err(_) => None,
    };
    let view = match view {
        Some(view) => view,
        None if is_before(&api, &caller, &medium, &id).await? => {
            edge::span::interaction(session.id.as_str());
            View::BEFORE
        }
        None => return Err(gone(&id)),
    };
    let span = Span { from: start.max(1), until: None, count, bytes: MAX_PAGE_BYTES };
    let show = |message: &Message| {
        view.has(message).then(|| message_resource(&api.links, api.config.shown, message))
    };
    // A comma stands between two messages.
    let page = api.desk.page(session, span, show, |message| json::len(message) + 1).await?;
    Ok(MessagesAnswer::of(page.shown, page.is_cut.then_some(page.next)))
}

/// Whether a conversation came, in the same thread, before one in which the agent takes part now. Agents may read
/// back so far, whoever said it (spec: channel-connectors#0.3).
async fn is_before(api: &Api, caller: &Caller, medium: &Medium, id: &str) -> Result<bool, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    for state in api.desk.held(&agent, &medium.name).await? {
        let mut previous = session_of(&state).and_then(before);
        for _ in 0..MOST_BEFORE {
            let Some(found) = previous else { break };
            if found.as_str() == id {
                return Ok(true);
            }
            let state = api.desk.session(&found).await?;
            previous = state.as_deref().and_then(session_of).and_then(before);
        }
    }
    Ok(false)
}

fn before(session: &Session) -> Option<InteractionId> {
    session.post.as_ref()?.previous.clone()
}

fn index(query: &Query, name: &str) -> Result<Option<u32>, Problem> {
    let number = query.number(name)?;
    number
        .map(|number| u32::try_from(number).map_err(|_| Problem::invalid(format!("'{name}' is too large"))))
        .transpose()
}

/// The conversation and the caller's part in it. A conversation that is not theirs does not exist for them
/// (spec: decisions#8).
async fn find(api: &Api, caller: &Caller, medium: &Medium, id: &str) -> Result<Arc<domain::State>, Problem> {
    gated(api, medium).map_err(|_| gone(id))?;
    let state = api.desk.session(&InteractionId::from(id)).await?.ok_or_else(|| gone(id))?;
    let session = session_of(&state).ok_or_else(|| gone(id))?;
    if session.medium != medium.name || session.party(&caller.user.id).is_none() {
        return Err(gone(id));
    }
    edge::span::interaction(session.id.as_str());
    Ok(state)
}

/// Refuses a medium whose features the centre does not have.
pub fn gated(api: &Api, medium: &Medium) -> Result<(), Refusal> {
    let has = api.desk.centre().is_some_and(|centre| centre.has(medium.features));
    if has { Ok(()) } else { Err(Refusal::FeatureOff(medium.features.first().copied().unwrap_or_default())) }
}

pub fn gone(id: &str) -> Problem {
    Problem::not_found(&format!("Interaction '{id}'"))
}

/// The caller's part, known to them under a name, that is over and still takes a disposition, and until when; `None` when
/// there is none
/// (spec: decisions#6).
pub async fn late_part<'i, I: Interaction + Sync>(
    api: &Api,
    caller: &Caller,
    interaction: &'i I,
    named: &InteractionId,
) -> Result<Option<(&'i I::Part, LateUntil)>, Problem> {
    let agent = api.desk.agent(&caller.user).await?;
    let Some(centre) = api.desk.centre() else { return Ok(None) };
    Ok(centre.disposition.late_part(interaction, named, &caller.user.id, Some(&agent), api.desk.now()))
}
