//! The answers to a client whose login has ended.

use crate::message::RequestMessage;
use crate::reconnect::Reconnect;
use crate::reply::{Advice, Reply};

/// The answers to messages of sessions that ended with the login of their client: a disconnect has nothing left to do,
/// all else is unknown (spec: bayeux-conformance#30, #31), and a connect is told to stop, as a handshake would be
/// refused.
pub fn without_login(batch: Vec<RequestMessage>, now: u64) -> Vec<Reply> {
    let answer = |message: RequestMessage| match message.channel.as_deref() {
        Some("/meta/disconnect") => Reply::ok(message, now),
        Some("/meta/connect") => Reply::unknown(message, now).advised(Advice::only(Reconnect::None)),
        _ => Reply::unknown(message, now),
    };
    batch.into_iter().map(answer).collect()
}
