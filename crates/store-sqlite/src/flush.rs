//! The end of a group: snapshots, and heads that need new positions, become rows, each once.

use crate::{
    document,
    fault::{SqliteFault, SqliteResult},
    group::{JobGroup, Stored},
    snapshot,
};

impl JobGroup<'_> {
    /// Writes every snapshot and head that the file does not have yet.
    pub fn flush(&mut self) -> SqliteResult<()> {
        self.flush_snapshots()?;
        self.flush_heads()
    }

    fn flush_snapshots(&mut self) -> SqliteResult<()> {
        for key in &self.changed {
            let Some(slot) = self.slots.get_mut(key) else { continue };
            let (Some(entry), Some(at)) = (&slot.entry, slot.dirty.take()) else { continue };
            let is_open = entry.state.is_open();
            if is_open && slot.stored == Stored::Open {
                // The common case changes no index.
                let body = document::snapshot(self.count.format, &entry.state)?;
                let written = self
                    .conn
                    .prepare_cached(
                        "UPDATE snapshot SET version = ?2, body = ?3, format = ?4, newest = ?5 WHERE entity = ?1",
                    )?
                    .execute((entry.id, entry.version, body, self.count.format, entry.newest))?;
                if written != 1 {
                    return Err(SqliteFault::Damaged(format!("the snapshot of {key} is gone from the file")));
                }
                continue;
            }
            snapshot::write(self.conn, entry, key, at, self.count.format)?;
            slot.stored = if is_open { Stored::Open } else { Stored::Closed };
        }
        Ok(())
    }

    fn flush_heads(&mut self) -> SqliteResult<()> {
        for (agent, opened) in self.opened.iter_mut().filter(|(_, opened)| opened.is_dirty) {
            let mailbox = opened.mailbox;
            if opened.is_new {
                self.conn
                    .prepare_cached("INSERT INTO mailbox (id, agent, head) VALUES (?1, ?2, ?3)")?
                    .execute((mailbox.id, agent.as_str(), mailbox.reserved))?;
            } else {
                self.conn
                    .prepare_cached("UPDATE mailbox SET head = ?2 WHERE id = ?1")?
                    .execute((mailbox.id, mailbox.reserved))?;
            }
            opened.is_new = false;
            opened.is_dirty = false;
        }
        Ok(())
    }
}
