//! Finds a person: in which conversations and calls a value of a customer's is, and where else.

use crate::{fault::SqliteResult, raw_search, snapshot, task};
use desk::ports::Traces;
use domain::{
    Event, InteractionId, Key, State, UserData,
    call::{self, Call, CallerId, Dn, Who},
    device::DeviceEvent,
    format::{self, Document, Unread},
    session::{self, Session},
    task::TaskKind,
};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that holds the value.
pub(crate) fn find(conn: &Connection, value: &str) -> SqliteResult<Traces> {
    if value.is_empty() {
        // Erased values are empty: they must not be found.
        return Ok(Traces::default());
    }
    Ok(Traces {
        conversations: conversations(conn, value)?,
        quarantined: quarantined(conn, value)?,
        notices: notices(conn, value)?,
        events: user_events(conn, value)?,
    })
}

fn quarantined(conn: &Connection, value: &str) -> SqliteResult<Vec<i64>> {
    let mut statement = conn.prepare("SELECT id, why, raw FROM quarantine ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let why = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let unit = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        if why.contains(value) || raw_search::holds(unit, value) {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

fn notices(conn: &Connection, value: &str) -> SqliteResult<Vec<String>> {
    let to_him =
        |errand: &TaskKind| matches!(errand, TaskKind::Notice { address, .. } if address.theirs == value);
    let tasks = task::all(conn)?.into_iter().map(|row| row.task);
    Ok(tasks.filter(|task| to_him(&task.errand)).map(|task| task.id()).collect())
}

/// Events that agents sent from their phones beside a call.
fn user_events(conn: &Connection, value: &str) -> SqliteResult<Vec<u64>> {
    let mut statement =
        conn.prepare("SELECT seq, body, format FROM event WHERE kind = 'device.user-event' ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        let event: Event = format::read(Document::Event, row.get(2)?, body)?;
        if matches!(&event, Event::Device(DeviceEvent::UserEvent { user_data, .. }) if holds(user_data, value))
        {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

fn conversations(conn: &Connection, value: &str) -> SqliteResult<Vec<InteractionId>> {
    // Rows without the value's JSON cannot have it, and need not be parsed.
    let json = serde_json::to_string(value)?;
    let needle = json.trim_matches('"');
    let mut found = BTreeSet::new();
    search(
        conn,
        "SELECT key, body, snapshot.format FROM snapshot JOIN entity ON entity.id = snapshot.entity
         WHERE kind IN ('session', 'call')",
        needle,
        &mut found,
        |key, format, body| {
            let document = Document::Snapshot(key.kind());
            let state = match format::read(document, format, body) {
                // The fields that are searched are the same in every format.
                Err(Unread::Fold) => serde_json::from_str(body)?,
                read => read?,
            };
            Ok(match state {
                State::Session(session) => bears(&session, value),
                State::Call(call) => call_bears(&call, value),
                _ => false,
            })
        },
    )?;
    search(
        conn,
        "SELECT key, body, event.format FROM event JOIN entity ON entity.id = event.entity
         WHERE kind GLOB 'session.*' OR kind GLOB 'call.*' OR kind = 'disposition'",
        needle,
        &mut found,
        |_, format, body| {
            Ok(match format::read(Document::Event, format, body)? {
                Event::Session(event) => tells(&event.fact, value),
                Event::Call(event) => call_tells(&event.fact, value),
                _ => false,
            })
        },
    )?;
    Ok(found.into_iter().collect())
}

fn search(
    conn: &Connection,
    sql: &str,
    needle: &str,
    found: &mut BTreeSet<InteractionId>,
    has: impl Fn(&Key, u32, &str) -> SqliteResult<bool>,
) -> SqliteResult<()> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        if !body.contains(needle) {
            continue;
        }
        let key = snapshot::key(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
        if has(&key, row.get(2)?, body)?
            && let Key::Session(id) | Key::Call(id) = key
        {
            found.insert(id);
        }
    }
    Ok(())
}

fn bears(session: &Session, value: &str) -> bool {
    let is_reached = session.post.as_ref().is_some_and(|post| post.address.theirs == value);
    is_reached || session.customer.nickname == value || holds(&session.user_data, value)
}

fn tells(fact: &session::Fact, value: &str) -> bool {
    use session::Fact;
    match fact {
        Fact::Created { nickname, user_data, post, .. } => {
            let is_reached = post.as_ref().is_some_and(|route| route.address.theirs == value);
            is_reached || nickname == value || holds(user_data, value)
        }
        Fact::Renamed { agent: None, nickname } => nickname == value,
        Fact::DataChanged { set, .. } => holds(set, value),
        // A code of the book belongs to nobody, and stays when its conversation is erased.
        Fact::Disposition { value: words, known: false, .. } => is_or_has(words, value),
        _ => false,
    }
}

fn call_bears(call: &Call, value: &str) -> bool {
    let line_bears = |line: &call::Line| {
        is_outside(line.kind, call.from_of(line), &line.dialled, value) || holds(&line.user_data, value)
    };
    let is_party = |party: &call::Party| party.who == Who::Outside && party.dn.as_str() == value;
    call.lines.iter().any(line_bears)
        || call.parties.iter().any(is_party)
        || call.location.as_deref() == Some(value)
}

fn call_tells(fact: &call::Fact, value: &str) -> bool {
    use call::Fact;
    match fact {
        Fact::Began { kind, from, dialled, location, user_data, .. } => {
            is_outside(*kind, from, dialled, value)
                || location.as_deref() == Some(value)
                || holds(user_data, value)
        }
        Fact::Joined { who: Who::Outside, dn, .. } => dn.as_str() == value,
        Fact::Absorbed { call, user_data, .. } => call_bears(call, value) || holds(user_data, value),
        Fact::DataChanged { set, .. } | Fact::UserEvent { user_data: set, .. } => holds(set, value),
        Fact::Disposition { value: words, known: false, .. } => is_or_has(words, value),
        _ => false,
    }
}

/// Whether a value is the number or name of a caller or called party outside. Our own end is not searched: the number
/// of a phone of ours would find every call of its user, which does not make these the customer's.
fn is_outside(kind: call::CallKind, from: &CallerId, dialled: &Dn, value: &str) -> bool {
    match kind {
        call::CallKind::Inbound => from.number == value || from.name == value,
        call::CallKind::Outbound => dialled.as_str() == value,
        call::CallKind::Internal | call::CallKind::Consult => false,
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
