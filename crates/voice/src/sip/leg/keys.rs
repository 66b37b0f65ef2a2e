//! Sends keys on a leg (spec: voice-sip#5.9): in the stream where the other end takes them, else with INFO, else as
//! tones.

use super::state::{Leg, LegWorkOutcome};
use crate::{
    media::DtmfWay,
    sip::{headers::find, info},
};
use domain::call::LegEvent;
use futures::FutureExt;
use rsipstack::{
    dialog::{dialog::TransactionHandle, invite_dialog::InviteDialog},
    sip::{Header, Request, StatusCode, StatusCodeKind},
};
use std::time::Duration;

/// How long a comma waits.
const PAUSE: Duration = Duration::from_millis(500);
/// The most keys that wait.
const MOST: usize = 64;

impl Leg {
    pub(super) fn send_keys(&mut self, keys: &str) {
        if !self.up || self.stream.dtmf(keys) == DtmfWay::Sent {
            return;
        }
        if !self.able.info {
            return self.stream.dtmf_in_band(keys);
        }
        let room = MOST.saturating_sub(self.keys.waiting.len());
        self.keys.waiting.extend(keys.chars().filter(char::is_ascii).take(room));
        self.send_next_keys();
    }

    fn send_next_keys(&mut self) {
        let Some(dialog) = self.dialog().cloned() else { return };
        if self.keys.sending || self.keys.waiting.is_empty() {
            return;
        }
        self.keys.sending = true;
        let keys = std::mem::take(&mut self.keys.waiting);
        self.start(async move { LegWorkOutcome::Keyed(send(&dialog, &keys).await) });
    }

    /// The keys were sent, except these, which were refused.
    pub(super) fn keyed(&mut self, left: &str) {
        self.keys.sending = false;
        if !left.is_empty() {
            self.able.info = false;
            self.stream.dtmf_in_band(left);
        }
        self.send_next_keys();
    }

    /// Handles a key that came with INFO.
    pub(super) fn info(&mut self, request: &Request, handle: &TransactionHandle) {
        let kind = find(request, "Content-Type").unwrap_or_default();
        let status = match info::key(kind, &request.body) {
            Some(key) => {
                self.teller.tell(LegEvent::Key(key));
                StatusCode::OK
            }
            None if request.body.is_empty() => StatusCode::OK,
            None => StatusCode::UnsupportedMediaType,
        };
        // There is room for the only answer, so it is taken at once.
        let _ = handle.reply(status).now_or_never();
    }
}

async fn send(dialog: &InviteDialog, keys: &str) -> String {
    for (at, key) in keys.char_indices() {
        if key == ',' {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let kind = Header::ContentType("application/dtmf-relay".into());
        match dialog.info(Some(vec![kind]), Some(info::relay(key))).await {
            Ok(Some(response)) if response.status_code.kind() == StatusCodeKind::Successful => {}
            Ok(Some(_)) => return keys[at..].to_owned(),
            Ok(None) | Err(_) => return String::new(),
        }
    }
    String::new()
}
