//! `jackfield migrate`.

use crate::{cli::Place, config, wiring};
use anyhow::{Result, bail};
use std::io::Write;
use store_sqlite::{Options, SqliteStore};

/// Brings the journal to the schema of this version.
pub fn run(place: &Place, out: &mut impl Write) -> Result<()> {
    let config = config::load(place.config.as_deref(), place.flags())?;
    if !wiring::has_journal(&config.data) {
        bail!("there is no journal in {}", config.data.display());
    }
    SqliteStore::open(&config.data, Options { migrate: true, ..Options::default() })?;
    writeln!(out, "The journal in {} has the schema of this version.", config.data.display())?;
    Ok(())
}
