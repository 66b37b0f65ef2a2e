//! When nobody could be heard: the process stood still, or was down.
//!
//! Moments are those of the [`Clock`](crate::ports::Clock). What falls due by somebody's silence or by the passing of a
//! time is measured in *awake* time, which leaves out the time in which the process could hear nobody: a machine that
//! was paused, a laptop that slept, a restart. So everything keeps the rest that it had when the process was last known
//! to run. What a provider counts (how long an answer is carried) goes on meanwhile and is measured by the clock.

use crate::lock::lock;
use domain::Millis;
use serde::{Deserialize, Serialize};
use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
};

/// The id of the row that keeps it.
pub(crate) const ALIVE: &str = "alive";

/// A process that looks at the time so much later than it meant to stood still, in milliseconds.
pub(crate) const LATE: Millis = 5_000;
/// How many pauses are remembered one by one; of earlier ones only their sum.
const REMEMBERED: usize = 256;

/// What is kept of this from process to process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedPauses {
    /// When the process was last known to run.
    pub at: Millis,
    /// How long all pauses were together, in milliseconds.
    pub lost: Millis,
    /// The latest pauses, oldest first: from when until when.
    pub pauses: VecDeque<(Millis, Millis)>,
}

/// The times during which nobody could be heard.
#[derive(Debug)]
pub(crate) struct Pauses {
    last: AtomicI64,
    lost: AtomicI64,
    list: Mutex<VecDeque<(Millis, Millis)>>,
}

impl Default for Pauses {
    fn default() -> Self {
        Self { last: AtomicI64::new(Millis::MIN), lost: AtomicI64::new(0), list: Mutex::default() }
    }
}

impl Pauses {
    /// Takes up what an earlier process left; from then until now it was down. Answers for how long, in milliseconds.
    pub fn begin(&self, before: Option<SavedPauses>, now: Millis) -> Millis {
        let SavedPauses { at, lost, pauses } =
            before.unwrap_or_else(|| SavedPauses { at: now, ..SavedPauses::default() });
        let mut list = lock(&self.list);
        *list = pauses;
        self.lost.store(lost, SeqCst);
        self.last.store(now, SeqCst);
        match now - at {
            down @ 1.. => {
                self.add(&mut list, at, now);
                down
            }
            // The earlier process had a clock that was ahead, and perhaps began with a long downtime that was none.
            // Awake time goes on where it was.
            ahead => {
                if ahead < 0 {
                    list.clear();
                }
                self.lost.fetch_add(ahead, SeqCst);
                0
            }
        }
    }

    /// The process runs at this moment. To be called at least every second or so; after more than [`LATE`] the time in
    /// between was a pause, whose length is answered to the caller who finds it.
    pub fn beat(&self, now: Millis) -> Option<Millis> {
        let last = self.last.load(SeqCst);
        // The first beat of all begins the count.
        if last == Millis::MIN || now - last <= LATE {
            self.last.fetch_max(now, SeqCst);
            return None;
        }
        // A caller who wakes at the same moment waits here, so that nobody measures with the sum of before.
        let mut list = lock(&self.list);
        let last = self.last.load(SeqCst);
        if now - last <= LATE {
            return None;
        }
        self.add(&mut list, last, now);
        self.last.fetch_max(now, SeqCst);
        Some(now - last)
    }

    fn add(&self, list: &mut VecDeque<(Millis, Millis)>, from: Millis, to: Millis) {
        list.push_back((from, to));
        if list.len() > REMEMBERED {
            list.pop_front();
        }
        self.lost.fetch_add(to - from, SeqCst);
    }

    /// How long all pauses were together, in milliseconds.
    pub fn lost(&self) -> Millis {
        self.lost.load(SeqCst)
    }

    /// A moment in awake time. Of moments before the pauses that are remembered it is only roughly right.
    pub fn awake(&self, moment: Millis) -> Millis {
        let list = lock(&self.list);
        let later = list.iter().rev().take_while(|(_, to)| *to > moment);
        let after: Millis = later.map(|(from, to)| to - (*from).max(moment)).sum();
        moment - (self.lost() - after)
    }

    /// What the next process must know.
    pub fn alive(&self) -> SavedPauses {
        let list = lock(&self.list);
        SavedPauses { at: self.last.load(SeqCst), lost: self.lost(), pauses: list.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that was last looked at at 1000 and stood still until 61000.
    fn paused() -> Pauses {
        let pauses = Pauses::default();
        pauses.begin(None, 0);
        assert_eq!(pauses.beat(1_000), None);
        assert_eq!(pauses.beat(61_000), Some(60_000));
        pauses
    }

    #[test]
    fn a_process_that_runs_loses_nothing() {
        let pauses = Pauses::default();
        pauses.begin(None, 0);
        for now in (0..100_000 / LATE).map(|beat| beat * LATE) {
            assert_eq!(pauses.beat(now), None);
        }
        assert_eq!((pauses.lost(), pauses.awake(70_000)), (0, 70_000));
    }

    #[test]
    fn what_passed_while_it_stood_still_does_not_count() {
        let pauses = paused();
        assert_eq!(pauses.awake(900), 900, "before");
        assert_eq!(pauses.awake(30_000), 1_000, "nobody could be heard then");
        assert_eq!(pauses.awake(61_000), 1_000);
        assert_eq!(pauses.awake(62_000), 2_000);
    }

    #[test]
    fn one_pause_is_found_once() {
        let pauses = paused();
        assert_eq!(pauses.beat(61_001), None);
        assert_eq!(pauses.beat(2_000), None, "a moment that was read before the others");
        assert_eq!(pauses.beat(61_002), None);
        assert_eq!(pauses.lost(), 60_000);
    }

    #[test]
    fn downtime_is_a_pause_and_earlier_ones_are_remembered() {
        let text = serde_json::to_string(&paused().alive()).expect("json");
        let next = Pauses::default();
        assert_eq!(next.begin(serde_json::from_str(&text).ok(), 161_000), 100_000);
        assert_eq!((next.awake(900), next.awake(61_000), next.awake(161_500)), (900, 1_000, 1_500));
        assert_eq!(next.alive().at, 161_000);
    }

    #[test]
    fn a_clock_that_was_wrong_for_one_process_is_forgotten_with_it() {
        const CENTURY: Millis = 3_153_600_000_000;
        let wrong = Pauses::default();
        wrong.begin(Some(SavedPauses { at: 1_000, ..SavedPauses::default() }), 2_000 + CENTURY);
        wrong.beat(3_000 + CENTURY);
        assert_eq!(wrong.awake(3_000 + CENTURY), 2_000);
        let right = Pauses::default();
        assert_eq!(right.begin(Some(wrong.alive()), 4_000), 0);
        assert_eq!((right.awake(4_000), right.awake(5_000)), (2_000, 3_000));
    }

    #[test]
    fn only_the_latest_pauses_are_remembered_one_by_one() {
        let pauses = Pauses::default();
        pauses.begin(None, 0);
        for pause in 1..=400 {
            pauses.beat(pause * 10_000);
        }
        assert_eq!((pauses.alive().pauses.len(), pauses.lost()), (REMEMBERED, 4_000_000));
        assert_eq!(pauses.awake(4_000_500), 500);
    }
}
