//! `jackfield erase`: no table, file or answer holds the words afterwards (DESIGN §2, The journal).

use crate::{cli::Erase, config, wiring};
use anyhow::{Result, anyhow, bail};
use domain::Command;
use std::io::Write;
use store_sqlite::SqliteStore;

/// Finds the conversations of a person and erases them.
pub async fn run(args: Erase, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    if args.dry_run {
        let found = SqliteStore::open_reader(&config.data)?.find_person(&args.person)?;
        for session in &found {
            writeln!(out, "{session}")?;
        }
        writeln!(out, "{} conversations would be erased.", found.len())?;
        return Ok(());
    }
    wiring::must_have_journal(&config.data)?;
    let store = wiring::store(&config.data)?;
    let desk = wiring::desk(store.clone(), &wiring::default_url(&config)).await?;
    let found = store.find_person(&args.person).await?;
    for session in &found {
        let command = Command::Erase { session: session.clone() };
        desk.perform(command).await.map_err(|why| anyhow!("{session}: {why}"))?;
    }
    let erased = store.erase(found).await?;
    writeln!(
        out,
        "{} conversations erased: {} log entries, {} events, {} notes.",
        erased.conversations, erased.messages, erased.events, erased.notes
    )?;
    match erased.left.as_slice() {
        [] => Ok(()),
        left => bail!("{} conversations could not be erased: {left:?}", left.len()),
    }
}
