//! The port, implemented on the content of the journal.

use super::{
    StrictStore,
    data::{JournalData, up_to, weight},
    feed, lock, reports, retention,
};
use desk::ports::{
    BindingRow, CommitObserver, CountBatch, CountOutcome, Counted, FeedPage, FeedQuery, IntervalQuery,
    LogPart, Note, Quarantined, Reports, RowPage, RowQuery, SavedResult, SessionTable, Start, Store,
    StoreFault, TaskRow, Transacted, Versioned, Work,
};
use domain::{EntityKind, InteractionId, Key, Millis, NodeId, State, UserId, Want, call::Dn};
use futures::future::{BoxFuture, lazy};
use stats::Interval;
use std::sync::Arc;

type StoreFuture<T> = BoxFuture<'static, Result<T, StoreFault>>;

impl StrictStore {
    /// Does something with the journal once somebody waits for it.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut JournalData) -> T + Send + 'static,
    ) -> StoreFuture<T> {
        let journal = self.journal.clone();
        Box::pin(lazy(move |_| Ok(work(&mut lock(&journal.data)))))
    }
}

impl Store for StrictStore {
    fn transact(&self, wants: Vec<Want>, work: Work) -> BoxFuture<'static, Transacted> {
        let (journal, node) = (self.journal.clone(), self.node.clone());
        Box::pin(lazy(move |_| Self::commit(&journal, &node, wants, work)))
    }

    fn watch(&self, observer: Arc<dyn CommitObserver>) {
        lock(&self.journal.watch).push((self.node.clone(), Arc::downgrade(&observer)));
    }

    fn state(&self, key: &Key) -> StoreFuture<Option<Arc<State>>> {
        let key = key.clone();
        self.with(move |data| data.state(&key))
    }

    fn open(&self, kind: EntityKind) -> StoreFuture<Vec<Versioned>> {
        self.with(move |data| data.open(kind))
    }

    fn messages(&self, session: &InteractionId, from: u32, limit: u32, bytes: usize) -> StoreFuture<LogPart> {
        let session = session.clone();
        self.with(move |data| {
            let log = data.logs.get(&session).into_iter().flat_map(|log| log.range(from..));
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let (entries, more) = up_to(log.map(|(_, entry)| (weight(entry), entry.clone())), limit, bytes);
            LogPart { entries, more }
        })
    }

    fn notes(&self, agent: &UserId, after: u64, limit: u32, bytes: usize) -> StoreFuture<Vec<Arc<Note>>> {
        let agent = agent.clone();
        self.with(move |data| {
            let notes = data.mailboxes.get(&agent).into_iter().flat_map(|mailbox| mailbox.notes.values());
            let behind = notes.filter(|(note, _)| note.pos > after);
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            up_to(behind.map(|(note, _)| (note.body.len(), note.clone())), limit, bytes).0
        })
    }

    fn heads(&self) -> StoreFuture<Vec<(UserId, u64)>> {
        self.with(|data| {
            data.mailboxes.iter().map(|(agent, mailbox)| (agent.clone(), mailbox.head)).collect()
        })
    }

    fn backlog(&self, agent: &UserId, after: u64) -> StoreFuture<(u64, u64)> {
        let agent = agent.clone();
        self.with(move |data| {
            let notes = data.mailboxes.get(&agent).into_iter().flat_map(|mailbox| mailbox.notes.values());
            let behind = notes.filter(|(note, _)| note.pos > after);
            behind.fold((0, 0), |(count, bytes), (note, _)| (count + 1, bytes + note.body.len() as u64))
        })
    }

    fn trim(&self, upto: Vec<(UserId, u64)>) -> StoreFuture<()> {
        self.with(move |data| {
            for (agent, position) in upto {
                if let Some(mailbox) = data.mailboxes.get_mut(&agent) {
                    mailbox.notes.retain(|pos, _| *pos > position);
                }
            }
        })
    }

    fn events(&self, query: FeedQuery) -> StoreFuture<FeedPage> {
        self.with(move |data| feed::page(data, &query))
    }

    fn stream_id(&self) -> &str {
        &self.journal.stream_id
    }

    fn tasks(&self) -> StoreFuture<Vec<TaskRow>> {
        self.with(|data| data.tasks.clone())
    }

    fn start(&self, task: String, node: NodeId) -> StoreFuture<Start> {
        self.with(move |data| match data.tasks.iter_mut().find(|row| row.task.id() == task) {
            None => Start::Gone,
            Some(row) if row.started && row.owner.as_ref() != Some(&node) => Start::Taken,
            Some(row) => {
                (row.started, row.owner) = (true, Some(node));
                Start::Begun
            }
        })
    }

    fn not_sent(&self, task: String) -> StoreFuture<()> {
        self.with(move |data| {
            if let Some(row) = data.tasks.iter_mut().find(|row| row.task.id() == task) {
                (row.started, row.owner) = (false, None);
            }
        })
    }

    fn quarantine(&self, unit: Quarantined) -> StoreFuture<i64> {
        self.with(move |data| {
            data.quarantined += 1;
            let id = data.quarantined;
            data.quarantine.insert(id, Quarantined { id, ..unit });
            id
        })
    }

    fn quarantined(&self, after: i64, limit: u32, bytes: usize) -> StoreFuture<Vec<Quarantined>> {
        self.with(move |data| {
            let units = data.quarantine.values().filter(|unit| unit.id > after);
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            up_to(units.map(|unit| (unit.raw.len(), unit.clone())), limit, bytes).0
        })
    }

    fn release(&self, unit: i64) -> StoreFuture<bool> {
        self.with(move |data| data.quarantine.remove(&unit).is_some())
    }

    fn shelve(&self, table: SessionTable, rows: Vec<(String, Option<String>)>) -> StoreFuture<()> {
        self.with(move |data| {
            let table = data.shelves.entry(table).or_default();
            for (id, body) in rows {
                match body {
                    Some(body) => table.insert(id, body),
                    None => table.remove(&id),
                };
            }
        })
    }

    fn row(&self, table: SessionTable, id: &str) -> StoreFuture<Option<String>> {
        let id = id.to_owned();
        self.with(move |data| data.shelves.get(&table).and_then(|rows| rows.get(&id)).cloned())
    }

    fn rows(&self, table: SessionTable) -> StoreFuture<Vec<(String, String)>> {
        self.with(move |data| {
            let rows = data.shelves.get(&table).into_iter().flatten();
            rows.map(|(id, body)| (id.clone(), body.clone())).collect()
        })
    }

    fn bindings(&self) -> StoreFuture<Vec<BindingRow>> {
        self.with(|data| data.bindings.values().flatten().cloned().collect())
    }

    fn bind(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> StoreFuture<()> {
        self.with(move |data| {
            for (dn, rows) in phones {
                data.bindings.insert(dn, rows);
            }
        })
    }

    fn result(&self, key: &str) -> StoreFuture<Option<SavedResult>> {
        let key = key.to_owned();
        self.with(move |data| data.result(&key))
    }

    fn save(&self, result: SavedResult) -> StoreFuture<()> {
        self.with(move |data| data.save(&result))
    }

    fn forget(&self, before: Millis) -> StoreFuture<()> {
        self.with(move |data| data.results.retain(|result| result.at >= before))
    }

    fn retire(&self, before: Millis, limit: u32) -> StoreFuture<u32> {
        self.with(move |data| retention::retire(data, before, limit))
    }
}

impl Reports for StrictStore {
    fn counted(&self) -> StoreFuture<Option<Counted>> {
        self.with(|data| reports::counted(data))
    }

    fn count(&self, batch: CountBatch) -> StoreFuture<CountOutcome> {
        let counted = self.with(move |data| reports::count(data, &batch));
        Box::pin(async move { counted.await? })
    }

    fn recount(&self, now: Millis) -> StoreFuture<Option<Interval>> {
        self.with(move |data| reports::recount(data, now))
    }

    fn interval_rows(&self, query: RowQuery) -> StoreFuture<RowPage> {
        self.with(move |data| reports::rows(data, &query))
    }

    fn intervals(&self, query: IntervalQuery) -> StoreFuture<Vec<(Interval, u64)>> {
        self.with(move |data| reports::intervals(data, &query))
    }

    fn forget_rows(&self, before: Interval) -> StoreFuture<u64> {
        self.with(move |data| reports::forget(data, before))
    }
}
