//! What customers do on the page, as webhook events (spec: channel-connectors#2.3).

use super::envelope::envelope;
use crate::platforms::{
    Platforms,
    log::Platform,
    signature::Signing,
    webhook::{Webhook, WebhookContent},
};
use domain::Millis;
use serde_json::{Value, json};
use std::time::Duration;

/// The app of the page's own inbox, where people of the business may answer, too (spec: channel-connectors#2.9).
const PAGE_INBOX: u64 = 263_902_037_430_900;

/// Something that happens on the page.
pub(in crate::platforms) struct PageAction {
    /// The customer's PSID.
    pub(in crate::platforms) from: String,
    /// When, in milliseconds since 1970.
    pub(in crate::platforms) at: Millis,
    /// What.
    pub(in crate::platforms) act: CustomerAction,
}

/// What a customer does.
pub(in crate::platforms) enum CustomerAction {
    /// Writes, or sends something, or taps a quick reply, which is a text with a payload.
    Write { text: Option<String>, attachment: Option<Attachment>, quick_reply: Option<String> },
    /// Taps a button.
    Tap { title: String, payload: String },
    /// Has read everything up to now.
    Read,
    /// Not the customer: somebody answers them in the page's own inbox.
    ByPage { text: String },
}

/// Something a customer sends.
pub(in crate::platforms) struct Attachment {
    /// `image`, `sticker`, `audio` and so on.
    pub(in crate::platforms) kind: String,
    /// Where it is.
    pub(in crate::platforms) url: String,
    /// Its number, if it is a sticker: of type `sticker` today, of type `image` before.
    pub(in crate::platforms) sticker: Option<u64>,
}

/// How a webhook is delivered.
#[derive(Default)]
pub(in crate::platforms) struct WebhookDelivery {
    /// See [`Webhook::copies`].
    pub(in crate::platforms) copies: Option<u32>,
    /// See [`Webhook::signing`].
    pub(in crate::platforms) signing: Signing,
    /// Whether another app owns the thread.
    pub(in crate::platforms) standby: bool,
}

impl Platforms {
    /// Reports what happened on the page, all in one webhook. Answers the ids, empty where there is none.
    pub(in crate::platforms) fn page_in(
        &self,
        doings: Vec<PageAction>,
        delivery: &WebhookDelivery,
    ) -> Vec<String> {
        let page = &self.settings.messenger.page;
        let mut text = String::new();
        let mut kind = "batch";
        let mut person = String::new();
        let many = doings.len() > 1;
        let (mut ids, mut events) = (Vec::new(), Vec::new());
        for doing in doings {
            if doing.act.opens_the_window() {
                self.page.acted(&doing.from, doing.at);
            }
            if !many {
                (kind, text) = (doing.act.kind(), doing.act.words().to_owned());
                person.clone_from(&doing.from);
            }
            let mid = format!("m_{}", self.ids.secret());
            events.push(doing.act.event(page, &doing.from, doing.at, &mid));
            ids.push(if matches!(doing.act, CustomerAction::Read) { String::new() } else { mid });
        }
        self.post(Webhook {
            platform: Platform::Messenger,
            kind: kind.into(),
            person,
            id: if many { String::new() } else { ids.first().cloned().unwrap_or_default() },
            text,
            content: WebhookContent::Json(envelope(page, self.clock.now(), &events, delivery.standby)),
            after: Duration::ZERO,
            copies: delivery.copies,
            signing: delivery.signing,
            until_done: None,
        });
        ids
    }
}

impl CustomerAction {
    fn opens_the_window(&self) -> bool {
        matches!(self, Self::Write { .. } | Self::Tap { .. })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Write { .. } => "message",
            Self::Tap { .. } => "postback",
            Self::Read => "read",
            Self::ByPage { .. } => "echo",
        }
    }

    fn words(&self) -> &str {
        match self {
            Self::Write { text, .. } => text.as_deref().unwrap_or_default(),
            Self::Tap { title: text, .. } | Self::ByPage { text } => text,
            Self::Read => "",
        }
    }

    fn event(&self, page: &str, from: &str, at: Millis, mid: &str) -> Value {
        let (sender, recipient) =
            if matches!(self, Self::ByPage { .. }) { (page, from) } else { (from, page) };
        let (key, payload) = match self {
            Self::Write { text, attachment, quick_reply } => {
                let mut message = json!({ "mid": mid });
                if let Some(text) = text {
                    message["text"] = text.clone().into();
                }
                if let Some(Attachment { kind, url, sticker }) = attachment {
                    let mut payload = json!({ "url": url });
                    if let Some(sticker) = sticker {
                        payload["sticker_id"] = (*sticker).into();
                    }
                    message["attachments"] = json!([{ "type": kind, "payload": payload }]);
                }
                if let Some(payload) = quick_reply {
                    message["quick_reply"] = json!({ "payload": payload });
                }
                ("message", message)
            }
            Self::Tap { title, payload } => {
                ("postback", json!({ "mid": mid, "title": title, "payload": payload }))
            }
            Self::Read => ("read", json!({ "watermark": at })),
            Self::ByPage { text } => {
                ("message", json!({ "mid": mid, "text": text, "is_echo": true, "app_id": PAGE_INBOX }))
            }
        };
        let mut event =
            json!({ "sender": { "id": sender }, "recipient": { "id": recipient }, "timestamp": at });
        event[key] = payload;
        event
    }
}
