//! Hours that were read: when they are open, by the clocks of their zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use domain::{
    Millis,
    hours::{Closure, Hours},
};
use jiff::{Timestamp, civil, tz::TimeZone};
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};
use std::sync::Arc;

/// How far ahead it is looked for the next opening, in days.
const HORIZON: i64 = 400;
/// The rule by which holidays are closed days, where the hours do not say themselves what holidays are.
const HOLIDAYS_OFF: &str = "; PH off";

/// Hours that were read.
#[derive(Debug)]
pub(super) struct Timetable {
    hours: OpeningHours,
    zone: TimeZone,
}

impl Timetable {
    /// Reads hours; a sentence says what is wrong with them.
    pub fn read(hours: &Hours) -> Result<Self, String> {
        let zone = match &hours.zone {
            None => TimeZone::system(),
            Some(name) => {
                TimeZone::get(name).map_err(|_| format!("this machine knows no time zone '{name}'"))?
            }
        };
        let written = hours.open.as_deref().unwrap_or("24/7");
        // What is wrong is told of what was written, not of what is made of it.
        let _: OpeningHours = written.parse().map_err(|why: opening_hours_syntax::Error| why.to_string())?;
        let says_holidays = written.contains("PH");
        let rules = if says_holidays { written.to_owned() } else { format!("{written}{HOLIDAYS_OFF}") };
        let rules: OpeningHours =
            rules.parse().map_err(|why: opening_hours_syntax::Error| why.to_string())?;
        let holidays = hours.holidays.iter().map(|day| date(day)).collect::<Result<Vec<NaiveDate>, _>>()?;
        let calendar = ContextHolidays::new(Arc::new(holidays.into_iter().collect()), Arc::default());
        Ok(Self { hours: rules.with_context(Context::default().with_holidays(calendar)), zone })
    }

    /// Whether it is closed at a moment, and until when.
    pub fn closure(&self, at: Millis) -> Option<Closure> {
        let here = self.local(at);
        if self.hours.is_open(here) {
            return None;
        }
        let opens = self.opens_within(here, here + TimeDelta::days(HORIZON)).next();
        Some(Closure { until: opens.and_then(|(opens, _)| self.moment(opens)) })
    }

    /// The times in which it is open, between two of its own.
    pub fn opens_within(
        &self,
        from: NaiveDateTime,
        to: NaiveDateTime,
    ) -> impl Iterator<Item = (NaiveDateTime, NaiveDateTime)> {
        let ranges = self.hours.iter_range(from, to).filter(|range| range.kind == RuleKind::Open);
        ranges.map(|range| (range.range.start, range.range.end))
    }

    /// What its clocks show at a moment.
    pub fn local(&self, at: Millis) -> NaiveDateTime {
        let offset =
            Timestamp::from_millisecond(at).map_or(0, |moment| self.zone.to_offset(moment).seconds());
        let shifted = at + Millis::from(offset) * 1_000;
        DateTime::from_timestamp_millis(shifted).unwrap_or_default().naive_utc()
    }

    /// When its clocks show a time: where they are put forward over it, when they have been; where they show it twice,
    /// the first time.
    fn moment(&self, local: NaiveDateTime) -> Option<Millis> {
        let as_utc = Timestamp::from_millisecond(local.and_utc().timestamp_millis()).ok()?;
        let shown = TimeZone::UTC.to_datetime(as_utc);
        Some(self.zone.to_ambiguous_timestamp(shown).compatible().ok()?.as_millisecond())
    }
}

/// A day as it is written in settings.
fn date(written: &str) -> Result<NaiveDate, String> {
    let no = || format!("'{written}' is no date like 2026-12-25");
    let day: civil::Date = written.parse().map_err(|_| no())?;
    let fits = written.len() == "2026-12-25".len();
    let (year, month, number) = (day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs());
    NaiveDate::from_ymd_opt(year, month.into(), number.into()).filter(|_| fits).ok_or_else(no)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 3_600_000;
    const DAY: Millis = 24 * HOUR;
    /// Friday, 20 November 2026, 16:30 UTC.
    const FRIDAY: Millis = 1_795_192_200_000;

    fn closure(open: &str, zone: &str, holidays: &[&str], at: Millis) -> Option<Closure> {
        let hours = Hours {
            open: Some(open.into()).filter(|open: &String| !open.is_empty()),
            zone: Some(zone.into()),
            holidays: holidays.iter().map(|day| (*day).to_owned()).collect(),
        };
        Timetable::read(&hours).expect("hours").closure(at)
    }

    const fn until(at: Millis) -> Closure {
        Closure { until: Some(at) }
    }

    #[test]
    fn hours_are_those_of_the_place() {
        let week = "Mo-Fr 08:00-17:00";
        assert_eq!(closure(week, "UTC", &[], FRIDAY), None);
        // It is half past five in Berlin; it opens there at seven UTC on Monday.
        let monday = FRIDAY + 2 * DAY + 14 * HOUR + HOUR / 2;
        assert_eq!(closure(week, "Europe/Berlin", &[], FRIDAY), Some(until(monday)));
    }

    #[test]
    fn a_holiday_is_closed_and_the_days_around_it_are_not() {
        let week = "Mo-Fr 08:00-17:00";
        let holidays = &["2026-11-20", "2026-11-23"];
        let tuesday = FRIDAY + 3 * DAY + 15 * HOUR + HOUR / 2;
        assert_eq!(closure(week, "UTC", holidays, FRIDAY), Some(until(tuesday)));
        assert_eq!(closure("", "UTC", &["2026-11-21"], FRIDAY), None, "always, but for holidays");
        let sunday = FRIDAY + DAY + 7 * HOUR + HOUR / 2;
        assert_eq!(closure("", "UTC", &["2026-11-21"], FRIDAY + 12 * HOUR), Some(until(sunday)));
    }

    #[test]
    fn hours_may_say_themselves_what_a_holiday_is() {
        let hours = "Mo-Fr 08:00-18:00; PH 10:00-14:00";
        let monday = FRIDAY + 2 * DAY + 15 * HOUR + HOUR / 2;
        assert_eq!(closure(hours, "UTC", &["2026-11-20"], FRIDAY), Some(until(monday)));
        assert_eq!(closure(hours, "UTC", &["2026-11-20"], FRIDAY - 4 * HOUR), None);
    }

    #[test]
    fn the_clocks_may_be_put_forward_over_an_opening() {
        // In Berlin half past two is not there on Sunday, 28 March 2027: it opens at half past three by summer time.
        let saturday = 1_806_145_200_000;
        let opens = closure("Su 02:30-05:00", "Europe/Berlin", &[], saturday)
            .and_then(|closure| closure.until)
            .expect("it opens");
        let shown = Timestamp::from_millisecond(opens).expect("a moment").to_string();
        assert_eq!(shown, "2027-03-28T01:30:00Z");
    }

    #[test]
    fn what_never_opens_again_has_no_end() {
        assert_eq!(closure("2020 Mo-Fr 08:00-18:00", "UTC", &[], FRIDAY), Some(Closure { until: None }));
    }
}
