//! `jackfield backup` and `jackfield restore`.

use crate::{cli::Copy, config};
use anyhow::Result;
use desk::ports::Operator;
use std::io::Write;
use store_sqlite::SqliteDirectory;

/// Copies the journal, also while a server runs.
pub fn backup(args: &Copy, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    SqliteDirectory::of(&config.data).backup(&args.copy)?;
    writeln!(out, "The journal of {} was copied to {}.", config.data.display(), args.copy.display())?;
    Ok(())
}

/// Puts a copy in place; it gets a new stream id, so that readers of the feed notice.
pub fn restore(args: &Copy, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    SqliteDirectory::of(&config.data).restore(&args.copy)?;
    writeln!(out, "The journal of {} was restored from {}.", config.data.display(), args.copy.display())?;
    Ok(())
}
