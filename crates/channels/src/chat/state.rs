//! Web chat as one value: what both protocols need. It knows neither of them.

use super::{
    gms::given_positions::GivenPositions,
    gws::cursor::Cursors,
    limits::{CustomerLimits, CustomerRates},
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
    pub(super) allowance: CustomerRates,
    pub(super) cursors: Cursors,
    pub(super) told: GivenPositions,
}

impl Chat {
    /// Web chat over a desk. Serve [`Chat::router`] and what [`Chat::before`] makes, and run [`Chat::run`] beside
    /// them.
    pub fn new(desk: Arc<Desk>, config: ChatConfig) -> Arc<Self> {
        let allowance = CustomerRates::new(&config.limits);
        let (presence, cursors, told) = (Presence::default(), Cursors::default(), GivenPositions::default());
        Arc::new(Self { desk, config, presence, allowance, cursors, told })
    }

    /// Says that a customer was heard of, whichever way they came: their inactivity is counted from now on.
    pub fn seen(&self, id: &InteractionId) {
        self.presence.seen(id, self.desk.awake());
    }
}
