//! `GET /me/{collection}/{id}/messages`: the log of a conversation (digital-channels §2.5).

use super::{find, gone};
use crate::{
    answer::{Answer, Outcome, Problem},
    app::Api,
    auth::Caller,
    query::Query,
    wire::message_resource,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use desk::session_of;
use domain::{
    medium::Medium,
    message::{Visibility, without_stale_typing},
    session::PartyState,
};
use std::sync::Arc;

/// Messages from `startIndex` on (inclusive, from 1; default 1), at most `count`. Indexes have gaps where an
/// entry is not for this agent, or only told that somebody typed.
pub async fn get(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Outcome {
    let start = index(&query, "startIndex")?.unwrap_or(1);
    let count = index(&query, "count")?.unwrap_or(u32::MAX) as usize;
    let state = find(&api, &caller, &medium, &id).await?;
    let session = session_of(&state).ok_or_else(|| gone(&id))?;
    let party = session.party(&caller.user.id).ok_or_else(|| gone(&id))?;
    if party.state == PartyState::Revoked || party.joined_at.is_none() && !party.is_live() {
        return Err(gone(&id));
    }
    let log = without_stale_typing(api.desk.messages(&session.id, 1, u32::MAX).await?);
    let mine = log.iter().filter(|message| {
        message.index >= start
            && (message.visibility != Visibility::Supervisors || party.visibility == Visibility::Supervisors)
            && party.closed_at.is_none_or(|closed| message.at <= closed)
    });
    let messages: Vec<_> = mine.take(count).map(|message| message_resource(&api.links, message)).collect();
    Ok(Answer::with("messages", messages))
}

fn index(query: &Query, name: &str) -> Result<Option<u32>, Problem> {
    let number = query.number(name)?;
    number
        .map(|number| u32::try_from(number).map_err(|_| Problem::invalid(format!("'{name}' is too large"))))
        .transpose()
}
