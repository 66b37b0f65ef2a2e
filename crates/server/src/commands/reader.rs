//! The journal as commands read it.

use anyhow::{Result, anyhow};
use std::path::Path;
use store_sqlite::{OpenError, SqliteReader, SqliteStore};

/// The journal of a data directory, opened for reading beside whatever server runs.
pub fn reader(data: &Path) -> Result<SqliteReader> {
    SqliteStore::open_reader(data).map_err(|why| match why {
        OpenError::Missing(_) => anyhow!(
            "{why}: name the data directory of the server with --data, or its settings with --config; the demo prints \
             the line with its own when it starts"
        ),
        other => other.into(),
    })
}
