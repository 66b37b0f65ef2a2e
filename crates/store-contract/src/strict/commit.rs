//! A commit: decided with what was named, checked as a whole, and only then written.

use super::{
    SharedJournal, StrictStore,
    data::{Entity, JournalData},
    lock,
    view::StrictView,
};
use desk::ports::{
    CommitPlan, Durable, EventRow, Local, NewNote, Note, Receipt, StoreFault, TaskRow, Transacted, Versioned,
    Work,
};
use domain::{
    DecideError, Decision, Event, Key, Millis, NodeId, Refusal, UniqueName, UserId, Want,
    format::{self, Document, NEWEST},
    task::KnownProviderKey,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
};

/// How often a decision may ask for something it was given before it counts as broken.
const PATIENCE: u32 = 64;

impl StrictStore {
    pub(super) fn commit(
        journal: &SharedJournal,
        by: &NodeId,
        wants: Vec<Want>,
        mut work: Work,
    ) -> Transacted {
        let _order = lock(&journal.order);
        let (done, durable, local) = {
            let mut data = lock(&journal.data);
            let plan = match decided(journal, &data, wants.into_iter().collect(), &mut work)? {
                Ok(plan) => plan,
                Err(refusal) => return Ok(Err(refusal)),
            };
            check(&data, &plan)?;
            write(&mut data, plan)
        };
        // An observer may hold what the work holds.
        drop(work);
        journal.tell(by, durable, local);
        Ok(Ok(done))
    }
}

fn decided(
    journal: &SharedJournal,
    data: &JournalData,
    mut wants: BTreeSet<Want>,
    work: &mut Work,
) -> Result<Result<CommitPlan, Refusal>, StoreFault> {
    let mut idle = 0;
    while idle < PATIENCE {
        let mut view = StrictView { data, wants: &wants };
        let Ok(decided) = catch_unwind(AssertUnwindSafe(|| work(&mut view))) else {
            return Err(StoreFault::Permanent("a decision panicked".into()));
        };
        match decided {
            Ok(plan) => return Ok(Ok(plan)),
            Err(DecideError::Refused(refusal)) => return Ok(Err(refusal)),
            Err(DecideError::Need(want)) => {
                journal.asked.fetch_add(1, Ordering::Relaxed);
                idle += u32::from(!wants.insert(want));
            }
            Err(DecideError::Fault) => return Err(StoreFault::Permanent("a decision failed".into())),
        }
    }
    Err(StoreFault::Permanent("a decision never had enough to look at".into()))
}

/// Refuses a plan that contradicts the journal or itself. A plan that passes is written to its end.
fn check(data: &JournalData, plan: &CommitPlan) -> Result<(), StoreFault> {
    let contradiction = |what: String| Err(StoreFault::Permanent(what));
    if let Some((agent, reference)) = &plan.cause
        && *reference != data.head(agent) + 1
    {
        return contradiction(format!("a command of {agent} has the number {reference}"));
    }
    let Decision { changes, messages, known, order, .. } = &plan.decision;
    let events = changes
        .iter()
        .enumerate()
        .flat_map(|(place, change)| (0..change.events.len()).map(move |nth| (place, nth)));
    if !events.collect::<BTreeSet<_>>().into_iter().eq(order.iter().copied().collect::<BTreeSet<_>>()) {
        return contradiction("the order of a decision is not that of its events".into());
    }
    let is_there =
        |key: &Key| data.entities.contains_key(key) || changes.iter().any(|change| change.key == *key);
    if let Some((session, _)) = messages.iter().find(|(session, _)| !is_there(&Key::Session(session.clone())))
    {
        return contradiction(format!("a message of {session}, of which nothing else is known"));
    }
    if let Some(known) = known.iter().find(|known| data.known.contains_key(&known.key.to_string())) {
        return contradiction(format!("'{}' is known already", known.key));
    }
    if plan.notes.iter().any(|note| data.failing.as_deref() == Some(&*note.channel)) {
        return contradiction("broken on purpose".into());
    }
    if let Some(what) = lossy(&plan.decision) {
        return contradiction(format!("{what} would be read otherwise than it was written"));
    }
    match names(data, &plan.decision) {
        Ok(_) => Ok(()),
        Err(name) => contradiction(format!("a commit would give the name {name} to two")),
    }
}

/// A document of a decision that is not the same when it is read as it is stored: this store keeps what it was given, and
/// any other would lose something.
fn lossy(decision: &Decision) -> Option<String> {
    let Decision { changes, messages, tasks, .. } = decision;
    let change = changes.iter().find(|change| {
        let is_lossy = |event| !comes_back(Document::Event, event);
        change.events.iter().any(is_lossy)
            || !comes_back(Document::Snapshot(change.key.kind()), &*change.after)
    });
    let message = messages.iter().find(|(_, message)| !comes_back(Document::Message, message));
    let task = tasks.iter().find(|task| !comes_back(Document::Task, *task));
    (change.map(|change| change.key.to_string()))
        .or_else(|| message.map(|(session, message)| format!("message {} of {session}", message.index)))
        .or_else(|| task.map(|task| format!("task {}", task.id())))
}

fn comes_back<T: Serialize + DeserializeOwned + PartialEq>(kind: Document, document: &T) -> bool {
    let read = |json: String| format::read::<T>(kind, NEWEST, &json).ok();
    serde_json::to_string(document).ok().and_then(read).is_some_and(|read| read == *document)
}

/// Who bears which name after a decision, of the names that it moves; or the name that two would bear.
fn names(data: &JournalData, decision: &Decision) -> Result<BTreeMap<UniqueName, Option<Key>>, UniqueName> {
    let name = |state: &Option<Arc<domain::State>>| state.as_ref().and_then(|state| state.unique_name());
    let mut moved = BTreeMap::new();
    for change in &decision.changes {
        if let Some(before) = name(&change.before).filter(|name| data.names.get(name) == Some(&change.key)) {
            moved.insert(before, None);
        }
    }
    for change in &decision.changes {
        let Some(after) = change.after.unique_name() else { continue };
        let bearer = moved.get(&after).unwrap_or(&data.names.get(&after).cloned()).clone();
        if bearer.is_some_and(|bearer| bearer != change.key) {
            return Err(after);
        }
        moved.insert(after, Some(change.key.clone()));
    }
    Ok(moved)
}

fn write(data: &mut JournalData, plan: CommitPlan) -> (Receipt, Durable, Local) {
    let CommitPlan { at, decision, notes, cause, result } = plan;
    for (name, bearer) in names(data, &decision).unwrap_or_default() {
        match bearer {
            Some(bearer) => data.names.insert(name, bearer),
            None => data.names.remove(&name),
        };
    }
    let Decision { changes, messages, known, tasks, settled, signals, effects, order } = decision;
    let mut durable = Durable::default();
    let mut left: Vec<Vec<Option<Event>>> = Vec::new();
    for change in changes {
        match change.after.waits() {
            Some(place) => data.waiting.insert(change.key.clone(), place),
            None => data.waiting.remove(&change.key),
        };
        let came = data.came + 1;
        let entity = data.entities.entry(change.key.clone()).or_insert_with(|| {
            data.came = came;
            Entity { came, version: 0, at, state: change.after.clone() }
        });
        (entity.state, entity.at) = (change.after.clone(), at);
        let version = entity.version + change.events.len() as u64;
        durable.states.push(Versioned { key: change.key, version, state: change.after });
        left.push(change.events.into_iter().map(Some).collect());
    }
    for (place, nth) in order {
        let Some(event) = left[place][nth].take() else { continue };
        write_event(data, &durable.states[place].key.clone(), at, event, &mut durable.events);
    }
    for (session, message) in messages {
        data.logs.entry(session).or_default().insert(message.index, message);
    }
    data.known
        .extend(known.into_iter().map(|KnownProviderKey { key, entry }| (key.to_string(), (at, entry))));
    data.tasks.retain(|row| !settled.contains(&row.task.id()));
    for task in &tasks {
        data.tasks.retain(|row| row.task.id() != task.id());
        data.tasks.push(TaskRow { task: task.clone(), started: false, owner: None });
    }
    durable.notes = write_notes(data, notes, cause.as_ref().map(|(agent, _)| agent));
    if let Some(result) = &result {
        data.save(result);
    }
    (durable.tasks, durable.settled, durable.head) = (tasks, settled, data.seq);
    let reference = cause.map(|(_, reference)| reference);
    (Receipt { reference, result }, durable, Local { signals, effects })
}

fn write_event(data: &mut JournalData, key: &Key, at: Millis, event: Event, told: &mut Vec<EventRow>) {
    let Some(entity) = data.entities.get_mut(key) else { return };
    entity.version += 1;
    data.seq += 1;
    let row = EventRow { seq: data.seq, key: key.clone(), version: entity.version, at, event };
    data.events.insert(row.seq, row.clone());
    told.push(row);
}

/// The notes of a commit, each at the next position of its mailbox. That of the causing command is the next of its
/// agent's; without any note of theirs it is taken all the same.
fn write_notes(data: &mut JournalData, notes: Vec<NewNote>, cause: Option<&UserId>) -> Vec<Arc<Note>> {
    let mut is_taken = cause.is_none();
    let mut written = Vec::new();
    for NewNote { agent, channel, body, about } in notes {
        is_taken |= cause == Some(&agent);
        let mailbox = data.mailboxes.entry(agent.clone()).or_default();
        mailbox.head += 1;
        let note = Arc::new(Note { agent, pos: mailbox.head, channel, body });
        mailbox.notes.insert(note.pos, (note.clone(), about));
        written.push(note);
    }
    if let (false, Some(agent)) = (is_taken, cause) {
        data.mailboxes.entry(agent.clone()).or_default().head += 1;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_otherwise_than_it_was_written_is_seen() {
        assert!(comes_back(Document::Task, &None::<Option<u8>>));
        assert!(comes_back(Document::Task, &Some(Some(1))));
        // In JSON, nothing within something is nothing.
        assert!(!comes_back(Document::Task, &Some(None::<u8>)));
    }
}
