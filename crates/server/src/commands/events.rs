//! `jackfield events`: the reporting feed out of the journal, one event a line.

use super::reader::reader;
use crate::{cli::Events, config, output::Output};
use anyhow::Result;
use desk::ports::FeedQuery;
use domain::{EntityKind, State, UserId};
use std::{collections::HashMap, io::Write, time::Duration};
use store_sqlite::SqliteReader;

const PAGE: u32 = 1_000;
/// How long to wait before looking for more.
const LOOK: Duration = Duration::from_millis(500);

/// Prints the events behind a sequence number, and those to come if asked to.
pub async fn run<W: Write>(args: &Events, out: &mut Output<W>) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let reader = reader(&config.data)?;
    let mut after = args.after;
    loop {
        let page = reader.events(&FeedQuery { after, limit: PAGE, ..FeedQuery::default() })?;
        let Some(last) = page.rows.last() else {
            out.flush()?;
            if !args.follow {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
            continue;
        };
        after = last.seq;
        let (centre, users) = (centre(&reader)?, users(&reader)?);
        let names = |id: &UserId| users.get(id).cloned();
        for event in page.rows.iter().filter_map(|row| api::cloud_event(centre.as_deref(), row, &names)) {
            writeln!(out, "{event}")?;
            // The reader may have had enough.
            if !out.is_read() {
                return Ok(());
            }
        }
        out.flush()?;
    }
}

/// The id of the contact centre.
pub fn centre(reader: &SqliteReader) -> Result<Option<String>> {
    let states = reader.states(EntityKind::Centre)?;
    Ok(states.iter().find_map(|state| match &**state {
        State::Centre(centre) => Some(centre.id.clone()),
        _ => None,
    }))
}

/// The names that the users have now.
pub fn users(reader: &SqliteReader) -> Result<HashMap<UserId, String>> {
    let states = reader.states(EntityKind::User)?;
    let named = states.iter().filter_map(|state| match &**state {
        State::User(Some(user)) => Some((user.id.clone(), user.user_name.clone())),
        _ => None,
    });
    Ok(named.collect())
}
