//! A group of jobs in one transaction: what they changed so far, over what is committed.
//!
//! Events, messages and notes become rows at once; snapshots and mailbox heads change in memory and become rows
//! at the end (`flush`), once however many jobs of the group touched them, and heads only when reserved positions are
//! used up. A group that fails is dropped whole, with everything it holds; nothing committed is changed before the
//! commit.

use crate::{
    cache::{Cache, CachedSnapshot},
    document,
    fault::{SqliteFault, SqliteResult},
    limits::{Moved, Queues},
    links,
    mailbox::{self, MailboxRow},
    message_key, result, snapshot,
};
use desk::ports::{CommitPlan, Committed, EventRow, NewNote, Note, Receipt};
use domain::{Decision, Event, InteractionId, Key, Message, Millis, UserId};
use rusqlite::Connection;
use std::{collections::HashMap, sync::Arc};

/// After how many events a mark is set: a reader who asks for a moment can begin at one.
const MARK_EVERY: u64 = 256;

/// How many rows a group works off for housekeeping, whatever jobs it has, so that nobody waits long behind it.
const CHORES: usize = 64;

/// Numbers that the writer gives out, its position, and its format. A failed group gives them back.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    /// The number of the newest event.
    pub seq: u64,
    /// The number of the newest entity.
    pub entity: i64,
    /// The number of the newest mailbox.
    pub mailbox: i64,
    /// Events up to and with this one may have been deleted.
    pub oldest: u64,
    /// The event of the last mark.
    pub mark: u64,
    /// The latest moment of the events since the last mark.
    pub latest: Millis,
    /// How many groups without an event there were that told something.
    pub group: u64,
    /// The format in which documents are written.
    pub format: u32,
}

/// What the file holds of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// No row.
    Nothing,
    /// A row that says open.
    Open,
    /// A row that says not open.
    Closed,
}

/// A snapshot as the group sees it.
pub(crate) struct Slot {
    /// The snapshot; `None` when there is no such entity.
    pub entry: Option<CachedSnapshot>,
    /// What the file holds of it.
    pub stored: Stored,
    /// When it last changed, if it did and no row has it yet.
    pub dirty: Option<Millis>,
}

/// A mailbox as the group sees it.
pub(crate) struct Opened {
    /// The mailbox.
    pub mailbox: MailboxRow,
    /// Whether it has no row yet.
    pub is_new: bool,
    /// Whether its row is out of date.
    pub is_dirty: bool,
}

/// A group of jobs in one transaction.
pub(crate) struct JobGroup<'a> {
    pub conn: &'a Connection,
    pub cache: &'a Cache,
    pub mailboxes: &'a HashMap<UserId, MailboxRow>,
    /// How many wait in each queue, as committed.
    pub queues: &'a Queues,
    pub count: Counters,
    pub slots: HashMap<Key, Slot>,
    pub opened: HashMap<UserId, Opened>,
    /// How many wait in the queues in which that changed.
    pub waiting: Queues,
    /// Keys of changed entities, in the order of their first change.
    pub changed: Vec<Key>,
    pub committed: Committed,
    pub is_erasing: bool,
    /// How many more rows the group may look at for housekeeping.
    pub chores_left: usize,
}

impl<'a> JobGroup<'a> {
    pub fn new(
        conn: &'a Connection,
        cache: &'a Cache,
        mailboxes: &'a HashMap<UserId, MailboxRow>,
        queues: &'a Queues,
        count: Counters,
    ) -> Self {
        Self {
            conn,
            cache,
            mailboxes,
            queues,
            count,
            slots: HashMap::new(),
            opened: HashMap::new(),
            waiting: Queues::new(),
            changed: Vec::new(),
            committed: Committed::default(),
            is_erasing: false,
            chores_left: CHORES,
        }
    }

    /// The snapshot of an entity after the jobs before.
    pub fn entry(&mut self, key: &Key) -> SqliteResult<Option<CachedSnapshot>> {
        if let Some(slot) = self.slots.get(key) {
            return Ok(slot.entry.clone());
        }
        if let Some(entry) = self.cache.get(key) {
            return Ok(Some(entry));
        }
        let entry = snapshot::load(self.conn, key)?;
        let stored = stored(entry.as_ref());
        self.slots.insert(key.clone(), Slot { entry: entry.clone(), stored, dirty: None });
        Ok(entry)
    }

    /// The mailbox of an agent after the jobs before, if they have one.
    pub fn mailbox(&self, agent: &UserId) -> Option<MailboxRow> {
        match self.opened.get(agent) {
            Some(opened) => Some(opened.mailbox),
            None => self.mailboxes.get(agent).copied(),
        }
    }

    /// The position last taken in every mailbox, after the jobs before.
    pub fn heads(&self) -> Vec<(UserId, u64)> {
        let fresh = self.opened.iter().map(|(agent, opened)| (agent, &opened.mailbox));
        let known = self.mailboxes.iter().filter(|(agent, _)| !self.opened.contains_key(*agent));
        known.chain(fresh).map(|(agent, mailbox)| (agent.clone(), mailbox.head)).collect()
    }

    /// Throws away notes up to positions; answers for how many of these mailboxes, from the first on, all of them are
    /// gone.
    pub fn trim(&mut self, upto: &[(UserId, u64)]) -> SqliteResult<usize> {
        for (done, (agent, position)) in upto.iter().enumerate() {
            if self.chores_left == 0 {
                return Ok(done);
            }
            let Some(mailbox) = self.mailbox(agent) else { continue };
            let trimmed = mailbox::trim(self.conn, mailbox.id, *position, self.chores_left)?;
            if trimmed == self.chores_left {
                self.chores_left = 0;
                return Ok(done);
            }
            // Looking is work even where nothing is found.
            self.chores_left -= trimmed.max(1);
        }
        Ok(upto.len())
    }

    /// Writes a plan. After an error the group must be dropped.
    pub fn write(&mut self, plan: CommitPlan) -> SqliteResult<Receipt> {
        let CommitPlan { at, decision, notes, cause, result } = plan;
        if let Some((agent, reference)) = &cause {
            let next = self.mailbox(agent).map_or(0, |mailbox| mailbox.head) + 1;
            if *reference != next {
                return Err(SqliteFault::Damaged(format!(
                    "a command of {agent} has the number {reference}, but {next} is next"
                )));
            }
        }
        let Decision { changes, messages, known, tasks, settled, signals, effects, order } = decision;
        let mut events = Vec::with_capacity(changes.len());
        let mut entries = Vec::with_capacity(changes.len());
        let mut moves = Vec::new();
        for change in changes {
            let before = self.entry(&change.key)?;
            let (id, version, newest) = match before {
                Some(before) => (before.id, before.version, before.newest),
                None => (self.new_entity(&change.key)?, 0, 0),
            };
            moves.extend(Moved::of(id, change.before.as_deref(), &change.after));
            entries.push((change.key, CachedSnapshot { id, version, newest, state: change.after }));
            events.push(change.events.into_iter().map(Some).collect::<Vec<_>>());
        }
        for (which, event) in order {
            let taken = events.get_mut(which).and_then(|events| events.get_mut(event)?.take());
            let (Some(event), Some((key, entry))) = (taken, entries.get_mut(which)) else {
                return Err(SqliteFault::Damaged(
                    "the order of a decision names an event it does not have".into(),
                ));
            };
            entry.version += 1;
            entry.newest = self.write_event(key, entry, at, event)?;
        }
        if events.iter().flatten().any(Option::is_some) {
            return Err(SqliteFault::Damaged("the order of a decision leaves out an event".into()));
        }
        self.write_limits(&moves)?;
        for (key, entry) in entries {
            self.change(key, entry, at);
        }
        for (session, message) in &messages {
            self.write_message(session, message)?;
        }
        self.write_known(&known, at)?;
        self.write_tasks(tasks, &settled)?;
        self.committed.local.signals.extend(signals);
        self.committed.local.effects.extend(effects);
        self.write_notes(notes, cause.as_ref().map(|(agent, _)| agent), at)?;
        if let Some(result) = &result {
            result::save(self.conn, result)?;
        }
        Ok(Receipt { reference: cause.map(|(_, reference)| reference), result })
    }

    fn new_entity(&mut self, key: &Key) -> SqliteResult<i64> {
        self.count.entity += 1;
        let id = self.count.entity;
        self.conn
            .prepare_cached("INSERT INTO entity (id, key) VALUES (?1, ?2)")?
            .execute((id, key.to_string()))?;
        Ok(id)
    }

    /// Writes an event of an entity that names the one before; answers its number.
    fn write_event(
        &mut self,
        key: &Key,
        entry: &CachedSnapshot,
        at: Millis,
        mut event: Event,
    ) -> SqliteResult<u64> {
        self.count.seq += 1;
        let seq = self.count.seq;
        self.conn
            .prepare_cached(
                "INSERT INTO event (seq, entity, version, at, kind, reported, body, format, before)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute((
                seq,
                entry.id,
                entry.version,
                at,
                event.kind(),
                event.is_reported(),
                document::event(self.count.format, &mut event)?,
                self.count.format,
                entry.newest,
            ))?;
        self.count.latest = self.count.latest.max(at);
        if seq >= self.count.mark + MARK_EVERY {
            let kinds = links::kinds(self.conn, self.count.mark, seq)?;
            self.conn.prepare_cached("INSERT INTO mark (seq, at, kinds) VALUES (?1, ?2, ?3)")?.execute((
                seq,
                self.count.latest,
                kinds,
            ))?;
            self.count.mark = seq;
            self.count.latest = Millis::MIN;
        }
        self.committed.durable.events.push(EventRow {
            seq,
            key: key.clone(),
            version: entry.version,
            at,
            event,
        });
        Ok(seq)
    }

    fn change(&mut self, key: Key, entry: CachedSnapshot, at: Millis) {
        if let Some(slot) = self.slots.get_mut(&key) {
            // It was looked up before, and perhaps changed before, so what the file holds is known.
            let first = slot.dirty.is_none() && !self.changed.contains(&key);
            slot.entry = Some(entry);
            slot.dirty = Some(at);
            if first {
                self.changed.push(key);
            }
            return;
        }
        let stored = stored(self.cache.get(&key).as_ref());
        self.slots.insert(key.clone(), Slot { entry: Some(entry), stored, dirty: Some(at) });
        self.changed.push(key);
    }

    fn write_message(&mut self, session: &InteractionId, message: &Message) -> SqliteResult<()> {
        let Some(entry) = self.entry(&Key::Session(session.clone()))? else {
            return Err(SqliteFault::Damaged(format!(
                "a message of {session}, of which nothing else is known"
            )));
        };
        self.conn
            .prepare_cached(
                "INSERT INTO message (place, at, body, format) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (place) DO UPDATE SET body = excluded.body, format = excluded.format",
            )?
            .execute((
                message_key::of_message(entry.id, message.index),
                message.at,
                document::text(message)?,
                self.count.format,
            ))?;
        Ok(())
    }

    /// The notes of a commit, each at the next position of its mailbox. The position of the causing command is the
    /// next of its agent's, so that the agent's notes begin there; without any it is taken all the same.
    fn write_notes(&mut self, notes: Vec<NewNote>, cause: Option<&UserId>, at: Millis) -> SqliteResult<()> {
        let mut is_taken = cause.is_none();
        for note in notes {
            let mailbox = self.take_position(&note.agent)?;
            is_taken |= cause == Some(&note.agent);
            let about = self.entry(&note.about)?.map(|entry| entry.id);
            self.conn
                .prepare_cached(
                    "INSERT INTO note (mailbox, pos, at, about, channel, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute((
                    mailbox.id, mailbox.head,
                    at,
                    about,
                    &*note.channel,
                    &*note.body,
                ))?;
            let NewNote { agent, channel, body, about: _ } = note;
            self.committed.durable.notes.push(Arc::new(Note { agent, pos: mailbox.head, channel, body }));
        }
        if let (false, Some(agent)) = (is_taken, cause) {
            self.take_position(agent)?;
        }
        Ok(())
    }

    fn take_position(&mut self, agent: &UserId) -> SqliteResult<MailboxRow> {
        if !self.opened.contains_key(agent) {
            let opened = if let Some(mailbox) = self.mailboxes.get(agent) {
                Opened { mailbox: *mailbox, is_new: false, is_dirty: false }
            } else {
                self.count.mailbox += 1;
                let mailbox = MailboxRow { id: self.count.mailbox, head: 0, reserved: 0 };
                Opened { mailbox, is_new: true, is_dirty: false }
            };
            self.opened.insert(agent.clone(), opened);
        }
        match self.opened.get_mut(agent) {
            Some(opened) => {
                let mailbox = &mut opened.mailbox;
                mailbox.head += 1;
                if mailbox.head > mailbox.reserved {
                    mailbox.reserved = mailbox.head + mailbox::RESERVE - 1;
                    opened.is_dirty = true;
                }
                Ok(opened.mailbox)
            }
            None => Err(SqliteFault::Damaged(format!("the mailbox of {agent} is not open"))),
        }
    }
}

fn stored(entry: Option<&CachedSnapshot>) -> Stored {
    match entry {
        None => Stored::Nothing,
        Some(entry) if entry.state.is_open() => Stored::Open,
        Some(_) => Stored::Closed,
    }
}
