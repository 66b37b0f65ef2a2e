//! What customers of web chat may ask and write (docs/limits.md). There is no "off": 0 is an error; give a large limit
//! to be rid of one.

use channels::CustomerLimits;
use edge::Rate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// How much customers may ask and write: so much a minute in the long run, and so much at once after a pause.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Customers {
    /// New chats from one address (an IPv6 network of 64 bits is one), a minute.
    pub chats_per_minute: NonZeroU32,
    /// New chats from one address at once.
    pub chats_burst: NonZeroU32,
    /// Requests from one address, a minute; a widget polls about once a second.
    pub requests_per_minute: NonZeroU32,
    /// Requests from one address at once.
    pub requests_burst: NonZeroU32,
    /// Bytes that one address makes the server write, a minute: the messages, the user data of their chat,
    /// and 4 KiB for each of them.
    pub bytes_per_minute: NonZeroU32,
    /// Bytes that one address makes the server write at once.
    pub bytes_burst: NonZeroU32,
    /// Messages in one chat, a minute: words, links and notices.
    pub messages_per_minute: NonZeroU32,
    /// Messages in one chat at once.
    pub messages_burst: NonZeroU32,
    /// Other acts of a customer in one chat, a minute: typing, previews, names, user data.
    pub signs_per_minute: NonZeroU32,
    /// Other acts at once.
    pub signs_burst: NonZeroU32,
    /// Bytes that one chat makes the server write, a minute; counted in the same way.
    pub chat_bytes_per_minute: NonZeroU32,
    /// Bytes that one chat makes the server write at once.
    pub chat_bytes_burst: NonZeroU32,
    /// New chats of one service from wherever they come, a minute.
    pub service_chats_per_minute: NonZeroU32,
    /// New chats of one service at once.
    pub service_chats_burst: NonZeroU32,
}

impl Default for Customers {
    fn default() -> Self {
        let CustomerLimits { chats, requests, bytes, messages, signs, chat_bytes, service_chats } =
            CustomerLimits::default();
        Self {
            chats_per_minute: chats.per_minute,
            chats_burst: chats.burst,
            requests_per_minute: requests.per_minute,
            requests_burst: requests.burst,
            bytes_per_minute: bytes.per_minute,
            bytes_burst: bytes.burst,
            messages_per_minute: messages.per_minute,
            messages_burst: messages.burst,
            signs_per_minute: signs.per_minute,
            signs_burst: signs.burst,
            chat_bytes_per_minute: chat_bytes.per_minute,
            chat_bytes_burst: chat_bytes.burst,
            service_chats_per_minute: service_chats.per_minute,
            service_chats_burst: service_chats.burst,
        }
    }
}

impl Customers {
    /// The same limits in the type of the channels.
    pub fn limits(&self) -> CustomerLimits {
        let rate = |per_minute, burst| Rate { per_minute, burst };
        CustomerLimits {
            chats: rate(self.chats_per_minute, self.chats_burst),
            requests: rate(self.requests_per_minute, self.requests_burst),
            bytes: rate(self.bytes_per_minute, self.bytes_burst),
            messages: rate(self.messages_per_minute, self.messages_burst),
            signs: rate(self.signs_per_minute, self.signs_burst),
            chat_bytes: rate(self.chat_bytes_per_minute, self.chat_bytes_burst),
            service_chats: rate(self.service_chats_per_minute, self.service_chats_burst),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_what_the_channels_hold_themselves() {
        assert_eq!(Customers::default().limits(), CustomerLimits::default());
    }
}
