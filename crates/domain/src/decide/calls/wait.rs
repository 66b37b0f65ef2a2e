//! Waiting in a queue: what callers hear, and overflow.

use super::{
    super::{DecideError, Draft},
    release::{self, Release},
};
use crate::{
    InteractionId, QueueName,
    call::{Cause, Fact, LegCommand, Overflowing, PartyState, Playback},
    interaction::QueuePosition,
    queue::{Overflow, Queue},
    session::EndedBy,
};

/// Takes a call into a queue: it is answered at once, greeted, and waits. If the queue was taken away meanwhile, its
/// number does not exist any more.
pub(super) fn enqueue(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    name: &QueueName,
) -> Result<(), DecideError> {
    let Some(queue) = draft.queue_if_any(name)? else {
        return release::everyone(draft, id, Release::by(EndedBy::NoAnswer, Cause::NoSuchNumber));
    };
    let place = QueuePosition { priority: queue.priority, since: draft.now };
    move_to(draft, id, &queue, place)
}

/// Puts a call into a queue at a place there. Who waits is whoever waited before, else who called.
pub(in super::super) fn move_to(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    queue: &Queue,
    place: QueuePosition,
) -> Result<(), DecideError> {
    let before = draft.call(id)?;
    let (party, after) = before.queued.as_ref().map_or((None, 0), |queued| (queued.party, queued.after));
    enter(draft, id, queue, place, (party, after))
}

/// Hands a party to a queue, as a call that comes in there.
pub(super) fn hand_to(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    name: &QueueName,
    party: u16,
) -> Result<(), DecideError> {
    let queue = draft.queue(name)?;
    let after = draft.call(id)?.next_leg() - 1;
    let place = QueuePosition { priority: queue.priority, since: draft.now };
    enter(draft, id, &queue, place, (Some(party), after))
}

/// Leaves a party the place that somebody had in a queue. `after` is the newest party that has nothing to do with it.
pub(super) fn hand_place_to(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    name: &QueueName,
    place: QueuePosition,
    (party, after): (u16, u16),
) -> Result<(), DecideError> {
    let queue = draft.queue(name)?;
    enter(draft, id, &queue, place, (Some(party), after))
}

fn enter(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    queue: &Queue,
    place: QueuePosition,
    (party, after): (Option<u16>, u16),
) -> Result<(), DecideError> {
    let overflow_at = (queue.calls.patience > 0).then(|| draft.now + queue.calls.patience);
    let QueuePosition { priority, since } = place;
    let queued = Fact::Queued { priority, since, overflow_at, party, after, by: draft.by.clone() };
    draft.tell_call_in(id, &queue.name, queued)?;
    let greeting = queue.calls.greeting.clone();
    play(draft, id, greeting.map_or(Playback::Hold, Playback::Prompt))
}

/// A queue does not take the call.
pub(super) fn turn_away(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    queue: Option<&QueueName>,
    why: Overflowing,
) -> Result<(), DecideError> {
    let to = match queue {
        Some(name) => draft.queue_if_any(name)?.map(|queue| match why {
            Overflowing::Closed => queue.calls.closed.clone(),
            Overflowing::Full => queue.calls.full.clone(),
            Overflowing::Late => queue.calls.late.clone(),
        }),
        None => None,
    };
    match to {
        Some(Overflow::Announce(prompt)) => overflow_to(draft, id, why, &prompt),
        // The desk has led the call on already where it could; a call that is still here found that queue shut as well.
        Some(Overflow::Close | Overflow::Queue(_)) | None => {
            draft.tell_call(id, Fact::Overflowed { why, announcement: None })?;
            let line = draft.call(id)?.customer().map_or(0, |customer| customer.line);
            release::line(draft, id, line, Release::by(EndedBy::Idle, Cause::Closed))
        }
    }
}

/// The call has waited for too long: the caller is told so.
pub(super) fn announce(draft: &mut Draft<'_>, id: &InteractionId, prompt: &str) -> Result<(), DecideError> {
    overflow_to(draft, id, Overflowing::Late, prompt)
}

fn overflow_to(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    why: Overflowing,
    prompt: &str,
) -> Result<(), DecideError> {
    draft.tell_call(id, Fact::Overflowed { why, announcement: Some(prompt.to_owned()) })?;
    play(draft, id, Playback::Prompt(prompt.to_owned()))
}

/// Answers the caller, if nobody has, and lets them hear something. A party that holds hears nothing except a last
/// announcement: at its end the call is over.
fn play(draft: &mut Draft<'_>, id: &InteractionId, what: Playback) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let Some(caller) = call.customer() else { return Ok(()) };
    let leg = call.leg_of(caller);
    if !caller.up {
        draft.effect(leg.clone(), LegCommand::Answer);
    }
    if caller.state == PartyState::Dialing {
        draft.tell_call(id, Fact::Established { leg: caller.leg })?;
    }
    let is_away = caller.state == PartyState::Held || caller.holding == Some(true);
    let is_last = draft.call(id)?.turned_away;
    if is_last || !is_away {
        draft.effect(leg, LegCommand::Part(what));
    }
    Ok(())
}

/// Puts a customer who has lost their agent back at their place in the queue, if they came from one.
pub(super) fn back(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    requeue(draft, id)?;
    if draft.call(id)?.is_waiting() { play(draft, id, Playback::Hold) } else { Ok(()) }
}

/// Puts a call back at its place in the queue. The patience of a caller who was served begins again: the time they
/// talked is no waiting.
pub(super) fn requeue(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    let call = draft.call(id)?;
    let (Some(queued), Some(caller)) = (&call.queued, call.customer()) else { return Ok(()) };
    if !caller.is_live() || queued.waiting {
        return Ok(());
    }
    let place = queued.place;
    let overflow_at = if release::is_unserved(&call) {
        queued.overflow_at
    } else {
        let patience = draft.queue_if_any(&queued.queue)?.map_or(0, |queue| queue.calls.patience);
        (patience > 0).then(|| draft.now + patience)
    };
    let (party, after) = (queued.party, queued.after);
    let (priority, since) = (place.priority, place.since);
    draft.tell_call(id, Fact::Queued { priority, since, overflow_at, party, after, by: None })
}
