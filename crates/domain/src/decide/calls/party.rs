//! A party comes into a call: it has a leg, and if it is a user's, a slot of theirs.

use super::{
    super::{DecideError, Draft},
    room,
};
use crate::{
    InteractionId, Millis, agent,
    call::{Call, CallerId, Dn, Fact, Handover, LegCommand, LegId, Originate, PartyOrigin, PartyState, Who},
    medium,
    watch::PartyWatch,
};

/// How long a phone that is called rings, in milliseconds (spec: voice-sip#6).
pub(super) const RING: Millis = 60_000;

/// How many parties a call has in all its time: what is stored of it and read with each of its commands is bounded.
pub(super) const MOST_PARTIES: usize = 100;

/// Whether a call takes nobody more in.
pub(super) fn is_full(call: &Call) -> bool {
    call.parties.len() >= MOST_PARTIES
}

/// A party that comes in.
pub(super) struct NewParty {
    pub who: Who,
    pub dn: Dn,
    pub origin: PartyOrigin,
    pub state: PartyState,
    pub answers: bool,
    pub deadline: Option<Millis>,
    pub place: Place,
}

/// Where in a call a party comes in: by default with a leg of its own into the first line.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// The line.
    pub line: u16,
    /// The leg that carries it, where that is another party's.
    pub carrier: Option<u16>,
    /// From whom it takes somebody over.
    pub handover: Option<Handover>,
    /// Whom its user follows, if they come in for that.
    pub watch: Option<PartyWatch>,
    /// The request of which a queue offers it the line.
    pub request: Option<u32>,
}

/// Takes a party in, on a new leg. A user's slot is taken, whether or not they were ready for it: nothing else must
/// be offered to them meanwhile.
pub(super) fn join(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    coming: NewParty,
) -> Result<LegId, DecideError> {
    let leg = draft.call(id)?.next_leg();
    let NewParty { who, dn, origin, state, answers, deadline, place } = coming;
    let Place { line, carrier, handover, watch: follows, request } = place;
    let user = match &who {
        Who::User { id, .. } => Some(id.clone()),
        Who::Outside | Who::Phone => None,
    };
    // A supervisor's own part, which may follow, was named by nobody.
    let by = draft.by.clone().filter(|_| origin == PartyOrigin::Queue || request.is_some());
    let joined = Fact::Joined {
        leg,
        line,
        who,
        dn,
        origin,
        state,
        answers,
        deadline,
        carrier,
        handover,
        watch: follows,
        request,
        by,
    };
    draft.tell_call(id, joined)?;
    if let Some(user) = user {
        let call = draft.call(id)?;
        let uuid = call.on(leg).map_or(id, |party| call.uuid(party)).clone();
        let slot = agent::Fact::SlotTaken { medium: medium::voice(), session: uuid };
        draft.tell_agent(&user, slot)?;
    }
    Ok(LegId { call: id.clone(), number: leg })
}

/// Takes a party in and makes its leg. Whom an agent asks is shown that agent.
pub(super) fn call_party(
    draft: &mut Draft<'_>,
    id: &InteractionId,
    coming: NewParty,
) -> Result<(), DecideError> {
    let (to, origin) = (coming.dn.clone(), coming.origin);
    let Place { line, request, .. } = coming.place;
    let leg = join(draft, id, coming)?;
    let from = caller_id(&*draft.call(id)?, line);
    draft.effect(leg, LegCommand::Originate(Box::new(Originate { to, from, auto_answer: false })));
    // A caller who waits in a queue goes on hearing the same, whoever is rung for them.
    if origin == PartyOrigin::Queue || request.is_some() { Ok(()) } else { room::arrange(draft, id) }
}

/// Who calls, as those in a line are shown it.
fn caller_id(call: &Call, line: u16) -> CallerId {
    let asks = call.lines.get(usize::from(line)).and_then(|line| call.on(line.by?));
    asks.map_or_else(
        || call.lines.get(usize::from(line)).map_or(&call.from, |line| call.from_of(line)).clone(),
        |party| CallerId {
            number: party.dn.to_string(),
            name: party.user_name().unwrap_or_default().to_owned(),
        },
    )
}

/// Whose phone a number is.
pub(super) fn who(draft: &mut Draft<'_>, dn: &Dn) -> Result<Who, DecideError> {
    let user = draft.device(dn)?.and_then(|device| device.user().cloned());
    Ok(match user {
        Some(id) => Who::User { name: draft.user(&id)?.user_name.clone(), id },
        None => Who::Phone,
    })
}
