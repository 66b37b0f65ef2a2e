//! Groups: the business unit, and the tree of disposition codes (spec: admin-and-reporting#2.8, #6.3).

use crate::links::{Links, escape};
use crate::query::Wanted;
use domain::{
    centre::Centre,
    disposition_tree::{Code, DispositionGroup, DispositionTree},
};
use serde_json::{Value, json};

/// The centre as the one business unit.
pub fn unit_resource(links: &Links, centre: &Centre) -> Value {
    let path = format!("/groups/{}", escape(&centre.id));
    json!({
        "id": centre.id,
        "name": centre.name,
        "type": "BusinessUnit",
        "contains": ["users", "skills", "queues", "places"],
        "uri": links.uri(&path),
        "path": path,
    })
}

/// A group of codes. `*` embeds its codes and the folders in it, `**` also the contents of those.
pub fn disposition_group(
    links: &Links,
    book: &DispositionTree,
    group: &DispositionGroup,
    wanted: &Wanted,
) -> Value {
    let path = group_path(&group.id);
    let mut out = json!({
        "id": group.id,
        "name": group.name,
        "type": "dispositions",
        "contains": ["dispositions"],
        "defaultGroup": book.default_group().is_some_and(|default| default.id == group.id),
        "uri": links.uri(&path),
        "path": path,
    });
    if let Some(parent) = &group.parent {
        out["parentUri"] = links.uri(&group_path(parent)).into();
    }
    if wanted.has("dispositions") {
        out["dispositions"] = group.codes.iter().map(|code| code_resource(links, group, code)).collect();
    }
    if wanted.has("groups") {
        let inner = if *wanted == Wanted::Tree { Wanted::Tree } else { Wanted::None };
        let folders = book.children(Some(&group.id));
        out["groups"] = folders.map(|folder| disposition_group(links, book, folder, &inner)).collect();
    }
    out
}

/// A code. Its name is what a disposition sends.
pub fn code_resource(links: &Links, group: &DispositionGroup, code: &Code) -> Value {
    let path = format!("{}/dispositions/{}", group_path(&group.id), escape(&code.id));
    json!({
        "id": code.id,
        "name": code.name,
        "displayName": code.display,
        "uri": links.uri(&path),
        "path": path,
    })
}

fn group_path(id: &str) -> String {
    format!("/groups/{}", escape(id))
}
