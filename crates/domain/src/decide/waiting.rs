//! Those who lead a queue decide about one that waits in it: who is offered it, how soon, and where it waits. A
//! conversation and a call have the same rules; each only words its place differently.

use super::{DecideError, Draft, calls, invite, lead};
use crate::{
    Key, QueueName, Refusal, UserId,
    call::{self, Call, CallQueueing},
    command::{DirectWaiting, WaitingAct},
    interaction::QueuePosition,
    request::Request,
    session::{self, Session},
};

pub(super) fn act(draft: &mut Draft<'_>, asked: &DirectWaiting) -> Result<(), DecideError> {
    lead::require_queue(draft, &asked.by, &asked.queue, &asked.leads)?;
    draft.by = Some(asked.by.clone());
    let place = place(draft, asked)?;
    match &asked.act {
        WaitingAct::Assign(agent) => assign(draft, asked, agent),
        _ if asked.request.is_some() => {
            Err(Refusal::Invalid("A request for help keeps its place: it can only be assigned".into()).into())
        }
        WaitingAct::Raise(priority) => raise(draft, asked, place, *priority),
        WaitingAct::Move(to) => go_to(draft, asked, place, to),
    }
}

/// The place that it has in the queue. What is not in that queue does not exist there; what is, and is offered or served at
/// the moment, does not wait.
fn place(draft: &mut Draft<'_>, asked: &DirectWaiting) -> Result<QueuePosition, DecideError> {
    let found = if is_call(draft, asked)? {
        in_call(&*draft.call(&asked.interaction)?, asked.request)
    } else {
        in_session(&*draft.session(&asked.interaction)?, asked.request)
    };
    let DirectWaiting { interaction, queue, .. } = asked;
    match found {
        Some((name, place, true)) if name == *queue => Ok(place),
        Some((name, _, false)) if name == *queue => {
            Err(Refusal::Invalid(format!("Interaction '{interaction}' does not wait any more")).into())
        }
        _ => Err(Refusal::NotFound(format!("Interaction '{interaction}' in queue '{queue}'")).into()),
    }
}

fn is_call(draft: &mut Draft<'_>, asked: &DirectWaiting) -> Result<bool, DecideError> {
    draft.exists(&Key::Call(asked.interaction.clone()))
}

/// A queue, a place there, and whether it waits in it now.
type Queueing = (QueueName, QueuePosition, bool);

fn in_session(session: &Session, request: Option<u32>) -> Option<Queueing> {
    match request {
        Some(number) => session.request(number).map(of_request),
        None => session.is_open().then(|| (session.queue.clone(), session.place, session.waiting)),
    }
}

fn in_call(call: &Call, request: Option<u32>) -> Option<Queueing> {
    match request {
        Some(number) => call.request(number).map(of_request),
        None => call.queued.as_ref().filter(|_| call.is_open()).map(own_place),
    }
}

fn of_request(request: &Request) -> Queueing {
    (request.queue.clone(), request.place, request.waiting)
}

fn own_place(queued: &CallQueueing) -> Queueing {
    (queued.queue.clone(), queued.place, queued.waiting)
}

/// The rules of an offer hold: whoever cannot be offered it is refused, and nothing has changed. That it is kept for
/// another agent is no rule of an offer, and who leads the queue may pass over it.
fn assign(draft: &mut Draft<'_>, asked: &DirectWaiting, agent: &UserId) -> Result<(), DecideError> {
    let DirectWaiting { interaction, request, .. } = asked;
    if is_call(draft, asked)? {
        calls::offer(draft, interaction, agent, *request)
    } else {
        invite::offer(draft, interaction, agent, *request)
    }
}

fn raise(
    draft: &mut Draft<'_>,
    asked: &DirectWaiting,
    place: QueuePosition,
    priority: i32,
) -> Result<(), DecideError> {
    if priority == place.priority {
        return Ok(());
    }
    if priority < place.priority {
        let why = format!("'priority' is below {}, which it has", place.priority);
        return Err(Refusal::Invalid(why).into());
    }
    let (id, since, by) = (&asked.interaction, place.since, Some(asked.by.clone()));
    if !is_call(draft, asked)? {
        return draft.tell(id, session::Fact::Queued { priority, since, by, barred_until: None });
    }
    let call = draft.call(id)?;
    let Some(queued) = &call.queued else { return Ok(()) };
    let (overflow_at, party, after) = (queued.overflow_at, queued.party, queued.after);
    draft.tell_call(id, call::Fact::Queued { priority, since, overflow_at, party, after, by })
}

/// Its customer did not ask to be moved: the place is counted from when they began to wait, in whichever queue. The
/// patience of a caller begins anew, as in every queue that they come into.
fn go_to(
    draft: &mut Draft<'_>,
    asked: &DirectWaiting,
    place: QueuePosition,
    name: &QueueName,
) -> Result<(), DecideError> {
    if *name == asked.queue {
        return Err(Refusal::Invalid("It waits in this queue already".into()).into());
    }
    let queue = draft.queue(name)?;
    let (id, priority, since) = (&asked.interaction, queue.priority, place.since);
    if is_call(draft, asked)? {
        return calls::move_to(draft, id, &queue, QueuePosition { priority, since });
    }
    let by = Some(asked.by.clone());
    draft.tell_in(id, name, session::Fact::Queued { priority, since, by, barred_until: None })
}
