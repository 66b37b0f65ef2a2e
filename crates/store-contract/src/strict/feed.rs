//! Pages of events.

use super::data::{JournalData, up_to, weight};
use desk::ports::{EventRow, FeedPage, FeedQuery};

/// The most rows of a page, whatever was asked for.
const MOST: u32 = 10_000;

/// A page of events.
pub(super) fn page(data: &JournalData, query: &FeedQuery) -> FeedPage {
    let is_wanted = |row: &&EventRow| {
        row.seq > query.after
            && query.since.is_none_or(|since| row.at >= since)
            && (query.unreported || row.event.is_reported())
            && (query.kinds.is_empty() || query.kinds.iter().any(|kind| kind == row.event.kind()))
    };
    let limit = usize::try_from(query.limit.min(MOST)).unwrap_or(usize::MAX);
    let weighed = data.events.values().filter(is_wanted).map(|row| (weight(&row.event), row.clone()));
    let (rows, more) = up_to(weighed, limit, query.bytes.unwrap_or(usize::MAX));
    let full = more || rows.len() >= limit;
    FeedPage { rows, full, head: data.seq.max(data.oldest), oldest: data.oldest }
}
