//! A queue on the wire. Its address is a target of `Transfer` (digital-channels §2.6).

use super::{Links, links::escape};
use domain::queue::Queue;
use serde_json::{Value, json};

/// The queue.
pub fn queue_resource(links: &Links, queue: &Queue) -> Value {
    let path = format!("/queues/{}", escape(queue.name.as_str()));
    let mut out = json!({
        "id": queue.name,
        "name": queue.name,
        "type": "Queue",
        "uri": links.uri(&path),
        "path": path,
    });
    if let Some(number) = &queue.routing_point {
        out["phoneNumber"] = number.as_str().into();
    }
    out
}
