//! The listener: it is told what the switch hears.

use desk::ports::Arrival;
use domain::{
    InteractionId,
    call::{Dn, LegEvent, LegId},
};
use futures::future::BoxFuture;

/// The listener is told what the switch hears: it is the desk, or a script in a test. Signals of one leg are told one
/// after the other, each when the one before is done with.
pub trait Listener: Send + Sync + 'static {
    /// A fresh id for a call that comes in.
    fn fresh_call(&self) -> InteractionId;

    /// The call beside which a call that a phone makes to a number asks somebody, if it does: that of a leg which the phone
    /// holds. It comes in as another leg of that call.
    fn asks_beside(&self, held: &LegId, dialled: &Dn) -> BoxFuture<'_, Option<InteractionId>> {
        let _ = (held, dialled);
        Box::pin(std::future::ready(None))
    }

    /// The call whose leg a phone is to replace by another of the same number, if it is there still. The new one comes in as
    /// another leg of that call.
    fn takes_over(&self, replaced: &LegId) -> BoxFuture<'_, Option<InteractionId>> {
        let _ = replaced;
        Box::pin(std::future::ready(None))
    }

    /// A call came in. Effects on its leg may be asked for before this is done.
    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()>;

    /// The switch tells something of a leg.
    fn heard(&self, leg: LegId, heard: LegEvent) -> BoxFuture<'_, ()>;

    /// A number has its first phone registered, or lost its last.
    fn in_service(&self, dn: Dn, on: bool) -> BoxFuture<'_, ()>;
}
