//! Opening hours, in the syntax of `OpenStreetMap`'s `opening_hours`: `Mo-Fr 08:00-18:00; Dec 25 off`, by the local time
//! of a zone, with a list of holidays.

mod check;
mod timetable;

pub use check::check;

use crate::lock::lock;
use domain::{
    Millis,
    hours::{Closure, Hours},
    queue::Queue,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use timetable::Timetable;

/// How many hours are kept as they were read. More than that are hours that nobody has any more.
const MOST: usize = 1_000;

/// Hours as they were read, so that a decision does not read them again.
#[derive(Debug, Default)]
pub struct Timetables(Mutex<HashMap<Hours, Option<Arc<Timetable>>>>);

impl Timetables {
    /// Whether a queue is closed at a moment to those who write; `None` when it is open. Hours that cannot be read leave
    /// it open: [`check`] has refused them long before, and a customer is better off in a queue than turned away.
    pub fn closure(&self, queue: &Queue, at: Millis) -> Option<Closure> {
        self.closure_of(&queue.hours, at)
    }

    /// Whether a queue takes calls at a moment.
    pub fn takes_calls(&self, queue: &Queue, at: Millis) -> bool {
        self.closure_of(&queue.hours_of_calls(), at).is_none()
    }

    fn closure_of(&self, hours: &Hours, at: Millis) -> Option<Closure> {
        if hours.is_always() { None } else { self.read(hours)?.closure(at) }
    }

    fn read(&self, hours: &Hours) -> Option<Arc<Timetable>> {
        let mut kept = lock(&self.0);
        if let Some(read) = kept.get(hours) {
            return read.clone();
        }
        if kept.len() >= MOST {
            kept.clear();
        }
        let read = Timetable::read(hours).ok().map(Arc::new);
        kept.insert(hours.clone(), read.clone());
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{hours::Closed, queue::Calls};
    use std::collections::BTreeMap;

    /// Friday, 20 November 2026, 16:30 UTC.
    const FRIDAY: Millis = 1_795_192_200_000;

    #[test]
    fn calls_have_hours_of_their_own_or_those_of_the_queue() {
        let open = |text: &str| Some(text.to_owned());
        let hours = Hours { open: open("Mo-Fr 08:00-16:00"), zone: open("UTC"), ..Hours::default() };
        let mut queue = Queue {
            name: "Support".into(),
            skills: BTreeMap::new(),
            priority: 0,
            ageing: 0,
            offer: 0,
            cool_down: 0,
            last_agent_wait: 0,
            max_waiting: 1,
            reserve_percent: 0,
            service_level: domain::queue::SERVICE_LEVEL,
            short_abandon: domain::queue::SHORT_ABANDON,
            routing_point: None,
            hours,
            closed: Closed::Queue,
            calls: Calls::default(),
            required: domain::disposition::Requirement::default(),
        };
        let tables = Timetables::default();
        assert!(tables.closure(&queue, FRIDAY).is_some() && !tables.takes_calls(&queue, FRIDAY));
        queue.calls.hours = open("Mo-Fr 08:00-17:00");
        assert!(tables.closure(&queue, FRIDAY).is_some() && tables.takes_calls(&queue, FRIDAY));
    }

    #[test]
    fn hours_that_cannot_be_read_turn_nobody_away() {
        let hours = Hours { open: Some("whenever".into()), ..Hours::default() };
        assert_eq!(Timetables::default().closure_of(&hours, FRIDAY), None);
        assert_eq!(Timetables::default().closure_of(&Hours::default(), FRIDAY), None);
    }
}
