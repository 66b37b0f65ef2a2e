//! What waits, in the order in which it is served: an index.

use super::{
    free::Crew,
    item::{ItemKey, WaitingItem},
};
use domain::{MediumName, Millis, QueueName};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
};

/// What came with the same priority, the longest wait first. As all of it ages alike, that is the order of effective
/// priority at every moment.
pub(super) type Row = BTreeSet<(Millis, ItemKey)>;

/// What waits of one medium in one queue.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// By the priority it came with, the highest first; none is empty.
    pub rows: BTreeMap<Reverse<i32>, Row>,
    /// The crews that work for the queue and of which somebody is free, each once.
    pub crews: Vec<Crew>,
}

/// Everything that waits, and when a time ends for which an agent is spared or something is kept.
#[derive(Debug, Default)]
pub(super) struct Lines {
    by_medium: HashMap<MediumName, HashMap<QueueName, Line>>,
    /// How many bars end at a moment.
    bars: BTreeMap<Millis, usize>,
}

impl Lines {
    /// Something waits from now on. Answers its line if nothing stood there before: its crews are to be found.
    pub fn enter(&mut self, item: &WaitingItem) -> Option<&mut Line> {
        for until in item.ends() {
            *self.bars.entry(until).or_default() += 1;
        }
        let queues = self.by_medium.entry(item.medium.clone()).or_default();
        let line = queues.entry(item.queue.clone()).or_default();
        let is_new = line.rows.is_empty();
        line.rows.entry(Reverse(item.priority)).or_default().insert((item.since, item.key.clone()));
        is_new.then_some(line)
    }

    /// Something does not wait any more.
    pub fn leave(&mut self, item: &WaitingItem) {
        for until in item.ends() {
            if let Some(count) = self.bars.get_mut(&until) {
                *count -= 1;
                if *count == 0 {
                    self.bars.remove(&until);
                }
            }
        }
        let Some(queues) = self.by_medium.get_mut(&item.medium) else { return };
        let Some(line) = queues.get_mut(&item.queue) else { return };
        let priority = Reverse(item.priority);
        if let Some(row) = line.rows.get_mut(&priority) {
            row.remove(&(item.since, item.key.clone()));
            if row.is_empty() {
                line.rows.remove(&priority);
            }
        }
        if line.rows.is_empty() {
            queues.remove(&item.queue);
        }
    }

    /// Every line.
    pub fn all(&self) -> impl Iterator<Item = (&MediumName, &QueueName, &Line)> {
        let lines = |(medium, queues)| {
            let queues: &HashMap<QueueName, Line> = queues;
            queues.iter().map(move |(queue, line)| (medium, queue, line))
        };
        self.by_medium.iter().flat_map(lines)
    }

    /// The lines of a medium, by queue.
    pub fn of_medium(&mut self, medium: &MediumName) -> impl Iterator<Item = (&QueueName, &mut Line)> {
        self.by_medium.get_mut(medium).into_iter().flatten()
    }

    /// The lines of a queue, by medium.
    pub fn of_queue<'a>(
        &'a mut self,
        queue: &'a QueueName,
    ) -> impl Iterator<Item = (&'a MediumName, &'a mut Line)> {
        self.by_medium
            .iter_mut()
            .filter_map(move |(medium, queues)| queues.get_mut(queue).map(|line| (medium, line)))
    }

    /// When the next bar ends.
    pub fn next_bar(&self, now: Millis) -> Option<Millis> {
        self.bars.range((Bound::Excluded(now), Bound::Unbounded)).next().map(|(until, _)| *until)
    }
}
