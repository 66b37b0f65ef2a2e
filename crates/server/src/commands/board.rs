//! The board of a journal, as the router of a server would see it.

use anyhow::Result;
use desk::{ports::Clock, routing::Board};
use domain::{EntityKind, Millis};
use store_sqlite::SqliteReader;

/// What the router looks at.
pub const ROUTED: [EntityKind; 7] = [
    EntityKind::Centre,
    EntityKind::Queue,
    EntityKind::User,
    EntityKind::Device,
    EntityKind::Agent,
    EntityKind::Session,
    EntityKind::Call,
];

/// What waits and who works, and the present moment: the server's time may be ahead of the system's, and nobody can
/// have waited for less than no time.
pub fn board(reader: &SqliteReader, kinds: &[EntityKind]) -> Result<(Board, Millis)> {
    let mut board = Board::default();
    for kind in kinds {
        for state in reader.states(*kind)? {
            if let Some(key) = state.key() {
                board.take(&key, &state);
            }
        }
    }
    let newest = board.waiting().map(|item| item.since).max();
    let now = crate::clock::SteadyClock::start(None).now().max(newest.unwrap_or(Millis::MIN));
    Ok((board, now))
}
