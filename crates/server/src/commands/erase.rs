//! `jackfield erase`: for requests of people to erase their data.

use crate::{
    admin::{self, Request},
    cli::Erase,
    config, wiring,
};
use anyhow::Result;
use desk::ports::{Operator, Traces};
use std::io::Write;
use store_sqlite::SqliteDirectory;

/// Finds what the journal has of a person and erases it, in the journal or by the server that has it.
pub async fn run(args: Erase, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    if args.dry_run {
        return would_erase(&SqliteDirectory::of(&config.data).find_person(&args.person)?, out);
    }
    wiring::must_have_journal(&config.data)?;
    admin::perform(&config, Request::Erase { person: args.person }).await?.print(out)
}

fn would_erase(found: &Traces, out: &mut impl Write) -> Result<()> {
    for session in &found.conversations {
        writeln!(out, "{session}")?;
    }
    for unit in &found.quarantined {
        writeln!(out, "unit {unit} in quarantine")?;
    }
    for notice in &found.notices {
        writeln!(out, "{notice}, to be sent")?;
    }
    for seq in &found.events {
        writeln!(out, "event {seq} of a phone")?;
    }
    writeln!(
        out,
        "{} conversations, calls included, would be erased, and {} events of phones; {} units in quarantine and {} texts to be sent deleted.",
        found.conversations.len(),
        found.events.len(),
        found.quarantined.len(),
        found.notices.len()
    )?;
    Ok(())
}
