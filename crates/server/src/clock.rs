//! The time of day, as it passes: it begins with the system's and never jumps after that.
//!
//! The system's time of day may be set by hand, by a time server, or when a machine is restored. Timers that followed
//! it would all run out at once or stand still, and the journal's moments would go back. So ours is the time of day
//! when the process began, and from then on the time that really passed, corrected little by little towards the
//! system's.

use desk::ports::Clock;
use domain::Millis;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The correction is at most one in so many of the time that passed: a timer of 30 seconds is wrong by 1.5 seconds
/// while it lasts, and an hour is caught up within a day.
const SLEW: i128 = 20;
/// How far ours may be from the system's before it is logged, in milliseconds.
const WORTH_SAYING: Millis = 5_000;
/// How often the difference is looked at.
const LOOK: Duration = Duration::from_secs(15);

/// A moment or a time in nanoseconds.
type Nanos = i128;

/// A clock that runs with a steady one and is drawn towards the wall clock.
#[derive(Debug)]
struct SteeredClock {
    shown: Nanos,
    steady: Nanos,
}

impl SteeredClock {
    /// What it shows when the two clocks show this. It never goes back, and while the steady clock goes on by some
    /// time, it goes on by that time, give or take a twentieth.
    fn at(&mut self, wall: Nanos, steady: Nanos) -> Nanos {
        let passed = (steady - self.steady).max(0);
        self.steady = steady;
        let most = passed / SLEW;
        self.shown += passed + (wall - self.shown - passed).clamp(-most, most);
        self.shown
    }
}

/// The clock of a process.
#[derive(Debug)]
pub struct SteadyClock(Mutex<SteeredClock>);

impl SteadyClock {
    /// A clock that shows the system's time of day, or `newest` where that is later: the newest moment a journal knows,
    /// before which nothing more can happen in it.
    pub fn start(newest: Option<Millis>) -> Self {
        let (wall, newest) = (wall(), newest.map_or(0, nanos));
        let behind = millis(newest.saturating_sub(wall));
        if behind > WORTH_SAYING {
            tracing::warn!(
                seconds = behind / 1_000,
                "the system's time of day is before the newest entry of the journal: the server goes on from there"
            );
        }
        Self(Mutex::new(SteeredClock { shown: wall.max(newest), steady: steady() }))
    }

    /// How far the system's time of day is ahead of this clock, in milliseconds.
    fn ahead(&self) -> Millis {
        let shown = self.now();
        millis(wall()).saturating_sub(shown)
    }

    /// Never returns: tells the operator whenever the system's time of day has been set.
    pub async fn watch(&self) {
        let mut was_off = false;
        loop {
            let ahead = self.ahead();
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            metrics::gauge!("jackfield_clock_offset_seconds").set(ahead as f64 / 1_000.0);
            let is_off = ahead.abs() > WORTH_SAYING;
            if is_off && !was_off {
                tracing::warn!(
                    seconds = ahead / 1_000,
                    "the system's time of day was set: the server's follows by at most a twentieth of the time that passes"
                );
            } else if was_off && !is_off {
                tracing::info!("the server's time of day is the system's again");
            }
            was_off = is_off;
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Millis {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock, so that no thread comes with an older reading than another.
        millis(drawn.at(wall(), steady()))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place behind the port")]
fn wall() -> Nanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Nanos::try_from(since.as_nanos()).unwrap_or(Nanos::MAX)
}

/// The time since the system began. It goes on while the system sleeps, as that of `Instant` does not on Linux.
#[cfg(target_os = "linux")]
fn steady() -> Nanos {
    let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Nanos::from(since.tv_sec) * 1_000_000_000 + Nanos::from(since.tv_nsec)
}

/// The time since the first call.
#[cfg(not(target_os = "linux"))]
fn steady() -> Nanos {
    static BEGUN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    Nanos::try_from(BEGUN.elapsed().as_nanos()).unwrap_or(Nanos::MAX)
}

const fn nanos(at: Millis) -> Nanos {
    at as Nanos * 1_000_000
}

fn millis(at: Nanos) -> Millis {
    Millis::try_from(at / 1_000_000).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = 1_000_000_000;
    const MORNING: Nanos = 1_767_600_000 * SECOND;

    fn clock() -> SteeredClock {
        SteeredClock { shown: MORNING, steady: 0 }
    }

    /// What it shows after each second of so many, with the wall clock ahead by so much.
    fn seconds(clock: &mut SteeredClock, count: i128, ahead: Nanos) -> Vec<Nanos> {
        let begun = clock.steady;
        (1..=count)
            .map(|second| {
                let steady = begun + second * SECOND;
                clock.at(MORNING + steady + ahead, steady)
            })
            .collect()
    }

    #[test]
    fn it_is_the_walls_while_nobody_sets_that() {
        assert_eq!(seconds(&mut clock(), 3, 0), [1, 2, 3].map(|passed| MORNING + passed * SECOND));
    }

    #[test]
    fn small_corrections_are_followed_at_once() {
        let ahead = SECOND / 100;
        assert_eq!(seconds(&mut clock(), 1, ahead), [MORNING + SECOND + ahead]);
    }

    #[test]
    fn whatever_the_wall_is_set_to_it_goes_on_by_the_time_that_passed_give_or_take_a_twentieth() {
        for ahead in [-100_000, -3_600, -1, 1, 400, 3_600, 3_153_600_000].map(|seconds| seconds * SECOND) {
            let mut clock = clock();
            let mut before = clock.shown;
            for shown in seconds(&mut clock, 100, ahead) {
                let passed = shown - before;
                assert!((SECOND * 19 / 20..=SECOND * 21 / 20).contains(&passed), "{ahead}: {passed}");
                before = shown;
            }
        }
    }

    #[test]
    fn an_hour_is_caught_up_within_a_day_either_way() {
        for ahead in [-3_600, 3_600].map(|seconds| seconds * SECOND) {
            let mut clock = clock();
            let shown = seconds(&mut clock, 20 * 3_600 - 1, ahead).pop().expect("shown");
            assert_ne!(shown, MORNING + clock.steady + ahead);
            let shown = seconds(&mut clock, 1, ahead).pop().expect("shown");
            assert_eq!(shown, MORNING + clock.steady + ahead);
        }
    }

    #[test]
    fn it_never_goes_back_and_stands_while_nothing_passes() {
        let mut clock = clock();
        let shown = clock.at(MORNING + SECOND, SECOND);
        assert_eq!(clock.at(MORNING - 1_000 * SECOND, SECOND), shown);
        assert_eq!(clock.at(MORNING + 1_000 * SECOND, SECOND / 2), shown, "a steady clock that was none");
        assert_eq!(clock.at(MORNING + SECOND * 3 / 2, SECOND), shown + SECOND / 2, "it goes on from there");
    }

    #[test]
    fn a_system_whose_clock_is_behind_the_journal_goes_on_from_the_journal() {
        let tomorrow = millis(wall()) + 86_400_000;
        let clock = SteadyClock::start(Some(tomorrow));
        assert!(clock.now() >= tomorrow);
        assert!(clock.ahead() < -86_000_000);
        assert!(SteadyClock::start(None).now() < tomorrow);
    }
}
