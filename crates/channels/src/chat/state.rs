//! Web chat as one value: what both protocols need. It knows neither of them.

use super::{
    gms::told::Told,
    gws::cursor::Cursors,
    limits::{Allowance, CustomerLimits},
    presence::Presence,
};
use desk::Desk;
use domain::InteractionId;
use std::sync::Arc;

/// The settings of web chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatConfig {
    /// Whether agents see what a customer types before it is sent (spec: digital-channels#6.5). On by default. Only the
    /// Chat API v2 tells what is typed.
    pub typing_preview: bool,
    /// How much customers may ask and write.
    pub limits: CustomerLimits,
}

impl Default for ChatConfig {
    fn default() -> Self {
        Self { typing_preview: true, limits: CustomerLimits::default() }
    }
}

/// Web chat for customers, over a desk.
pub struct Chat {
    pub(super) desk: Arc<Desk>,
    pub(super) config: ChatConfig,
    pub(super) presence: Presence,
    pub(super) allowance: Allowance,
    pub(super) cursors: Cursors,
    pub(super) told: Told,
}

impl Chat {
    /// Web chat over a desk. Serve [`Chat::router`] and what [`Chat::before`] makes, and run [`Chat::run`] beside
    /// them.
    pub fn new(desk: Arc<Desk>, config: ChatConfig) -> Arc<Self> {
        let allowance = Allowance::new(&config.limits);
        let (presence, cursors, told) = (Presence::default(), Cursors::default(), Told::default());
        Arc::new(Self { desk, config, presence, allowance, cursors, told })
    }

    /// Says that a customer was heard of, whichever way they came: their inactivity is counted from now on.
    pub fn seen(&self, id: &InteractionId) {
        self.presence.seen(id, self.desk.awake());
    }
}
