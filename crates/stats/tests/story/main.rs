//! What a centre does, told in short lines, and the rows that come of it. The rules of `domain` make the events, so that
//! nothing is counted here that cannot happen.

mod agents;
mod calls;
mod centre;
mod codes;
mod day;
mod rows;
mod saved;
mod sessions;
mod statistics;
mod words;

use rows::table;

/// Tells a story and compares a line of a row with what the rule says. Lines are separated by `;` and begin with seconds.
#[track_caller]
fn check(story: &str, row: &str, expected: &str) {
    let mut centre = centre::Centre::new();
    centre.tell(story);
    let rows = table(&centre.rows());
    let found = rows.iter().find(|(key, _)| key == row).map_or("", |(_, columns)| columns.as_str());
    assert_eq!(found, expected, "{row} of {rows:#?}");
}
