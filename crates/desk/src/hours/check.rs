//! What is wrong with hours, before anybody goes by them.

use super::timetable::Timetable;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use domain::hours::Hours;
use opening_hours::{OpeningHours, RuleKind};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleOperator, RuleSequence, time::TimeSelector};

/// Where hours are looked at from: the beginning of the year in which they could first be set. What is right once stays
/// so, whenever it is checked.
const FIRST_YEAR: i32 = 2026;
/// For how many days spans are held against each other.
const OVERLAP_DAYS: i64 = 2 * 366;
/// For how many days hours are looked through for a moment in which they are open.
const OPEN_DAYS: i64 = 50 * 366;
/// The longest hours, in bytes.
const LONGEST: usize = 1_000;
/// The most holidays.
const MOST_HOLIDAYS: usize = 1_000;

/// Says in a sentence what is wrong with hours: they cannot be read, they overlap, or they are never open.
pub fn check(hours: &Hours) -> Result<(), String> {
    if hours.open.as_ref().is_some_and(|open| open.len() > LONGEST) {
        return Err(format!("they are longer than {LONGEST} bytes"));
    }
    if hours.holidays.len() > MOST_HOLIDAYS {
        return Err(format!("there are more than {MOST_HOLIDAYS} holidays"));
    }
    let table = Timetable::read(hours)?;
    let from = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default().into();
    if let Some(open) = &hours.open {
        if open.contains("SH") {
            return Err("school holidays (SH) are not known here".into());
        }
        let hours: OpeningHours = open.parse().map_err(|why: opening_hours_syntax::Error| why.to_string())?;
        no_overlap(&hours.get_expression(), from, from + TimeDelta::days(OVERLAP_DAYS))?;
    }
    if table.opens_within(from, from + TimeDelta::days(OPEN_DAYS)).next().is_none() {
        return Err("they are never open".into());
    }
    Ok(())
}

/// A time span of a rule, and when it is open by itself.
struct Piece {
    written: String,
    open: Vec<(NaiveDateTime, NaiveDateTime)>,
}

/// Spans of one rule, and of rules that a comma joins, add up, so that two of them at once are a mistake. A rule behind
/// a semicolon takes the place of those before it.
fn no_overlap(rules: &OpeningHoursExpression, from: NaiveDateTime, to: NaiveDateTime) -> Result<(), String> {
    let mut together: Vec<Piece> = Vec::new();
    for rule in rules.rules.iter().filter(|rule| rule.kind == RuleKind::Open) {
        if rule.operator != RuleOperator::Additional {
            together.clear();
        }
        for piece in pieces(rule, from, to) {
            if let Some(other) = together.iter().find(|other| overlap(&other.open, &piece.open)) {
                return Err(format!("'{}' and '{}' overlap", other.written, piece.written));
            }
            together.push(piece);
        }
    }
    Ok(())
}

fn pieces(rule: &RuleSequence, from: NaiveDateTime, to: NaiveDateTime) -> impl Iterator<Item = Piece> {
    rule.time_selector.spans.iter().filter_map(move |span| {
        let alone = RuleSequence {
            time_selector: TimeSelector::new(vec![span.clone()]),
            operator: RuleOperator::Normal,
            ..rule.clone()
        };
        let written = OpeningHoursExpression { rules: vec![alone] }.to_string();
        let hours: OpeningHours = written.parse().ok()?;
        let ranges = hours.iter_range(from, to).filter(|range| range.kind == RuleKind::Open);
        Some(Piece { written, open: ranges.map(|range| (range.range.start, range.range.end)).collect() })
    })
}

/// Whether two rows of times, each in order, have a moment in common.
fn overlap(one: &[(NaiveDateTime, NaiveDateTime)], other: &[(NaiveDateTime, NaiveDateTime)]) -> bool {
    let (mut first, mut second) = (0, 0);
    while let (Some(left), Some(right)) = (one.get(first), other.get(second)) {
        if left.0 < right.1 && right.0 < left.1 {
            return true;
        }
        if left.1 <= right.1 { first += 1 } else { second += 1 }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(open: &str) -> Result<(), String> {
        check(&Hours { open: Some(open.into()), zone: Some("UTC".into()), ..Hours::default() })
    }

    #[test]
    fn good_hours_pass() {
        for good in [
            "24/7",
            "Mo-Fr 08:00-18:00",
            "Mo-Fr 08:00-12:00,13:00-18:00",
            "Mo-Fr 08:00-18:00; Fr 08:00-15:00; Dec 24 off",
            "Mo-Fr 08:00-18:00, Sa 10:00-12:00",
            "Mo-Su 22:00-06:00",
            "Mo-Fr 08:00-18:00; PH 10:00-12:00",
            "2027 Dec 01-24 10:00-20:00",
        ] {
            assert_eq!(said(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn hours_that_overlap_are_told_by_their_parts() {
        for (bad, parts) in [
            ("Mo-Fr 08:00-13:00,12:00-18:00", "'Mo-Fr 08:00-13:00' and 'Mo-Fr 12:00-18:00' overlap"),
            ("Mo-Fr 08:00-18:00, Fr 17:00-20:00", "'Mo-Fr 08:00-18:00' and 'Fr 17:00-20:00' overlap"),
            ("Mo-Fr 22:00-06:00, Tu 05:00-08:00", "'Mo-Fr 22:00-06:00' and 'Tu 05:00-08:00' overlap"),
        ] {
            assert_eq!(said(bad), Err(parts.to_owned()), "{bad}");
        }
    }

    #[test]
    fn hours_that_are_never_open_are_told() {
        for bad in ["off", "Mo-Fr off", "2020 Mo-Fr 08:00-18:00", "Mo 08:00-18:00; Mo off"] {
            assert!(said(bad).is_err_and(|why| why.contains("never open")), "{bad}");
        }
    }

    #[test]
    fn nonsense_is_named() {
        assert!(said("whenever").is_err());
        assert!(said("Mo-Fr 08:00-18:00; SH off").is_err_and(|why| why.contains("SH")));
        let nowhere = Hours { zone: Some("Mars/Olympus".into()), ..Hours::default() };
        assert_eq!(check(&nowhere), Err("this machine knows no time zone 'Mars/Olympus'".into()));
        for day in ["2026-02-30", "25.12.2026", "2026-12-25T00:00", "tomorrow"] {
            let hours = Hours { holidays: [day.to_owned()].into(), ..Hours::default() };
            assert!(check(&hours).is_err_and(|why| why.contains(day)), "{day}");
        }
    }
}
