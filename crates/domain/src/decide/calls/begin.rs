//! Calls begin: somebody calls, or an agent dials (spec: voice-sip#5.1).

use super::{
    super::{DecideError, Draft},
    party::{self, NewParty, Place},
    release::{self, Release},
    routing,
};
use crate::{
    Event, InteractionId, Key, Millis, Refusal, UserData, UserId,
    call::{
        self, CallKind, CallerId, Cause, Dn, Fact, LegCommand, Originate, PartyOrigin, PartyState,
        PendingDestination, Who,
    },
    check,
    command::{Arrive, Destination, Dial},
    medium,
    session::EndedBy,
};

/// How long the phone of an agent who dials is given to answer (spec: voice-sip#6).
const OWN_PHONE: Millis = 30_000;

/// A call comes in. One whose id is known came before.
pub(in super::super) fn arrive(draft: &mut Draft<'_>, arrive: &Arrive) -> Result<(), DecideError> {
    let id = &arrive.leg.call;
    if draft.exists(&Key::Call(id.clone()))? {
        return Ok(());
    }
    // Bad data that a stranger sends along must not keep the call out.
    let user_data = if check::user_data(&arrive.user_data).is_ok() {
        arrive.user_data.clone()
    } else {
        UserData::default()
    };
    let began = Fact::Began {
        conn_id: arrive.conn_id.clone(),
        kind: kind(arrive.device.as_ref(), &arrive.to),
        from: arrive.from.clone(),
        dialled: arrive.dialled.clone(),
        location: None,
        aim: None,
        user_data,
        owner: Some(arrive.node.clone()),
    };
    begin(draft, id, began)?;
    let who = match &arrive.device {
        Some(dn) => party::who(draft, dn)?,
        None => Who::Outside,
    };
    let dn = arrive.device.clone().unwrap_or_else(|| Dn::from(arrive.from.number.as_str()));
    let state = PartyState::Dialing;
    party::join(
        draft,
        id,
        NewParty {
            who,
            dn,
            origin: PartyOrigin::Caller,
            state,
            answers: false,
            deadline: None,
            place: Place::default(),
        },
    )?;
    routing::route_to(draft, id, &arrive.to)
}

/// An agent calls somebody: first the agent's own phone is called, so that nobody who answers meets silence
/// (spec: voice-sip#5.1).
pub(in super::super) fn dial(draft: &mut Draft<'_>, agent: &UserId, dial: &Dial) -> Result<(), DecideError> {
    check::number("destination", &dial.dialled)?;
    check::location(dial.location.as_deref())?;
    check::user_data(&dial.user_data)?;
    if draft.exists(&Key::Call(dial.call.clone()))? {
        return Err(Refusal::Exists(format!("Call '{}'", dial.call)).into());
    }
    let device = draft.device(&dial.device)?.filter(|device| device.user() == Some(agent));
    match device {
        None => return Err(Refusal::NotFound(format!("Device '{}'", dial.device)).into()),
        Some(device) if !device.in_service => return Err(Refusal::NotRegistered(dial.device.clone()).into()),
        Some(_) => {}
    }
    refuse_while_talking(draft, agent)?;

    let user_name = draft.user(agent)?.user_name.clone();
    let aim = match &dial.to {
        Destination::Queue { queue, .. } => Some(PendingDestination::Queue(queue.clone())),
        Destination::Device(dn) => Some(PendingDestination::Device(dn.clone())),
        Destination::Announcement(_) | Destination::Nowhere => None,
    };
    let began = Fact::Began {
        conn_id: dial.conn_id.clone(),
        kind: kind(Some(&dial.device), &dial.to),
        from: CallerId { number: dial.device.to_string(), name: user_name.clone() },
        dialled: dial.dialled.clone(),
        location: dial.location.clone(),
        aim,
        user_data: dial.user_data.clone(),
        owner: Some(dial.node.clone()),
    };
    begin(draft, &dial.call, began)?;
    let coming = NewParty {
        who: Who::User { id: agent.clone(), name: user_name },
        dn: dial.device.clone(),
        origin: PartyOrigin::Dial,
        state: PartyState::Dialing,
        answers: false,
        deadline: Some(draft.now + OWN_PHONE),
        place: Place::default(),
    };
    let leg = party::join(draft, &dial.call, coming)?;
    // A queue that takes no calls now: the agent can be told without their phone ringing.
    if let Destination::Queue { turned_away: Some(why), .. } = dial.to {
        draft.tell_call(&dial.call, Fact::Overflowed { why, announcement: None })?;
        let how = Release { is_gone: true, ..Release::by(EndedBy::Idle, Cause::Closed) };
        return release::everyone(draft, &dial.call, how);
    }
    let from = CallerId { number: dial.dialled.to_string(), name: String::new() };
    let own = Originate { to: dial.device.clone(), from, auto_answer: true };
    draft.effect(leg, LegCommand::Originate(Box::new(own)));
    Ok(())
}

/// An agent talks in one call at a time: every other call of theirs must be on hold.
fn refuse_while_talking(draft: &mut Draft<'_>, agent: &UserId) -> Result<(), DecideError> {
    let held: Vec<InteractionId> = match draft.agent(agent)? {
        Some(found) => found.slots.get(&medium::voice()).cloned().unwrap_or_default(),
        None => return Ok(()),
    };
    for uuid in held {
        let call = draft.call_named(&uuid)?;
        if call.live_parts(agent).any(|party| party.state != PartyState::Held) {
            return Err(Refusal::Invalid("Dial is not valid while another call is not held".into()).into());
        }
    }
    Ok(())
}

fn kind(device: Option<&Dn>, to: &Destination) -> CallKind {
    match (device, to) {
        (None, _) => CallKind::Inbound,
        (Some(_), Destination::Nowhere) => CallKind::Outbound,
        (Some(_), _) => CallKind::Internal,
    }
}

fn begin(draft: &mut Draft<'_>, id: &InteractionId, fact: Fact) -> Result<(), DecideError> {
    let event = call::CallEvent { queue: None, line_uuid: None, fact, elapsed_ms: None };
    draft.push(Key::Call(id.clone()), Event::Call(event))
}
