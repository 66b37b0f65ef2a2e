//! A listener that takes its time.

use crate::switch::{Kept, settings};
use desk::ports::{Arrival, Switch};
use domain::{
    InteractionId,
    call::{Cause, Dn, LegCommand, LegEvent, LegId, SwitchCommand},
};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};
use testkit::sip::Peer;
use tokio::sync::{Notify, mpsc};
use voice::{Listener, Voice};

/// Is done with an arrival when it is let go on.
struct Slow {
    go_on: Notify,
    arrived: mpsc::UnboundedSender<LegId>,
    heard: Mutex<Vec<LegEvent>>,
    gone: Notify,
}

impl Listener for Slow {
    fn fresh_call(&self) -> InteractionId {
        InteractionId::new("slow")
    }

    fn arrived(&self, arrival: Arrival) -> BoxFuture<'_, ()> {
        let _ = self.arrived.send(arrival.leg);
        Box::pin(self.go_on.notified())
    }

    fn heard(&self, _: LegId, heard: LegEvent) -> BoxFuture<'_, ()> {
        let gone = matches!(heard, LegEvent::Gone { .. });
        self.heard.lock().expect("a list").push(heard);
        if gone {
            self.gone.notify_one();
        }
        Box::pin(std::future::ready(()))
    }

    fn in_service(&self, _: Dn, _: bool) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn effects_are_done_while_the_listener_is_busy_and_what_is_heard_waits_in_order() {
    let (arrived, mut legs) = mpsc::unbounded_channel();
    let slow = Arc::new(Slow { go_on: Notify::new(), arrived, heard: Mutex::default(), gone: Notify::new() });
    let voice = Voice::start(settings(), slow.clone(), Arc::<Kept>::default()).await.expect("a switch");
    let mut caller = Peer::new("15550199", voice.addresses()[0].1).await;
    let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = legs.recv().await.expect("a call");
    let act = |act| voice.perform(&[SwitchCommand { leg: leg.clone(), act }]);
    act(LegCommand::Ring);
    act(LegCommand::Answer);
    caller.expect("180 INVITE").await;
    caller.established(&mut call).await;
    caller.request(&mut call, "INFO", "Content-Type: application/dtmf\r\n", "4").await;
    caller.expect("200 INFO").await;
    act(LegCommand::Release(Cause::Normal));
    caller.expect("BYE").await;
    assert!(slow.heard.lock().expect("a list").is_empty());
    slow.go_on.notify_one();
    slow.gone.notified().await;
    let gone = LegEvent::Gone { cause: Cause::Normal, code: None };
    assert_eq!(*slow.heard.lock().expect("a list"), [LegEvent::Up, LegEvent::Key('4'), gone]);
}
