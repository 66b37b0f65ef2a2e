//! Writes bindings that nobody waits for.

use crate::sip::core::Core;
use std::{sync::Arc, time::Duration};
use tokio::time::MissedTickBehavior;

/// How often they are written.
const EVERY: Duration = Duration::from_secs(1);

/// Writes bindings that nobody waits for, until the server stops.
pub(in crate::sip) async fn keep(core: Arc<Core>) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut fails = false;
    loop {
        tick.tick().await;
        let outcome = core.keeper.flush().await;
        if let Err(why) = &outcome
            && !fails
        {
            tracing::error!(%why, "where phones are could not be written down; it is tried again");
        }
        fails = outcome.is_err();
    }
}
