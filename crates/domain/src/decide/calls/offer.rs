//! Offers of a queue's calls: made by the router, and what becomes of the caller when they are not taken.

use super::{
    super::{
        DecideError, Draft,
        offer::{self, Offering},
    },
    party::{self, NewParty, Place},
    release::{self, Release},
    wait,
};
use crate::{
    InteractionId, Millis, QueueName, UserId,
    call::{Call, PartyOrigin, PartyState, Who},
    medium,
    session::EndedBy,
};
use std::collections::BTreeMap;

/// The least time, in milliseconds, for which an agent whose phone did not take a call is not offered it again: a phone
/// that refuses at once would be asked as fast as it refuses.
pub(super) const LEAST_BAR: Millis = 1_000;

/// The router offers a waiting call. Everything is checked again: the board it looked at may be a moment old.
pub(in super::super) fn offer(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    agent: &UserId,
    request: Option<u32>,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let waits = match request {
        None => call.queued.as_ref().filter(|queued| queued.waiting).map(|queued| Waiting {
            queue: &queued.queue,
            barred: &queued.barred,
            origin: PartyOrigin::Queue,
            place: Place::default(),
        }),
        Some(number) => call.request(number).filter(|request| request.waiting).map(|request| Waiting {
            queue: &request.queue,
            barred: &request.barred,
            origin: PartyOrigin::Called,
            place: Place {
                line: request.line.unwrap_or_default(),
                request: Some(number),
                ..Place::default()
            },
        }),
    };
    match waits {
        Some(waits) => offer_waiting(draft, &call, agent, waits),
        None => Err(offer::not(&medium::voice(), "it does not wait any more")),
    }
}

/// What waits in a queue: a customer, or an agent who asks somebody beside a call.
#[derive(Clone, Copy)]
struct Waiting<'c> {
    queue: &'c QueueName,
    barred: &'c BTreeMap<UserId, Millis>,
    /// How whoever takes it comes in, and where.
    origin: PartyOrigin,
    place: Place,
}

fn offer_waiting(
    draft: &mut Draft<'_>,
    call: &Call,
    agent: &UserId,
    waits: Waiting<'_>,
) -> Result<(), DecideError> {
    let voice = medium::voice();
    let Waiting { queue, barred, origin, place } = waits;
    let user = draft.user(agent)?;
    let at_work = draft.agent(agent)?;
    let device = at_work.as_ref().map_or(user.device.as_ref(), |at_work| at_work.device(&user));
    let dn = device.map(|device| device.phone_number.clone());
    let phone = match &dn {
        Some(dn) => draft
            .device(dn)?
            .filter(|device| device.in_service && !device.do_not_disturb && !device.is_taken_from(agent)),
        None => None,
    };
    let barred_until = barred.get(agent).copied();
    let offering = Offering { agent, queue: Some(queue), barred_until, has_phone: phone.is_some() };
    offer::permit(draft, call, &offering)?;
    let (Some(dn), Some(answers)) = (dn, phone.map(|device| device.answers)) else {
        return Err(offer::not(&voice, "no phone"));
    };
    let who = Who::User { id: agent.clone(), name: user.user_name.clone() };
    let deadline = Some(offer::lapses_at(draft, queue)?);
    let coming = NewParty { who, dn, origin, state: PartyState::Ringing, answers, deadline, place };
    party::call_party(draft, &call.id, coming)
}

/// Ends the part of an agent to whom the queue offered the call and who did not take it. The caller goes back to their
/// place. An agent who did not answer is not ready until they say so; one who refused is only spared for a while.
pub(super) fn ended(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    leg: u16,
    how: Release,
) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let (Some(party), Some(queued)) = (call.on(leg), &call.queued) else { return Ok(()) };
    let Some(user) = party.user().cloned() else { return Ok(()) };
    let cool_down = offer::cool_down(draft, &queued.queue)?;
    let barred_until = Some(draft.now + cool_down.max(LEAST_BAR));
    release::part(draft, id, leg, Release { barred_until, ..how })?;
    wait::requeue(draft, id)?;
    // The customer may be gone: then nobody is left to talk with.
    if !draft.call(id)?.is_waiting() {
        release::settle(draft, id, how, &call)?;
    }
    if how.closer == EndedBy::NoAnswer {
        offer::make_not_ready(draft, &user, &medium::voice())?;
    }
    Ok(())
}
