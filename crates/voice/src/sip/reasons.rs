//! The reasons for which calls are cancelled (RFC 3326). The library writes CANCEL by itself, so the reason is kept
//! here and put into the message as it goes out.

use super::held;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// Reasons, by the Call-ID of the call.
#[derive(Default)]
pub(super) struct Reasons(Mutex<HashMap<String, String>>);

/// A reason, kept for as long as this lives.
pub(super) struct KeptReason {
    reasons: Arc<Reasons>,
    call: String,
}

impl Reasons {
    /// Keeps the reason for which a call is cancelled.
    pub fn say(self: &Arc<Self>, call: &str, reason: String) -> KeptReason {
        held(&self.0).insert(call.to_owned(), reason);
        KeptReason { reasons: self.clone(), call: call.to_owned() }
    }

    /// The reason for which a call is cancelled, if there is one.
    pub fn of(&self, call: &str) -> Option<String> {
        held(&self.0).get(call).cloned()
    }
}

impl Drop for KeptReason {
    fn drop(&mut self) {
        held(&self.reasons.0).remove(&self.call);
    }
}
