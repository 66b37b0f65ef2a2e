//! Waiting in a queue: what callers hear, offers, overflow.

use super::{
    super::{Draft, No, capacity},
    begin::{self, Coming},
    release::{self, How},
};
use crate::{
    InteractionId, Key, Millis, QueueName, Refusal, UserId,
    agent::ChannelState,
    call::{Act, Alone, Cause, Deadline, Fact, Origin, Overflowing, PartyState, Who},
    command::Diversion,
    medium,
    queue::Overflow,
    session::Closer,
};

/// How long an offer stands when its queue was taken away meanwhile.
const ORPHAN_OFFER: Millis = 30_000;

/// Takes a call into a queue: it is answered at once, greeted, and waits. A queue that was taken away meanwhile is no
/// number any more.
pub(super) fn enqueue(draft: &mut Draft<'_>, id: &InteractionId, name: &QueueName) -> Result<(), No> {
    let Some(queue) = draft.queue_if_any(name)? else {
        return release::everyone(draft, id, How::by(Closer::NoAnswer, Cause::NoSuchNumber));
    };
    let overflow_at = (queue.calls.patience > 0).then(|| draft.now + queue.calls.patience);
    let queued = Fact::Queued { priority: queue.priority, since: draft.now, overflow_at };
    let greeting = queue.calls.greeting.clone();
    drop(queue);
    draft.tell_call_in(id, name, queued)?;
    play(draft, id, greeting.map_or(Alone::Hold, Alone::Prompt))
}

/// A queue does not take the call.
pub(super) fn turn_away(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    queue: Option<&QueueName>,
    why: Overflowing,
) -> Result<(), No> {
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
        // Where it goes on, the desk has led it there already; what is still here found that queue shut as well.
        Some(Overflow::Close | Overflow::Queue(_)) | None => {
            draft.tell_call(id, Fact::Overflowed { why, announcement: None })?;
            release::everyone(draft, id, How::by(Closer::Idle, Cause::Closed))
        }
    }
}

/// It has waited for too long, and hears so.
pub(super) fn announce(draft: &mut Draft<'_>, id: &InteractionId, prompt: &str) -> Result<(), No> {
    overflow_to(draft, id, Overflowing::Late, prompt)
}

fn overflow_to(draft: &mut Draft<'_>, id: &InteractionId, why: Overflowing, prompt: &str) -> Result<(), No> {
    draft.tell_call(id, Fact::Overflowed { why, announcement: Some(prompt.to_owned()) })?;
    play(draft, id, Alone::Prompt(prompt.to_owned()))
}

/// Answers the caller, if nobody has, and lets him hear something. Who holds hears nothing, a last announcement
/// excepted: at its end the call is over.
fn play(draft: &mut Draft<'_>, id: &InteractionId, what: Alone) -> Result<(), No> {
    let call = draft.call(id)?;
    let Some(caller) = call.parties.first() else { return Ok(()) };
    let leg = call.leg(caller.leg);
    if !caller.up {
        draft.effect(leg.clone(), Act::Answer);
    }
    if caller.state == PartyState::Dialing {
        draft.tell_call(id, Fact::Established { leg: caller.leg })?;
    }
    let is_away = caller.state == PartyState::Held || caller.holding == Some(true);
    let is_last = draft.call(id)?.turned_away;
    if is_last || !is_away {
        draft.effect(leg, Act::Part(what));
    }
    Ok(())
}

/// Back to its place in the queue. The patience of a caller who was served begins anew: the time he talked is no
/// waiting.
pub(super) fn requeue(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), No> {
    let call = draft.call(id)?;
    let (Some(queued), Some(caller)) = (&call.queued, call.parties.first()) else { return Ok(()) };
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
    draft.tell_call(id, Fact::Queued { priority: place.priority, since: place.since, overflow_at })
}

/// The router offers a waiting call. Everything is checked again: the board it looked at may be a moment old.
pub(in super::super) fn offer(draft: &mut Draft<'_>, id: &InteractionId, agent: &UserId) -> Result<(), No> {
    let voice = medium::voice();
    let not = |why| No::Refused(Refusal::NotAvailable { medium: medium::voice(), why });
    let call = draft.call(id)?;
    let Some(queued) = call.queued.as_ref().filter(|queued| queued.waiting) else {
        return Err(not("it does not wait any more"));
    };
    if queued.barred.get(agent).is_some_and(|until| *until > draft.now) {
        return Err(not("the agent did not take it a moment ago"));
    }
    let user = draft.user(agent)?;
    let Some(found) = draft.agent(agent)? else { return Err(not("not logged in")) };
    if !found.channel(&voice).is_some_and(ChannelState::takes_work) {
        return Err(not("not ready"));
    }
    if found.taken(&voice) >= usize::from(capacity(&user, &*draft.centre()?, &voice)) {
        return Err(not("no free slot"));
    }
    if call.live_party(agent).is_some() {
        return Err(not("takes part already"));
    }
    let Some(dn) = user.device.as_ref().map(|device| device.phone_number.clone()) else {
        return Err(not("no phone"));
    };
    let phone = draft.device(&dn)?.filter(|device| device.in_service && !device.do_not_disturb);
    let Some(answers) = phone.map(|device| device.answers) else { return Err(not("no phone")) };
    let queue = draft.queue_if_any(&queued.queue)?;
    if queue.as_ref().is_some_and(|queue| !user.serves(queue)) {
        return Err(not("the agent does not work for the queue"));
    }
    let stands = queue.map_or(ORPHAN_OFFER, |queue| queue.offer);
    let name = user.user_name.clone();
    begin::call_party(
        draft,
        id,
        Coming {
            who: Who::User { id: agent.clone(), name },
            dn,
            origin: Origin::Queue,
            state: PartyState::Ringing,
            answers,
            deadline: Some(draft.now + stands),
        },
    )
}

/// Something fell due. It is never refused: what is due must be done with.
pub(in super::super) fn due(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    due: Deadline,
    late: &Diversion,
) -> Result<(), No> {
    if !draft.exists(&Key::Call(id.clone()))? {
        return Ok(());
    }
    let call = draft.call(id)?;
    let is_due = call.deadlines().any(|(deadline, at)| deadline == due && at <= draft.now);
    if !is_due {
        return Ok(());
    }
    let how = How::by(Closer::NoAnswer, Cause::NoAnswer);
    match due {
        Deadline::Leg(leg) if call.on(leg).is_some_and(|party| party.origin == Origin::Queue) => {
            release::offer_ended(draft, id, leg, how)
        }
        Deadline::Leg(leg) => {
            release::part(draft, id, leg, how)?;
            release::settle(draft, id, how, &call)
        }
        Deadline::Overflow => match late {
            Diversion::Queue { turned_away: Some(_), .. } | Diversion::Nowhere => {
                turn_away(draft, id, None, Overflowing::Late)
            }
            Diversion::Announcement(prompt) => announce(draft, id, prompt),
            elsewhere => {
                draft.tell_call(id, Fact::Overflowed { why: Overflowing::Late, announcement: None })?;
                begin::lead(draft, id, elsewhere)
            }
        },
    }
}
