//! The units that a delivery is made of.

use super::{event::WebhookEvent, poison::Poison};

/// One unit of a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// The page, as the entry names it; empty if it does not.
    pub page: String,
    /// Whether another app has the control over the thread: such a unit is stored and shown, but neither routed nor
    /// answered (spec: channel-connectors#2.9).
    pub standby: bool,
    /// What it says, or why it cannot be read.
    pub event: Result<WebhookEvent, Poison>,
    /// Its JSON as it was received.
    pub raw: String,
}
