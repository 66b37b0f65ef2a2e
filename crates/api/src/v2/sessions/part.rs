//! The part of a user in a conversation, and whether an address shows it.

use crate::{auth::Caller, state::Api};
use desk::session_of;
use domain::{InteractionId, Refusal, State, medium::Medium};
use gws::Problem;
use std::sync::Arc;

/// The conversation and the caller's part in it. A conversation that is not theirs does not exist for them
/// (spec: decisions#8).
pub async fn find(api: &Api, caller: &Caller, medium: &Medium, id: &str) -> Result<Arc<State>, Problem> {
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
