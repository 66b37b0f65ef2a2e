//! The columns by which readers see a row: who and what it is about, then what was counted.

use super::group::Grouping;
use desk::Desk;
use domain::{Millis, UserId};
use serde_json::{Map, Value, json};
use stats::{Row, Table, columns};

/// The names of all columns of a table, in their order.
pub(super) fn names(table: Table) -> impl Iterator<Item = &'static str> {
    let about: &[&str] = match table {
        Table::Queue => &["interval", "queue", "media"],
        Table::Agent => &["interval", "agent", "agent_id", "media"],
        Table::State => &["interval", "agent", "agent_id", "media", "state", "reason"],
        Table::Disposition => {
            &["interval", "agent", "agent_id", "media", "queue", "key", "code", "ended_interval"]
        }
    };
    let counted = columns::of(table).iter().map(|column| column.name);
    about.iter().copied().chain(counted).chain(["revision"])
}

/// The values of a row of a group that begins at a moment, by the names of their columns.
pub(super) fn values(desk: &Desk, grouping: &Grouping, start: Millis, row: &Row) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    show("interval", json!(grouping.shown(start)));
    let object = row.key.object.as_str();
    if row.key.table == Table::Queue {
        show("queue", json!(object));
    } else {
        let user = desk.directory().user(&UserId::from(object));
        show("agent", json!(user.map(|user| user.user_name.clone())));
        show("agent_id", text(object));
    }
    show("media", text(&row.key.medium));
    let detail: Vec<Value> = serde_json::from_str(&row.key.detail).unwrap_or_default();
    let detail = |at: usize| detail.get(at).cloned().unwrap_or_default();
    match row.key.table {
        Table::State => {
            show("state", detail(0));
            show("reason", detail(1));
        }
        Table::Disposition => {
            show("queue", detail(0));
            show("key", detail(1));
            show("code", detail(2));
            show("ended_interval", json!(ended(&detail(3)).map(|at| grouping.shown(grouping.start(at)))));
        }
        Table::Queue | Table::Agent => {}
    }
    for column in columns::of(row.key.table) {
        show(column.name, json!(row.columns.get(column.name).copied().unwrap_or_default()));
    }
    show("revision", json!(row.revision));
    shown
}

/// A text, or null where there is none.
fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

/// The interval in which the interaction of a code ended, as the detail of a row has it: a number, or its text.
pub(super) fn ended(detail: &Value) -> Option<Millis> {
    detail.as_i64().or_else(|| detail.as_str()?.parse().ok())
}
