//! Retention: whole conversations are deleted once they have been over for long enough.

use crate::{
    fault::SqliteResult,
    group::{JobGroup, Slot, Stored},
    links, mailbox, quarantine, result, schema, snapshot, task,
};
use domain::Millis;
use rusqlite::{Connection, OptionalExtension};

impl JobGroup<'_> {
    /// Forgets results of requests older than a moment; answers whether all of them are gone.
    pub fn forget_results(&mut self, before: Millis) -> SqliteResult<bool> {
        self.chore(|conn, limit| result::forget(conn, before, limit))
    }

    /// Deletes conversations whose newest event is before a moment and which are over, the oldest first: events,
    /// snapshot, log, and the notes about them. Before that, names older than the moment are forgotten, and units that
    /// are in quarantine for longer. Answers how many conversations were deleted, at most `limit`, and whether this is
    /// all there is to do.
    pub fn retire(&mut self, before: Millis, limit: u32) -> SqliteResult<(u32, bool)> {
        if !self.chore(|conn, limit| task::forget_known(conn, before, limit))?
            || !self.chore(|conn, limit| quarantine::forget(conn, before, limit))?
        {
            return Ok((0, false));
        }
        // The changes of earlier jobs of the group must be rows, so that they are not written after the deletion.
        self.flush()?;
        let mut gone = Vec::new();
        while gone.len() < limit as usize {
            if self.chores_left == 0 {
                break;
            }
            let Some((entity, key)) = self.oldest_before(before)? else { break };
            let events = links::of(self.conn, entity)?;
            let newest = events.iter().copied().max().unwrap_or(0);
            self.count.oldest = self.count.oldest.max(newest);
            // A conversation is deleted as a whole, however long it was.
            self.chores_left = self.chores_left.saturating_sub(self.delete(entity, &events)?.max(1));
            self.slots
                .insert(snapshot::key(&key)?, Slot { entry: None, stored: Stored::Nothing, dirty: None });
            gone.push(entity);
        }
        // A note is not later than the conversation's newest event, and that was before the moment.
        mailbox::forget(self.conn, &gone.iter().copied().collect(), Some(before))?;
        if !gone.is_empty() {
            schema::set_meta(self.conn, "oldest", &self.count.oldest.to_string())?;
            schema::set_meta(self.conn, "entity", &self.count.entity.to_string())?;
        }
        Ok((u32::try_from(gone.len()).unwrap_or(limit), self.chores_left > 0 || gone.len() == limit as usize))
    }

    /// Deletes as many rows as the group still may; answers whether there are no more of them.
    pub fn chore(
        &mut self,
        delete: impl FnOnce(&Connection, usize) -> SqliteResult<usize>,
    ) -> SqliteResult<bool> {
        if self.chores_left == 0 {
            return Ok(false);
        }
        let gone = delete(self.conn, self.chores_left)?;
        self.chores_left = self.chores_left.saturating_sub(gone);
        Ok(self.chores_left > 0)
    }

    fn oldest_before(&self, before: Millis) -> SqliteResult<Option<(i64, String)>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT snapshot.entity, key FROM snapshot JOIN entity ON entity.id = snapshot.entity
             WHERE ended_at < ?1 ORDER BY ended_at LIMIT 1",
        )?;
        Ok(statement.query_row([before], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// Deletes the rows of a conversation, its events among them; answers how many.
    fn delete(&self, entity: i64, events: &[u64]) -> SqliteResult<usize> {
        let log = crate::message_key::log_from(entity, 0);
        let mut rows = self
            .conn
            .prepare_cached("DELETE FROM message WHERE place BETWEEN ?1 AND ?2")?
            .execute((log.start(), log.end()))?;
        rows += links::forget(self.conn, events)?;
        for sql in ["DELETE FROM snapshot WHERE entity = ?1", "DELETE FROM entity WHERE id = ?1"] {
            rows += self.conn.prepare_cached(sql)?.execute([entity])?;
        }
        Ok(rows)
    }
}
