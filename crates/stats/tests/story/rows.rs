//! Rows as short texts.

use stats::{Row, RowKey, Table};
use std::collections::BTreeMap;

/// Rows in their order: `table object/medium detail @hh:mm`, and the columns that are not 0. An object or a medium that is
/// empty is `-`.
pub fn table(rows: &BTreeMap<RowKey, Row>) -> Vec<(String, String)> {
    rows.values().map(|row| (key(&row.key), columns(row))).collect()
}

fn key(key: &RowKey) -> String {
    let table = match key.table {
        Table::Queue => "queue",
        Table::Agent => "agent",
        Table::State => "state",
        Table::Disposition => "code",
    };
    let or_none = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let minutes = key.interval.0 / 60_000;
    let (hour, minute) = (minutes / 60, minutes % 60);
    let detail = if key.detail.is_empty() { String::new() } else { format!(" {}", key.detail) };
    format!("{table} {}/{}{detail} @{hour:02}:{minute:02}", or_none(&key.object), or_none(&key.medium))
}

fn columns(row: &Row) -> String {
    let known: Vec<&str> = stats::columns::of(row.key.table).iter().map(|column| column.name).collect();
    for name in row.columns.keys() {
        assert!(known.contains(&name.as_str()), "{name} is no column of {:?}", row.key.table);
    }
    let value = |name: &str| row.columns.get(name).copied().unwrap_or_default();
    let said = known.iter().map(|name| (name, value(name))).filter(|(_, value)| *value != 0);
    let said = said.map(|(name, value)| format!("{name} {value}"));
    said.collect::<Vec<_>>().join(", ")
}
