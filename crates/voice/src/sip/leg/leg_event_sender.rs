//! Tells the listener about a leg, one thing after the other, while the leg goes on.

use crate::Listener;
use domain::call::{LegEvent, LegId};
use futures::{FutureExt, future::BoxFuture};
use std::{collections::VecDeque, panic::AssertUnwindSafe, sync::Arc};
use tokio::sync::oneshot;

/// The most that may wait to be told. Keys beyond it are dropped: nobody presses so many.
const MOST: usize = 256;

/// What waits to be told.
enum Telling {
    /// Something to the listener.
    Event(LegEvent),
    /// Somebody else, that all before was told.
    AllBefore(oneshot::Sender<()>),
}

/// Tells the listener.
pub(super) struct LegEventSender {
    listener: Arc<dyn Listener>,
    leg: LegId,
    waiting: VecDeque<Telling>,
    now: Option<BoxFuture<'static, ()>>,
}

impl LegEventSender {
    pub fn new(listener: Arc<dyn Listener>, leg: LegId) -> Self {
        Self { listener, leg, waiting: VecDeque::new(), now: None }
    }

    /// Tells first that the call is there.
    pub fn begin(&mut self, with: BoxFuture<'static, ()>) {
        self.now = Some(with);
    }

    /// Tells, when it is its turn.
    pub fn tell(&mut self, heard: LegEvent) {
        if self.waiting.len() >= MOST && matches!(heard, LegEvent::Digit(_) | LegEvent::Key(_)) {
            return;
        }
        // If a hold key is pressed again and again while the listener is busy, only the last counts.
        if let (LegEvent::PhoneHold(on), Some(Telling::Event(LegEvent::PhoneHold(before)))) =
            (&heard, self.waiting.back_mut())
        {
            *before = *on;
            return;
        }
        self.waiting.push_back(Telling::Event(heard));
        self.next();
    }

    /// Says when all that waits now was told.
    pub fn say_when_told(&mut self, say: oneshot::Sender<()>) {
        self.waiting.push_back(Telling::AllBefore(say));
        self.next();
    }

    /// Goes on telling; waits forever when there is nothing to tell.
    pub async fn step(&mut self) {
        let Some(telling) = &mut self.now else { return std::future::pending().await };
        // A panic of the listener must not take the rest along, above all not the end.
        if AssertUnwindSafe(telling).catch_unwind().await.is_err() {
            metrics::counter!("jackfield_sip_failures_total", "what" => "panic").increment(1);
        }
        self.now = None;
        self.next();
    }

    /// Tells all that waits.
    pub async fn finish(mut self) {
        while self.now.is_some() {
            self.step().await;
        }
    }

    fn next(&mut self) {
        while self.now.is_none() {
            match self.waiting.pop_front() {
                Some(Telling::Event(heard)) => {
                    let (listener, leg) = (self.listener.clone(), self.leg.clone());
                    self.now = Some(Box::pin(async move { listener.heard(leg, heard).await }));
                }
                // Nobody may wait for it any more.
                Some(Telling::AllBefore(say)) => drop(say.send(())),
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::ports::Arrival;
    use domain::{InteractionId, call::Dn};
    use std::sync::Mutex;
    use tokio::sync::Semaphore;

    /// A listener that is released for each signal.
    struct Slow(Semaphore, Mutex<Vec<LegEvent>>);

    impl Listener for Slow {
        fn fresh_call(&self) -> InteractionId {
            InteractionId::new("call")
        }

        fn arrived(&self, _: Arrival) -> BoxFuture<'_, ()> {
            Box::pin(std::future::ready(()))
        }

        fn heard(&self, _: LegId, heard: LegEvent) -> BoxFuture<'_, ()> {
            Box::pin(async move {
                self.0.acquire().await.expect("open").forget();
                crate::sip::held(&self.1).push(heard);
            })
        }

        fn in_service(&self, _: Dn, _: bool) -> BoxFuture<'_, ()> {
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn a_hold_key_pressed_often_while_nobody_listens_is_one_press() {
        let slow = Arc::new(Slow(Semaphore::new(0), Mutex::default()));
        let leg = LegId { call: InteractionId::new("call"), number: 1 };
        let mut teller = LegEventSender::new(slow.clone(), leg);
        teller.tell(LegEvent::Up);
        for press in 0..1001 {
            teller.tell(LegEvent::PhoneHold(press % 2 == 0));
        }
        teller.tell(LegEvent::Played);
        slow.0.add_permits(10_000);
        teller.finish().await;
        assert_eq!(*crate::sip::held(&slow.1), [LegEvent::Up, LegEvent::PhoneHold(true), LegEvent::Played]);
    }
}
