//! The customers to whom somebody types. The sign fades after some 20 s, so it is given again while they do
//! (spec: channel-connectors#2.5).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long after the sign it is given again.
const AGAIN: Duration = Duration::from_secs(15);
/// How often it is given in all, if nobody says that the agent stopped.
const TIMES: u8 = 20;
/// The most customers kept in memory; the sign of any further one fades.
const MOST: usize = 1_000;

/// The customers to whom somebody types.
#[derive(Debug, Default)]
pub(super) struct Typing(Mutex<HashMap<String, Shown>>);

#[derive(Debug)]
struct Shown {
    at: Instant,
    times: u8,
}

impl Typing {
    /// Somebody types to a person. Answers whether the sign must be given now.
    pub fn begins(&self, person: &str, now: Instant) -> bool {
        let mut all = self.all();
        if let Some(shown) = all.get_mut(person) {
            // It is given again when its time comes.
            shown.times = 1;
            return false;
        }
        if all.len() < MOST {
            all.insert(person.to_owned(), Shown { at: now, times: 1 });
        }
        true
    }

    /// The agent stopped, or what they typed goes out. Answers whether the sign is shown.
    pub fn ends(&self, person: &str) -> bool {
        self.all().remove(person).is_some()
    }

    /// The customers to whom the sign must be given again.
    pub fn due(&self, now: Instant) -> Vec<String> {
        let mut all = self.all();
        all.retain(|_, shown| shown.times < TIMES);
        let due = all.iter_mut().filter(|(_, shown)| now.duration_since(shown.at) >= AGAIN);
        due.map(|(person, shown)| {
            (shown.at, shown.times) = (now, shown.times + 1);
            person.clone()
        })
        .collect()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Shown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_is_given_at_once_and_then_every_15_seconds() {
        let (typing, start) = (Typing::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(typing.begins("2002", start));
        assert!(!typing.begins("2002", after(3)), "it stands");
        assert_eq!(typing.due(after(14)), [""; 0]);
        assert_eq!(typing.due(after(15)), ["2002"]);
        assert_eq!(typing.due(after(29)), [""; 0]);
        assert_eq!(typing.due(after(30)), ["2002"]);
        assert!(typing.ends("2002"));
        assert!(!typing.ends("2002"));
        assert_eq!(typing.due(after(60)), [""; 0]);
    }

    #[test]
    fn who_types_for_ever_is_forgotten() {
        let (typing, start) = (Typing::default(), Instant::now());
        assert!(typing.begins("2002", start));
        let given = (1..100).filter(|n| !typing.due(start + AGAIN * *n).is_empty()).count();
        assert_eq!(given, usize::from(TIMES) - 1);
        assert!(typing.all().is_empty());
    }
}
