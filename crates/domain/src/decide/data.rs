//! User data, the same for conversations and calls (spec: core-and-voice#6, decisions#6), and their erasure.

use super::{
    DecideError, Draft, disposition,
    machine::{Changed, Machine},
};
use crate::{InteractionId, Key, Refusal, UserData, check, interaction::Via};
use serde_json::Value;

/// Adds, replaces and removes pairs. The disposition key is split off: each accepted change of it is one
/// disposition event, whatever operation made it (spec: decisions#6).
pub(super) fn change<M: Machine>(
    draft: &mut Draft<'_>,
    machine: &M,
    part: Option<&M::Part>,
    set: &UserData,
    removed: &[String],
    via: Via,
) -> Result<(), DecideError> {
    let key = draft.centre()?.disposition.key.clone();
    let held = machine.user_data();
    // What shrinks the data is always welcome, and what the server itself adds is small.
    if !set.is_empty() && via != Via::System {
        let mut after = held.clone();
        after.change(set, removed);
        check::user_data_after(&after, held)?;
    }
    // What others set stays when a part takes its own disposition away.
    let is_own = machine.disposition(part, &key).is_some();
    let Split { set, removed, disposition } = split(set, removed, &key, held, is_own);
    if !set.is_empty() || !removed.is_empty() {
        let fact = machine.data_changed(part, Changed { set, removed, via });
        M::tell(draft, machine.id(), fact)?;
    }
    match disposition {
        Some(value) => disposition::record(draft, machine, part, key, value, via),
        None => Ok(()),
    }
}

/// A change of user data, the disposition apart.
struct Split {
    set: UserData,
    /// Keys taken away that were there.
    removed: Vec<String>,
    /// The disposition's new value, null when its pair is taken away; `None` when it is not touched.
    disposition: Option<Value>,
}

fn split(set: &UserData, removed: &[String], key: &str, held: &UserData, is_own: bool) -> Split {
    let cleared = is_own && removed.iter().any(|gone| gone == key);
    let disposition = set.get(key).cloned().or(cleared.then_some(Value::Null));
    let removed: Vec<String> =
        removed.iter().filter(|gone| *gone != key && held.get(gone).is_some()).cloned().collect();
    let mut set = set.clone();
    set.change(&UserData::default(), &[key.to_owned()]);
    Split { set, removed, disposition }
}

/// Erases personal values, once nobody works on the conversation, or is in the call, any more.
pub(super) fn erase(draft: &mut Draft<'_>, id: &InteractionId) -> Result<(), DecideError> {
    if draft.exists(&Key::Call(id.clone()))? {
        let call = draft.call(id)?;
        erase_one(draft, &*call)
    } else {
        let session = draft.session(id)?;
        erase_one(draft, &*session)
    }
}

fn erase_one<M: Machine>(draft: &mut Draft<'_>, machine: &M) -> Result<(), DecideError> {
    if machine.is_open() {
        return Err(Refusal::InUse(format!("{} '{}'", M::NOUN, machine.id())).into());
    }
    if machine.is_erased() { Ok(()) } else { M::tell(draft, machine.id(), M::erased()) }
}
