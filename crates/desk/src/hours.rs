//! Opening hours, in the syntax of `OpenStreetMap`'s `opening_hours`: `Mo-Fr 08:00-18:00; Dec 25 off`. There is no
//! calendar of public holidays.

use chrono::{DateTime, NaiveDateTime};
use domain::Millis;
use jiff::{Timestamp, tz::TimeZone};
use opening_hours::OpeningHours;

/// Says in a sentence what is wrong with opening hours.
pub fn check(hours: &str) -> Result<(), String> {
    hours.parse::<OpeningHours>().map(|_| ()).map_err(|why| why.to_string())
}

/// Whether it is open at a moment, by the local time of the machine. Hours that cannot be read count as open: [`check`]
/// has refused them long before, and a caller is better off in a queue than turned away.
pub fn open_at(hours: &str, at: Millis) -> bool {
    is_open(hours, local(at, &TimeZone::system()))
}

fn is_open(hours: &str, at: NaiveDateTime) -> bool {
    hours.parse::<OpeningHours>().map_or(true, |hours| hours.is_open(at))
}

fn local(at: Millis, zone: &TimeZone) -> NaiveDateTime {
    let offset = Timestamp::from_millisecond(at).map_or(0, |moment| zone.to_offset(moment).seconds());
    let shifted = at + Millis::from(offset) * 1_000;
    DateTime::from_timestamp_millis(shifted).unwrap_or_default().naive_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 20 November 2026, 16:30 UTC.
    const FRIDAY: Millis = 1_795_192_200_000;

    #[test]
    fn hours_are_those_of_the_place() {
        let utc = |hours| is_open(hours, local(FRIDAY, &TimeZone::UTC));
        assert!(!utc("Mo-Fr 08:00-17:00; Nov 20 off") && utc("Mo-Fr 08:00-17:00; Dec 25 off"));
        assert!(utc("Mo-Fr 08:00-17:00") && !utc("Mo-Fr 08:00-16:00") && !utc("Sa,Su 00:00-24:00"));
        let east = TimeZone::fixed(jiff::tz::offset(1));
        assert!(!is_open("Mo-Fr 08:00-17:00", local(FRIDAY, &east)), "it is half past five there");
    }

    #[test]
    fn nonsense_is_named_and_turns_nobody_away() {
        assert!(check("Mo-Fr 08:00-18:00").is_ok() && check("24/7").is_ok());
        assert!(check("whenever").is_err());
        assert!(open_at("whenever", FRIDAY));
    }
}
