//! `jackfield migrate`.

use crate::{cli::Place, config, wiring};
use anyhow::Result;
use std::io::Write;
use store_sqlite::{Options, SqliteStore};

/// Brings the journal to the schema of this version.
pub fn run(place: &Place, out: &mut impl Write) -> Result<()> {
    let config = config::load(place.config.as_deref(), place.flags())?;
    wiring::must_have_journal(&config.data)?;
    SqliteStore::open(&config.data, Options { migrate: true, ..Options::default() })?;
    writeln!(out, "The journal in {} has the schema of this version.", config.data.display())?;
    Ok(())
}
