//! What becomes of legs when something panics.

use crate::{
    calls::called,
    switch::{TestSwitch, settings},
};
use desk::ports::Arrival;
use domain::{
    InteractionId,
    call::{Cause, Dn, LegCommand, LegEvent, LegId},
};
use futures::future::BoxFuture;
use std::{fmt, sync::Arc};
use tracing::{Event, Metadata, Subscriber, field, span};
use voice::Listener;

/// A log that panics at some words: it reaches into the middle of a leg.
struct Trap;

struct Words(String);

impl field::Visit for Words {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Trap {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("voice")
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        assert!(words.0 != "the answer to a change does not fit", "a trap");
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Panics at a ringing phone.
struct Nervous(Arc<dyn Listener>);

impl Listener for Nervous {
    fn fresh_call(&self) -> InteractionId {
        self.0.fresh_call()
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()> {
        self.0.arrived(arrival)
    }

    fn heard(&self, leg: LegId, heard: LegEvent) -> BoxFuture<'_, ()> {
        assert!(heard != LegEvent::Ringing, "it rings");
        self.0.heard(leg, heard)
    }

    fn in_service(&self, dn: Dn, on: bool) -> BoxFuture<'_, ()> {
        self.0.in_service(dn, on)
    }
}

#[tokio::test]
async fn a_listener_that_panics_hears_the_rest() {
    let mut switch = TestSwitch::open_behind(settings(), |listener| Arc::new(Nervous(listener))).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}

#[tokio::test]
async fn a_leg_that_panics_hangs_up_and_is_told_as_gone() {
    let _trap = tracing::subscriber::set_default(Trap);
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (_, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    let change = phone.expect("INVITE").await;
    phone.answer(&change, "200 OK", "", "nothing").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Failed, code: None });
    phone.expect("BYE").await;
}
