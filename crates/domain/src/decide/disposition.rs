//! The disposition rule, the same for conversations and calls (spec: decisions#6): while a part is live it is a change
//! of the user data; after that, for as long as one is taken, it is a fact that only reporting hears of.

use super::{
    DecideError, Draft,
    machine::{Disposed, Machine},
    settle,
};
use crate::{
    InteractionId, MediumName, Refusal, UserData, UserId, check,
    disposition::{Policy, is_empty},
    interaction::{Part, Via},
};
use serde_json::Value;

/// Sets the disposition of a part, under the key that is named or under that of the centre. Setting the same late value
/// again changes nothing.
pub(super) fn set<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: &M::Part,
    value: &str,
    key: Option<&str>,
    via: Via,
) -> Result<(), DecideError> {
    let key = match key.filter(|key| !key.is_empty()) {
        Some(key) => key.to_owned(),
        None => draft.centre()?.disposition.key.clone(),
    };
    check::user_data_key("dispositionKey", &key)?;
    check::disposition(value)?;
    let value = Value::from(value);
    let held = if part.is_live() {
        machine.user_data().clone()
    } else {
        let before = previous(machine, Some(part), &key);
        if before == value || is_empty(&before) && is_empty(&value) {
            // What another set, for all to see, may be what this one would.
            return settle(draft, machine, part, &key, &value);
        }
        UserData::new(part.late().clone().into_iter().collect())
    };
    let mut after = held.clone();
    after.set(key.as_str(), value.clone());
    check::user_data_after(&after, &held)?;
    record(draft, machine, Some(part), key, value, via)
}

/// Tells a disposition, by whatever operation it came.
pub(super) fn record<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: Option<&M::Part>,
    key: String,
    value: Value,
    via: Via,
) -> Result<(), DecideError> {
    let known = is_known(draft, &machine.medium(), &value)?;
    let previous = previous(machine, part, &key);
    let late = part.is_some_and(|part| !part.is_live());
    let set = (key.clone(), value.clone());
    if let Some(fact) = machine.disposed(part, Disposed { key, value, previous, via, late, known }) {
        M::tell(draft, machine.id(), fact)?;
    }
    match part {
        Some(part) => settle(draft, machine, part, &set.0, &set.1),
        None => Ok(()),
    }
}

/// Who has set the disposition of a part does not owe it any more.
fn settle<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: &M::Part,
    key: &str,
    value: &Value,
) -> Result<(), DecideError> {
    let is_it = !is_empty(value) && draft.centre()?.disposition.key == key;
    if is_it { settle::code_set(draft, machine, part) } else { Ok(()) }
}

/// The part of an agent, known to them under a name, that is over and still takes a disposition.
pub(super) fn late_part<'m, M: Machine>(
    draft: &mut Draft<'_>,
    machine: &'m M,
    named: &InteractionId,
    agent: &UserId,
) -> Result<&'m M::Part, DecideError> {
    let (centre, at_work) = (draft.centre()?, draft.agent(agent)?);
    let late = centre.disposition.late_part(machine, named, agent, at_work.as_deref(), draft.now);
    late.map(|(part, _)| part).ok_or_else(|| machine.not_found())
}

/// Whether a part has a disposition now; without a part, whether the interaction has.
pub(super) fn is_set<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: Option<&M::Part>,
) -> Result<bool, DecideError> {
    Ok(draft.centre()?.disposition.is_set(machine, part))
}

/// The value of a part that reporting knew last: for one that is over its late value, else what it set while it was live.
fn previous<M: Machine>(machine: &M, part: Option<&M::Part>, key: &str) -> Value {
    let own = part.filter(|part| !part.is_live()).and_then(|part| part.late().get(key));
    own.or_else(|| machine.disposition(part, key)).cloned().unwrap_or(Value::Null)
}

/// Whether the book knows a value; refused when it does not and the medium's policy is strict.
fn is_known(draft: &mut Draft<'_>, medium: &MediumName, value: &Value) -> Result<bool, DecideError> {
    let known = match (value.as_str(), draft.book()?) {
        _ if is_empty(value) => true,
        (Some(name), Some(book)) => book.named(name).is_some(),
        _ => false,
    };
    if !known && draft.centre()?.disposition.policy(medium) == Policy::Strict {
        return Err(Refusal::OutOfRange(format!("{value} is not in the disposition book")).into());
    }
    Ok(known)
}
