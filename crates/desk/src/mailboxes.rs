//! Mailboxes of agents as this node knows them: the newest notes of each, and what wakes their readers.
//!
//! A mailbox lies in the journal; what is kept here is a tail of it, so that a note just committed reaches a
//! held poll without a query. Whoever asks for older notes gets them from the store.

use crate::ports::{Note, Store, StoreFault};
use domain::{Millis, UserId};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use tokio::sync::Notify;

/// The most notes kept in memory for one agent.
const TAIL: usize = 128;
/// The most bytes kept in memory for one agent.
const TAIL_BYTES: usize = 256 * 1024;
/// A session opened this long after the agent's login still hears of the login (spec: decisions#2). Milliseconds.
const LOGIN_GRACE: Millis = 10_000;

/// One agent's mailbox.
#[derive(Debug, Default)]
pub struct Mailbox {
    tail: Mutex<Tail>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Tail {
    head: u64,
    /// Every note behind this position is in `notes`.
    floor: u64,
    notes: VecDeque<Arc<Note>>,
    bytes: usize,
    login: Option<(u64, Millis)>,
    /// What the journal no longer holds.
    trimmed: u64,
}

impl Mailbox {
    /// Rings whenever a note is placed. Ask for it before looking into the mailbox.
    pub fn wake(&self) -> &Notify {
        &self.wake
    }

    /// The position last taken.
    pub fn head(&self) -> u64 {
        self.tail().head
    }

    /// Where a session that begins now starts: at the head, or just before a login a moment ago.
    pub fn start(&self, now: Millis) -> u64 {
        let tail = self.tail();
        match tail.login {
            Some((before, at)) if now - at < LOGIN_GRACE => before,
            _ => tail.head,
        }
    }

    /// Whether notes up to a position are still to be thrown away; then they count as thrown away.
    pub(crate) fn trims(&self, upto: u64) -> bool {
        let mut tail = self.tail();
        let upto = upto.min(tail.head);
        let more = upto > tail.trimmed;
        tail.trimmed = tail.trimmed.max(upto);
        tail.forget(upto);
        more
    }

    /// The notes behind a position, at most `limit`; `None` when memory does not reach back so far.
    fn recent(&self, after: u64, limit: usize) -> Option<Vec<Arc<Note>>> {
        let tail = self.tail();
        if after < tail.floor {
            return None;
        }
        let from = tail.notes.partition_point(|note| note.pos <= after);
        Some(tail.notes.iter().skip(from).take(limit).cloned().collect())
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All mailboxes.
#[derive(Debug, Default)]
pub struct Mailboxes {
    mails: RwLock<HashMap<UserId, Arc<Mailbox>>>,
}

impl Mailboxes {
    /// The mailbox of an agent, new if they have none yet.
    pub fn of(&self, agent: &UserId) -> Arc<Mailbox> {
        if let Some(mail) = self.read(agent) {
            return mail;
        }
        let mut mails = self.mails.write().unwrap_or_else(PoisonError::into_inner);
        mails.entry(agent.clone()).or_default().clone()
    }

    fn read(&self, agent: &UserId) -> Option<Arc<Mailbox>> {
        self.mails.read().unwrap_or_else(PoisonError::into_inner).get(agent).cloned()
    }

    /// The notes of an agent behind a position, in order: at most `limit`, and no more than have bodies of together
    /// `bytes` or are in memory anyway, but at least one if there is any.
    pub async fn after(
        &self,
        store: &dyn Store,
        agent: &UserId,
        after: u64,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<Arc<Note>>, StoreFault> {
        match self.of(agent).recent(after, limit) {
            Some(notes) => Ok(notes),
            None => store.notes(agent, after, u32::try_from(limit).unwrap_or(u32::MAX), bytes).await,
        }
    }

    /// Takes over the heads the journal has, at start.
    pub(crate) fn load(&self, heads: Vec<(UserId, u64)>) {
        for (agent, head) in heads {
            let mail = self.of(&agent);
            let mut tail = mail.tail();
            // What was committed meanwhile was told already, and lies behind this position or before it.
            tail.forget(head);
            tail.floor = tail.floor.max(head);
            tail.head = tail.head.max(head);
        }
    }

    /// Puts committed notes into the tails and rings. One that is there already, or lies before what is, is ignored.
    pub(crate) fn deliver(&self, notes: &[Arc<Note>]) {
        let mut rest = notes;
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|note| note.agent == first.agent).count();
            let mail = self.of(&first.agent);
            {
                let mut tail = mail.tail();
                for note in &rest[..run] {
                    tail.push(note.clone());
                }
            }
            mail.wake.notify_waiters();
            rest = &rest[run..];
        }
    }

    /// Lets go of every note in memory: the journal no longer has all of them as they were. Whoever asks for one is given
    /// what the journal has.
    pub(crate) fn reread(&self) {
        let mails = self.mails.read().unwrap_or_else(PoisonError::into_inner);
        for mail in mails.values() {
            let mut tail = mail.tail();
            let head = tail.head;
            tail.forget(head);
            tail.floor = head;
        }
    }

    /// Remembers that an agent logged in, and where their mailbox stood before that.
    pub(crate) fn logged_in(&self, agent: &UserId, before: u64, at: Millis) {
        self.of(agent).tail().login = Some((before, at));
    }

    /// Every agent with a mailbox, and its head.
    pub fn heads(&self) -> Vec<(UserId, u64)> {
        let mails = self.mails.read().unwrap_or_else(PoisonError::into_inner);
        mails.iter().map(|(agent, mail)| (agent.clone(), mail.head())).collect()
    }
}

impl Tail {
    /// Lets go of notes that nobody asks for any more, and of the room they took: most mailboxes are idle.
    fn forget(&mut self, upto: u64) {
        while let Some(first) = self.notes.front().filter(|first| first.pos <= upto) {
            self.bytes -= first.body.len();
            self.floor = first.pos;
            self.notes.pop_front();
        }
        if self.notes.is_empty() {
            self.notes.shrink_to_fit();
        }
    }

    fn push(&mut self, note: Arc<Note>) {
        if note.pos <= self.head {
            return;
        }
        self.head = note.pos;
        self.bytes += note.body.len();
        self.notes.push_back(note);
        while self.notes.len() > TAIL || self.bytes > TAIL_BYTES {
            let Some(gone) = self.notes.pop_front() else { break };
            self.bytes -= gone.body.len();
            self.floor = gone.pos;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_erased_is_not_told_from_memory() {
        let room = Mailboxes::default();
        room.deliver(&[note(1), note(2)]);
        let mail = room.of(&"a".into());
        assert!(mail.recent(0, 10).is_some());
        room.reread();
        assert_eq!((mail.recent(0, 10), mail.head()), (None, 2));
        assert_eq!(mail.recent(2, 10), Some(vec![]));
        room.deliver(&[note(3)]);
        assert_eq!(mail.recent(2, 10).map(|notes| notes.len()), Some(1));
    }

    fn note(pos: u64) -> Arc<Note> {
        Arc::new(Note { agent: "a".into(), pos, channel: "/c".into(), body: "{}".into() })
    }

    #[test]
    fn the_tail_answers_what_it_still_holds_and_nothing_older() {
        let room = Mailboxes::default();
        let notes: Vec<_> = (1..=(TAIL as u64 + 10)).map(note).collect();
        room.deliver(&notes);
        let mail = room.of(&"a".into());
        assert_eq!(mail.recent(0, 10), None);
        assert_eq!(mail.recent(10, 2).map(|notes| notes.iter().map(|n| n.pos).collect()), Some(vec![11, 12]));
        assert_eq!(mail.recent(mail.head(), 10), Some(vec![]));
    }

    #[test]
    fn a_session_opened_right_after_login_starts_before_it() {
        let room = Mailboxes::default();
        room.deliver(&[note(7)]);
        room.logged_in(&"a".into(), 6, 1_000);
        assert_eq!(room.of(&"a".into()).start(1_000 + LOGIN_GRACE - 1), 6);
        assert_eq!(room.of(&"a".into()).start(1_000 + LOGIN_GRACE), 7);
    }

    #[test]
    fn the_tail_is_bounded_in_bytes_too() {
        let room = Mailboxes::default();
        let body: Arc<str> = "x".repeat(TAIL_BYTES / 2).into();
        let fat = |pos| Arc::new(Note { agent: "a".into(), pos, channel: "/c".into(), body: body.clone() });
        room.deliver(&[fat(1), fat(2), fat(3)]);
        let mail = room.of(&"a".into());
        assert_eq!(mail.recent(0, 10), None);
        assert_eq!(mail.recent(1, 10).map(|notes| notes.len()), Some(2));
    }

    #[test]
    fn a_note_too_large_to_keep_is_read_from_the_journal() {
        let room = Mailboxes::default();
        let body = "x".repeat(TAIL_BYTES + 1).into();
        room.deliver(&[Arc::new(Note { agent: "a".into(), pos: 5, channel: "/c".into(), body })]);
        let mail = room.of(&"a".into());
        assert_eq!((mail.head(), mail.recent(4, 10), mail.recent(5, 10)), (5, None, Some(vec![])));
    }

    #[test]
    fn after_a_start_what_is_older_is_read_from_the_journal() {
        let room = Mailboxes::default();
        room.load(vec![("a".into(), 40)]);
        let mail = room.of(&"a".into());
        assert_eq!((mail.head(), mail.start(0)), (40, 40));
        assert_eq!((mail.recent(39, 10), mail.recent(40, 10)), (None, Some(vec![])));
        room.deliver(&[note(43)]);
        assert_eq!(mail.recent(40, 10).map(|notes| notes[0].pos), Some(43), "positions may have gaps");
    }

    #[test]
    fn each_agent_gets_his_own() {
        let room = Mailboxes::default();
        let to = |agent: &str, pos| {
            Arc::new(Note { agent: agent.into(), pos, channel: "/c".into(), body: "{}".into() })
        };
        room.deliver(&[to("a", 1), to("a", 2), to("b", 1), to("a", 3)]);
        let mut heads = room.heads();
        heads.sort();
        assert_eq!(heads, [("a".into(), 3), ("b".into(), 1)]);
    }

    #[test]
    fn a_note_that_comes_twice_or_late_is_told_once() {
        let room = Mailboxes::default();
        room.deliver(&[note(1), note(2)]);
        room.deliver(&[note(2), note(1), note(3)]);
        let told =
            |mail: &Mailbox| mail.recent(0, 10).map(|notes| notes.iter().map(|n| n.pos).collect::<Vec<_>>());
        assert_eq!(told(&room.of(&"a".into())), Some(vec![1, 2, 3]));
        // A start during which another node commits: it is told of the third before it reads where the mailbox stands.
        let room = Mailboxes::default();
        room.deliver(&[note(3), note(4)]);
        room.load(vec![("a".into(), 3)]);
        let mail = room.of(&"a".into());
        assert_eq!((mail.head(), mail.recent(2, 10).is_some()), (4, false));
        assert_eq!(mail.recent(3, 10).map(|notes| notes.len()), Some(1));
    }

    #[tokio::test]
    async fn a_note_between_looking_and_waiting_still_rings() {
        let room = Mailboxes::default();
        let mail = room.of(&"a".into());
        let wake = mail.wake().notified();
        tokio::pin!(wake);
        wake.as_mut().enable();
        assert_eq!(mail.recent(0, 10), Some(vec![]));
        room.deliver(&[note(1)]);
        wake.await;
    }

    #[test]
    fn what_was_thrown_away_is_thrown_away_once() {
        let room = Mailboxes::default();
        room.load(vec![("a".into(), 6)]);
        let mail = room.of(&"a".into());
        assert!(!mail.trims(0), "there was nothing");
        assert!(mail.trims(5));
        assert!(!mail.trims(5) && !mail.trims(4));
        assert!(mail.trims(u64::MAX), "as far as there is anything");
        assert!(!mail.trims(6));
        room.deliver(&[note(7)]);
        assert!(mail.trims(7));
    }
}
