//! Settling differences.

use super::Difference;
use anyhow::{Result, anyhow};
use desk::Desk;
use domain::Command;
use std::io::Write;

/// Performs every change; stops at the first that the rules refuse, saying which.
pub async fn apply(desk: &Desk, differences: Vec<Difference>) -> Result<usize> {
    let count = differences.len();
    for Difference { words, change } in differences {
        desk.perform(Command::Provision(change)).await.map_err(|why| anyhow!("{words}: {why}"))?;
    }
    Ok(count)
}

/// Shows the differences, one a line.
pub fn print(differences: &[Difference], out: &mut impl Write) -> Result<()> {
    for difference in differences {
        writeln!(out, "{}", difference.words)?;
    }
    Ok(())
}
