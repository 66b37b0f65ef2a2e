//! `jackfield migrate`.

use crate::{cli::Migrate, config, wiring};
use anyhow::Result;
use desk::ports::{Finished, Operator};
use std::io::Write;
use store_sqlite::SqliteDirectory;

/// Brings the journal to the schema of this version, and with `--finish` has it written in this version's format.
pub fn run(args: &Migrate, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    wiring::must_have_journal(&config.data)?;
    let Finished { from, to } = SqliteDirectory::of(&config.data).migrate(args.finish)?;
    writeln!(out, "The journal in {} has the schema of this version.", config.data.display())?;
    match (to == domain::format::NEWEST, to == from) {
        (true, true) => writeln!(out, "It is written in format {to}, the newest of this version.")?,
        (true, false) => writeln!(
            out,
            "It is written in format {to} from now on; releases that do not know it refuse it."
        )?,
        (false, _) => writeln!(
            out,
            "It is still written in format {to}, which the release before can read. Once that is not to open it any \
             more, run `jackfield migrate --finish`."
        )?,
    }
    Ok(())
}
