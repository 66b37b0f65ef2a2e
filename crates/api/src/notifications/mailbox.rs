//! Looking into a mailbox for one session.

use crate::state::Api;
use bayeux::Subscriptions;
use desk::ports::{Note, StoreFault};
use domain::UserId;
use std::sync::Arc;

/// The most notes looked at in one step.
const PAGE: usize = 256;
/// The most that the notes of one response weigh, in bytes as they are sent; the rest follows in the next. A note that
/// weighs more by itself goes alone.
const MAX_BYTES: usize = 512 * 1024;
/// What a note takes besides its topic and its body: `{"channel":"","data":},`.
const FRAME: usize = 24;

/// What a look found, and how far it went.
pub(super) struct Found {
    pub notes: Vec<SessionNote>,
    pub looked: u64,
}

/// A note for one session, under the spelling of its topic that the session asked for.
pub(super) struct SessionNote {
    note: Arc<Note>,
    /// `None` is the note's own, canonical one.
    spelling: Option<&'static str>,
}

impl SessionNote {
    /// The note for a session, if the session listens to its topic under any spelling.
    fn of(api: &Api, subscriptions: &Subscriptions, note: Arc<Note>) -> Option<Self> {
        let topic: &str = &note.channel;
        let row = api.desk.media().rows().iter().find(|row| row.topics.first() == Some(&topic));
        let Some(row) = row else {
            subscriptions.pick(&[topic])?;
            return Some(Self { note, spelling: None });
        };
        let spelling = Some(subscriptions.pick(row.topics)?);
        Some(Self { note, spelling })
    }

    /// Writes it into a response.
    pub fn write(&self, out: &mut bayeux::Response) {
        out.event(self.topic(), self.note.body.as_bytes());
    }

    /// How many bytes it takes in a response.
    fn weight(&self) -> usize {
        FRAME + self.topic().len() + self.note.body.len()
    }

    fn topic(&self) -> &str {
        self.spelling.unwrap_or(&self.note.channel)
    }
}

/// The notes behind a position that the session listens to, as many as fit one response.
pub(super) async fn look(
    api: &Api,
    agent: &UserId,
    subscriptions: &Subscriptions,
    after: u64,
) -> Result<Found, StoreFault> {
    let mut found = Found { notes: Vec::new(), looked: after };
    let mut bytes = 0;
    loop {
        let (room, store) = (api.desk.mailboxes(), api.desk.store());
        let page = room.after(&**store, agent, found.looked, PAGE, MAX_BYTES).await?;
        if page.is_empty() {
            return Ok(found);
        }
        for note in page {
            let pos = note.pos;
            if let Some(note) = SessionNote::of(api, subscriptions, note) {
                bytes += note.weight();
                if bytes > MAX_BYTES && !found.notes.is_empty() {
                    return Ok(found);
                }
                found.notes.push(note);
            }
            found.looked = pos;
        }
        if !found.notes.is_empty() {
            return Ok(found);
        }
    }
}
