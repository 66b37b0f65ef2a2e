//! Keeps the rows of limits with the changes of a plan: unique names, and who waits in which queue.

use crate::{
    fault::{SqliteFault, SqliteResult},
    group::JobGroup,
    limits::{Moved, enter},
};
use domain::{MediumName, QueueName, share::WaitingCounts};

impl JobGroup<'_> {
    /// Writes the rows of limits that follow from the changes of a plan. It is a fault if two have a name after all
    /// changes.
    pub(crate) fn write_limits(&mut self, moves: &[Moved]) -> SqliteResult<()> {
        for Moved { entity, names, .. } in moves {
            if let (Some(name), true) = (&names.0, names.0 != names.1) {
                self.conn
                    .prepare_cached("DELETE FROM unique_name WHERE name = ?1 AND entity = ?2")?
                    .execute((name.to_string(), entity))?;
            }
        }
        for Moved { entity, names, places } in moves {
            if let (Some(name), true) = (&names.1, names.0 != names.1) {
                let written = self
                    .conn
                    .prepare_cached("INSERT OR IGNORE INTO unique_name (name, entity) VALUES (?1, ?2)")?
                    .execute((name.to_string(), entity))?;
                if written == 0 {
                    return Err(SqliteFault::Damaged(format!("a commit would give the name {name} to two")));
                }
            }
            if places.0 == places.1 {
                continue;
            }
            if let Some((queue, medium)) = &places.0 {
                let count = self.count_in(queue, medium);
                *count = count.saturating_sub(1);
            }
            if let Some((queue, medium)) = &places.1 {
                *self.count_in(queue, medium) += 1;
                enter(self.conn, *entity, queue, medium)?;
            } else {
                self.conn.prepare_cached("DELETE FROM waiting WHERE entity = ?1")?.execute([entity])?;
            }
        }
        Ok(())
    }

    /// How many wait in a queue after the jobs before.
    pub(crate) fn waiting_in(&self, queue: &QueueName) -> WaitingCounts {
        self.waiting.get(queue).or_else(|| self.queues.get(queue)).cloned().unwrap_or_default()
    }

    fn count_in(&mut self, queue: &QueueName, medium: &MediumName) -> &mut usize {
        if !self.waiting.contains_key(queue) {
            self.waiting.insert(queue.clone(), self.waiting_in(queue));
        }
        self.waiting.entry(queue.clone()).or_default().entry(medium.clone()).or_default()
    }
}
