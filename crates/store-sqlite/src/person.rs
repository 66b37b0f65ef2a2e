//! Finding a person: in which conversations a value of a customer's stands.

use crate::{fault::Outcome, snapshot};
use domain::{
    Event, Key, SessionId, State, UserData,
    session::{Fact, Session},
};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// Every conversation with the value, by id.
pub(crate) fn find(conn: &Connection, value: &str) -> Outcome<Vec<SessionId>> {
    if value.is_empty() {
        // Erased values are empty: nobody is found by them.
        return Ok(Vec::new());
    }
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
    found: &mut BTreeSet<SessionId>,
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
    session.customer.nickname == value || holds(&session.user_data, value)
}

fn tells(fact: &Fact, value: &str) -> bool {
    match fact {
        Fact::Created { nickname, user_data, .. } => nickname == value || holds(user_data, value),
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
