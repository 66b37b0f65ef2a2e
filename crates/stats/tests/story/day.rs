//! A committed day, with every case that `docs/reporting.md` tells of, and the numbers that come of it. Write the numbers
//! again with `REGENERATE=1 cargo test -p stats --test story day`, and read what changed.

use crate::{centre::Centre, rows::table};

/// What happened.
pub const TRANSCRIPT: &str = include_str!("../day/transcript.txt");

#[test]
fn the_numbers_of_the_day() {
    let mut centre = Centre::new();
    centre.tell(TRANSCRIPT);
    let lines = table(&centre.rows()).into_iter().map(|(row, columns)| format!("{row}: {columns}\n"));
    let numbers: String = lines.collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/day/rows.txt");
    if std::env::var_os("REGENERATE").is_some() {
        std::fs::write(file, &numbers).expect("the file");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), numbers);
}
