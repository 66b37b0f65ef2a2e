//! Conversations of an agent: one family of addresses for every session medium of the table.

mod begin;
mod list;
mod measure;
mod messages;
mod operate;
mod read;

pub use list::resources;

use crate::{answer::Problem, app::Api, auth::Caller, wire::Until};
use axum::Extension;
use desk::session_of;
use domain::{
    InteractionId, Refusal, State,
    medium::{Connector, Medium},
    session::{AgentParty, PartyState, Session},
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The addresses of every medium and every alias, with and without `/me`: each `uri` and `path` that is given
/// out must answer (decisions §3).
pub fn router(api: &Arc<Api>) -> OpenApiRouter<Arc<Api>> {
    let mut all = OpenApiRouter::new();
    for medium in api.desk.media().rows() {
        let names = std::iter::once(&medium.collection).chain(medium.collection_aliases);
        for name in names {
            let me = format!("/me/{name}");
            let mut row = OpenApiRouter::new()
                .route(&me, axum::routing::get(list::get))
                .route(&format!("{me}/{{id}}"), axum::routing::get(read::get).post(operate::post))
                .route(&format!("{me}/{{id}}/messages"), axum::routing::get(messages::get))
                .route(&format!("/{name}/{{id}}"), axum::routing::get(read::get))
                .route(&format!("/{name}/{{id}}/messages"), axum::routing::get(messages::get));
            if medium.connector != Connector::WebChat {
                row = row
                    .route(&me, axum::routing::post(begin::post))
                    .route(&format!("{me}/{{id}}/measure"), axum::routing::post(measure::post));
            }
            all = all.merge(row.layer(Extension(Arc::new(medium.clone()))));
        }
    }
    all
}

/// The conversation and the caller's part in it. One that is not theirs does not exist for them (decisions §8).
async fn find(api: &Api, caller: &Caller, medium: &Medium, id: &str) -> Result<Arc<State>, Problem> {
    gated(api, medium).map_err(|_| gone(id))?;
    let state = api.desk.session(&InteractionId::from(id)).await?.ok_or_else(|| gone(id))?;
    let session = session_of(&state).ok_or_else(|| gone(id))?;
    if session.medium != medium.name || session.party(&caller.user.id).is_none() {
        return Err(gone(id));
    }
    edge::span::interaction(session.id.as_str());
    Ok(state)
}

/// Until when a completed part still takes a disposition; `None` when it does not any more.
fn late_until(
    api: &Api,
    session: &Session,
    party: &AgentParty,
    agent: &domain::agent::Agent,
) -> Option<Until> {
    let late = api.desk.centre()?.disposition.late;
    if party.state != PartyState::Completed || party.joined_at.is_none() {
        return None;
    }
    let until = party.closed_at? + late;
    if api.desk.now() <= until {
        Some(Until::Moment(until))
    } else {
        agent.remembers(&session.medium, &session.id).then_some(Until::Crowded)
    }
}

/// Refuses a medium whose features the centre does not have.
fn gated(api: &Api, medium: &Medium) -> Result<(), Refusal> {
    let has = api.desk.centre().is_some_and(|centre| centre.has(medium.features));
    if has { Ok(()) } else { Err(Refusal::FeatureOff(medium.features.first().copied().unwrap_or_default())) }
}

fn gone(id: &str) -> Problem {
    Problem::not_found(&format!("Interaction '{id}'"))
}
