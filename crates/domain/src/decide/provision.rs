//! How the centre is set up. Writing the same again changes nothing, so a file can be applied twice.

use super::{DecideError, Draft, calls, hot_desk};
use crate::{
    Event, Key, Refusal, State, UserId, centre, check, command::Provision, device, disposition_tree, ids::Dn,
    queue, user,
};
use std::sync::Arc;

pub(super) fn provision(draft: &mut Draft<'_>, change: &Provision) -> Result<(), DecideError> {
    match change {
        Provision::PutUser(user) => {
            check::user_name(&user.user_name)?;
            assign(draft, &user.id, user.device.as_ref().map(|device| &device.phone_number))?;
            let state = State::User(Some(Arc::new((**user).clone())));
            put(draft, Key::User(user.id.clone()), &state, || {
                Event::User(user::UserAccountEvent::Put(user.clone()))
            })?;
            calls::judge_watch(draft, &user.id)
        }
        Provision::RemoveUser(id) => {
            let user_name = draft.user(id)?.user_name.clone();
            if draft.agent(id)?.is_some_and(|agent| agent.login.is_some()) {
                return Err(Refusal::InUse(format!("User '{user_name}'")).into());
            }
            assign(draft, id, None)?;
            draft.push(Key::User(id.clone()), Event::User(user::UserAccountEvent::Removed { user_name }))
        }
        Provision::PutQueue(queue) => {
            let state = State::Queue(Some((**queue).clone()));
            put(draft, Key::Queue(queue.name.clone()), &state, || {
                Event::Queue(queue::QueueEvent::Put(queue.clone()))
            })
        }
        Provision::RemoveQueue(name) => {
            draft.queue(name)?;
            if draft.centre()?.services.values().any(|service| service.queue == *name) {
                return Err(Refusal::InUse(format!("Queue '{name}'")).into());
            }
            draft.push(Key::Queue(name.clone()), Event::Queue(queue::QueueEvent::Removed))
        }
        Provision::PutCentre(centre) => {
            let state = State::Centre((**centre).clone());
            put(draft, Key::Centre, &state, || Event::Centre(centre::CentreEvent::Put(centre.clone())))
        }
        Provision::Book(change) => {
            match draft.book()? {
                Some(book) => book.check(change)?,
                None => disposition_tree::DispositionTree::default().check(change)?,
            }
            draft.push(Key::Book, Event::Book(change.clone()))
        }
        Provision::All(changes) => changes.iter().try_for_each(|change| provision(draft, change)),
    }
}

fn put(
    draft: &mut Draft<'_>,
    key: Key,
    wanted: &State,
    event: impl FnOnce() -> Event,
) -> Result<(), DecideError> {
    if draft.holds(&key, wanted)? { Ok(()) } else { draft.push(key, event()) }
}

/// The user's old phone is nobody's from now on, and follows no other; the new one is theirs.
fn assign(draft: &mut Draft<'_>, id: &UserId, now: Option<&Dn>) -> Result<(), DecideError> {
    let key = Key::User(id.clone());
    let had = if draft.exists(&key)? { draft.user(id).ok() } else { None };
    let had = had.and_then(|user| user.device.as_ref().map(|device| device.phone_number.clone()));
    if let Some(had) = had.filter(|had| Some(had) != now) {
        calls::end_watch(draft, &had)?;
        draft.tell_device(&had, device::DeviceEvent::Assigned { owner: None })?;
    }
    let Some(dn) = now else { return Ok(()) };
    let device = draft.device(dn)?;
    let owner = device.as_ref().and_then(|device| device.owner.clone());
    match owner {
        Some(owner) if owner == *id => Ok(()),
        Some(_) => Err(Refusal::InUse(format!("Device '{dn}'")).into()),
        None if device.is_some_and(|device| device.is_taken_from(id)) => {
            Err(Refusal::InUse(format!("Device '{dn}'")).into())
        }
        None => {
            draft.tell_device(dn, device::DeviceEvent::Assigned { owner: Some(id.clone()) })?;
            hot_desk::settle(draft, dn)
        }
    }
}
