//! `jackfield events`: the journal as JSON, one event a line.

use crate::{cli::Events, config};
use anyhow::Result;
use desk::ports::{EventRow, FeedQuery};
use serde_json::{Value, json};
use std::{
    io::{ErrorKind, Write},
    time::Duration,
};
use store_sqlite::SqliteStore;

const PAGE: u32 = 1_000;
/// How long to wait before looking for more.
const LOOK: Duration = Duration::from_millis(500);

/// Prints the events behind a sequence number, and those to come if asked to.
pub async fn run(args: &Events, out: &mut impl Write) -> Result<()> {
    let config = config::load(args.place.config.as_deref(), args.place.flags())?;
    let reader = SqliteStore::open_reader(&config.data)?;
    let mut after = args.after;
    loop {
        let page = reader.events(&FeedQuery { after, limit: PAGE, ..FeedQuery::default() })?;
        for row in &page.rows {
            after = row.seq;
            match writeln!(out, "{}", line(row)) {
                // Whoever read it has had enough.
                Err(why) if why.kind() == ErrorKind::BrokenPipe => return Ok(()),
                written => written?,
            }
        }
        out.flush()?;
        if page.rows.is_empty() {
            if !args.follow {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

fn line(row: &EventRow) -> Value {
    let mut event = json!(row.event);
    without_secrets(&mut event);
    json!({
        "sequence": row.seq,
        "time": time(row.at),
        "type": format!("jackfield.{}", row.event.kind()),
        "subject": row.key.to_string(),
        "version": row.version,
        "event": event,
    })
}

/// Neither the hash of a password nor the digest of a customer's key is anybody's business.
fn without_secrets(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for secret in ["password_hash", "key_digest"] {
                members.remove(secret);
            }
            members.values_mut().for_each(without_secrets);
        }
        Value::Array(items) => items.iter_mut().for_each(without_secrets),
        _ => {}
    }
}

fn time(at: domain::Millis) -> Value {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| json!(at), |time| json!(time.to_string()))
}
