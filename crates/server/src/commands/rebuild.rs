//! `jackfield rebuild`: compares what the events fold to with the snapshots.

use crate::{cli::Rebuild, config};
use anyhow::{Result, bail};
use desk::ports::{Difference, Operator};
use std::io::Write;
use store_sqlite::SqliteDirectory;

/// Looks for damage and compares, also while a server runs; with `--fix` it mends, without a server. Fails while
/// anything disagrees.
pub fn run(args: &Rebuild, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
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

fn in_words(Difference { entity, finding, is_fixed }: &Difference) -> String {
    format!("{entity}: {finding}{}", if *is_fixed { "; mended" } else { "" })
}
