//! The queue in front of the writer.
//!
//! A list under a lock rather than a channel: the writer takes all that waits at once, and closing the
//! store does not depend on every caller having dropped its end.

use desk::ports::{
    BindingRow, CountBatch, CountOutcome, ErasureReport, Quarantined, SavedResult, SessionTable, Start,
    StoreFault, Traces, Transacted, Work,
};
use domain::{Millis, NodeId, UserId, call::Dn};
use stats::Interval;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How many jobs may wait.
const CAPACITY: usize = 8192;
/// How long a command waits for a place in a full queue before its caller is told to come back later.
const PATIENCE: Duration = Duration::from_secs(2);

/// The channel of an answer. Nobody may be waiting for it any more.
pub(crate) type ReplySender<T> = oneshot::Sender<Result<T, StoreFault>>;

/// Something the writer should do.
pub(crate) enum Job {
    /// Decide and commit.
    Transact { work: Work, answer: oneshot::Sender<Transacted> },
    /// Say that a node begins to send a task.
    Start { task: String, node: NodeId, answer: ReplySender<Start> },
    /// Say that a task was certainly not sent.
    NotSent { task: String, answer: ReplySender<()> },
    /// Keep a unit that could not be understood.
    Quarantine { unit: Quarantined, answer: ReplySender<i64> },
    /// Throw such a unit away.
    Release { unit: i64, answer: ReplySender<bool> },
    /// Write or delete rows of a table of sessions.
    WriteRows { table: SessionTable, rows: Vec<(String, Option<String>)>, answer: ReplySender<()> },
    /// Replace the bindings of numbers.
    Bind { phones: Vec<(Dn, Vec<BindingRow>)>, answer: ReplySender<()> },
    /// Tell the position last taken in every mailbox: the file names only what is reserved.
    Heads { answer: ReplySender<Vec<(UserId, u64)>> },
    /// Throw notes away; the first `done` mailboxes are finished.
    Trim { upto: Vec<(UserId, u64)>, done: usize, answer: ReplySender<()> },
    /// Keep the result of a request.
    Save { result: SavedResult, answer: ReplySender<()> },
    /// Forget results older than a moment.
    Forget { before: Millis, answer: ReplySender<()> },
    /// Delete conversations; `done` are deleted already.
    Retire { before: Millis, limit: u32, done: u32, answer: ReplySender<u32> },
    /// Count events for reporting.
    Count { batch: CountBatch, answer: ReplySender<CountOutcome> },
    /// Have that begin anew.
    Recount { now: Millis, answer: ReplySender<Option<Interval>> },
    /// Delete what was counted of intervals before one; `done` rows are deleted already.
    ForgetRows { before: Interval, done: usize, answer: ReplySender<u64> },
    /// Overwrite what is left of erased conversations in other rows, and delete what else is known of a person.
    Erase { traces: Traces, answer: ReplySender<ErasureReport> },
}

/// Jobs on their way to the writer.
pub(crate) struct JobQueue {
    waiting: Mutex<QueuedJobs>,
    more: Condvar,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct QueuedJobs {
    jobs: VecDeque<(Job, OwnedSemaphorePermit)>,
    closed: bool,
}

impl JobQueue {
    pub fn new() -> Self {
        Self { waiting: Mutex::default(), more: Condvar::new(), places: Arc::new(Semaphore::new(CAPACITY)) }
    }

    /// Puts a job in; waits a while for a place if there is none.
    pub async fn put(&self, job: Job) -> Result<(), StoreFault> {
        let permit = match self.places.clone().try_acquire_owned() {
            Ok(permit) => permit,
            // A timer is only made now: nearly always there is room.
            Err(_) => tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned())
                .await
                .map_err(|_| StoreFault::Busy)?
                .map_err(|_| StoreFault::Closed)?,
        };
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreFault::Closed);
        }
        let idle = waiting.jobs.is_empty();
        waiting.jobs.push_back((job, permit));
        drop(waiting);
        if idle {
            self.more.notify_one();
        }
        Ok(())
    }

    /// Takes the jobs that wait, up to `most` in all; sleeps while there is nothing to do, though not longer than
    /// `patience`. Answers how many still wait, or `None` once the queue is closed and everything done.
    pub fn take(&self, most: usize, into: &mut Vec<Job>, patience: Option<Duration>) -> Option<usize> {
        let mut waiting = self.lock();
        while waiting.jobs.is_empty() && into.is_empty() {
            if waiting.closed {
                return None;
            }
            let Some(patience) = patience else {
                waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let (after, timeout) =
                self.more.wait_timeout(waiting, patience).unwrap_or_else(PoisonError::into_inner);
            waiting = after;
            if timeout.timed_out() {
                break;
            }
        }
        let count = waiting.jobs.len().min(most.saturating_sub(into.len()));
        into.extend(waiting.jobs.drain(..count).map(|(job, _)| job));
        Some(waiting.jobs.len())
    }

    /// Admits no more jobs. Those that wait are still done.
    pub fn close(&self) {
        self.lock().closed = true;
        self.places.close();
        self.more.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, QueuedJobs> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
