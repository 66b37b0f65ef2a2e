//! Who is told what the switch hears.

use desk::ports::Arrival;
use domain::{
    InteractionId,
    call::{Dn, Heard, LegId},
};
use futures::future::BoxFuture;

/// Who is told what the switch hears: the desk, or a script in a test. What is told of one leg is told one thing after
/// the other, each when the one before is done with.
pub trait Listener: Send + Sync + 'static {
    /// A fresh id for a call that comes in.
    fn fresh_call(&self) -> InteractionId;

    /// A call came in. Effects on its leg may be asked for before this is done.
    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()>;

    /// Something was heard of a leg.
    fn heard(&self, leg: LegId, heard: Heard) -> BoxFuture<'_, ()>;

    /// A number has its first phone registered, or lost its last.
    fn in_service(&self, dn: Dn, on: bool) -> BoxFuture<'_, ()>;
}
