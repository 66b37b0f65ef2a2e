//! Looking into a mailbox for one session.

use crate::app::Api;
use bayeux::Subscriptions;
use desk::ports::{Note, StoreFault};
use domain::UserId;
use std::sync::Arc;

/// The most notes looked at in one go.
const PAGE: usize = 256;
/// A response is closed when its notes weigh this much, in bytes; the rest follows in the next.
const MAX_BYTES: usize = 512 * 1024;

/// What a look found: notes with the spelling of the channel to deliver under, and how far it went.
pub(super) struct Found {
    pub notes: Vec<(Arc<Note>, &'static str)>,
    pub looked: u64,
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
        let page = api.desk.mailroom().after(&**api.desk.store(), agent, found.looked, PAGE).await?;
        let full = page.len() == PAGE;
        for note in page {
            if bytes > MAX_BYTES {
                return Ok(found);
            }
            found.looked = note.pos;
            if let Some(channel) = subscriptions.pick(&spellings(api, &note.channel)) {
                bytes += note.body.len();
                found.notes.push((note, channel));
            }
        }
        if !full || !found.notes.is_empty() {
            return Ok(found);
        }
    }
}

/// The spellings of a topic, canonical first.
fn spellings(api: &Api, channel: &str) -> Vec<&'static str> {
    const OTHERS: [&str; 2] = ["/v2/me/channels", "/v2/me/devices"];
    let row = api.desk.media().rows().iter().find(|row| row.topics.first() == Some(&channel));
    match row {
        Some(row) => row.topics.to_vec(),
        None => OTHERS.into_iter().filter(|topic| *topic == channel).collect(),
    }
}
