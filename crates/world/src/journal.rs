//! The journal of the world: a real one, with faults, and with a record of what it acknowledged.
//!
//! Every operation is done while the runtime waits. So nothing else happens meanwhile, paused time does not run
//! away from the journal's thread, and one seed always gives one course of events.

use crate::{
    Faults, Record,
    record::{Copy, Last},
};
use desk::ports::{
    BindingRow, CommitObserver, CountBatch, CountOutcome, Counted, FeedPage, FeedQuery, IntervalQuery,
    LogPart, Note, Quarantined, Reports, RowPage, RowQuery, SavedResult, SessionTable, Start, Store,
    StoreFault, TaskRow, Transacted, TxView, Versioned, Work,
};
use domain::{EntityKind, InteractionId, Key, Millis, NodeId, State, UserId, Want, call::Dn};
use futures::{executor::block_on, future::BoxFuture};
use stats::Interval;
use std::sync::{Arc, Mutex, PoisonError};

/// The journal of the world.
pub struct FaultyJournal {
    inner: Box<dyn Store>,
    faults: Arc<Faults>,
    record: Arc<Mutex<Record>>,
}

impl FaultyJournal {
    /// A journal over a store, with these faults, that writes down what it acknowledges.
    pub fn new(inner: impl Store, faults: Arc<Faults>, record: Arc<Mutex<Record>>) -> Self {
        Self { inner: Box::new(inner), faults, record }
    }
}

fn at_once<T: Send + 'static>(work: BoxFuture<'static, T>) -> BoxFuture<'static, T> {
    Box::pin(async move { wait(work) })
}

/// Waits without giving the runtime a turn. So the work must not be made to wait for one, which is what the runtime
/// does to a task that has done much in a row.
fn wait<T>(work: BoxFuture<'static, T>) -> T {
    block_on(tokio::task::unconstrained(work))
}

/// What the seed has in store for a write.
async fn trouble(faults: &Faults, record: &Mutex<Record>) -> Result<(), StoreFault> {
    if let Some(delay) = faults.delay() {
        tokio::time::sleep(delay).await;
    }
    if faults.fails() {
        record.lock().unwrap_or_else(PoisonError::into_inner).failed += 1;
        return Err(StoreFault::Failed("the seed says so".into()));
    }
    Ok(())
}

impl Store for FaultyJournal {
    fn transact(&self, wants: Vec<Want>, mut work: Work) -> BoxFuture<'static, Transacted> {
        let last: Arc<Last> = Arc::default();
        let seen = last.clone();
        let watched: Work = Box::new(move |view: &mut dyn TxView| {
            let plan = work(view)?;
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Copy::of(&plan));
            Ok(plan)
        });
        let (faults, record) = (self.faults.clone(), self.record.clone());
        let work = self.inner.transact(wants, watched);
        Box::pin(async move {
            trouble(&faults, &record).await?;
            let done = wait(work);
            if let (Ok(Ok(_)), Some(Copy(plan))) =
                (&done, &*last.lock().unwrap_or_else(PoisonError::into_inner))
            {
                record.lock().unwrap_or_else(PoisonError::into_inner).take(plan);
            }
            done
        })
    }

    fn watch(&self, observer: Arc<dyn CommitObserver>) {
        self.inner.watch(observer);
    }

    fn state(&self, key: &Key) -> BoxFuture<'static, Result<Option<Arc<State>>, StoreFault>> {
        at_once(self.inner.state(key))
    }

    fn open(&self, kind: EntityKind) -> BoxFuture<'static, Result<Vec<Versioned>, StoreFault>> {
        at_once(self.inner.open(kind))
    }

    fn messages(
        &self,
        session: &InteractionId,
        from: u32,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<LogPart, StoreFault>> {
        at_once(self.inner.messages(session, from, limit, bytes))
    }

    fn notes(
        &self,
        agent: &UserId,
        after: u64,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Note>>, StoreFault>> {
        at_once(self.inner.notes(agent, after, limit, bytes))
    }

    fn heads(&self) -> BoxFuture<'static, Result<Vec<(UserId, u64)>, StoreFault>> {
        at_once(self.inner.heads())
    }

    fn backlog(&self, agent: &UserId, after: u64) -> BoxFuture<'static, Result<(u64, u64), StoreFault>> {
        at_once(self.inner.backlog(agent, after))
    }

    fn trim(&self, upto: Vec<(UserId, u64)>) -> BoxFuture<'static, Result<(), StoreFault>> {
        at_once(self.inner.trim(upto))
    }

    fn events(&self, query: FeedQuery) -> BoxFuture<'static, Result<FeedPage, StoreFault>> {
        at_once(self.inner.events(query))
    }

    fn stream_id(&self) -> &str {
        self.inner.stream_id()
    }

    fn tasks(&self) -> BoxFuture<'static, Result<Vec<TaskRow>, StoreFault>> {
        at_once(self.inner.tasks())
    }

    fn start(&self, task: String, node: NodeId) -> BoxFuture<'static, Result<Start, StoreFault>> {
        let (faults, record) = (self.faults.clone(), self.record.clone());
        let work = self.inner.start(task, node);
        Box::pin(async move {
            trouble(&faults, &record).await?;
            wait(work)
        })
    }

    fn not_sent(&self, task: String) -> BoxFuture<'static, Result<(), StoreFault>> {
        let (faults, record) = (self.faults.clone(), self.record.clone());
        let work = self.inner.not_sent(task);
        Box::pin(async move {
            trouble(&faults, &record).await?;
            wait(work)
        })
    }

    fn quarantine(&self, unit: Quarantined) -> BoxFuture<'static, Result<i64, StoreFault>> {
        at_once(self.inner.quarantine(unit))
    }

    fn quarantined(
        &self,
        after: i64,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<Vec<Quarantined>, StoreFault>> {
        at_once(self.inner.quarantined(after, limit, bytes))
    }

    fn release(&self, unit: i64) -> BoxFuture<'static, Result<bool, StoreFault>> {
        at_once(self.inner.release(unit))
    }

    fn shelve(
        &self,
        table: SessionTable,
        rows: Vec<(String, Option<String>)>,
    ) -> BoxFuture<'static, Result<(), StoreFault>> {
        at_once(self.inner.shelve(table, rows))
    }

    fn row(&self, table: SessionTable, id: &str) -> BoxFuture<'static, Result<Option<String>, StoreFault>> {
        at_once(self.inner.row(table, id))
    }

    fn rows(&self, table: SessionTable) -> BoxFuture<'static, Result<Vec<(String, String)>, StoreFault>> {
        at_once(self.inner.rows(table))
    }

    fn bindings(&self) -> BoxFuture<'static, Result<Vec<BindingRow>, StoreFault>> {
        at_once(self.inner.bindings())
    }

    fn bind(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> BoxFuture<'static, Result<(), StoreFault>> {
        at_once(self.inner.bind(phones))
    }

    fn result(&self, key: &str) -> BoxFuture<'static, Result<Option<SavedResult>, StoreFault>> {
        at_once(self.inner.result(key))
    }

    fn save(&self, result: SavedResult) -> BoxFuture<'static, Result<(), StoreFault>> {
        at_once(self.inner.save(result))
    }

    fn forget(&self, before: Millis) -> BoxFuture<'static, Result<(), StoreFault>> {
        at_once(self.inner.forget(before))
    }

    fn retire(&self, before: Millis, limit: u32) -> BoxFuture<'static, Result<u32, StoreFault>> {
        at_once(self.inner.retire(before, limit))
    }
}

impl Reports for FaultyJournal {
    fn counted(&self) -> BoxFuture<'static, Result<Option<Counted>, StoreFault>> {
        at_once(self.inner.counted())
    }

    fn count(&self, batch: CountBatch) -> BoxFuture<'static, Result<CountOutcome, StoreFault>> {
        let (faults, record) = (self.faults.clone(), self.record.clone());
        let work = self.inner.count(batch);
        Box::pin(async move {
            trouble(&faults, &record).await?;
            wait(work)
        })
    }

    fn recount(&self, now: Millis) -> BoxFuture<'static, Result<Option<Interval>, StoreFault>> {
        at_once(self.inner.recount(now))
    }

    fn interval_rows(&self, query: RowQuery) -> BoxFuture<'static, Result<RowPage, StoreFault>> {
        at_once(self.inner.interval_rows(query))
    }

    fn intervals(
        &self,
        query: IntervalQuery,
    ) -> BoxFuture<'static, Result<Vec<(Interval, u64)>, StoreFault>> {
        at_once(self.inner.intervals(query))
    }

    fn forget_rows(&self, before: Interval) -> BoxFuture<'static, Result<u64, StoreFault>> {
        at_once(self.inner.forget_rows(before))
    }
}
