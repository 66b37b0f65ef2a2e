//! What clients are told as it changes: one struct a message, named after its `messageType` where no other topic has one
//! of that name. The API document describes them by topic.

mod call;
mod channel;
mod device;
mod message_log;
mod service;
mod session;

pub use call::{CallChange, CallErrorMessage, CallExtensions, CallStateChangeMessage};
pub use channel::{CHANNELS_TOPIC, ChannelStateChangeMessageV2};
pub use device::{DeviceErrorMessage, DeviceStateChangeMessage, DeviceUserEventMessage};
pub use message_log::{MessageLogChange, MessageLogUpdated};
pub use service::ServiceStateChangeMessage;
pub use session::{SessionChange, SessionStateChangeMessage};

use serde::Serialize;

/// A message as JSON text: what a mailbox holds.
pub fn text(message: &impl Serialize) -> String {
    // Messages have text keys and finite numbers, so there is always a text.
    serde_json::to_string(message).unwrap_or_default()
}
