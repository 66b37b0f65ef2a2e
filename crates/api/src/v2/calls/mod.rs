//! Calls of an agent: what he has, and what he does with them (core-and-voice §5, §6).

mod dial;
mod disposition;
mod list;
mod operate;
mod read;

pub use disposition::set as set_disposition;
pub use list::{activity, resources};

use crate::{answer::Problem, app::Api, wire::Until};
use domain::{
    InteractionId, UserId,
    agent::Agent,
    call::{Call, Party},
    medium::voice,
    user::{Device, User},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses of calls: each `uri` and `path` that is given out must answer (decisions §3).
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::get))
        .routes(routes!(read::get, operate::post))
        .routes(routes!(read::get_without_me))
        .routes(routes!(dial::post))
}

/// The part of a user by which he sees a call: his live one; else the latest in which he talked or dialled.
fn part<'c>(call: &'c Call, user: &UserId) -> Option<&'c Party> {
    let took_part = |party: &&Party| party.user() == Some(user) && party.took_part();
    call.live_party(user).or_else(|| call.parties.iter().rev().find(took_part))
}

/// Until when a part that is over still takes a disposition; `None` when it does not any more.
fn late_until(api: &Api, call: &Call, party: &Party, agent: &Agent) -> Option<Until> {
    let until = party.released_at? + api.desk.centre()?.disposition.late;
    if api.desk.now() <= until {
        Some(Until::Moment(until))
    } else {
        agent.remembers(&voice(), &call.id).then_some(Until::Crowded)
    }
}

/// The phone of a user that a part was on.
fn device_of<'u>(user: &'u User, party: &Party) -> Option<&'u Device> {
    user.device.as_ref().filter(|device| device.phone_number == party.dn)
}

fn gone(id: &InteractionId) -> Problem {
    Problem::not_found(&format!("Call '{id}'"))
}
