//! Tells the listener of a leg, one thing after the other, while the leg goes on.

use crate::Listener;
use domain::call::{Heard, LegId};
use futures::future::BoxFuture;
use std::{collections::VecDeque, sync::Arc};

/// What may wait to be told. Keys beyond it are dropped: nobody presses so many.
const MOST: usize = 256;

/// Tells the listener.
pub(super) struct Teller {
    listener: Arc<dyn Listener>,
    leg: LegId,
    waiting: VecDeque<Heard>,
    now: Option<BoxFuture<'static, ()>>,
}

impl Teller {
    pub fn new(listener: Arc<dyn Listener>, leg: LegId) -> Self {
        Self { listener, leg, waiting: VecDeque::new(), now: None }
    }

    /// What is told before all else: that the call is there.
    pub fn begin(&mut self, with: BoxFuture<'static, ()>) {
        self.now = Some(with);
    }

    /// Tells, when it is its turn.
    pub fn tell(&mut self, heard: Heard) {
        if self.waiting.len() >= MOST && matches!(heard, Heard::Digit(_)) {
            return;
        }
        self.waiting.push_back(heard);
        self.next();
    }

    /// Goes on telling; forever when there is nothing to tell.
    pub async fn step(&mut self) {
        match &mut self.now {
            Some(telling) => telling.await,
            None => std::future::pending().await,
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
        if self.now.is_some() {
            return;
        }
        if let Some(heard) = self.waiting.pop_front() {
            let (listener, leg) = (self.listener.clone(), self.leg.clone());
            self.now = Some(Box::pin(async move { listener.heard(leg, heard).await }));
        }
    }
}
