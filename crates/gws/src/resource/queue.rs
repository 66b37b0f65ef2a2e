//! A queue on the wire. Its address is a target of `Transfer` (spec: digital-channels#2.6).

use crate::links::{Links, escape};
use domain::{
    medium::{MediumName, VOICE},
    queue::Queue,
};
use serde_json::{Value, json};

/// The channels of a queue: conversations of every medium can be put into any queue; calls come by a number of its own.
pub fn queue_channels<'m>(queue: &Queue, media: impl Iterator<Item = &'m MediumName>) -> Vec<&'m str> {
    let voice = queue.routing_point.as_ref().map(|_| VOICE);
    voice.into_iter().chain(media.map(MediumName::as_str)).collect()
}

/// The queue. `channel` is one of its `channels`: the one that was asked for, else the first.
pub fn queue_resource(links: &Links, queue: &Queue, channels: &[&str], asked: Option<&str>) -> Value {
    let path = format!("/queues/{}", escape(queue.name.as_str()));
    let channel = channels.iter().find(|channel| Some(**channel) == asked).or(channels.first());
    let mut out = json!({
        "id": queue.name,
        "name": queue.name,
        "type": "Queue",
        "channel": channel,
        "channels": channels,
        "uri": links.uri(&path),
        "path": path,
    });
    if let Some(number) = &queue.routing_point {
        out["phoneNumber"] = number.as_str().into();
    }
    out
}
