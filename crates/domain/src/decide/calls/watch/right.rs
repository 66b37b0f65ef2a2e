//! Whom a supervisor may follow, and whom they follow now.

use super::super::super::{DecideError, Draft, SnapshotRef};
use crate::{
    UserId,
    call::{Call, Party, PartyOrigin},
    ids::Dn,
    medium,
    user::User,
    watch::{FEATURE, Watch},
};

/// Whether a user may follow another now.
pub(super) fn may_follow(draft: &mut Draft<'_>, leader: &User, user: &UserId) -> Result<bool, DecideError> {
    let Some(user) = draft.user_if_any(user)? else { return Ok(false) };
    let centre = draft.centre()?;
    Ok(centre.has(&[FEATURE]) && centre.leads(leader, &user))
}

/// The same, where the one who follows may have been taken away.
pub(super) fn may_still_follow(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    user: Option<&UserId>,
) -> Result<bool, DecideError> {
    match (draft.user_if_any(supervisor)?, user) {
        (Some(leader), Some(user)) => may_follow(draft, &leader, user),
        _ => Ok(false),
    }
}

/// Whether a supervisor who follows somebody is not shown to them.
pub(super) fn is_hidden(draft: &mut Draft<'_>, leader: &User, user: &UserId) -> Result<bool, DecideError> {
    match draft.user_if_any(user)? {
        Some(user) => Ok(draft.centre()?.hides(leader, &user)),
        None => Ok(false),
    }
}

/// What the user of a phone follows, if the phone is still theirs.
pub(super) fn in_force(draft: &mut Draft<'_>, dn: &Dn) -> Result<Option<Watch>, DecideError> {
    let Some(device) = draft.device(dn)? else { return Ok(None) };
    Ok(device.watches.clone().filter(|watch| device.user() == Some(&watch.supervisor)))
}

/// Whether a part is one that a supervisor follows: not the user's own question to a colleague, nor that they follow others.
pub(super) fn is_followed(party: &Party) -> bool {
    party.is_live() && party.watch.is_none() && party.origin != PartyOrigin::Consult
}

/// The leg of who waits in a queue, or hears that nobody takes the call: nobody is there with whom they talk.
pub(super) fn waiting(call: &Call) -> Option<u16> {
    call.customer().filter(|_| call.is_waiting() || call.turned_away).map(|customer| customer.leg)
}

/// The call in which a supervisor follows the user of a phone, and their own part in it.
pub(super) fn followed_by(
    draft: &mut Draft<'_>,
    supervisor: &UserId,
    target: Option<&Dn>,
) -> Result<Option<(SnapshotRef<Call>, u16)>, DecideError> {
    let held =
        draft.agent(supervisor)?.map(|agent| agent.slots.get(&medium::voice()).cloned().unwrap_or_default());
    for uuid in held.into_iter().flatten() {
        let call = draft.call_named(&uuid)?;
        let own = call.part(supervisor, &uuid).filter(|party| party.is_live());
        let follows = own.and_then(|own| Some((own.leg, call.on(own.watch?.target)?)));
        if let Some((own, _)) = follows.filter(|(_, followed)| target.is_none_or(|dn| followed.dn == *dn)) {
            return Ok(Some((call, own)));
        }
    }
    Ok(None)
}
