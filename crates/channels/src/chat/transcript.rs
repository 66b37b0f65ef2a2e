//! The transcript: the part of a conversation's log that its customer sees, from a position on.

use desk::{Desk, LogPage, Span, ports::StoreFault};
use domain::{Message, json, message::Viewer, session::Session};
use serde::Serialize;

/// The largest answer with a transcript, in bytes as it is sent; one message that is larger by itself is sent all the
/// same, so that its reader gets on. The rest follows in the next answer.
pub(super) const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// What an answer may have besides the entries.
const FRAME_BYTES: usize = 4 * 1024;

/// Reads the transcript from a position on (inclusive), with each entry as the protocol shows it: without what agents
/// say among themselves, and with typing only where it is still true.
pub(super) async fn read<T: Serialize>(
    desk: &Desk,
    session: &Session,
    from: u32,
    show: impl Fn(&Message) -> T,
) -> Result<LogPage<T>, StoreFault> {
    page(desk, session, (from, None), show).await
}

/// The part of the transcript from a position on (inclusive) that ends before another (exclusive), the same at each
/// reading: less of it, when it is more than one answer carries.
pub(super) async fn read_until<T: Serialize>(
    desk: &Desk,
    session: &Session,
    (from, until): (u32, u32),
    show: impl Fn(&Message) -> T,
) -> Result<LogPage<T>, StoreFault> {
    page(desk, session, (from, Some(until)), show).await
}

async fn page<T: Serialize>(
    desk: &Desk,
    session: &Session,
    (from, until): (u32, Option<u32>),
    show: impl Fn(&Message) -> T,
) -> Result<LogPage<T>, StoreFault> {
    let span = Span { from, until, count: u32::MAX, bytes: MAX_ANSWER_BYTES - FRAME_BYTES };
    let seen = |entry: &Message| (entry.visibility.is_for(Viewer::Customer)).then(|| show(entry));
    // A comma stands between two entries.
    desk.page(session, span, seen, |entry| json::len(entry) + 1).await
}
