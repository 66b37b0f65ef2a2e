//! Finding a person: in which conversations a value of a customer's stands, and where else.

use crate::{fault::Outcome, raw, snapshot, task};
use domain::{
    Event, InteractionId, Key, State, UserData,
    session::{Fact, Session},
    task::Errand,
};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a value of a customer's stands in a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Conversations that hold it, by id.
    pub conversations: Vec<InteractionId>,
    /// Units in quarantine in which it stands, by number.
    pub quarantined: Vec<i64>,
    /// Tasks that send a text of the server's own to it, by id.
    pub notices: Vec<String>,
}

/// Everything that holds the value.
pub(crate) fn find(conn: &Connection, value: &str) -> Outcome<Traces> {
    if value.is_empty() {
        // Erased values are empty: nobody is found by them.
        return Ok(Traces::default());
    }
    Ok(Traces {
        conversations: conversations(conn, value)?,
        quarantined: quarantined(conn, value)?,
        notices: notices(conn, value)?,
    })
}

fn quarantined(conn: &Connection, value: &str) -> Outcome<Vec<i64>> {
    let mut statement = conn.prepare("SELECT id, why, raw FROM quarantine ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let why = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let unit = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        if why.contains(value) || raw::holds(unit, value) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

fn notices(conn: &Connection, value: &str) -> Outcome<Vec<String>> {
    let to_him =
        |errand: &Errand| matches!(errand, Errand::Notice { address, .. } if address.theirs == value);
    let tasks = task::all(conn)?.into_iter().map(|row| row.task);
    Ok(tasks.filter(|task| to_him(&task.errand)).map(|task| task.id()).collect())
}

fn conversations(conn: &Connection, value: &str) -> Outcome<Vec<InteractionId>> {
    // Rows without the value's JSON cannot have it, and need not be read as JSON.
    let json = serde_json::to_string(value)?;
    let needle = json.trim_matches('"');
    let mut found = BTreeSet::new();
    search(
        conn,
        "SELECT key, body FROM snapshot JOIN entity ON entity.id = snapshot.entity WHERE kind = 'session'",
        needle,
        &mut found,
        |body| {
            let state = serde_json::from_str(body)?;
            Ok(matches!(state, State::Session(session) if bears(&session, value)))
        },
    )?;
    search(
        conn,
        "SELECT key, body FROM event JOIN entity ON entity.id = event.entity WHERE kind GLOB 'session.*'",
        needle,
        &mut found,
        |body| {
            let event = serde_json::from_str(body)?;
            Ok(matches!(event, Event::Session(event) if tells(&event.fact, value)))
        },
    )?;
    Ok(found.into_iter().collect())
}

fn search(
    conn: &Connection,
    sql: &str,
    needle: &str,
    found: &mut BTreeSet<InteractionId>,
    has: impl Fn(&str) -> Outcome<bool>,
) -> Outcome<()> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if !body.contains(needle) || !has(body)? {
            continue;
        }
        if let Key::Session(session) =
            snapshot::key(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?
        {
            found.insert(session);
        }
    }
    Ok(())
}

fn bears(session: &Session, value: &str) -> bool {
    let is_reached = session.post.as_ref().is_some_and(|post| post.address.theirs == value);
    is_reached || session.customer.nickname == value || holds(&session.user_data, value)
}

fn tells(fact: &Fact, value: &str) -> bool {
    match fact {
        Fact::Created { nickname, user_data, post, .. } => {
            let is_reached = post.as_ref().is_some_and(|route| route.address.theirs == value);
            is_reached || nickname == value || holds(user_data, value)
        }
        Fact::Renamed { agent: None, nickname } => nickname == value,
        Fact::DataChanged { set, .. } => holds(set, value),
        _ => false,
    }
}

fn holds(data: &UserData, value: &str) -> bool {
    data.pairs().values().any(|found| is_or_has(found, value))
}

fn is_or_has(found: &Value, value: &str) -> bool {
    match found {
        Value::String(text) => text == value,
        Value::Number(number) => number.to_string() == value,
        Value::Array(items) => items.iter().any(|item| is_or_has(item, value)),
        Value::Object(pairs) => pairs.values().any(|item| is_or_has(item, value)),
        Value::Null | Value::Bool(_) => false,
    }
}
