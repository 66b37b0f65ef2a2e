//! `GET /me/{collection}/{id}`: one conversation (spec: digital-channels#2.1).

use super::part::{find, gone};
use crate::{auth::Caller, state::Api, v2::late::late_part};
use axum::{
    Extension,
    extract::{Path, State},
};
use desk::session_of;
use domain::medium::Medium;
use gws::{Outcome, late_session_resource, session_answer, session_resource};
use std::sync::Arc;

/// The resource under each of the medium's keys; after completion with `dispositionUntil` while a disposition
/// is still taken (spec: decisions#6), later 404/6.
pub async fn get(
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
        let late = late_part(&api, &caller, session).await?;
        let (party, until) = late.ok_or_else(|| gone(&id))?;
        late_session_resource(&api.links, &medium, session, party, until)
    };
    Ok(session_answer(&medium, &text))
}
