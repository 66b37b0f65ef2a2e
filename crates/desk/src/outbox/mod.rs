//! The outbox: what commits ask of connectors is carried to them, and their outcomes come back as commands.
//!
//! A task is a row since the commit that asked for it. Before a connector is asked, the row says so durably: a
//! task that a crash left in that state may or may not have been sent, so it becomes *unknown* and its agent
//! decides. Nothing is ever sent twice blindly (spec: decisions#1).

mod carry;
mod lanes;

use crate::lock::lock;
use domain::{Millis, Task, task::Signal};
use lanes::{DueTask, Lanes};
use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Notify;

/// How many passing signs may wait; further ones are dropped.
const SIGNALS: usize = 1_024;

/// What is to be sent.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    lanes: Mutex<Lanes>,
    signals: Mutex<VecDeque<Signal>>,
    wake: Notify,
    /// Nothing more is begun.
    closed: AtomicBool,
}

impl Outbox {
    /// Takes in that tasks are done with, on whatever node.
    pub fn settled(&self, ids: &[String]) {
        if !ids.is_empty() {
            let mut lanes = lock(&self.lanes);
            for id in ids {
                lanes.settled(id);
            }
            drop(lanes);
            self.wake.notify_one();
        }
    }

    /// Takes in what a commit asks for.
    pub fn take(&self, tasks: impl IntoIterator<Item = Task>, signals: impl IntoIterator<Item = Signal>) {
        let mut rings = false;
        {
            let mut lanes = lock(&self.lanes);
            for task in tasks {
                lanes.put(task);
                rings = true;
            }
        }
        let mut waiting = lock(&self.signals);
        for signal in signals {
            rings = true;
            if waiting.len() < SIGNALS {
                waiting.push_back(signal);
            }
        }
        drop(waiting);
        if rings {
            self.wake.notify_one();
        }
    }

    /// How many messages wait for a provider.
    pub fn waiting(&self) -> usize {
        lock(&self.lanes).len()
    }

    /// From now on nothing more is begun. What waits is a row and is sent by the next process.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Whether nothing is being sent.
    pub fn is_quiet(&self) -> bool {
        lock(&self.lanes).under_way() == 0
    }

    fn next(&self, now: Millis) -> Option<DueTask> {
        if self.closed.load(Ordering::Relaxed) { None } else { lock(&self.lanes).next(now) }
    }

    fn next_signal(&self) -> Option<Signal> {
        lock(&self.signals).pop_front()
    }
}
