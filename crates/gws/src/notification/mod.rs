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
pub use device::{DeviceErrorMessage, DeviceStateChangeMessage};
pub use message_log::{MessageLogChange, MessageLogUpdated};
pub use service::ServiceStateChangeMessage;
pub use session::{SessionChange, SessionStateChangeMessage};

use serde::{Serialize, Serializer};

/// A message as JSON text: what a mailbox holds.
pub fn text(message: &impl Serialize) -> String {
    // Messages have text keys and finite numbers, so there is always a text.
    serde_json::to_string(message).unwrap_or_default()
}

/// One value under each key that a medium has for it.
struct UnderEach<'k, V> {
    keys: &'k [&'static str],
    value: V,
}

impl<V: Serialize> Serialize for UnderEach<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().map(|key| (*key, &self.value)))
    }
}
