//! What differs, in words and as the command that settles it.

use super::{Current, Wanted, book, centre};
use domain::{UserId, call::Dn, command::Provision, user::User};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Something that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// `+` added, `~` changed, `-` taken away, and what; none for a step that only prepares another.
    pub lines: Vec<String>,
    /// What settles it.
    pub change: Provision,
}

/// What leads from what is to what is wanted.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// In an order in which each part finds what it refers to.
    pub all: Vec<Difference>,
    /// What the file does not name and did not make, and what therefore stays.
    pub kept: Vec<String>,
    /// What the rules would refuse as things are, where that was tried.
    pub refused: Vec<String>,
}

impl Differences {
    /// The differences, in words: what is taken away comes last.
    pub fn lines(&self) -> Vec<&str> {
        let lines = self.all.iter().flat_map(|difference| &difference.lines).map(String::as_str);
        let (gone, mut lines): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('-'));
        lines.extend(gone);
        lines
    }

    /// What an operator is told, one thing a line: what differs, or what was settled.
    pub fn told(&self, settled: bool) -> String {
        let lines = self.lines();
        let mut told: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for what in &self.kept {
            told.push(format!(
                "  {what} stays: the file does not name it and did not make it; --delete takes it away"
            ));
        }
        told.extend(self.refused.iter().map(|refusal| format!("  refused as things are: {refusal}")));
        told.push(match (lines.len(), settled) {
            (0, _) if self.kept.is_empty() => "Nothing differs.".into(),
            (0, _) => "Nothing else differs.".into(),
            (count, false) => format!("{count} to settle; nothing was changed."),
            (count, true) => format!("{count} settled."),
        });
        told.join("\n") + "\n"
    }

    /// Everything as one change.
    pub fn into_change(self) -> Provision {
        Provision::All(self.all.into_iter().map(|difference| difference.change).collect())
    }
}

/// What leads from what is to what is wanted.
pub fn differences(current: &Current, wanted: &Wanted) -> Differences {
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
    // The centre comes behind what it names, and before queues that go: services lead to those.
    if let Some(centre) = &wanted.centre {
        all.extend(centre::difference(current, centre, !all.is_empty()));
    }
    all.extend(gone_queues(current, wanted, &mut kept));
    Differences { all, kept, refused: Vec::new() }
}

fn gone_users(current: &Current, wanted: &Wanted, kept: &mut Vec<String>) -> Vec<Difference> {
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

fn gone_queues(current: &Current, wanted: &Wanted, kept: &mut Vec<String>) -> Vec<Difference> {
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

/// A phone belongs to one user, so whoever gives theirs to another is first without one.
fn phones_given_on(current: &Current, wanted: &Wanted) -> Vec<Difference> {
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

/// The difference of one object.
fn put<T: Serialize + PartialEq>(
    what: &str,
    there: Option<&T>,
    wanted: &T,
    change: impl FnOnce() -> Provision,
) -> Option<Difference> {
    let line = line(what, there, wanted)?;
    Some(Difference { lines: vec![line], change: change() })
}

/// The same in words.
pub(super) fn line<T: Serialize + PartialEq>(what: &str, there: Option<&T>, wanted: &T) -> Option<String> {
    match there {
        None => Some(format!("+ {what}")),
        Some(there) if there == wanted => None,
        Some(there) => Some(format!("~ {what}: {}", changed(there, wanted).join("; "))),
    }
}

/// `skills: {} → {"Support":1}` for each member that differs; a password is only said to be another.
fn changed<T: Serialize>(there: &T, wanted: &T) -> Vec<String> {
    let (Ok(Value::Object(there)), Ok(Value::Object(wanted))) =
        (serde_json::to_value(there), serde_json::to_value(wanted))
    else {
        return vec!["changed".into()];
    };
    // A member that has its usual value may not be written.
    let names = there.keys().chain(wanted.keys().filter(|name| !there.contains_key(*name)));
    let differing = names.filter(|name| there.get(*name) != wanted.get(*name));
    differing
        .map(|name| match (name.as_str(), there.get(name), wanted.get(name)) {
            ("password_hash", ..) => "password".into(),
            (_, Some(before), Some(after)) => format!("{name}: {before} → {after}"),
            (_, None, Some(after)) => format!("{name}: {after}"),
            (_, before, None) => format!("{name}: {} → as usual", before.unwrap_or(&Value::Null)),
        })
        .collect()
}
