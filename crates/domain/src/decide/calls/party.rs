//! A party comes into a call: it has a leg, and if it is a user's, a slot of theirs.

use super::{
    super::{DecideError, Draft},
    room,
};
use crate::{
    InteractionId, Millis, agent,
    call::{Dn, Fact, LegCommand, LegId, Originate, PartyOrigin, PartyState, Who},
    medium,
};

/// How long a phone that is called rings, in milliseconds (spec: voice-sip#6).
pub(super) const RING: Millis = 60_000;

/// A party that comes in.
pub(super) struct NewParty {
    pub who: Who,
    pub dn: Dn,
    pub origin: PartyOrigin,
    pub state: PartyState,
    pub answers: bool,
    pub deadline: Option<Millis>,
}

/// Takes a party in, on a new leg. A user's slot is taken, whether or not they were ready for it: nothing else must
/// be offered to them meanwhile.
pub(super) fn join(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    coming: NewParty,
) -> Result<LegId, DecideError> {
    let leg = draft.call(id)?.next_leg();
    let NewParty { who, dn, origin, state, answers, deadline } = coming;
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

/// Takes a party in and makes its leg.
pub(super) fn call_party(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    coming: NewParty,
) -> Result<(), DecideError> {
    let (to, origin) = (coming.dn.clone(), coming.origin);
    let leg = join(draft, id, coming)?;
    let from = draft.call(id)?.from.clone();
    draft.effect(leg, LegCommand::Originate(Box::new(Originate { to, from, auto_answer: false })));
    // A caller who waits in a queue goes on hearing the same, whoever is rung for them.
    if origin == PartyOrigin::Queue { Ok(()) } else { room::arrange(draft, id) }
}

/// Whose phone a number is.
pub(super) fn who(draft: &mut Draft<'_>, dn: &Dn) -> Result<Who, DecideError> {
    let owner = draft.device(dn)?.and_then(|device| device.owner.clone());
    Ok(match owner {
        Some(id) => Who::User { name: draft.user(&id)?.user_name.clone(), id },
        None => Who::Phone,
    })
}
