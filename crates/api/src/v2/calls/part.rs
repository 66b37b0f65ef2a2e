//! The part of a user in a call, and what an address shows of it.

use crate::{answer::Problem, state::Api, wire::Until};
use domain::{
    InteractionId, UserId,
    agent::Agent,
    call::{Call, Party},
    medium::voice,
    user::{Device, User},
};

/// The part of a user by which he sees a call: his live one; else the latest in which he talked or dialled.
pub fn part<'c>(call: &'c Call, user: &UserId) -> Option<&'c Party> {
    let took_part = |party: &&Party| party.user() == Some(user) && party.took_part();
    call.live_party(user).or_else(|| call.parties.iter().rev().find(took_part))
}

/// Until when a part that is over still takes a disposition; `None` when it does not any more.
pub fn late_until(api: &Api, call: &Call, party: &Party, agent: &Agent) -> Option<Until> {
    let until = party.released_at? + api.desk.centre()?.disposition.late;
    if api.desk.now() <= until {
        Some(Until::Moment(until))
    } else {
        agent.remembers(&voice(), &call.id).then_some(Until::Crowded)
    }
}

/// The phone of a user that a part was on.
pub fn device_of<'u>(user: &'u User, party: &Party) -> Option<&'u Device> {
    user.device.as_ref().filter(|device| device.phone_number == party.dn)
}

pub fn gone(id: &InteractionId) -> Problem {
    Problem::not_found(&format!("Call '{id}'"))
}
