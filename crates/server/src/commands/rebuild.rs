//! `jackfield rebuild`.
use crate::cli::Place;
use anyhow::Result;
use std::io::Write;
pub fn run(_: &Place, _: &mut impl Write) -> Result<()> {
    Ok(())
}
