//! Windows: from when a statistic counts. Rows are of quarters of an hour, so that a window begins with one.

use crate::row::{INTERVAL, Interval};
use domain::Millis;
use jiff::{Timestamp, Zoned, civil::Time, tz::TimeZone};

/// From when a statistic counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Since the last time of day, in the zone of the centre: 0:00 is midnight.
    Growing(Time),
    /// The last so many milliseconds. The quarter of an hour in which they began counts whole.
    Sliding(Millis),
}

impl Window {
    /// The first interval of the window at a moment. A time of day that a change of clocks leaves out is that much later,
    /// and one that comes twice is its first; `None` for a moment beyond the calendar.
    pub fn begin(self, now: Millis, zone: &TimeZone) -> Option<Interval> {
        match self {
            Self::Sliding(length) => Some(Interval::of(now.saturating_sub(length))),
            Self::Growing(time) => {
                let here = local(now, zone)?;
                let begun = |date: jiff::civil::Date| date.to_datetime(time).to_zoned(zone.clone()).ok();
                let today = begun(here.date()).filter(|today| *today <= here);
                let begun = today.or_else(|| begun(here.date().yesterday().ok()?))?;
                Some(Interval::of(begun.timestamp().as_millisecond()))
            }
        }
    }

    /// The intervals of the window at a moment, the one that runs included.
    pub fn intervals(self, now: Millis, zone: &TimeZone) -> impl Iterator<Item = Interval> {
        let first = self.begin(now, zone).unwrap_or(Interval::of(now));
        let last = Interval::of(now);
        std::iter::successors(Some(first), |before| Some(Interval(before.0 + INTERVAL)))
            .take_while(move |interval| *interval <= last)
    }
}

/// The intervals of the day in which a moment lies, in a zone: 96, or 92 and 100 where the clocks change. None for a moment
/// beyond the calendar.
pub fn day(at: Millis, zone: &TimeZone) -> Vec<Interval> {
    let ends = || {
        let midnight = local(at, zone)?.start_of_day().ok()?;
        let next = midnight.date().tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
        Some((midnight.timestamp().as_millisecond(), next.timestamp().as_millisecond()))
    };
    let Some((first, end)) = ends() else { return Vec::new() };
    let mut intervals = Vec::new();
    let mut next = Interval::of(first);
    while next.0 < end {
        intervals.push(next);
        next = Interval(next.end());
    }
    intervals
}

fn local(at: Millis, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(at).ok()?.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("a zone")
    }

    #[test]
    fn a_day_has_as_many_quarters_as_its_clocks_leave_it() {
        let quarters = |text| day(at(text), &berlin()).len();
        assert_eq!(quarters("2026-03-28T12:00:00Z"), 96);
        assert_eq!(quarters("2026-03-29T12:00:00Z"), 92, "an hour is left out");
        assert_eq!(quarters("2026-10-25T12:00:00Z"), 100, "an hour comes twice");
        let kathmandu = TimeZone::get("Asia/Kathmandu").expect("a zone");
        assert_eq!(day(at("2026-03-29T12:00:00Z"), &kathmandu).len(), 96);
        assert_eq!(day(Millis::MAX, &berlin()), []);
    }

    #[test]
    fn a_growing_window_begins_with_its_time_of_day() {
        let begins = |hour, now| {
            let window = Window::Growing(jiff::civil::time(hour, 0, 0, 0));
            window.begin(at(now), &berlin()).map(|interval| interval.0)
        };
        assert_eq!(begins(0, "2026-11-30T12:00:00Z"), Some(at("2026-11-29T23:00:00Z")));
        assert_eq!(begins(0, "2026-11-29T23:00:00Z"), Some(at("2026-11-29T23:00:00Z")), "its first moment");
        assert_eq!(begins(8, "2026-11-30T06:59:59Z"), Some(at("2026-11-29T07:00:00Z")), "since yesterday");
        assert_eq!(begins(2, "2026-03-29T12:00:00Z"), Some(at("2026-03-29T01:00:00Z")), "2:00 is left out");
        assert_eq!(begins(0, "2026-03-29T12:00:00Z"), Some(at("2026-03-28T23:00:00Z")));
    }

    #[test]
    fn a_sliding_window_takes_the_quarter_in_which_it_began() {
        let window = Window::Sliding(3_600_000);
        let count = |text| window.intervals(at(text), &berlin()).count();
        assert_eq!(count("2026-11-30T12:00:00Z"), 5);
        assert_eq!(count("2026-11-30T12:07:00Z"), 5);
    }
}
