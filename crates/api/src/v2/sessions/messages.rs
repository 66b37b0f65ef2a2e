//! `GET /me/{collection}/{id}/messages`: the log of a conversation (spec: digital-channels#2.5).

use super::part::{find, gone};
use crate::{auth::Caller, state::Api};
use axum::{
    Extension,
    extract::{Path, State},
};
use desk::{Span, session_of};
use domain::{
    InteractionId, Message, Millis, UserId, json,
    medium::Medium,
    message::Visibility,
    session::{AgentPartyState, Session},
};
use gws::{MessagesAnswer, Outcome, Problem, Query, message_resource};
use std::sync::Arc;

/// How many conversations before their own an agent may read.
const MOST_BEFORE: usize = 20;
/// The most that the messages of one answer weigh, in bytes as they are sent; one that weighs more by itself is
/// answered alone.
pub const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Also of a conversation with the same customer before one in which the agent takes part now.
///
/// Messages from `startIndex` on (inclusive, from 1; default 1), at most `count` (default all). Indexes have gaps where
/// an entry is not for this agent, or only told that somebody typed. A log that is too large for one answer is cut at
/// its end; only then there is `nextIndex`, the `startIndex` with which to go on.
pub async fn get(
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

/// The part of a log that an agent sees.
struct View {
    as_supervisor: bool,
    /// What was said later is not for this agent.
    until: Option<Millis>,
}

impl View {
    /// Everything that colleagues saw of an earlier conversation.
    const BEFORE: Self = Self { as_supervisor: false, until: None };

    /// Whether a message belongs to it.
    fn has(&self, message: &Message) -> bool {
        (message.visibility != Visibility::Supervisors || self.as_supervisor)
            && self.until.is_none_or(|until| message.at <= until)
    }

    /// What an agent sees by their own part; `None` without one that lets them see anything.
    fn of_part(session: &Session, agent: &UserId) -> Option<Self> {
        let party = session.party(agent)?;
        let sees = party.is_live() || party.state != AgentPartyState::Revoked && party.joined_at.is_some();
        let as_supervisor = party.visibility == Visibility::Supervisors;
        sees.then_some(Self { as_supervisor, until: party.closed_at })
    }
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
