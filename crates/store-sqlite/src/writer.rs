//! The one writer: takes what waits, runs it in one transaction, makes it durable, answers.

use crate::{
    Erased,
    cache::Cache,
    fault::{Fault, Outcome},
    feed,
    group::{Counters, Group},
    mailbox::{self, Mailbox},
    queue::{Job, Queue},
    schema, shelf,
    sight::Look,
};
use desk::ports::{Done, StoreFault, Witness, Work};
use domain::{Millis, No, Refusal, UserId};
use metrics::{counter, gauge, histogram};
use rusqlite::Connection;
use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// The most jobs in one transaction: enough to share an `fsync`, few enough to be quick.
const MOST: usize = 512;
/// How often a decision may ask for one more entity before it is held to be mad.
const PATIENCE: usize = 64;

/// Whoever is told of commits.
pub(crate) type Watch = Arc<Mutex<Option<Arc<dyn Witness>>>>;

/// The writer and all it alone knows.
pub(crate) struct Writer {
    conn: Connection,
    cache: Arc<Cache>,
    watch: Watch,
    mailboxes: HashMap<UserId, Mailbox>,
    count: Counters,
}

/// What became of one job.
enum Outcomes {
    Transacted(Result<Done, Refusal>),
    Written,
    Retired(u32),
    Erased(Erased),
    /// This job failed, and nothing of it was written.
    Failed(StoreFault),
}

impl Writer {
    pub fn new(conn: Connection, cache: Arc<Cache>, watch: Watch) -> Outcome<Self> {
        let number = |sql| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
        let oldest = schema::oldest(&conn)?;
        let mark = number("SELECT coalesce(max(seq), 0) FROM mark")?.cast_unsigned();
        let latest = conn.query_row(
            "SELECT coalesce(max(at), ?2) FROM event WHERE seq > ?1",
            (mark, Millis::MIN),
            |row| row.get(0),
        )?;
        let count = Counters {
            // A number is never given again, even if its event was retired.
            seq: feed::head(&conn)?.max(oldest),
            entity: number("SELECT coalesce(max(id), 0) FROM entity")?,
            mailbox: number("SELECT coalesce(max(id), 0) FROM mailbox")?,
            oldest,
            mark,
            latest,
        };
        let mailboxes = mailbox::all(&conn)?.into_iter().collect();
        Ok(Self { conn, cache, watch, mailboxes, count })
    }

    /// Works until the queue is closed and empty.
    pub fn run(mut self, queue: &Queue) {
        let mut jobs = Vec::with_capacity(MOST);
        while let Some(waiting) = queue.take(MOST, &mut jobs) {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
            {
                gauge!("jackfield_store_queue_depth").set(waiting as f64);
                histogram!("jackfield_store_group_size").record(jobs.len() as f64);
            }
            self.run_group(&mut jobs);
        }
    }

    fn run_group(&mut self, jobs: &mut Vec<Job>) {
        let started = Instant::now();
        match self.commit(jobs) {
            Ok(outcomes) => {
                counter!("jackfield_store_jobs_total").increment(jobs.len() as u64);
                jobs.drain(..).zip(outcomes).for_each(|(job, outcome)| answer(job, outcome));
            }
            // One bad job must not fail its neighbours: each is tried alone.
            Err(Abort::Job(_)) if jobs.len() > 1 => {
                for job in std::mem::take(jobs) {
                    self.run_group(&mut vec![job]);
                }
            }
            Err(Abort::Job(fault) | Abort::Commit(fault)) => {
                counter!("jackfield_store_faults_total").increment(1);
                tracing::error!(%fault, jobs = jobs.len(), "a group of commits failed and was rolled back");
                let fault = StoreFault::from(fault);
                jobs.drain(..).for_each(|job| answer(job, Outcomes::Failed(fault.clone())));
            }
        }
        histogram!("jackfield_store_commit_seconds").record(started.elapsed().as_secs_f64());
    }

    /// Runs the jobs in one transaction. On an error nothing of any of them is left.
    fn commit(&mut self, jobs: &mut [Job]) -> Result<Vec<Outcomes>, Abort> {
        let result = self.transaction(jobs);
        if result.is_err() && !self.conn.is_autocommit() {
            if let Err(error) = self.conn.execute_batch("ROLLBACK") {
                tracing::error!(%error, "a rollback failed");
            }
        }
        result
    }

    fn transaction(&mut self, jobs: &mut [Job]) -> Result<Vec<Outcomes>, Abort> {
        execute(&self.conn, "BEGIN IMMEDIATE").map_err(Abort::Commit)?;
        let mut group = Group::new(&self.conn, &self.cache, &self.mailboxes, self.count);
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            outcomes.push(run_job(&mut group, job).map_err(Abort::Job)?);
        }
        group.flush().map_err(Abort::Job)?;
        execute(&self.conn, "COMMIT").map_err(Abort::Commit)?;

        // Durable. From here on nothing can fail any more.
        let Group { count, slots, opened, changed, mut committed, is_erasing, .. } = group;
        self.count = count;
        committed.head = count.seq;
        committed.states = changed
            .into_iter()
            .filter_map(|key| {
                let state = slots.get(&key)?.entry.as_ref()?.state.clone();
                Some((key, state))
            })
            .collect();
        self.mailboxes.extend(opened.into_iter().map(|(agent, opened)| (agent, opened.mailbox)));
        self.cache.publish(slots.into_iter().map(|(key, slot)| (key, slot.entry)));
        if !(committed.states.is_empty() && committed.notes.is_empty()) {
            let witness = self.watch.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(witness) = witness {
                if catch_unwind(AssertUnwindSafe(|| witness.committed(&committed))).is_err() {
                    tracing::error!("the witness of a commit panicked");
                }
            }
        }
        if is_erasing {
            if let Err(fault) = crate::erase::scrub(&self.conn) {
                tracing::error!(%fault, "what was erased could not be overwritten everywhere");
                let failed =
                    StoreFault::Failed(format!("erased, but not overwritten everywhere yet: {fault}"));
                for outcome in outcomes.iter_mut().filter(|outcome| matches!(outcome, Outcomes::Erased(_))) {
                    *outcome = Outcomes::Failed(failed.clone());
                }
            }
        }
        Ok(outcomes)
    }
}

/// Why a group was rolled back.
enum Abort {
    /// A job could not be written.
    Job(Fault),
    /// The transaction could not be begun or ended.
    Commit(Fault),
}

fn execute(conn: &Connection, sql: &str) -> Outcome<()> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn run_job(group: &mut Group<'_>, job: &mut Job) -> Outcome<Outcomes> {
    match job {
        Job::Transact { work, .. } => decide(group, work),
        Job::Shelve { shelf, rows, .. } => {
            shelf::put(group.conn, *shelf, rows)?;
            Ok(Outcomes::Written)
        }
        Job::Trim { upto, .. } => {
            for (agent, position) in upto {
                if let Some(mailbox) = group.mailbox(agent) {
                    mailbox::trim(group.conn, mailbox.id, *position)?;
                }
            }
            Ok(Outcomes::Written)
        }
        Job::Retire { before, limit, .. } => Ok(Outcomes::Retired(group.retire(*before, *limit)?)),
        Job::Erase { sessions, .. } => Ok(Outcomes::Erased(group.erase(sessions)?)),
    }
}

fn decide(group: &mut Group<'_>, work: &mut Work) -> Outcome<Outcomes> {
    for _ in 0..PATIENCE {
        let mut look = Look::new(group);
        // A decision writes nothing while it looks, so that its panic concerns it alone.
        let Ok(decided) = catch_unwind(AssertUnwindSafe(|| work(&mut look))) else {
            return Ok(Outcomes::Failed(StoreFault::Failed("a decision panicked".into())));
        };
        let fault = look.fault;
        match decided {
            Ok(plan) => return Ok(Outcomes::Transacted(Ok(group.write(plan)?))),
            Err(No::Refused(refusal)) => return Ok(Outcomes::Transacted(Err(refusal))),
            // Here everything is loaded when it is looked at; a work that asks is obeyed all the same.
            Err(No::Need(key)) => drop(group.entry(&key)?),
            Err(No::Fault) => {
                let why = fault.map_or_else(|| "a decision failed".into(), |fault| fault.to_string());
                return Ok(Outcomes::Failed(StoreFault::Failed(why)));
            }
        }
    }
    Ok(Outcomes::Failed(StoreFault::Failed("a decision never had enough to look at".into())))
}

/// Nobody may be waiting for an answer any more; what was done is done.
fn answer(job: Job, outcome: Outcomes) {
    match (job, outcome) {
        (Job::Transact { answer, .. }, Outcomes::Transacted(result)) => drop(answer.send(Ok(result))),
        (Job::Transact { answer, .. }, Outcomes::Failed(fault)) => drop(answer.send(Err(fault))),
        (Job::Shelve { answer, .. } | Job::Trim { answer, .. }, Outcomes::Written) => {
            drop(answer.send(Ok(())))
        }
        (Job::Shelve { answer, .. } | Job::Trim { answer, .. }, Outcomes::Failed(fault)) => {
            drop(answer.send(Err(fault)));
        }
        (Job::Retire { answer, .. }, Outcomes::Retired(count)) => drop(answer.send(Ok(count))),
        (Job::Retire { answer, .. }, Outcomes::Failed(fault)) => drop(answer.send(Err(fault))),
        (Job::Erase { answer, .. }, Outcomes::Erased(erased)) => drop(answer.send(Ok(erased))),
        (Job::Erase { answer, .. }, Outcomes::Failed(fault)) => drop(answer.send(Err(fault))),
        // A job is answered by its own kind of outcome; dropping the answer tells "closed".
        _ => {}
    }
}
