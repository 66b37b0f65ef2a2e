//! Rows that cannot be read: each is logged once, however often it is met, and left as it is.

use domain::{
    Message,
    message::{Author, Content, PartyKind, Visibility},
    notice::Wording,
};
use std::{
    collections::BTreeSet,
    fmt::Display,
    sync::{Mutex, PoisonError},
};

/// How many rows are remembered as logged; further ones are not logged.
const REMEMBERED: usize = 4_096;

/// The rows that were logged in this process.
static TOLD: Mutex<BTreeSet<(&str, String)>> = Mutex::new(BTreeSet::new());

/// Logs a row, and counts it, the first time. `what` is the kind of the row, `name` names it in the file.
pub(crate) fn tell(what: &'static str, name: &dyn Display, why: &dyn Display) {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() >= REMEMBERED || !told.insert((what, name.to_string())) {
        return;
    }
    drop(told);
    metrics::counter!("jackfield_store_unreadable_total", "what" => what).increment(1);
    tracing::error!(what, %name, %why, "a row of the journal cannot be read; it is left as it is");
}

/// The entry in place of one that cannot be read, so that the others keep their places. Customers do not
/// see it.
pub(crate) fn entry(index: u32, at: domain::Millis) -> Message {
    Message {
        index,
        at,
        from: Author {
            participant: "0000000000000000".into(),
            number: 0,
            kind: PartyKind::External,
            nickname: String::new(),
            user: None,
            visibility: Visibility::Agents,
        },
        visibility: Visibility::Agents,
        content: Content::Notice(Wording::EntryUnreadable.notice()),
        delivery: None,
    }
}
