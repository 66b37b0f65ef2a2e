//! `jackfield erase`: no table, file or answer holds the words afterwards (DESIGN §2, The journal).

use crate::{cli::Erase, config, wiring};
use anyhow::{Result, anyhow, bail};
use desk::Refused;
use domain::{Command, Refusal};
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
    let desk = wiring::desk(store.clone(), config.media_table()?, &wiring::default_url(&config)).await?;
    let (mut over, mut going_on) = (Vec::new(), Vec::new());
    for session in store.find_person(&args.person).await? {
        match desk.perform(Command::Erase { session: session.clone() }).await {
            Ok(_) => over.push(session),
            Err(Refused::Rule(Refusal::InUse(_))) => going_on.push(session),
            Err(why) => return Err(anyhow!("{session}: {why}")),
        }
    }
    let erased = store.erase(over).await?;
    writeln!(
        out,
        "{} conversations erased: {} log entries, {} events, {} notes.",
        erased.conversations, erased.messages, erased.events, erased.notes
    )?;
    if !erased.left.is_empty() {
        bail!("could not be erased: {:?}", erased.left);
    }
    if !going_on.is_empty() {
        bail!("still going on, erase again when they are over: {going_on:?}");
    }
    Ok(())
}
