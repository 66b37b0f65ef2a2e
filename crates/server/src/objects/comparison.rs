//! The changes from the objects there are to those that are wanted.

use super::{
    book, centre,
    current::Current,
    difference::{Difference, Differences, put},
    wanted::WantedObjects,
};
use domain::{UserId, call::Dn, command::Provision, user::User};
use std::collections::BTreeMap;

/// The changes from the objects there are to those that are wanted.
pub fn differences(current: &Current, wanted: &WantedObjects) -> Differences {
    let (mut all, mut kept) = (Vec::new(), wanted.kept.clone());
    let made = current.made_by_file();
    all.extend(gone_users(current, wanted, &mut kept));
    for queue in wanted.queues.iter().flatten() {
        let there = current.queues.iter().find(|there| there.name == queue.name);
        let change = || Provision::PutQueue(Box::new(queue.clone()));
        all.extend(put(&format!("queue {}", queue.name), there, queue, change));
    }
    all.extend(phones_given_on(current, wanted));
    for user in wanted.users.iter().flatten() {
        let there = current.users.iter().find(|there| there.id == user.id);
        let change = || Provision::PutUser(Box::new(user.clone()));
        all.extend(put(&format!("user {}", user.user_name), there, user, change));
    }
    if let Some(wanted_book) = &wanted.book {
        let stays = |id: &str| wanted.besides.stays(made.groups.contains(id) || made.codes.contains(id));
        all.extend(book::differences(&current.book, wanted_book, stays, &mut kept));
    }
    // The centre comes behind the objects it names, and before queues that go: services lead to those.
    if let Some(centre) = &wanted.centre {
        all.extend(centre::difference(current, centre, !all.is_empty()));
    }
    all.extend(gone_queues(current, wanted, &mut kept));
    Differences { all, kept, refused: Vec::new() }
}

fn gone_users(current: &Current, wanted: &WantedObjects, kept: &mut Vec<String>) -> Vec<Difference> {
    let Some(users) = &wanted.users else { return Vec::new() };
    let mut all = Vec::new();
    for user in current.users.iter().filter(|there| !users.iter().any(|user| user.id == there.id)) {
        let what = format!("user {}", user.user_name);
        if wanted.besides.stays(current.made_by_file().users.contains(&user.id)) {
            kept.push(what);
        } else {
            let change = Provision::RemoveUser(user.id.clone());
            all.push(Difference { lines: vec![format!("- {what}")], change });
        }
    }
    all
}

fn gone_queues(current: &Current, wanted: &WantedObjects, kept: &mut Vec<String>) -> Vec<Difference> {
    let Some(queues) = &wanted.queues else { return Vec::new() };
    let mut all = Vec::new();
    for queue in current.queues.iter().filter(|there| !queues.iter().any(|queue| queue.name == there.name)) {
        let what = format!("queue {}", queue.name);
        if wanted.besides.stays(current.made_by_file().queues.contains(&queue.name)) {
            kept.push(what);
        } else {
            let change = Provision::RemoveQueue(queue.name.clone());
            all.push(Difference { lines: vec![format!("- {what}")], change });
        }
    }
    all
}

/// A phone belongs to one user, so a user who gives theirs to another is first without one.
fn phones_given_on(current: &Current, wanted: &WantedObjects) -> Vec<Difference> {
    let users = wanted.users.iter().flatten();
    let owners: BTreeMap<&Dn, &UserId> =
        users.filter_map(|user| Some((&user.device.as_ref()?.phone_number, &user.id))).collect();
    let gives = |user: &&User| {
        let device = user.device.as_ref();
        let owner = device.and_then(|device| owners.get(&device.phone_number));
        let is_wanted = wanted.users.iter().flatten().any(|other| other.id == user.id);
        is_wanted && owner.is_some_and(|owner| **owner != user.id)
    };
    let without = |user: &User| {
        let change = Provision::PutUser(Box::new(User { device: None, ..user.clone() }));
        Difference { lines: Vec::new(), change }
    };
    current.users.iter().filter(gives).map(without).collect()
}
