//! What differs, in words and as the command that settles it.

use super::{Current, Wanted, book};
use domain::command::Provision;
use serde::Serialize;
use serde_json::Value;

/// One thing that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// `+` added, `~` changed, `-` taken away, and what.
    pub words: String,
    /// What settles it.
    pub change: Provision,
}

/// What leads from what is to what is wanted, in an order in which each part finds what it refers to.
pub fn differences(current: &Current, wanted: &Wanted) -> Vec<Difference> {
    let mut all = Vec::new();
    for queue in wanted.queues.iter().flatten() {
        let there = current.queues.iter().find(|there| there.name == queue.name);
        let change = || Provision::PutQueue(Box::new(queue.clone()));
        all.extend(put(&format!("queue {}", queue.name), there, queue, change));
    }
    for user in wanted.users.iter().flatten() {
        let there = current.users.iter().find(|there| there.id == user.id);
        let change = || Provision::PutUser(Box::new(user.clone()));
        all.extend(put(&format!("user {}", user.user_name), there, user, change));
    }
    if let Some(wanted_book) = &wanted.book {
        all.extend(book::differences(&current.book, wanted_book, wanted.only));
    }
    // The centre comes last of what is written: a journal that has one has been provisioned whole, even if the first
    // start was cut short.
    if let Some(centre) = &wanted.centre {
        let change = || Provision::PutCentre(Box::new(centre.clone()));
        all.extend(put("centre", current.centre.as_ref(), centre, change));
    }
    if wanted.only {
        all.extend(removals(current, wanted));
    }
    all
}

fn removals(current: &Current, wanted: &Wanted) -> Vec<Difference> {
    let mut all = Vec::new();
    if let Some(users) = &wanted.users {
        let gone = current.users.iter().filter(|there| !users.iter().any(|user| user.id == there.id));
        all.extend(gone.map(|user| Difference {
            words: format!("- user {}", user.user_name),
            change: Provision::RemoveUser(user.id.clone()),
        }));
    }
    if let Some(queues) = &wanted.queues {
        let gone = current.queues.iter().filter(|there| !queues.iter().any(|queue| queue.name == there.name));
        all.extend(gone.map(|queue| Difference {
            words: format!("- queue {}", queue.name),
            change: Provision::RemoveQueue(queue.name.clone()),
        }));
    }
    all
}

fn put<T: Serialize + PartialEq>(
    what: &str,
    there: Option<&T>,
    wanted: &T,
    change: impl FnOnce() -> Provision,
) -> Option<Difference> {
    let words = match there {
        None => format!("+ {what}"),
        Some(there) if there == wanted => return None,
        Some(there) => format!("~ {what}: {}", changed(there, wanted).join("; ")),
    };
    Some(Difference { words, change: change() })
}

/// `skills: {} → {"Support":1}` for each member that differs; a password is only said to be another.
fn changed<T: Serialize>(there: &T, wanted: &T) -> Vec<String> {
    let (Ok(Value::Object(there)), Ok(Value::Object(wanted))) =
        (serde_json::to_value(there), serde_json::to_value(wanted))
    else {
        return vec!["changed".into()];
    };
    let differing = wanted.iter().filter(|(name, value)| there.get(*name) != Some(value));
    differing
        .map(|(name, value)| match (name.as_str(), there.get(name)) {
            ("password_hash", _) => "password".into(),
            (_, Some(before)) => format!("{name}: {before} → {value}"),
            (_, None) => format!("{name}: {value}"),
        })
        .collect()
}
