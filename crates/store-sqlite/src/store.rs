//! The port, implemented by the parts.

use crate::{
    OpenError, Options, SqliteReader, binding,
    cache::{Cache, CachedSnapshot},
    checkpoint::Checkpointer,
    damage,
    fault::SqliteFault,
    feed, files,
    health::Health,
    mailbox,
    open::{self, Hold},
    person,
    pool::Pool,
    quarantine,
    queue::{Job, JobQueue},
    report_rows, reports, result, schema, session_table, snapshot, task,
    writer::{Watch, Writer},
};
use desk::ports::{
    BindingRow, CommitObserver, CountBatch, CountOutcome, Counted, ErasureReport, FeedPage, FeedQuery,
    IntervalQuery, LogPart, Note, Quarantined, Reports, RowPage, RowQuery, SavedResult, SessionTable, Start,
    Store, StoreFault, TaskRow, Traces, Transacted, Versioned, Work,
};
use domain::{EntityKind, InteractionId, Key, Millis, NodeId, State, UserId, Want, call::Dn};
use futures::future::BoxFuture;
use stats::Interval;
use std::{
    fs::File,
    path::Path,
    sync::{Arc, PoisonError},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

/// The embedded journal in a directory, open for writing. Dropping it finishes the jobs that wait and frees the
/// directory.
///
/// Its futures must be polled on a tokio runtime: reads run on its threads for blocking work.
pub struct SqliteStore {
    queue: Arc<JobQueue>,
    pool: Pool,
    cache: Arc<Cache>,
    watch: Watch,
    stream_id: String,
    health: Health,
    writer: Option<JoinHandle<()>>,
    /// The check of a journal that was not left cleanly.
    check: Option<damage::Watch>,
    /// Held until the writer has ended.
    _lock: File,
}

impl SqliteStore {
    /// Opens the journal of a directory, or makes both. The directory is for its owner only, and for one process
    /// at a time.
    pub fn open(dir: &Path, options: Options) -> Result<Self, OpenError> {
        files::private_directory(dir)?;
        let lock = open::lock(dir)?;
        let hold = Hold::open(dir, options.migrate)?;
        let is_unchecked = hold.is_unchecked;
        let stream_id = schema::meta(&hold.conn, "stream_id")?
            .ok_or_else(|| SqliteFault::Damaged("the journal has no stream id".into()))?;
        let cache = Arc::new(Cache::new(options.cached));
        let watch = Watch::default();
        let queue = Arc::new(JobQueue::new());
        let health = Health::default();
        let writer = Writer::new(hold, cache.clone(), watch.clone(), health.clone())?;
        let checkpointer = Checkpointer::start(dir)?;
        let jobs = queue.clone();
        let writer = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run(&jobs, checkpointer))
            .map_err(|source| OpenError::Directory { path: dir.into(), source })?;
        let pool = Pool::new(dir, options.readers);
        let check = if is_unchecked { Some(damage::Watch::start(dir)?) } else { None };
        let writer = Some(writer);
        Ok(Self { queue, pool, cache, watch, stream_id, health, writer, check, _lock: lock })
    }

    /// Whether commits succeed.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Opens the journal of a directory for reading only, beside the process that writes it.
    pub fn open_reader(dir: &Path) -> Result<SqliteReader, OpenError> {
        SqliteReader::open(dir)
    }

    /// What holds a value of a customer's. In a conversation or call that is their name or address, now or ever, or a
    /// value of the user data, now or ever, at any depth: text equal to `value`, or a number that reads like it. A unit
    /// in quarantine needs only to have it in it somewhere, as a form or JSON may spell it; a text of the server's own
    /// is found by its address. Reads everything.
    pub fn find_person(&self, value: &str) -> BoxFuture<'static, Result<Traces, StoreFault>> {
        let value = value.to_owned();
        Box::pin(self.pool.clone().read(move |conn| person::find(conn, &value)))
    }

    /// Overwrites what erased conversations left behind: the words of their logs, the personal values in their
    /// events, and the notes about them, whose positions stay as gaps. Deletes the units in quarantine and the texts
    /// of the server's own that are named. Then the whole file is rewritten and the WAL emptied, so that no freed
    /// byte keeps a word; that takes seconds for every 100 MB, during which nothing else is committed.
    ///
    /// Each conversation must have been erased with [`domain::Command::Erase`] before; those that were not are
    /// left alone and counted in the answer. A text that a running desk has taken up already is sent all the same.
    pub fn erase(&self, traces: Traces) -> BoxFuture<'static, Result<ErasureReport, StoreFault>> {
        self.ask(|answer| Job::Erase { traces, answer })
    }

    fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreFault>>) -> Job,
    ) -> BoxFuture<'static, Result<T, StoreFault>> {
        let (answer, answered) = oneshot::channel();
        let (queue, job) = (self.queue.clone(), job(answer));
        Box::pin(async move {
            queue.put(job).await?;
            answered.await.map_err(|_| StoreFault::Closed)?
        })
    }
}

impl Store for SqliteStore {
    /// `wants` are not needed here: everything is loaded when the work looks at it.
    fn transact(&self, _wants: Vec<Want>, work: Work) -> BoxFuture<'static, Transacted> {
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.clone();
        Box::pin(async move {
            queue.put(Job::Transact { work, answer }).await?;
            answered.await.map_err(|_| StoreFault::Closed)?
        })
    }

    fn watch(&self, observer: Arc<dyn CommitObserver>) {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&observer));
    }

    fn state(&self, key: &Key) -> BoxFuture<'static, Result<Option<Arc<State>>, StoreFault>> {
        let epoch = match self.cache.find(key) {
            Ok(state) => return Box::pin(std::future::ready(Ok(Some(state)))),
            Err(epoch) => epoch,
        };
        let (key, cache) = (key.clone(), self.cache.clone());
        Box::pin(self.pool.clone().read(move |conn| {
            let Some(entry) = snapshot::load(conn, &key)? else { return Ok(None) };
            let state = entry.state.clone();
            cache.keep(&key, entry, epoch);
            Ok(Some(state))
        }))
    }

    fn open(&self, kind: EntityKind) -> BoxFuture<'static, Result<Vec<Versioned>, StoreFault>> {
        let (cache, epoch) = (self.cache.clone(), self.cache.epoch());
        Box::pin(self.pool.clone().read(move |conn| {
            let entries = snapshot::open(conn, kind)?;
            let versioned = |(key, CachedSnapshot { version, state, .. }): &(Key, CachedSnapshot)| {
                Versioned { key: key.clone(), version: *version, state: state.clone() }
            };
            let states = entries.iter().map(versioned).collect();
            // The caller keeps them; one copy of each is enough.
            cache.keep_all(entries, epoch);
            Ok(states)
        }))
    }

    fn messages(
        &self,
        session: &InteractionId,
        from: u32,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<LogPart, StoreFault>> {
        let session = session.clone();
        Box::pin(self.pool.clone().read(move |conn| snapshot::messages(conn, &session, from, limit, bytes)))
    }

    fn notes(
        &self,
        agent: &UserId,
        after: u64,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<Vec<Arc<Note>>, StoreFault>> {
        let agent = agent.clone();
        Box::pin(self.pool.clone().read(move |conn| mailbox::notes(conn, &agent, after, limit, bytes)))
    }

    fn heads(&self) -> BoxFuture<'static, Result<Vec<(UserId, u64)>, StoreFault>> {
        self.ask(|answer| Job::Heads { answer })
    }

    fn backlog(&self, agent: &UserId, after: u64) -> BoxFuture<'static, Result<(u64, u64), StoreFault>> {
        let agent = agent.clone();
        Box::pin(self.pool.clone().read(move |conn| mailbox::backlog(conn, &agent, after)))
    }

    fn trim(&self, upto: Vec<(UserId, u64)>) -> BoxFuture<'static, Result<(), StoreFault>> {
        self.ask(|answer| Job::Trim { upto, done: 0, answer })
    }

    fn events(&self, query: FeedQuery) -> BoxFuture<'static, Result<FeedPage, StoreFault>> {
        Box::pin(self.pool.clone().read(move |conn| feed::page(conn, &query)))
    }

    fn stream_id(&self) -> &str {
        &self.stream_id
    }

    fn tasks(&self) -> BoxFuture<'static, Result<Vec<TaskRow>, StoreFault>> {
        Box::pin(self.pool.clone().read(task::all))
    }

    fn start(&self, task: String, node: NodeId) -> BoxFuture<'static, Result<Start, StoreFault>> {
        self.ask(|answer| Job::Start { task, node, answer })
    }

    fn not_sent(&self, task: String) -> BoxFuture<'static, Result<(), StoreFault>> {
        self.ask(|answer| Job::NotSent { task, answer })
    }

    fn quarantine(&self, unit: Quarantined) -> BoxFuture<'static, Result<i64, StoreFault>> {
        self.ask(|answer| Job::Quarantine { unit, answer })
    }

    fn quarantined(
        &self,
        after: i64,
        limit: u32,
        bytes: usize,
    ) -> BoxFuture<'static, Result<Vec<Quarantined>, StoreFault>> {
        Box::pin(self.pool.clone().read(move |conn| quarantine::list(conn, after, limit, bytes)))
    }

    fn release(&self, unit: i64) -> BoxFuture<'static, Result<bool, StoreFault>> {
        self.ask(|answer| Job::Release { unit, answer })
    }

    fn shelve(
        &self,
        table: SessionTable,
        rows: Vec<(String, Option<String>)>,
    ) -> BoxFuture<'static, Result<(), StoreFault>> {
        self.ask(|answer| Job::WriteRows { table, rows, answer })
    }

    fn row(&self, table: SessionTable, id: &str) -> BoxFuture<'static, Result<Option<String>, StoreFault>> {
        let id = id.to_owned();
        Box::pin(self.pool.clone().read(move |conn| session_table::row(conn, table, &id)))
    }

    fn rows(&self, table: SessionTable) -> BoxFuture<'static, Result<Vec<(String, String)>, StoreFault>> {
        Box::pin(self.pool.clone().read(move |conn| session_table::rows(conn, table)))
    }

    fn bindings(&self) -> BoxFuture<'static, Result<Vec<BindingRow>, StoreFault>> {
        Box::pin(self.pool.clone().read(binding::all))
    }

    fn bind(&self, phones: Vec<(Dn, Vec<BindingRow>)>) -> BoxFuture<'static, Result<(), StoreFault>> {
        self.ask(|answer| Job::Bind { phones, answer })
    }

    fn result(&self, key: &str) -> BoxFuture<'static, Result<Option<SavedResult>, StoreFault>> {
        let key = key.to_owned();
        Box::pin(self.pool.clone().read(move |conn| result::find(conn, &key)))
    }

    fn save(&self, result: SavedResult) -> BoxFuture<'static, Result<(), StoreFault>> {
        self.ask(|answer| Job::Save { result, answer })
    }

    fn forget(&self, before: Millis) -> BoxFuture<'static, Result<(), StoreFault>> {
        self.ask(|answer| Job::Forget { before, answer })
    }

    fn retire(&self, before: Millis, limit: u32) -> BoxFuture<'static, Result<u32, StoreFault>> {
        self.ask(|answer| Job::Retire { before, limit, done: 0, answer })
    }
}

impl Reports for SqliteStore {
    fn counted(&self) -> BoxFuture<'static, Result<Option<Counted>, StoreFault>> {
        Box::pin(self.pool.clone().read(reports::counted))
    }

    fn count(&self, batch: CountBatch) -> BoxFuture<'static, Result<CountOutcome, StoreFault>> {
        self.ask(|answer| Job::Count { batch, answer })
    }

    fn recount(&self, now: Millis) -> BoxFuture<'static, Result<Option<Interval>, StoreFault>> {
        self.ask(|answer| Job::Recount { now, answer })
    }

    fn interval_rows(&self, query: RowQuery) -> BoxFuture<'static, Result<RowPage, StoreFault>> {
        Box::pin(self.pool.clone().read(move |conn| report_rows::page(conn, &query)))
    }

    fn intervals(
        &self,
        query: IntervalQuery,
    ) -> BoxFuture<'static, Result<Vec<(Interval, u64)>, StoreFault>> {
        Box::pin(self.pool.clone().read(move |conn| report_rows::intervals(conn, &query)))
    }

    fn forget_rows(&self, before: Interval) -> BoxFuture<'static, Result<u64, StoreFault>> {
        self.ask(|answer| Job::ForgetRows { before, done: 0, answer })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.check.take());
        self.pool.close();
        self.queue.close();
        if self.writer.take().is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the journal's writer panicked");
        }
    }
}
