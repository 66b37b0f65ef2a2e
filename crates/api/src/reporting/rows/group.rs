//! Sums of intervals: half hours, hours and days of a time zone.

use domain::Millis;
use gws::Problem;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use stats::INTERVAL;

/// Of what rows are sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// An interval, which is a quarter of an hour.
    Quarter,
    /// A half hour of the zone's clock.
    Half,
    /// An hour of the zone's clock.
    Hour,
    /// A day of the zone: 24 hours, or 23 or 25 where its clock changes.
    Day,
}

impl Group {
    /// Reads `15m`, `30m`, `hour` or `day`; nothing is `15m`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "" | "15m" => Ok(Self::Quarter),
            "30m" => Ok(Self::Half),
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            other => Err(Problem::invalid(format!("'group' is '{other}', not 15m, 30m, hour or day"))),
        }
    }
}

/// Groups of a time zone.
#[derive(Clone, Debug)]
pub(super) struct Grouping {
    /// Of what.
    pub group: Group,
    /// In which zone.
    pub zone: TimeZone,
}

impl Grouping {
    /// When the group begins in which a moment lies. Every offset of a zone in use is a multiple of a quarter of an hour, so
    /// that it is the beginning of an interval.
    pub fn start(&self, at: Millis) -> Millis {
        let quarter = at - at.rem_euclid(INTERVAL);
        match self.group {
            Group::Quarter => quarter,
            Group::Half => self.full((0..=8).map(|back| quarter - back * INTERVAL), 30).unwrap_or(quarter),
            Group::Hour => self.full((0..=8).map(|back| quarter - back * INTERVAL), 60).unwrap_or(quarter),
            Group::Day => {
                let day = self.local(quarter).and_then(|local| local.start_of_day().ok());
                day.map_or(quarter, |day| day.timestamp().as_millisecond())
            }
        }
    }

    /// When the next group begins after one that begins at a moment.
    pub fn next(&self, start: Millis) -> Millis {
        let next = start + INTERVAL;
        match self.group {
            Group::Quarter => next,
            Group::Half => self.full((1..=8).map(|on| start + on * INTERVAL), 30).unwrap_or(next),
            Group::Hour => self.full((1..=8).map(|on| start + on * INTERVAL), 60).unwrap_or(next),
            Group::Day => {
                let day = self.local(start).and_then(|local| local.tomorrow().ok()?.start_of_day().ok());
                day.map_or(start + 96 * INTERVAL, |day| day.timestamp().as_millisecond())
            }
        }
    }

    /// The first of some moments at which the clock of the zone shows a full hour or half of one. An hour in which the clock
    /// changes by half of one is that much longer or shorter.
    fn full(&self, mut moments: impl Iterator<Item = Millis>, minutes: i8) -> Option<Millis> {
        moments.find(|at| self.local(*at).is_some_and(|local| local.minute() % minutes == 0))
    }

    /// A moment as rows show it: with the offset that the zone has then.
    pub fn shown(&self, at: Millis) -> String {
        let Some(local) = self.local(at) else { return at.to_string() };
        if self.zone == TimeZone::UTC {
            return local.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        }
        local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn local(&self, at: Millis) -> Option<Zoned> {
        Some(Timestamp::from_millisecond(at).ok()?.to_zoned(self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouping(group: Group, zone: &str) -> Grouping {
        Grouping { group, zone: TimeZone::get(zone).expect("a zone") }
    }

    #[track_caller]
    fn starts(grouping: &Grouping, at: &str) -> String {
        let at: Timestamp = at.parse().expect("a moment");
        grouping.shown(grouping.start(at.as_millisecond()))
    }

    /// How many intervals the day of a moment has.
    fn quarters(zone: &str, at: &str) -> i64 {
        let days = grouping(Group::Day, zone);
        let at: Timestamp = at.parse().expect("a moment");
        let start = days.start(at.as_millisecond());
        (days.next(start) - start) / INTERVAL
    }

    #[test]
    fn a_day_has_as_many_intervals_as_its_zone_makes_it() {
        assert_eq!(quarters("Europe/Berlin", "2026-07-01T12:00:00Z"), 96);
        assert_eq!(quarters("Europe/Berlin", "2026-03-29T12:00:00Z"), 92);
        assert_eq!(quarters("Europe/Berlin", "2026-10-25T12:00:00Z"), 100);
        assert_eq!(quarters("UTC", "2026-10-25T12:00:00Z"), 96);
    }

    #[test]
    fn groups_begin_by_the_clock_of_their_zone() {
        let moment = "2026-07-01T21:50:10Z";
        assert_eq!(starts(&grouping(Group::Quarter, "UTC"), moment), "2026-07-01T21:45:00Z");
        assert_eq!(starts(&grouping(Group::Half, "UTC"), moment), "2026-07-01T21:30:00Z");
        assert_eq!(starts(&grouping(Group::Hour, "Asia/Kathmandu"), moment), "2026-07-02T03:00:00+05:45");
        assert_eq!(starts(&grouping(Group::Day, "Europe/Berlin"), moment), "2026-07-01T00:00:00+02:00");
    }

    #[test]
    fn hours_stay_full_where_the_clock_changes_by_half_of_one() {
        let hours = grouping(Group::Hour, "Australia/Lord_Howe");
        let at = "2026-04-04T14:00:00Z".parse::<Timestamp>().expect("a moment").as_millisecond();
        let starts = std::iter::successors(Some(hours.start(at)), |start| Some(hours.next(*start)));
        let shown: Vec<_> = starts.take(3).map(|start| hours.shown(start)).collect();
        let expected =
            ["2026-04-05T01:00:00+11:00", "2026-04-05T02:00:00+10:30", "2026-04-05T03:00:00+10:30"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_hour_that_comes_twice_is_two_groups() {
        let hours = grouping(Group::Hour, "Europe/Berlin");
        assert_eq!(starts(&hours, "2026-10-25T00:10:00Z"), "2026-10-25T02:00:00+02:00");
        assert_eq!(starts(&hours, "2026-10-25T01:10:00Z"), "2026-10-25T02:00:00+01:00");
    }
}
