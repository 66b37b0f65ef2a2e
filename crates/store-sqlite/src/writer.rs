//! The one writer: takes the jobs that wait, runs them in one transaction, makes it durable, answers.

use crate::{
    binding,
    cache::Cache,
    checkpoint::{self, Checkpointer},
    fault::{SqliteFault, SqliteResult},
    feed,
    group::{Counters, JobGroup},
    health::Health,
    limits::{self, Queues},
    mailbox::{self, MailboxRow},
    open::Hold,
    quarantine,
    queue::{Job, JobQueue, ReplySender},
    reports, result, schema, session_table, task,
    tx_view::GroupView,
};
use desk::ports::{
    CommitObserver, Committed, CountOutcome, Durable, ErasureReport, Local, Receipt, Start, StoreFault,
    Versioned, Work,
};
use domain::{DecideError, Key, Millis, Refusal, State, UserId, Want};
use metrics::{counter, gauge, histogram};
use rusqlite::Connection;
use stats::Interval;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

/// The most jobs in one transaction: enough to share an `fsync`, few enough to be quick.
const MOST: usize = 512;
/// How often a decision may ask for one more entity before it counts as broken.
const PATIENCE: usize = 64;
/// How often a commit is tried while commits fail and nobody asks for one.
const PROBE_EVERY: Duration = Duration::from_secs(2);
/// What such a commit writes, in bytes: more than most groups do, so that it does not fit where they do not.
const PROBE: i32 = 64 * 1024;
/// The single value that counts groups without an event.
const GROUP: &str = "group";

/// Those who are told of commits, for as long as somebody else holds them.
pub(crate) type Watch = Arc<Mutex<Vec<Weak<dyn CommitObserver>>>>;

/// The writer, with what only it knows.
pub(crate) struct Writer {
    hold: Hold,
    cache: Arc<Cache>,
    watch: Watch,
    health: Health,
    mailboxes: HashMap<UserId, MailboxRow>,
    queues: Queues,
    count: Counters,
    /// What the last commit would tell, while nobody knows whether it is on the disk. Until that is settled nothing else
    /// is tried.
    unsettled: Option<Committed>,
}

/// What became of one job.
enum JobOutcome {
    Transacted(Result<Receipt, Refusal>),
    Written,
    /// There is more to do: the job goes on in the next group, after this part.
    Unfinished(JobProgress),
    Retired(u32),
    Erased(ErasureReport),
    Heads(Vec<(UserId, u64)>),
    Started(Start),
    Quarantined(i64),
    Released(bool),
    Counted(CountOutcome),
    CountsAnew(Option<Interval>),
    RowsForgotten(usize),
    /// This job failed, and nothing of it was written.
    Failed(StoreFault),
}

/// How far a job has come that takes several groups, counted in the job's own way.
struct JobProgress(usize);

impl JobProgress {
    /// The job as it goes on after its part.
    fn of(self, mut job: Job) -> Job {
        match &mut job {
            Job::Trim { done, .. } | Job::ForgetRows { done, .. } => *done = self.0,
            Job::Retire { done, .. } => *done = u32::try_from(self.0).unwrap_or(u32::MAX),
            // The parts that these did are not there any more.
            _ => {}
        }
        job
    }
}

impl Writer {
    pub fn new(hold: Hold, cache: Arc<Cache>, watch: Watch, health: Health) -> SqliteResult<Self> {
        let count = counters(&hold.conn)?;
        let mailboxes = mailbox::all(&hold.conn)?.into_iter().collect();
        let queues = limits::waiting(&hold.conn)?;
        Ok(Self { hold, cache, watch, health, mailboxes, queues, count, unsettled: None })
    }

    /// Works until the queue is closed and empty; then ends the journal cleanly.
    pub fn run(mut self, queue: &JobQueue, checkpointer: Checkpointer) {
        checkpoint::count_frames(&self.hold.conn);
        let mut jobs = Vec::with_capacity(MOST);
        let patience = |health: &Health| health.is_failing().then_some(PROBE_EVERY);
        while let Some(waiting) = queue.take(MOST, &mut jobs, patience(&self.health)) {
            if jobs.is_empty() {
                self.probe();
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
            {
                gauge!("jackfield_store_queue_depth").set(waiting as f64);
                histogram!("jackfield_store_group_size").record(jobs.len() as f64);
            }
            self.run_group(&mut jobs);
            checkpointer.after_group(&self.hold.conn);
        }
        drop(checkpointer);
        if self.unsettled.is_none() || self.settle().is_some() {
            if let Err(fault) = mailbox::settle(&mut self.hold.conn, self.mailboxes.values()) {
                // The positions stay reserved: the next process leaves a gap.
                tracing::warn!(%fault, "reserved positions of mailboxes could not be given back");
            }
            self.hold.end();
        }
    }

    /// Tries whether commits succeed again.
    fn probe(&mut self) {
        if self.unsettled.is_some() {
            self.settle();
            return;
        }
        match probe(&self.hold.conn) {
            Ok(()) => self.succeeded(),
            Err(fault) => {
                self.failed();
                if !fault.is_certain() {
                    self.unsettled = Some(Committed::default());
                }
            }
        }
    }

    /// Finds out what became of the last commit: a connection of its own reads what is there, and a commit of its own
    /// takes the place of what a failed one may have left in the WAL, so that no later start finds that instead. Then
    /// memory is what the disk has, and who watches is told of the commit if it is there. Whether it is; `None` while
    /// that cannot be found out.
    fn settle(&mut self) -> Option<bool> {
        let settled = self.hold.reopen().and_then(|()| {
            checkpoint::count_frames(&self.hold.conn);
            probe(&self.hold.conn)?;
            let conn = &self.hold.conn;
            Ok((counters(conn)?, mailbox::all(conn)?, limits::waiting(conn)?))
        });
        let (count, mailboxes, queues) = match settled {
            Ok(settled) => settled,
            Err(fault) => {
                tracing::error!(%fault, "what became of the last commit is not known yet");
                return None;
            }
        };
        let is_there = (count.seq, count.group) != (self.count.seq, self.count.group);
        tracing::warn!(is_there, "what became of the last commit is known now");
        self.count = count;
        self.mailboxes = mailboxes.into_iter().collect();
        self.queues = queues;
        self.cache.clear();
        self.succeeded();
        if let Some(committed) = self.unsettled.take().filter(|committed| is_there && tells(committed)) {
            tell(&self.watch, &committed);
        }
        Some(is_there)
    }

    /// A commit is durable: the mark says so before anybody hears of it.
    fn succeeded(&mut self) {
        if let Some(frames) = checkpoint::written() {
            self.hold.mark.committed(self.count.seq, frames);
            self.health.set(false);
        }
    }

    fn failed(&mut self) {
        self.hold.mark.failed();
        self.health.set(true);
    }

    /// Runs and answers the jobs; keeps those that have more to do.
    fn run_group(&mut self, jobs: &mut Vec<Job>) {
        let started = Instant::now();
        if self.unsettled.is_some() && self.settle().is_none() {
            fail(jobs, &StoreFault::Failed("what became of an earlier commit is not known yet".into()));
            return;
        }
        match self.commit(jobs) {
            Ok(fates) => answer_all(jobs, fates),
            // One bad job must not fail its neighbours: each is tried alone.
            Err(Abort::Job(_)) if jobs.len() > 1 => {
                for job in std::mem::take(jobs) {
                    let mut alone = vec![job];
                    self.run_group(&mut alone);
                    jobs.append(&mut alone);
                }
            }
            Err(Abort::Commit(fault, ended)) if !fault.is_certain() => {
                counter!("jackfield_store_faults_total").increment(1);
                self.lost_sight(jobs, fault, *ended);
            }
            Err(abort) => {
                counter!("jackfield_store_faults_total").increment(1);
                let fault = self.aborted(abort, jobs.len());
                fail(jobs, &fault);
            }
        }
        histogram!("jackfield_store_commit_seconds").record(started.elapsed().as_secs_f64());
    }

    /// The fault for the callers of a group that was not committed.
    fn aborted(&mut self, abort: Abort, jobs: usize) -> StoreFault {
        match abort {
            Abort::Job(fault) | Abort::Begin(fault) => {
                if fault.is_of_the_disk() {
                    self.health.set(true);
                }
                tracing::error!(%fault, jobs, "a group of commits failed and was rolled back");
                fault.into()
            }
            Abort::Commit(fault, _) => {
                self.failed();
                tracing::error!(%fault, jobs, "a group of commits failed and was rolled back");
                fault.into()
            }
        }
    }

    /// Nobody knows whether a group is on the disk. That is found out before its callers are answered, if it can be.
    fn lost_sight(&mut self, jobs: &mut Vec<Job>, fault: SqliteFault, ended: FailedGroup) {
        tracing::error!(%fault, jobs = jobs.len(), "nobody knows what became of a group of commits");
        let FailedGroup { committed, mut fates, is_erasing } = ended;
        self.failed();
        self.unsettled = Some(committed);
        match self.settle() {
            Some(true) => {
                self.scrub(&mut fates, is_erasing);
                answer_all(jobs, fates);
            }
            Some(false) => fail(jobs, &fault.into()),
            None => {
                if let Some(committed) = &mut self.unsettled {
                    leave_to_who_asks_again(committed);
                }
                fail(jobs, &StoreFault::Unknown(fault.to_string()));
            }
        }
    }

    /// Runs the jobs in one transaction. On an error nothing of any of them is left, if it was not the end of the
    /// transaction that failed.
    fn commit(&mut self, jobs: &mut [Job]) -> Result<Vec<JobOutcome>, Abort> {
        let result = self.transaction(jobs);
        if result.is_err()
            && !self.hold.conn.is_autocommit()
            && let Err(error) = self.hold.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a rollback failed");
        }
        result
    }

    fn transaction(&mut self, jobs: &mut [Job]) -> Result<Vec<JobOutcome>, Abort> {
        execute(&self.hold.conn, "BEGIN IMMEDIATE").map_err(Abort::Begin)?;
        let mut group =
            JobGroup::new(&self.hold.conn, &self.cache, &self.mailboxes, &self.queues, self.count);
        let mut fates = Vec::with_capacity(jobs.len());
        for job in jobs {
            fates.push(run_job(&mut group, job).map_err(Abort::Job)?);
        }
        group.flush().map_err(Abort::Job)?;
        if group.count.seq == self.count.seq && tells(&group.committed) {
            // Without an event nothing else would show whether the group is there.
            group.count.group += 1;
            schema::set_meta(&self.hold.conn, GROUP, &group.count.group.to_string()).map_err(Abort::Job)?;
        }
        let JobGroup { count, slots, opened, waiting, changed, mut committed, is_erasing, .. } = group;
        committed.durable.head = count.seq;
        committed.durable.states = changed
            .into_iter()
            .filter_map(|key| {
                let entry = slots.get(&key)?.entry.as_ref()?;
                Some(Versioned { key, version: entry.version, state: entry.state.clone() })
            })
            .collect();
        if let Err(fault) = end_transaction(&self.hold.conn) {
            return Err(Abort::Commit(fault, Box::new(FailedGroup { committed, fates, is_erasing })));
        }

        // Durable. From here on nothing can fail any more.
        self.count = count;
        self.succeeded();
        self.queues.extend(waiting);
        self.mailboxes.extend(opened.into_iter().map(|(agent, opened)| (agent, opened.mailbox)));
        self.cache.publish(slots.into_iter().map(|(key, slot)| (key, slot.entry)));
        if tells(&committed) {
            tell(&self.watch, &committed);
        }
        self.scrub(&mut fates, is_erasing);
        Ok(fates)
    }

    /// Overwrites what a group erased.
    fn scrub(&mut self, fates: &mut [JobOutcome], is_erasing: bool) {
        if is_erasing && let Err(fault) = crate::erase::scrub(&self.hold.conn, &mut self.hold.mark) {
            tracing::error!(%fault, "what was erased could not be overwritten everywhere");
            let failed = StoreFault::Failed(format!("erased, but not overwritten everywhere yet: {fault}"));
            for outcome in fates.iter_mut().filter(|outcome| matches!(outcome, JobOutcome::Erased(_))) {
                *outcome = JobOutcome::Failed(failed.clone());
            }
        }
    }
}

/// A group whose transaction could not be ended.
struct FailedGroup {
    /// What it would have told.
    committed: Committed,
    /// What its callers would have been answered.
    fates: Vec<JobOutcome>,
    is_erasing: bool,
}

/// Takes out what a command that is given again asks for again, because no row says that it was: a digit that was
/// pressed would be heard twice.
fn leave_to_who_asks_again(Committed { durable, local }: &mut Committed) {
    local.signals.clear();
    local.effects.retain(|effect| {
        let key = Key::Call(effect.leg.call.clone());
        durable.states.iter().any(|state| {
            // Of a leg that came with a call which another has absorbed, that other's state tells.
            let is_taken =
                matches!(&*state.state, State::Call(call) if call.leg_number(&effect.leg).is_some());
            state.key == key || is_taken
        })
    });
}

/// Answers jobs that are durable; keeps those that have more to do.
fn answer_all(jobs: &mut Vec<Job>, fates: Vec<JobOutcome>) {
    counter!("jackfield_store_jobs_total").increment(jobs.len() as u64);
    let mut unfinished = Vec::new();
    for (job, fate) in jobs.drain(..).zip(fates) {
        match fate {
            // Only now that the part is durable, the job goes on after it.
            JobOutcome::Unfinished(part) => unfinished.push(part.of(job)),
            fate => answer(job, fate),
        }
    }
    *jobs = unfinished;
}

fn fail(jobs: &mut Vec<Job>, fault: &StoreFault) {
    jobs.drain(..).for_each(|job| answer(job, JobOutcome::Failed(fault.clone())));
}

/// Ends the transaction of a group. A test may have it end unseen: it is durable, and nobody knows.
fn end_transaction(conn: &Connection) -> SqliteResult<()> {
    execute(conn, "COMMIT")?;
    #[cfg(test)]
    tests::end_unseen()?;
    Ok(())
}

/// The counters as the file has them.
fn counters(conn: &Connection) -> SqliteResult<Counters> {
    let number = |sql| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let oldest = schema::oldest(conn)?;
    let mark = number("SELECT coalesce(max(seq), 0) FROM mark")?.cast_unsigned();
    let latest = conn.query_row(
        "SELECT coalesce(max(at), ?2) FROM event WHERE seq > ?1",
        (mark, Millis::MIN),
        |row| row.get(0),
    )?;
    Ok(Counters {
        // A number is never given again, even if its event was retired.
        seq: feed::head(conn)?.max(oldest),
        entity: number("SELECT coalesce(max(id), 0) FROM entity")?.max(schema::newest_entity(conn)?),
        mailbox: number("SELECT coalesce(max(id), 0) FROM mailbox")?,
        oldest,
        mark,
        latest,
        group: schema::meta(conn, GROUP)?.and_then(|group| group.parse().ok()).unwrap_or(0),
        format: schema::format(conn)?,
    })
}

/// Whether a group has anything to tell.
fn tells(Committed { durable, local }: &Committed) -> bool {
    let Durable { states, notes, events: _, tasks, settled, head: _ } = durable;
    let Local { signals, effects } = local;
    let told = [states.is_empty(), notes.is_empty(), tasks.is_empty(), settled.is_empty()];
    told.contains(&false) || !signals.is_empty() || !effects.is_empty()
}

/// An observer that panics must not take the writer with it, nor keep another from being told.
fn tell(watch: &Watch, committed: &Committed) {
    let observers: Vec<_> = {
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        watch.retain(|observer| observer.strong_count() > 0);
        watch.iter().filter_map(Weak::upgrade).collect()
    };
    for observer in observers {
        if catch_unwind(AssertUnwindSafe(|| observer.committed(committed))).is_err() {
            tracing::error!("the observer of a commit panicked");
        }
    }
}

/// Why a group was rolled back.
enum Abort {
    /// A job could not be written.
    Job(SqliteFault),
    /// The transaction could not be begun.
    Begin(SqliteFault),
    /// The transaction could not be ended.
    Commit(SqliteFault, Box<FailedGroup>),
}

/// Commits something, and takes it away again.
fn probe(conn: &Connection) -> SqliteResult<()> {
    conn.execute(
        "INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', hex(zeroblob(?1 / 2)))",
        [PROBE],
    )?;
    conn.execute("DELETE FROM meta WHERE name = 'probe'", [])?;
    Ok(())
}

fn execute(conn: &Connection, sql: &str) -> SqliteResult<()> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn run_job(group: &mut JobGroup<'_>, job: &mut Job) -> SqliteResult<JobOutcome> {
    match job {
        Job::Transact { work, .. } => decide(group, work),
        Job::Start { task, node, .. } => Ok(JobOutcome::Started(task::start(group.conn, task, node)?)),
        Job::NotSent { task, .. } => {
            task::not_sent(group.conn, task)?;
            Ok(JobOutcome::Written)
        }
        Job::Quarantine { unit, .. } => Ok(JobOutcome::Quarantined(quarantine::keep(group.conn, unit)?)),
        Job::Release { unit, .. } => Ok(JobOutcome::Released(quarantine::release(group.conn, *unit)?)),
        Job::WriteRows { table, rows, .. } => {
            session_table::put(group.conn, *table, rows, group.count.format)?;
            Ok(JobOutcome::Written)
        }
        Job::Bind { phones, .. } => {
            binding::put(group.conn, phones)?;
            Ok(JobOutcome::Written)
        }
        Job::Heads { .. } => Ok(JobOutcome::Heads(group.heads())),
        Job::Trim { upto, done, .. } => {
            let all = upto.len();
            let done = *done + group.trim(&upto[*done..])?;
            Ok(if done == all { JobOutcome::Written } else { JobOutcome::Unfinished(JobProgress(done)) })
        }
        Job::Save { result, .. } => {
            result::save(group.conn, result)?;
            Ok(JobOutcome::Written)
        }
        Job::Forget { before, .. } => Ok(if group.forget_results(*before)? {
            JobOutcome::Written
        } else {
            JobOutcome::Unfinished(JobProgress(0))
        }),
        Job::Retire { before, limit, done, .. } => {
            let (gone, all) = group.retire(*before, *limit - *done)?;
            let done = *done + gone;
            Ok(if all {
                JobOutcome::Retired(done)
            } else {
                JobOutcome::Unfinished(JobProgress(done as usize))
            })
        }
        Job::Count { batch, .. } => Ok(JobOutcome::Counted(reports::count(group.conn, batch)?)),
        Job::Recount { now, .. } => Ok(JobOutcome::CountsAnew(reports::recount(group.conn, *now)?)),
        Job::ForgetRows { before, done, .. } => {
            let (gone, all) = group.forget_rows(*before)?;
            let done = *done + gone;
            Ok(if all { JobOutcome::RowsForgotten(done) } else { JobOutcome::Unfinished(JobProgress(done)) })
        }
        Job::Erase { traces, .. } => Ok(JobOutcome::Erased(group.erase(traces)?)),
    }
}

fn decide(group: &mut JobGroup<'_>, work: &mut Work) -> SqliteResult<JobOutcome> {
    for _ in 0..PATIENCE {
        let mut look = GroupView::new(group);
        // A decision writes nothing while it looks, so its panic concerns only itself.
        let Ok(decided) = catch_unwind(AssertUnwindSafe(|| work(&mut look))) else {
            return Ok(JobOutcome::Failed(StoreFault::Permanent("a decision panicked".into())));
        };
        let fault = look.fault;
        match decided {
            Ok(plan) => return Ok(JobOutcome::Transacted(Ok(group.write(plan)?))),
            Err(DecideError::Refused(refusal)) => return Ok(JobOutcome::Transacted(Err(refusal))),
            // Everything is loaded here when it is looked at; a work that asks is answered all the same.
            Err(DecideError::Need(Want::State(key))) => drop(group.entry(&key)?),
            Err(DecideError::Need(_)) => {}
            Err(DecideError::Fault) => {
                let why = fault.map_or_else(|| StoreFault::Permanent("a decision failed".into()), Into::into);
                return Ok(JobOutcome::Failed(why));
            }
        }
    }
    Ok(JobOutcome::Failed(StoreFault::Permanent("a decision never had enough to look at".into())))
}

/// Answers a job. Nobody may be waiting for it any more; what was done is done.
fn answer(job: Job, outcome: JobOutcome) {
    match job {
        Job::Transact { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Transacted(result) => Some(result),
            _ => None,
        }),
        Job::Heads { answer } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Heads(heads) => Some(heads),
            _ => None,
        }),
        Job::Start { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Started(start) => Some(start),
            _ => None,
        }),
        Job::Quarantine { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Quarantined(number) => Some(number),
            _ => None,
        }),
        Job::Release { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Released(there_was) => Some(there_was),
            _ => None,
        }),
        Job::NotSent { answer, .. }
        | Job::WriteRows { answer, .. }
        | Job::Bind { answer, .. }
        | Job::Trim { answer, .. }
        | Job::Save { answer, .. }
        | Job::Forget { answer, .. } => {
            send(answer, outcome, |outcome| matches!(outcome, JobOutcome::Written).then_some(()));
        }
        Job::Retire { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Retired(count) => Some(count),
            _ => None,
        }),
        Job::Count { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Counted(counted) => Some(counted),
            _ => None,
        }),
        Job::Recount { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::CountsAnew(since) => Some(since),
            _ => None,
        }),
        Job::ForgetRows { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::RowsForgotten(rows) => Some(rows as u64),
            _ => None,
        }),
        Job::Erase { answer, .. } => send(answer, outcome, |outcome| match outcome {
            JobOutcome::Erased(erased) => Some(erased),
            _ => None,
        }),
    }
}

fn send<T>(answer: ReplySender<T>, outcome: JobOutcome, pick: fn(JobOutcome) -> Option<T>) {
    let told = match outcome {
        JobOutcome::Failed(fault) => Err(fault),
        // Each job has its own kind of outcome; another would be a bug of this file.
        outcome => pick(outcome).ok_or_else(|| StoreFault::Failed("a job was answered by another's".into())),
    };
    drop(answer.send(told));
}

#[cfg(test)]
mod tests;
