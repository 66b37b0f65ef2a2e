//! Something to tell the server.

use super::{log::Platform, signature::Signing};
use std::{convert::Infallible, time::Duration};
use tokio::sync::oneshot;

/// How many may wait for [`Platforms::run`]; further ones are given up.
pub(super) const WAITING: usize = 1_000;

/// Something to tell the server.
pub(super) struct Webhook {
    /// The platform that tells it.
    pub(super) platform: Platform,
    /// What it is, for the log.
    pub(super) kind: String,
    /// The customer concerned.
    pub(super) person: String,
    /// The message concerned.
    pub(super) id: String,
    /// The words, for the log.
    pub(super) text: String,
    /// The content that is sent.
    pub(super) content: WebhookContent,
    /// How long it is held before the first try.
    pub(super) after: Duration,
    /// How often it is delivered, all at the same moment. By chance when it is not said.
    pub(super) copies: Option<u32>,
    /// How it is signed.
    pub(super) signing: Signing,
    /// Goes with the webhook, so that the holder of the other end learns that it was delivered or given up.
    pub(super) until_done: Option<oneshot::Sender<Infallible>>,
}

/// What a webhook consists of.
pub(super) enum WebhookContent {
    /// A form to an address below the public URL or the server's own.
    Form {
        /// The address as it is signed.
        url: String,
        /// The fields.
        fields: Vec<(String, String)>,
    },
    /// JSON to the path of the page, non-ASCII escaped already.
    Json(String),
}
