//! One lane for each thread: units of one thread keep their order, those of different threads go side by side
//! (spec: channel-connectors#0.2.4).

use domain::ThreadId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

/// The lanes in which a unit is, or waits. There are never more than there are units at work.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<HashMap<ThreadId, Arc<Gate<()>>>>);

/// A turn in a lane. The next one's turn comes when it is dropped.
#[derive(Debug)]
pub(super) struct LaneTurn {
    // Dropped before the place, so that a lane that nobody is in any more is found empty.
    _held: OwnedMutexGuard<()>,
    _place: LaneSlot,
}

/// A place in a lane, taken or waited for.
#[derive(Debug)]
struct LaneSlot {
    lanes: Arc<Lanes>,
    thread: ThreadId,
    gate: Arc<Gate<()>>,
}

impl Lanes {
    /// Waits for a turn in a lane, behind those who came before. Giving up the wait leaves no trace.
    pub async fn turn(self: &Arc<Self>, thread: &ThreadId) -> LaneTurn {
        let gate = self.all().entry(thread.clone()).or_default().clone();
        let place = LaneSlot { lanes: self.clone(), thread: thread.clone(), gate };
        // This gate is fair: first come, first served.
        let held = place.gate.clone().lock_owned().await;
        LaneTurn { _held: held, _place: place }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ThreadId, Arc<Gate<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LaneSlot {
    fn drop(&mut self) {
        let mut all = self.lanes.all();
        // One is the map's and one is ours: gates are only shared out under the map's lock, so nobody else can come
        // now.
        if Arc::strong_count(&self.gate) == 2 {
            all.remove(&self.thread);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn one_lane_is_gone_through_in_order_while_others_are_free() {
        let lanes = Arc::new(Lanes::default());
        let first = lanes.turn(&"a".into()).await;
        let (a, b) = ("a".into(), "b".into());
        let mut second = Box::pin(lanes.turn(&a));
        assert!(second.as_mut().now_or_never().is_none());
        let mut third = Box::pin(lanes.turn(&a));
        assert!(third.as_mut().now_or_never().is_none());
        assert!(lanes.turn(&b).now_or_never().is_some(), "another thread goes on");
        drop(first);
        assert!(third.as_mut().now_or_never().is_none(), "the second came before");
        drop(second.await);
        drop(third.await);
    }

    #[tokio::test]
    async fn a_lane_without_anybody_is_forgotten() {
        let lanes = Arc::new(Lanes::default());
        let a = "a".into();
        let first = lanes.turn(&a).await;
        let mut second = Box::pin(lanes.turn(&a));
        assert!(second.as_mut().now_or_never().is_none());
        drop(second);
        assert_eq!(lanes.all().len(), 1, "the first is still there");
        drop(first);
        assert_eq!(lanes.all().len(), 0);
    }
}
