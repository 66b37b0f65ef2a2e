//! A journal that fails when it is told to.

use desk::ports::{
    BindingRow, CommitObserver, CountBatch, CountOutcome, Counted, FeedPage, FeedQuery, IntervalQuery,
    LogPart, Note, Quarantined, Reports, RowPage, RowQuery, SavedResult, SessionTable, Start, Store,
    StoreFault, TaskRow, Transacted, Versioned, Work,
};
use domain::{EntityKind, InteractionId, Key, Millis, NodeId, State, UserId, Want, call::Dn};
use futures::future::{BoxFuture, ready};
use stats::Interval;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// A journal that fails when it is told to.
pub struct FaultyStore {
    journal: Arc<dyn Store>,
    /// No commit succeeds.
    pub writes: AtomicBool,
    /// No commit ever can.
    pub never: AtomicBool,
    /// No message log can be read.
    pub logs: AtomicBool,
    /// Commits about this entity each wait for a permit.
    held: Mutex<Option<(Key, Arc<Semaphore>)>>,
    /// How many have come to wait for one.
    waiting: AtomicUsize,
}

impl FaultyStore {
    /// A journal that does not fail yet.
    pub fn new(journal: Arc<dyn Store>) -> Self {
        Self {
            journal,
            writes: AtomicBool::new(false),
            never: AtomicBool::new(false),
            logs: AtomicBool::new(false),
            held: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Commits about this entity wait from now on, each for a permit.
    pub fn holds(&self, key: Key, permits: &Arc<Semaphore>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, permits.clone()));
    }

    /// How many commits have come to wait.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    fn permits(&self, wants: &[Want]) -> Option<Arc<Semaphore>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|(key, _)| wants.contains(&Want::State(key.clone())))
            .map(|(_, permits)| permits.clone())
    }
}

type StoreFuture<T> = BoxFuture<'static, Result<T, StoreFault>>;

fn failed<T: Send + 'static>() -> StoreFuture<T> {
    Box::pin(ready(Err(StoreFault::Failed("as told".into()))))
}

impl Store for FaultyStore {
    fn transact(&self, wants: Vec<Want>, work: Work) -> BoxFuture<'static, Transacted> {
        if self.writes.load(Ordering::SeqCst) {
            return failed();
        }
        if self.never.load(Ordering::SeqCst) {
            return Box::pin(ready(Err(StoreFault::Permanent("as told".into()))));
        }
        let Some(permits) = self.permits(&wants) else { return self.journal.transact(wants, work) };
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let journal = self.journal.clone();
        Box::pin(async move {
            permits.acquire().await.expect("never closed").forget();
            journal.transact(wants, work).await
        })
    }

    fn messages(&self, session: &InteractionId, from: u32, limit: u32, bytes: usize) -> StoreFuture<LogPart> {
        if self.logs.load(Ordering::SeqCst) {
            failed()
        } else {
            self.journal.messages(session, from, limit, bytes)
        }
    }

    fn tasks(&self) -> StoreFuture<Vec<TaskRow>> {
        self.journal.tasks()
    }

    fn start(&self, task: String, node: NodeId) -> StoreFuture<Start> {
        self.journal.start(task, node)
    }

    fn not_sent(&self, task: String) -> StoreFuture<()> {
        self.journal.not_sent(task)
    }

    fn quarantine(&self, unit: Quarantined) -> StoreFuture<i64> {
        if self.writes.load(Ordering::SeqCst) { failed() } else { self.journal.quarantine(unit) }
    }

    fn quarantined(&self, after: i64, limit: u32, bytes: usize) -> StoreFuture<Vec<Quarantined>> {
        self.journal.quarantined(after, limit, bytes)
    }

    fn release(&self, unit: i64) -> StoreFuture<bool> {
        self.journal.release(unit)
    }

    fn watch(&self, observer: Arc<dyn CommitObserver>) {
        self.journal.watch(observer);
    }

    fn state(&self, key: &Key) -> StoreFuture<Option<Arc<State>>> {
        self.journal.state(key)
    }

    fn open(&self, kind: EntityKind) -> StoreFuture<Vec<Versioned>> {
        self.journal.open(kind)
    }

    fn notes(&self, agent: &UserId, after: u64, limit: u32, bytes: usize) -> StoreFuture<Vec<Arc<Note>>> {
        self.journal.notes(agent, after, limit, bytes)
    }

    fn heads(&self) -> StoreFuture<Vec<(UserId, u64)>> {
        self.journal.heads()
    }

    fn backlog(&self, agent: &UserId, after: u64) -> StoreFuture<(u64, u64)> {
        self.journal.backlog(agent, after)
    }

    fn trim(&self, upto: Vec<(UserId, u64)>) -> StoreFuture<()> {
        self.journal.trim(upto)
    }

    fn events(&self, query: FeedQuery) -> StoreFuture<FeedPage> {
        self.journal.events(query)
    }

    fn stream_id(&self) -> &str {
        self.journal.stream_id()
    }

    fn shelve(&self, table: SessionTable, rows: Vec<(String, Option<String>)>) -> StoreFuture<()> {
        self.journal.shelve(table, rows)
    }

    fn row(&self, table: SessionTable, id: &str) -> StoreFuture<Option<String>> {
        self.journal.row(table, id)
    }

    fn rows(&self, table: SessionTable) -> StoreFuture<Vec<(String, String)>> {
        self.journal.rows(table)
    }

    fn bindings(&self) -> StoreFuture<Vec<BindingRow>> {
        self.journal.bindings()
    }

    fn bind(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> StoreFuture<()> {
        self.journal.bind(phones)
    }

    fn result(&self, key: &str) -> StoreFuture<Option<SavedResult>> {
        self.journal.result(key)
    }

    fn save(&self, result: SavedResult) -> StoreFuture<()> {
        self.journal.save(result)
    }

    fn forget(&self, before: Millis) -> StoreFuture<()> {
        self.journal.forget(before)
    }

    fn retire(&self, before: Millis, limit: u32) -> StoreFuture<u32> {
        self.journal.retire(before, limit)
    }
}

impl Reports for FaultyStore {
    fn counted(&self) -> StoreFuture<Option<Counted>> {
        self.journal.counted()
    }

    fn count(&self, batch: CountBatch) -> StoreFuture<CountOutcome> {
        if self.writes.load(Ordering::SeqCst) { failed() } else { self.journal.count(batch) }
    }

    fn recount(&self, now: Millis) -> StoreFuture<Option<Interval>> {
        self.journal.recount(now)
    }

    fn interval_rows(&self, query: RowQuery) -> StoreFuture<RowPage> {
        self.journal.interval_rows(query)
    }

    fn intervals(&self, query: IntervalQuery) -> StoreFuture<Vec<(Interval, u64)>> {
        self.journal.intervals(query)
    }

    fn forget_rows(&self, before: Interval) -> StoreFuture<u64> {
        self.journal.forget_rows(before)
    }
}
