//! Calls begin: somebody calls, an agent dials, a phone is rung (voice-sip §5.1, §5.2).

use super::{
    super::{Draft, No, customer::bounded},
    release::{self, How},
    room, wait,
};
use crate::{
    Event, InteractionId, Key, Millis, Refusal, UserData, UserId, agent,
    call::{self, Act, Aim, Caller, Cause, Dn, Fact, Kind, LegId, Origin, Originate, PartyState, Who},
    command::{Arrive, Dial, Diversion},
    json::Bound,
    medium,
    session::Closer,
};

/// How long the phone of an agent who dials is given to answer (voice-sip §6).
const OWN_PHONE: Millis = 30_000;
/// How long a phone that is called rings (voice-sip §6).
const RING: Millis = 60_000;
/// The longest location.
const MAX_LOCATION: Bound = Bound::chars(255);
/// The longest number, in bytes.
const MAX_NUMBER: usize = 64;

/// A call comes in. One whose id is known came before.
pub(in super::super) fn arrive(draft: &mut Draft<'_>, arrive: &Arrive) -> Result<(), No> {
    let id = &arrive.leg.call;
    if draft.exists(&Key::Call(id.clone()))? {
        return Ok(());
    }
    // What a stranger sends along must not keep his call out.
    let user_data =
        if arrive.user_data.check().is_ok() { arrive.user_data.clone() } else { UserData::default() };
    let began = Fact::Began {
        conn_id: arrive.conn_id.clone(),
        kind: kind(arrive.device.as_ref(), &arrive.to),
        from: arrive.from.clone(),
        dialled: arrive.dialled.clone(),
        location: None,
        aim: None,
        user_data,
    };
    begin(draft, id, began)?;
    let who = match &arrive.device {
        Some(dn) => who(draft, dn)?,
        None => Who::Outside,
    };
    let dn = arrive.device.clone().unwrap_or_else(|| Dn::from(arrive.from.number.as_str()));
    let state = PartyState::Dialing;
    join(draft, id, Coming { who, dn, origin: Origin::Caller, state, answers: false, deadline: None })?;
    lead(draft, id, &arrive.to)
}

/// An agent calls somebody: first his own phone is called, so that nobody who answers meets silence (voice-sip §5.1).
pub(in super::super) fn dial(draft: &mut Draft<'_>, agent: &UserId, dial: &Dial) -> Result<(), No> {
    let number = dial.dialled.as_str();
    if number.is_empty() {
        return Err(Refusal::Missing("destination").into());
    }
    if number.len() > MAX_NUMBER {
        return Err(Refusal::TextTooLong { parameter: "destination", bytes: MAX_NUMBER }.into());
    }
    if let Some(location) = &dial.location {
        bounded("location", location, MAX_LOCATION)?;
    }
    dial.user_data.check()?;
    if draft.exists(&Key::Call(dial.call.clone()))? {
        return Err(Refusal::Exists(format!("Call '{}'", dial.call)).into());
    }
    let device = draft.device(&dial.device)?.filter(|device| device.owner.as_ref() == Some(agent));
    match device {
        None => return Err(Refusal::NotFound(format!("Device '{}'", dial.device)).into()),
        Some(device) if !device.in_service => return Err(Refusal::NotRegistered(dial.device.clone()).into()),
        Some(_) => {}
    }
    refuse_while_talking(draft, agent)?;

    let user_name = draft.user(agent)?.user_name.clone();
    let aim = match &dial.to {
        Diversion::Queue { queue, .. } => Some(Aim::Queue(queue.clone())),
        Diversion::Device(dn) => Some(Aim::Device(dn.clone())),
        Diversion::Announcement(_) | Diversion::Nowhere => None,
    };
    let began = Fact::Began {
        conn_id: dial.conn_id.clone(),
        kind: kind(Some(&dial.device), &dial.to),
        from: Caller { number: dial.device.to_string(), name: user_name.clone() },
        dialled: dial.dialled.clone(),
        location: dial.location.clone(),
        aim,
        user_data: dial.user_data.clone(),
    };
    begin(draft, &dial.call, began)?;
    let coming = Coming {
        who: Who::User { id: agent.clone(), name: user_name },
        dn: dial.device.clone(),
        origin: Origin::Dial,
        state: PartyState::Dialing,
        answers: false,
        deadline: Some(draft.now + OWN_PHONE),
    };
    let leg = join(draft, &dial.call, coming)?;
    // A queue that takes nobody now: his phone need not ring for him to learn it.
    if let Diversion::Queue { turned_away: Some(why), .. } = dial.to {
        draft.tell_call(&dial.call, Fact::Overflowed { why, announcement: None })?;
        let how = How { is_gone: true, ..How::by(Closer::Idle, Cause::Closed) };
        return release::everyone(draft, &dial.call, how);
    }
    let from = Caller { number: dial.dialled.to_string(), name: String::new() };
    let own = Originate { to: dial.device.clone(), from, auto_answer: true };
    draft.effect(leg, Act::Originate(Box::new(own)));
    Ok(())
}

/// An agent talks to one at a time: what else he has must be on hold.
fn refuse_while_talking(draft: &mut Draft<'_>, agent: &UserId) -> Result<(), No> {
    let held: Vec<InteractionId> = match draft.agent(agent)? {
        Some(found) => found.slots.get(&medium::voice()).cloned().unwrap_or_default(),
        None => return Ok(()),
    };
    for id in held {
        let call = draft.call(&id)?;
        if call.live_party(agent).is_some_and(|party| party.state != PartyState::Held) {
            return Err(Refusal::Invalid("Dial is not valid while another call is not held".into()).into());
        }
    }
    Ok(())
}

fn kind(device: Option<&Dn>, to: &Diversion) -> Kind {
    match (device, to) {
        (None, _) => Kind::Inbound,
        (Some(_), Diversion::Nowhere) => Kind::Outbound,
        (Some(_), _) => Kind::Internal,
    }
}

fn begin(draft: &mut Draft<'_>, id: &InteractionId, fact: Fact) -> Result<(), No> {
    draft.push(Key::Call(id.clone()), Event::Call(call::Event { queue: None, fact, elapsed_ms: None }))
}

/// Whose phone a number is.
fn who(draft: &mut Draft<'_>, dn: &Dn) -> Result<Who, No> {
    let owner = draft.device(dn)?.and_then(|device| device.owner.clone());
    Ok(match owner {
        Some(id) => Who::User { name: draft.user(&id)?.user_name.clone(), id },
        None => Who::Phone,
    })
}

/// A party that comes in.
pub(super) struct Coming {
    pub who: Who,
    pub dn: Dn,
    pub origin: Origin,
    pub state: PartyState,
    pub answers: bool,
    pub deadline: Option<Millis>,
}

/// Takes a party in, on a new leg. A user's slot is taken, whether or not he was ready for it: nothing else shall be
/// offered to him meanwhile.
pub(super) fn join(draft: &mut Draft<'_>, id: &InteractionId, coming: Coming) -> Result<LegId, No> {
    let leg = draft.call(id)?.next_leg();
    let Coming { who, dn, origin, state, answers, deadline } = coming;
    let user = match &who {
        Who::User { id, .. } => Some(id.clone()),
        Who::Outside | Who::Phone => None,
    };
    draft.tell_call(id, Fact::Joined { leg, line: 0, who, dn, origin, state, answers, deadline })?;
    if let Some(user) = user {
        let slot = agent::Fact::SlotTaken { medium: medium::voice(), session: id.clone() };
        draft.tell_agent(&user, slot)?;
    }
    Ok(LegId { call: id.clone(), number: leg })
}

/// Brings the caller to where his number leads.
pub(super) fn lead(draft: &mut Draft<'_>, id: &InteractionId, to: &Diversion) -> Result<(), No> {
    match to {
        Diversion::Queue { queue, turned_away: None } => wait::enqueue(draft, id, queue),
        Diversion::Queue { queue, turned_away: Some(why) } => wait::turn_away(draft, id, Some(queue), *why),
        Diversion::Announcement(prompt) => wait::announce(draft, id, prompt),
        Diversion::Device(dn) => ring(draft, id, dn),
        Diversion::Nowhere => {
            let call = draft.call(id)?;
            // A phone of ours whose calls are sent around in a circle.
            if draft.device(&call.lines[0].dialled)?.is_some() {
                return release::everyone(draft, id, How::by(Closer::NoAnswer, Cause::Unreachable));
            }
            // Who calls from outside is not carried outside again, at our cost.
            if call.parties.first().is_some_and(|caller| caller.who == Who::Outside) {
                return release::everyone(draft, id, How::by(Closer::NoAnswer, Cause::NoSuchNumber));
            }
            call_out(draft, id, &call.lines[0].dialled)
        }
    }
}

/// Rings a phone of ours.
fn ring(draft: &mut Draft<'_>, id: &InteractionId, dn: &Dn) -> Result<(), No> {
    let Some(device) = draft.device(dn)? else { return call_out(draft, id, dn) };
    // Nobody can be called who is in this very call: he calls his own number, or one that is forwarded to it.
    let takes_part = draft.call(id)?.live().any(|party| match party.user() {
        Some(user) => party.dn == *dn || device.owner.as_ref() == Some(user),
        None => party.dn == *dn && party.who == Who::Phone,
    });
    let refused = match (device.do_not_disturb || takes_part, device.in_service) {
        (true, _) => Some(Cause::Busy),
        (_, false) => Some(Cause::Unreachable),
        _ => None,
    };
    let answers = device.answers;
    drop(device);
    if let Some(cause) = refused {
        return release::everyone(draft, id, How::by(Closer::NoAnswer, cause));
    }
    let who = who(draft, dn)?;
    call_party(
        draft,
        id,
        Coming {
            who,
            dn: dn.clone(),
            origin: Origin::Called,
            state: PartyState::Ringing,
            answers,
            deadline: Some(draft.now + RING),
        },
    )
}

/// Calls a number that is not ours. The switch knows whether anything carries it there.
fn call_out(draft: &mut Draft<'_>, id: &InteractionId, number: &Dn) -> Result<(), No> {
    call_party(
        draft,
        id,
        Coming {
            who: Who::Outside,
            dn: number.clone(),
            origin: Origin::Called,
            state: PartyState::Ringing,
            answers: false,
            deadline: Some(draft.now + RING),
        },
    )
}

/// Takes a party in and makes its leg.
pub(super) fn call_party(draft: &mut Draft<'_>, id: &InteractionId, coming: Coming) -> Result<(), No> {
    let (to, origin) = (coming.dn.clone(), coming.origin);
    let leg = join(draft, id, coming)?;
    let from = draft.call(id)?.from.clone();
    draft.effect(leg, Act::Originate(Box::new(Originate { to, from, auto_answer: false })));
    // Who waits in a queue goes on hearing what he hears, whoever is rung for him.
    if origin == Origin::Queue { Ok(()) } else { room::arrange(draft, id) }
}
