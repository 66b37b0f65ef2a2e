//! Two separate calls of one agent, or of one phone, are brought together: the older interaction absorbs the newer
//! (spec: core-and-voice#5.7, voice-sip#5.12). It is one commit on both.

use super::{
    super::{DecideError, Draft, SnapshotRef},
    consult, party,
    release::{self, Release},
    room,
};
use crate::{
    InteractionId, Refusal, UserData, UserId,
    call::{
        Call, CallAct, Cause, Fact, Handover, LegCommand, Party, PartyOrigin, PartyState, Purpose, Who,
        may_join,
    },
    check,
    session::EndedBy,
};

/// The parts of one agent in two calls that may be brought together.
pub(super) struct Separate<'c> {
    older: (&'c Call, &'c Party),
    newer: (&'c Call, &'c Party),
}

impl<'c> Separate<'c> {
    /// Two parts of one agent or phone, in whichever order; or why they cannot be brought together.
    pub fn of(this: (&'c Call, &'c Party), other: (&'c Call, &'c Party)) -> Result<Self, Refusal> {
        let no = |why: &str| Err(Refusal::Invalid(why.to_owned()));
        let (older, newer) = if this.0.is_older_than(other.0) { (this, other) } else { (other, this) };
        let is_of_one = is_same(older.1, newer.1) && older.1.dn == newer.1.dn;
        if older.0.id == newer.0.id || !is_of_one {
            return no("The calls are not two of one agent");
        }
        if !may_join(older.0, older.1) || !may_join(newer.0, newer.1) {
            return no("Both calls must be answered, with nobody called or asked beside them");
        }
        if older.0.owner != newer.0.owner {
            return no("The calls are carried by different nodes");
        }
        if older.0.parties.len() + newer.0.parties.len() > party::MOST_PARTIES {
            return Err(consult::too_many());
        }
        let is_in_both = |here: &Party| newer.0.live().any(|there| is_same(here, there));
        let is_asking =
            |call: &Call, own: &Party| call.live().any(|other| other.leg != own.leg && is_same(other, own));
        let others = older.0.live().filter(|party| party.leg != older.1.leg);
        if others.into_iter().any(is_in_both) || is_asking(newer.0, newer.1) {
            return no("Somebody is in both calls");
        }
        Ok(Self { older, newer })
    }
}

/// Whether two parties are the same user, or the same phone of nobody.
fn is_same(one: &Party, two: &Party) -> bool {
    match (&one.who, &two.who) {
        (Who::User { id: one, .. }, Who::User { id: two, .. }) => one == two,
        (Who::Phone, Who::Phone) => one.dn == two.dn,
        _ => false,
    }
}

/// The call beside which an act names another of the agent's calls; `None` where it names none, or the same.
pub(super) fn named(
    draft: &mut Draft<'_>,
    call: &Call,
    act: &CallAct,
) -> Result<Option<(Purpose, InteractionId, SnapshotRef<Call>)>, DecideError> {
    let CallAct::Complete { purpose, consult: Some(uuid) } = act else { return Ok(None) };
    match draft.call_named(uuid) {
        Ok(other) if other.id != call.id => Ok(Some((*purpose, uuid.clone(), other))),
        // What the request names is refused where it would be a consultation.
        Ok(_) | Err(DecideError::Refused(_)) => Ok(None),
        Err(why) => Err(why),
    }
}

/// An agent brings two of their calls together, each by its UUID.
pub(super) fn complete(
    draft: &mut Draft<'_>,
    agent: &UserId,
    purpose: Purpose,
    this: (&InteractionId, &Call),
    other: (&InteractionId, &Call),
) -> Result<(), DecideError> {
    let (here, there) = (part(agent, purpose, this)?, part(agent, purpose, other)?);
    let (Some(here), Some(there)) = (this.1.on(here), other.1.on(there)) else { return Ok(()) };
    let both = Separate::of((this.1, here), (other.1, there))?;
    match purpose {
        Purpose::Transfer => hand_over(draft, &both),
        Purpose::Conference => join(draft, &both),
    }
}

/// The number of an agent's part in a call, if it can be brought together with another.
fn part(agent: &UserId, purpose: Purpose, (uuid, call): (&InteractionId, &Call)) -> Result<u16, Refusal> {
    let party = call.part(agent, uuid).ok_or_else(|| Refusal::NotFound(format!("Call '{uuid}'")))?;
    let act = CallAct::Complete { purpose, consult: None };
    match act.operation() {
        Some(operation) if !may_join(call, party) => {
            Err(Refusal::NotInCallState { operation, state: party.state })
        }
        _ => Ok(party.leg),
    }
}

/// The agent leaves those of both calls to one another.
pub(super) fn hand_over(draft: &mut Draft<'_>, both: &Separate<'_>) -> Result<(), DecideError> {
    let Separate { older: (older, stays), newer: (newer, goes) } = both;
    let how = Release::by(EndedBy::Agent, Cause::Normal);
    release::part(draft, &newer.id, goes.leg, how)?;
    release::part(draft, &older.id, stays.leg, how)?;
    absorb(draft, both)?;
    let handover = Handover { from: stays.leg, leaves_at: None, referred: false };
    bring_over(draft, both, Some(handover))?;
    let served = [stays, goes].into_iter().any(|part| part.origin == PartyOrigin::Queue);
    if served {
        release::serve_on(draft, &older.id, stays.line)?;
    }
    room::arrange(draft, &older.id)
}

/// Everybody talks together, the agent under the UUID of the older call.
fn join(draft: &mut Draft<'_>, both: &Separate<'_>) -> Result<(), DecideError> {
    let Separate { older: (older, stays), newer: (newer, goes) } = both;
    // A phone that holds the older and talks in the newer goes on with the leg that it does not hold.
    let goes_on_there = stays.state == PartyState::Held && goes.state == PartyState::Established;
    let how = Release { is_gone: goes_on_there, ..Release::by(EndedBy::Agent, Cause::Normal) };
    release::part(draft, &newer.id, goes.leg, how)?;
    absorb(draft, both)?;
    let becomes_queues = goes.origin == PartyOrigin::Queue && older.queued.is_none();
    let origin = match stays.origin {
        PartyOrigin::Called | PartyOrigin::Dial if becomes_queues => PartyOrigin::Queue,
        other => other,
    };
    let carrier = goes_on_there.then(|| draft.call(&older.id)).transpose()?;
    let carrier = carrier.and_then(|call| call.leg_number(&newer.leg_of(goes)));
    if origin != stays.origin || carrier.is_some() {
        let (leg, line, handover) = (stays.leg, stays.line, stays.handover);
        draft.tell_call(&older.id, Fact::Moved { leg, line, origin, handover, carrier })?;
    }
    if carrier.is_some() {
        // That leg holds nobody.
        draft.tell_call(&older.id, Fact::Held { leg: stays.leg, parked: true })?;
        draft.effect(older.leg_of(stays), LegCommand::Release(Cause::Normal));
    }
    bring_over(draft, both, None)?;
    consult::go_on(draft, older, stays)?;
    room::arrange(draft, &older.id)
}

/// The older interaction absorbs the newer.
fn absorb(draft: &mut Draft<'_>, both: &Separate<'_>) -> Result<(), DecideError> {
    let (older, newer) = (&both.older.0.id, &both.newer.0.id);
    let call = Box::new((*draft.call(newer)?).clone());
    let first = draft.call(older)?.next_leg();
    let user_data = added(&*draft.call(older)?, &call);
    let into = older.clone();
    draft.tell_call(newer, Fact::AbsorbedInto { into, closer: EndedBy::Agent })?;
    draft.tell_call(older, Fact::Absorbed { call, first, user_data })
}

/// What the older call's user data gains: pairs that it does not have, dispositions apart, if it takes so much.
fn added(older: &Call, newer: &Call) -> UserData {
    let own = &older.lines[0].user_data;
    let mut added = UserData::default();
    for (key, value) in newer.lines[0].user_data.pairs() {
        if own.get(key).is_none() && newer.dispositions.iter().all(|set| set.key != *key) {
            added.set(key, value.clone());
        }
    }
    let mut after = own.clone();
    after.change(&added, &[]);
    if check::user_data(&after).is_ok() { added } else { UserData::default() }
}

/// Those who were with the agent in the newer call go on in the line of the older, and who followed them there as well.
/// `handover` says whom they take over from.
fn bring_over(
    draft: &mut Draft<'_>,
    both: &Separate<'_>,
    handover: Option<Handover>,
) -> Result<(), DecideError> {
    let Separate { older: (older, stays), newer: (_, goes) } = both;
    let call = draft.call(&older.id)?;
    let line = goes.line + older.lines_before();
    for party in call.live().filter(|party| party.line == line) {
        let handover = handover.filter(|_| !party.only_watches());
        let (leg, origin, handover) = (party.leg, party.origin, party.handover.or(handover));
        let moved = Fact::Moved { leg, line: stays.line, origin, handover, carrier: None };
        draft.tell_call(&older.id, moved)?;
    }
    Ok(())
}
