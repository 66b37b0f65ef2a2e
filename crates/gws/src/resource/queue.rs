//! A queue on the wire. Its address is a target of `Transfer` (spec: digital-channels#2.6).

use crate::links::{Links, escape};
use domain::{
    medium::{MediumName, VOICE},
    queue,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The only type of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum QueueType {
    /// A queue.
    Queue,
}

/// Where customers wait.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// The name once more.
    pub(super) id: String,
    /// The name.
    pub(super) name: String,
    /// Always `Queue`.
    pub(super) r#type: QueueType,
    /// One of `channels`: the one that was asked for, else the first; null when the centre has none.
    pub(super) channel: Option<String>,
    /// The channels whose customers can wait here.
    pub(super) channels: Vec<String>,
    /// The number by which calls come in, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phone_number: Option<String>,
    /// Its address.
    pub(super) uri: String,
    /// Its path.
    pub(super) path: String,
}

/// The channels of a queue: conversations of every medium can be put into any queue; calls come by a number of its own.
pub fn queue_channels<'m>(queue: &queue::Queue, media: impl Iterator<Item = &'m MediumName>) -> Vec<&'m str> {
    let voice = queue.routing_point.as_ref().map(|_| VOICE);
    voice.into_iter().chain(media.map(MediumName::as_str)).collect()
}

/// The queue. `channel` is one of its `channels`: the one that was asked for, else the first.
pub fn queue_resource(links: &Links, queue: &queue::Queue, channels: &[&str], asked: Option<&str>) -> Queue {
    let path = format!("/queues/{}", escape(queue.name.as_str()));
    let channel = channels.iter().find(|channel| Some(**channel) == asked).or(channels.first());
    Queue {
        id: queue.name.as_str().to_owned(),
        name: queue.name.as_str().to_owned(),
        r#type: QueueType::Queue,
        channel: channel.map(|channel| (*channel).to_owned()),
        channels: channels.iter().map(|channel| (*channel).to_owned()).collect(),
        phone_number: queue.routing_point.as_ref().map(|number| number.as_str().to_owned()),
        uri: links.uri(&path),
        path,
    }
}
