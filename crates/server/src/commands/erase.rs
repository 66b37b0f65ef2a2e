//! `jackfield erase`: no table, file or answer holds the words afterwards (DESIGN §2, The journal).

use crate::{cli::Erase, config, wiring};
use anyhow::{Result, anyhow, bail};
use desk::Refused;
use domain::{Command, Refusal};
use std::io::Write;
use store_sqlite::{SqliteStore, Traces};

/// Finds what the journal has of a person and erases it.
pub async fn run(args: Erase, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    if args.dry_run {
        let found = SqliteStore::open_reader(&config.data)?.find_person(&args.person)?;
        return would_erase(&found, out);
    }
    wiring::must_have_journal(&config.data)?;
    let store = wiring::store(&config.data)?;
    let desk = wiring::desk(
        store.clone(),
        wiring::clock(&store).await?,
        config.media_table()?,
        &wiring::default_url(&config),
        config.shown()?,
    )
    .await?;
    // Calls of a process that is gone were ended when the desk was opened: none goes on now.
    let found = store.find_person(&args.person).await?;
    let (mut over, mut going_on) = (Vec::new(), Vec::new());
    for session in found.conversations {
        match desk.perform(Command::Erase { session: session.clone() }).await {
            Ok(_) => over.push(session),
            Err(Refused::Rule(Refusal::InUse(_))) => going_on.push(session),
            Err(why) => return Err(anyhow!("{session}: {why}")),
        }
    }
    let erased = store.erase(Traces { conversations: over, ..found }).await?;
    writeln!(
        out,
        "{} conversations erased, calls included: {} log entries, {} events, {} notes. {} units in quarantine and {} texts to be sent deleted.",
        erased.conversations,
        erased.messages,
        erased.events,
        erased.notes,
        erased.quarantined,
        erased.notices
    )?;
    if !erased.left.is_empty() {
        bail!("could not be erased: {:?}", erased.left);
    }
    if !going_on.is_empty() {
        bail!("still going on, erase again when they are over: {going_on:?}");
    }
    Ok(())
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
    writeln!(
        out,
        "{} conversations, calls included, would be erased, {} units in quarantine and {} texts to be sent deleted.",
        found.conversations.len(),
        found.quarantined.len(),
        found.notices.len()
    )?;
    Ok(())
}
