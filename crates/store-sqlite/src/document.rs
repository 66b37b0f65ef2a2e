//! Stored documents: JSON and the format in which it was written.

use crate::fault::{SqliteFault, SqliteResult};
use domain::{
    Event, State,
    format::{self, Document, Unread, lower_snapshot},
};
use rusqlite::Row;
use serde::{
    Serialize,
    de::{DeserializeOwned, Error},
};

impl From<Unread> for SqliteFault {
    fn from(why: Unread) -> Self {
        match why {
            Unread::Malformed(why) => Self::Json(why),
            why @ (Unread::Newer(_) | Unread::Fold) => Self::Damaged(why.to_string()),
        }
    }
}

/// The document in two columns of a row: its body, and behind it its format.
pub(crate) fn read<T: DeserializeOwned>(
    document: Document,
    row: &Row<'_>,
    body: usize,
) -> SqliteResult<Result<T, Unread>> {
    let format: u32 = row.get(body + 1)?;
    Ok(match row.get_ref(body)?.as_str() {
        Ok(body) => format::read(document, format, body),
        Err(why) => Err(Unread::Malformed(serde_json::Error::custom(why))),
    })
}

/// A snapshot as it is written in a format.
pub(crate) fn snapshot(format: u32, state: &State) -> SqliteResult<String> {
    text(&*lower_snapshot(format, state))
}

/// An event in the same way; `event` is left as it was written.
pub(crate) fn event(format: u32, event: &mut Event) -> SqliteResult<String> {
    format::lower_event(format, event);
    text(event)
}

/// Any other document.
pub(crate) fn text(document: &impl Serialize) -> SqliteResult<String> {
    Ok(serde_json::to_string(document)?)
}
