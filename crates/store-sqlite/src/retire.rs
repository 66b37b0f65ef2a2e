//! Retention: whole conversations go once they have been over for long enough.

use crate::{
    fault::Outcome,
    group::{Group, Slot, Stored},
    mailbox, quarantine, schema, snapshot, task,
};
use domain::Millis;

/// How many names a group forgets at most, so that nobody waits long behind it.
const NAMES: u32 = 4_096;

/// How many units in quarantine a group throws away at most: each may be large.
const UNITS: u32 = 64;

impl Group<'_> {
    /// Deletes conversations whose newest event is before a moment and which are over, the oldest first: events,
    /// snapshot, log, and the notes about them. Before that, names older than the moment are forgotten, and what lies in
    /// quarantine for longer; `None` while there is more of either. Answers how many conversations went.
    pub fn retire(&mut self, before: Millis, limit: u32) -> Outcome<Option<u32>> {
        if task::forget_known(self.conn, before, NAMES)? == NAMES as usize {
            return Ok(None);
        }
        if quarantine::forget(self.conn, before, UNITS)? == UNITS as usize {
            return Ok(None);
        }
        // What earlier jobs of the group changed must be rows, lest it be written behind the deletion.
        self.flush()?;
        let mut statement = self.conn.prepare_cached(
            "SELECT snapshot.entity, key FROM snapshot JOIN entity ON entity.id = snapshot.entity
             WHERE ended_at < ?1 ORDER BY ended_at LIMIT ?2",
        )?;
        let rows = statement.query_map((before, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let due: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
        for (entity, key) in &due {
            let newest = self.newest_event(*entity)?;
            self.count.oldest = self.count.oldest.max(newest);
            self.delete(*entity)?;
            self.slots
                .insert(snapshot::key(key)?, Slot { entry: None, stored: Stored::Nothing, dirty: None });
        }
        // A note is not later than the conversation's newest event, and that was before the moment.
        mailbox::forget(self.conn, &due.iter().map(|(entity, _)| *entity).collect(), Some(before))?;
        if !due.is_empty() {
            schema::set_meta(self.conn, "oldest", &self.count.oldest.to_string())?;
            schema::set_meta(self.conn, "entity", &self.count.entity.to_string())?;
        }
        Ok(Some(u32::try_from(due.len()).unwrap_or(limit)))
    }

    fn newest_event(&self, entity: i64) -> Outcome<u64> {
        let mut statement =
            self.conn.prepare_cached("SELECT coalesce(max(seq), 0) FROM event WHERE entity = ?1")?;
        Ok(statement.query_row([entity], |row| row.get(0))?)
    }

    fn delete(&self, entity: i64) -> Outcome<()> {
        let log = crate::place::log_from(entity, 0);
        self.conn
            .prepare_cached("DELETE FROM message WHERE place BETWEEN ?1 AND ?2")?
            .execute((log.start(), log.end()))?;
        for sql in [
            "DELETE FROM event WHERE entity = ?1",
            "DELETE FROM snapshot WHERE entity = ?1",
            "DELETE FROM entity WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([entity])?;
        }
        Ok(())
    }
}
