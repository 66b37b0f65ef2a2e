//! `jackfield rebuild`: compares what the events fold to with the snapshots, or counts them anew for reporting.

use super::trace::moment;
use crate::{cli::Rebuild, config, wiring};
use anyhow::{Result, bail};
use desk::{
    ports::{Clock, Difference, Operator},
    reports::{Counter, Progress},
};
use std::{io::Write, path::Path};
use store_sqlite::SqliteDirectory;

/// Looks for damage and compares, also while a server runs; with `--fix` it mends, without a server. Fails while
/// anything disagrees. With `--reports` it does none of that.
pub async fn run(args: &Rebuild, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    if args.reports {
        return count_anew(&config.data, out).await;
    }
    let journal = SqliteDirectory::of(&config.data);
    if args.accept_loss {
        journal.accept_loss()?;
        writeln!(
            out,
            "The journal in {} is taken as it is; what was missing stays lost.",
            config.data.display()
        )?;
    }
    let report = journal.rebuild(args.fix)?;
    for difference in &report.differences {
        writeln!(out, "{}", in_words(difference))?;
    }
    writeln!(out, "{} entities, {} events looked at.", report.entities, report.events)?;
    let left = report.differences.iter().filter(|difference| !difference.is_fixed).count();
    if left > 0 {
        bail!("events and snapshots disagree about {left} entities");
    }
    writeln!(out, "Events and snapshots agree.")?;
    Ok(())
}

/// Counts every event of a journal that nothing else has open, as a server would.
async fn count_anew(data: &Path, out: &mut impl Write) -> Result<()> {
    wiring::must_have_journal(data)?;
    let store = wiring::store(data)?;
    let clock = wiring::clock(&store).await?;
    let counter = Counter::new(store);
    let since = counter.recount(clock.now()).await?;
    while counter.step(clock.now()).await? == Progress::Behind {}
    counter.save(clock.now()).await?;
    match since {
        None => writeln!(out, "The rows of reporting are counted anew from all events of the journal.")?,
        Some(since) => writeln!(
            out,
            "The rows of reporting since {} are counted anew; the journal has not all events from before, and older \
             rows stay as they are.",
            moment(since.0)
        )?,
    }
    Ok(())
}

fn in_words(Difference { entity, finding, is_fixed }: &Difference) -> String {
    format!("{entity}: {finding}{}", if *is_fixed { "; mended" } else { "" })
}
