//! The parts a server is made of, as desktops ask for them (core-and-voice §3.7).

use super::Links;
use serde_json::{Value, json};

/// A part: its type is its name, since there is one of each.
pub fn service_resource(links: &Links, id: &str, kind: &str, active: bool) -> Value {
    let path = format!("/services/{id}");
    json!({
        "id": id,
        "name": kind,
        "type": kind,
        "state": if active { "Active" } else { "Inactive" },
        "uri": links.uri(&path),
        "path": path,
    })
}
