//! What is to be sent, by thread: one after the other within a thread, side by side across threads.

use domain::{Millis, ServiceName, Task, ThreadId};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// How many messages of one service are on their way at once: a provider that is slow holds up nobody else.
const AT_ONCE: usize = 64;

#[derive(Debug, Default)]
struct Lane {
    /// The first stays here while it is sent.
    waiting: VecDeque<Task>,
    /// Attempts at the first one so far.
    attempts: u32,
    /// When the first of them was made.
    since: Millis,
    /// Whether the first one is being sent.
    is_under_way: bool,
}

/// The lanes.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    by_thread: HashMap<ThreadId, Lane>,
    /// Lanes whose first task may be sent, by service.
    ready: BTreeMap<ServiceName, VecDeque<ThreadId>>,
    /// Lanes that wait for a moment.
    later: BTreeSet<(Millis, ThreadId)>,
    under_way: HashMap<ServiceName, usize>,
    /// The thread of each task that is not settled, by id.
    open: HashMap<String, ThreadId>,
    /// How many tasks all lanes hold. A count of its own, since every send asks for it, even while many wait.
    count: usize,
}

/// A task to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DueTask {
    pub task: Task,
    /// How many attempts there were before.
    pub attempts: u32,
    /// When the first was made.
    pub since: Millis,
}

impl Lanes {
    /// Takes a task in, at the end of its lane. One that is there already stays where it is.
    pub fn put(&mut self, task: Task) {
        if self.open.insert(task.id(), task.thread.clone()).is_some() {
            return;
        }
        let lane = self.by_thread.entry(task.thread.clone()).or_default();
        let (thread, service) = (task.thread.clone(), task.service.clone());
        lane.waiting.push_back(task);
        self.count += 1;
        if lane.waiting.len() == 1 {
            self.ready.entry(service).or_default().push_back(thread);
        }
    }

    /// The next task whose turn it is, if its service has room.
    pub fn next(&mut self, now: Millis) -> Option<DueTask> {
        while let Some((_, thread)) = self.later.first().filter(|(due, _)| *due <= now).cloned() {
            self.later.pop_first();
            self.make_ready(thread);
        }
        let under_way = &self.under_way;
        let has_room = |service: &ServiceName| under_way.get(service).is_none_or(|count| *count < AT_ONCE);
        let (service, ready) =
            self.ready.iter_mut().find(|(service, ready)| !ready.is_empty() && has_room(service))?;
        let lane = self.by_thread.get_mut(&ready.pop_front()?)?;
        if lane.attempts == 0 {
            lane.since = now;
        }
        *self.under_way.entry(service.clone()).or_default() += 1;
        lane.is_under_way = true;
        let task = lane.waiting.front()?.clone();
        Some(DueTask { task, attempts: lane.attempts, since: lane.since })
    }

    /// The first task of a lane, which was under way, is done with; the next one has its turn.
    pub fn done(&mut self, task: &Task) {
        self.leave(task);
        let Some(lane) = self.by_thread.get_mut(&task.thread) else { return };
        lane.is_under_way = false;
        if lane.waiting.pop_front().is_some() {
            self.count -= 1;
        }
        // A task that was asked for again while it was under way stands behind it, under the same id.
        if !lane.waiting.iter().any(|other| other.id() == task.id()) {
            self.open.remove(&task.id());
        }
        self.next_of(&task.thread);
    }

    /// A task is done with, whoever sent it. What is under way here stays until [`Lanes::done`] says so.
    pub fn settled(&mut self, id: &str) {
        let Some(thread) = self.open.remove(id) else { return };
        let Some(lane) = self.by_thread.get_mut(&thread) else { return };
        let skipped = usize::from(lane.is_under_way);
        let found = lane.waiting.iter().skip(skipped).position(|task| task.id() == id);
        let Some(place) = found.map(|place| place + skipped) else { return };
        lane.waiting.remove(place);
        self.count -= 1;
        if place == 0 {
            self.later.retain(|(_, waiting)| *waiting != thread);
            for ready in self.ready.values_mut() {
                ready.retain(|ready| *ready != thread);
            }
            self.next_of(&thread);
        }
    }

    /// Another task is the first of a lane now, or none is.
    fn next_of(&mut self, thread: &ThreadId) {
        let Some(lane) = self.by_thread.get_mut(thread) else { return };
        lane.attempts = 0;
        if lane.waiting.is_empty() {
            self.by_thread.remove(thread);
        } else {
            self.make_ready(thread.clone());
        }
    }

    /// The first task of a lane is to be tried again at a moment.
    pub fn again(&mut self, task: &Task, at: Millis) {
        self.leave(task);
        if let Some(lane) = self.by_thread.get_mut(&task.thread) {
            lane.attempts += 1;
            lane.is_under_way = false;
            self.later.insert((at, task.thread.clone()));
        }
    }

    /// When the first lane that waits for a moment has waited long enough.
    pub fn due(&self) -> Option<Millis> {
        self.later.first().map(|(due, _)| *due)
    }

    /// How many are being sent.
    pub fn under_way(&self) -> usize {
        self.under_way.values().sum()
    }

    /// How many tasks there are.
    pub const fn len(&self) -> usize {
        self.count
    }

    fn make_ready(&mut self, thread: ThreadId) {
        let first = self.by_thread.get(&thread).and_then(|lane| lane.waiting.front());
        if let Some(service) = first.map(|task| task.service.clone()) {
            self.ready.entry(service).or_default().push_back(thread);
        }
    }

    fn leave(&mut self, task: &Task) {
        if let Some(count) = self.under_way.get_mut(&task.service) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::task::TaskKind;
    use proptest::prelude::*;

    fn task(thread: &str, index: u32) -> Task {
        let errand = TaskKind::Message { session: thread.into(), index };
        Task { service: "sms".into(), thread: thread.into(), errand }
    }

    fn turn(lanes: &mut Lanes, now: Millis) -> Option<String> {
        lanes.next(now).map(|turn| turn.task.id())
    }

    #[test]
    fn one_lane_for_each_conversation_while_others_go_on() {
        let mut lanes = Lanes::default();
        for (thread, index) in [("a", 1), ("a", 2), ("b", 1)] {
            lanes.put(task(thread, index));
        }
        assert_eq!(turn(&mut lanes, 0).as_deref(), Some("a/1"));
        assert_eq!(turn(&mut lanes, 0).as_deref(), Some("b/1"), "another goes on");
        assert_eq!(turn(&mut lanes, 0), None, "the second waits for the first");
        lanes.done(&task("a", 1));
        assert_eq!(turn(&mut lanes, 0).as_deref(), Some("a/2"));
    }

    #[test]
    fn what_is_tried_again_keeps_its_place() {
        let mut lanes = Lanes::default();
        lanes.put(task("a", 1));
        lanes.put(task("a", 2));
        assert_eq!(turn(&mut lanes, 0).as_deref(), Some("a/1"));
        lanes.again(&task("a", 1), 100);
        assert_eq!((turn(&mut lanes, 99), lanes.due()), (None, Some(100)));
        let again = lanes.next(100).expect("its turn");
        assert_eq!((again.task.id().as_str(), again.attempts, again.since), ("a/1", 1, 0));
        lanes.done(&task("a", 1));
        let second = lanes.next(100).expect("its turn");
        assert_eq!((second.task.id().as_str(), second.attempts), ("a/2", 0));
    }

    #[test]
    fn a_task_that_is_there_already_is_not_taken_in_again() {
        let mut lanes = Lanes::default();
        for _ in 0..2 {
            lanes.put(task("a", 1));
        }
        assert_eq!((turn(&mut lanes, 0).as_deref(), lanes.len()), (Some("a/1"), 1));
        lanes.put(task("a", 1));
        lanes.done(&task("a", 1));
        assert_eq!((turn(&mut lanes, 0), lanes.len()), (None, 0));
    }

    #[test]
    fn what_another_node_has_settled_is_not_sent_and_the_next_has_its_turn() {
        let mut lanes = Lanes::default();
        for index in 1..4 {
            lanes.put(task("a", index));
        }
        lanes.settled("a/1");
        lanes.settled("a/3");
        assert_eq!(
            (turn(&mut lanes, 0).as_deref(), turn(&mut lanes, 0), lanes.len()),
            (Some("a/2"), None, 1)
        );
        lanes.again(&task("a", 2), 100);
        lanes.settled("a/2");
        assert_eq!((turn(&mut lanes, 100), lanes.due(), lanes.len()), (None, None, 0));
    }

    #[test]
    fn what_is_asked_for_anew_while_its_outcome_is_told_is_sent_again() {
        let mut lanes = Lanes::default();
        lanes.put(task("a", 1));
        assert_eq!(turn(&mut lanes, 0).as_deref(), Some("a/1"));
        lanes.settled("a/1");
        lanes.put(task("a", 1));
        lanes.put(task("a", 1));
        lanes.done(&task("a", 1));
        assert_eq!((turn(&mut lanes, 0).as_deref(), lanes.len()), (Some("a/1"), 1));
        lanes.put(task("a", 1));
        assert_eq!(lanes.len(), 1);
        lanes.settled("a/1");
        lanes.done(&task("a", 1));
        assert_eq!((turn(&mut lanes, 0), lanes.len()), (None, 0));
    }

    #[test]
    fn a_slow_service_holds_up_no_other() {
        let mut lanes = Lanes::default();
        for thread in 0..=AT_ONCE {
            lanes.put(task(&format!("slow{thread}"), 1));
        }
        lanes.put(Task { service: "other".into(), ..task("b", 1) });
        let first: Vec<_> = std::iter::from_fn(|| turn(&mut lanes, 0)).collect();
        assert_eq!(first.len(), AT_ONCE + 1);
        assert!(first.contains(&"b/1".to_owned()));
    }

    proptest! {
        #[test]
        fn every_task_has_its_turn_once_and_in_the_order_of_its_lane(
            put in prop::collection::vec((0_u8..4, any::<bool>()), 1..60),
        ) {
            let mut lanes = Lanes::default();
            for (index, (thread, _)) in (0..).zip(&put) {
                lanes.put(task(&thread.to_string(), index));
            }
            let (mut told, mut now) = (Vec::new(), 0);
            while lanes.len() > 0 {
                match lanes.next(now) {
                    None => now = lanes.due().expect("something waits for a moment"),
                    Some(DueTask { task, attempts, .. }) => {
                        let TaskKind::Message { index, .. } = &task.errand else { unreachable!() };
                        if put[*index as usize].1 && attempts < 2 {
                            lanes.again(&task, now + 10);
                        } else {
                            told.push((task.thread.clone(), *index));
                            lanes.done(&task);
                        }
                    }
                }
            }
            prop_assert_eq!(told.len(), put.len());
            prop_assert!(lanes.open.is_empty());
            prop_assert!(lanes.by_thread.is_empty(), "the count is that of what the lanes hold");
            for thread in 0_u8..4 {
                let of = |(id, _): &&(ThreadId, u32)| id.as_str() == thread.to_string();
                let indexes: Vec<_> = told.iter().filter(of).map(|(_, index)| *index).collect();
                prop_assert!(indexes.is_sorted());
            }
        }
    }
}
