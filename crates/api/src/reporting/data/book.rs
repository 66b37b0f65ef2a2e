//! Changes of the disposition book.

use super::row::{Row, json, schema};
use domain::disposition_tree::{Code, DispositionGroup, DispositionTreeEvent};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

pub(super) const KINDS: &[Row] = &[
    ("book.group-added", schema::<GroupAdded<'_>>),
    ("book.group-removed", schema::<GroupRemoved<'_>>),
    ("book.code-added", schema::<CodeAdded<'_>>),
    ("book.code-renamed", schema::<CodeRenamed<'_>>),
    ("book.code-removed", schema::<CodeRemoved<'_>>),
];

/// A group was added, with its codes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GroupAdded<'a> {
    /// The group's id.
    group_id: &'a str,
    /// Its name.
    name: &'a str,
    /// Id of the group it lies in; null at the root.
    parent_id: Option<&'a str>,
    /// Its codes, in order.
    codes: Vec<Entry<'a>>,
}

/// A group was taken away with everything in it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct GroupRemoved<'a> {
    /// The group's id.
    group_id: &'a str,
}

/// A code was added to a group.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeAdded<'a> {
    /// The group's id.
    group_id: &'a str,
    #[serde(flatten)]
    code: Entry<'a>,
}

/// What people read for a code changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeRenamed<'a> {
    /// The code's id.
    code_id: &'a str,
    /// What people read now.
    display_name: &'a str,
}

/// A code was taken away.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CodeRemoved<'a> {
    /// The code's id.
    code_id: &'a str,
}

/// A code.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    /// The code's id.
    code_id: &'a str,
    /// The value that a disposition sends.
    name: &'a str,
    /// What people read.
    display_name: &'a str,
}

impl<'a> Entry<'a> {
    fn of(code: &'a Code) -> Self {
        let Code { id, name, display } = code;
        Self { code_id: id, name, display_name: display }
    }
}

/// The data of a change of the book.
pub(super) fn data(event: &DispositionTreeEvent) -> Option<Value> {
    match event {
        DispositionTreeEvent::GroupAdded(DispositionGroup { id, name, parent, codes }) => json(GroupAdded {
            group_id: id,
            name,
            parent_id: parent.as_deref(),
            codes: codes.iter().map(Entry::of).collect(),
        }),
        DispositionTreeEvent::GroupRemoved { id } => json(GroupRemoved { group_id: id }),
        DispositionTreeEvent::CodeAdded { group, code } => {
            json(CodeAdded { group_id: group, code: Entry::of(code) })
        }
        DispositionTreeEvent::CodeRenamed { id, display } => {
            json(CodeRenamed { code_id: id, display_name: display })
        }
        DispositionTreeEvent::CodeRemoved { id } => json(CodeRemoved { code_id: id }),
    }
}
