//! Erasure: removes a person's words also from other rows, from free bytes, and from the WAL.

use crate::{
    cache::CachedSnapshot,
    document,
    fault::{SqliteFault, SqliteResult},
    group::JobGroup,
    links, mailbox,
    mark::Mark,
    message_key, quarantine, task,
};
use desk::ports::{ErasureReport, Traces};
use domain::{
    Event, InteractionId, Key, Message, State,
    format::{self, Document},
};
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashSet;

impl JobGroup<'_> {
    /// Redacts the rows of conversations whose snapshots say that they were erased, and deletes the rows that stand
    /// alone.
    pub fn erase(&mut self, traces: &Traces) -> SqliteResult<ErasureReport> {
        // The erased snapshot may be of this very group.
        self.flush()?;
        let mut erased = ErasureReport::default();
        let mut entities = HashSet::new();
        for id in &traces.conversations {
            match self.erased(id)? {
                None => erased.left.push(id.clone()),
                Some(entry) => {
                    erased.conversations += 1;
                    erased.messages += self.blank_log(entry.id)?;
                    erased.events += self.redact_events(entry.id)?;
                    entities.insert(entry.id);
                }
            }
        }
        for seq in &traces.events {
            erased.events += u32::from(self.redact_event(*seq)?);
            entities.extend(self.entity_of(*seq)?);
        }
        erased.notes = count(mailbox::forget(self.conn, &entities, None)?);
        for unit in &traces.quarantined {
            erased.quarantined += u32::from(quarantine::release(self.conn, *unit)?);
        }
        for notice in &traces.notices {
            erased.notices += u32::from(task::remove(self.conn, notice)?);
        }
        self.is_erasing |= !entities.is_empty() || erased.quarantined + erased.notices > 0;
        Ok(erased)
    }

    /// The conversation of an id, if its snapshot says that it was erased. A call is looked for first, as in the rule
    /// ([`domain::Command::Erase`]).
    fn erased(&mut self, id: &InteractionId) -> SqliteResult<Option<CachedSnapshot>> {
        let entry = match self.entry(&Key::Call(id.clone()))? {
            None => self.entry(&Key::Session(id.clone()))?,
            call => call,
        };
        Ok(entry.filter(|entry| match &*entry.state {
            State::Session(session) => session.erased,
            State::Call(call) => call.erased,
            _ => false,
        }))
    }

    fn blank_log(&self, entity: i64) -> SqliteResult<u32> {
        let log = message_key::log_from(entity, 0);
        let rows: Vec<(i64, String, u32)> = self
            .conn
            .prepare_cached("SELECT place, body, format FROM message WHERE place BETWEEN ?1 AND ?2")?
            .query_map((log.start(), log.end()), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let mut update =
            self.conn.prepare_cached("UPDATE message SET body = ?2, format = ?3 WHERE place = ?1")?;
        for (place, body, format) in &rows {
            let mut message: Message = format::read(Document::Message, *format, body)?;
            message.redact();
            update.execute((place, document::text(&message)?, self.count.format))?;
        }
        Ok(count(rows.len()))
    }

    fn redact_events(&self, entity: i64) -> SqliteResult<u32> {
        let mut redacted = 0;
        // The file is written anew anyway: a walk through all events misses none, whatever the snapshot says.
        for seq in links::looked_through(self.conn, entity)? {
            redacted += u32::from(self.redact_event(seq)?);
        }
        Ok(redacted)
    }

    /// Takes the personal values out of an event; answers whether it had any.
    fn redact_event(&self, seq: u64) -> SqliteResult<bool> {
        let mut select = self.conn.prepare_cached("SELECT body, format FROM event WHERE seq = ?1")?;
        let mut update =
            self.conn.prepare_cached("UPDATE event SET body = ?2, format = ?3 WHERE seq = ?1")?;
        let found: Option<(String, u32)> =
            select.query_row([seq], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((body, format)) = found else { return Ok(false) };
        let event: Event = format::read(Document::Event, format, &body)?;
        let mut after = event.clone();
        after.redact();
        let had_any = after != event;
        if had_any {
            update.execute((seq, document::event(self.count.format, &mut after)?, self.count.format))?;
        }
        Ok(had_any)
    }

    fn entity_of(&self, seq: u64) -> SqliteResult<Option<i64>> {
        let mut select = self.conn.prepare_cached("SELECT entity FROM event WHERE seq = ?1")?;
        Ok(select.query_row([seq], |row| row.get(0)).optional()?)
    }
}

/// Rewrites the file and empties the WAL. `secure_delete` overwrites what is deleted, but a row that moved
/// when its page was rebuilt leaves a copy in the page's free bytes, and no pragma finds that one.
pub(crate) fn scrub(conn: &Connection, mark: &mut Mark) -> SqliteResult<()> {
    conn.execute_batch("VACUUM")?;
    if !mark.empty_wal(conn)? {
        return Err(SqliteFault::Damaged("a reader holds on to the WAL; erase again when it is done".into()));
    }
    Ok(())
}

fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails one day because no copy is left, SQLite has become better and [`scrub`] can be simplified.
    #[test]
    fn deletion_alone_leaves_copies_of_rows_and_scrubbing_does_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut hold = crate::open::Hold::open(dir.path(), false).expect("open");
        let conn = &hold.conn;
        conn.execute_batch("PRAGMA synchronous = OFF; CREATE TABLE page (id INTEGER PRIMARY KEY, body TEXT)")
            .expect("sql");
        let mut chance = 7_u64;
        let mut next = |below: u64| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (chance >> 33) % below
        };
        let mut put = conn.prepare("INSERT OR REPLACE INTO page VALUES (?1, ?2)").expect("sql");
        for _ in 0..6_000 {
            let words = "Zaphod ".repeat(usize::try_from(next(90)).expect("small") + 1);
            put.execute((next(3_000), words)).expect("sql");
        }
        drop(put);
        let copies = || {
            let bytes = std::fs::read(dir.path().join(crate::connect::FILE)).expect("the file");
            bytes.windows(6).filter(|window| window == b"Zaphod").count()
        };
        conn.execute_batch("UPDATE page SET body = ''").expect("sql");
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("sql");
        assert_ne!(copies(), 0);
        scrub(&hold.conn, &mut hold.mark).expect("scrubbed");
        assert_eq!(copies(), 0);
        assert_eq!(std::fs::metadata(dir.path().join("journal.db-wal")).expect("the WAL").len(), 0);
    }
}
