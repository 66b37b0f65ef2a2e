//! What a reader of interval rows asks for.

use super::group::{Group, Grouping};
use crate::reporting::request::{accepts, moment};
use domain::{Millis, Refusal};
use gws::{Problem, Query};
use http::HeaderMap;
use jiff::{Timestamp, tz::TimeZone};
use stats::{Interval, Table};

/// The longest stretch of time of one answer: rows are kept for about three years unless the settings say more.
const LONGEST: Millis = 10 * 366 * 24 * 60 * 60 * 1_000;

/// In which form rows are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// An array of objects.
    Json,
    /// Comma-separated values with a line of names (RFC 4180).
    Csv,
}

/// Which rows a reader wants, and how.
#[derive(Clone, Debug)]
pub(super) struct RowsRequest {
    /// What they are about.
    pub table: Table,
    /// Rows of intervals that begin at or after this moment.
    pub from: Millis,
    /// Rows of intervals that begin before this moment.
    pub to: Millis,
    /// Only rows of this queue, or of this agent by their id.
    pub object: Option<String>,
    /// Of what they are sums.
    pub grouping: Grouping,
    /// In which form they are answered.
    pub form: Form,
}

impl RowsRequest {
    /// Reads the parameters. Times that are none, that are empty or reversed, and zones that do not exist are refused.
    pub fn of(table: Table, query: &Query, headers: &HeaderMap, now: Millis) -> Result<Self, Problem> {
        let zone = match query.get("zone").filter(|name| !name.is_empty()) {
            Some(name) => TimeZone::get(name)
                .map_err(|_| Problem::invalid(format!("'zone' is '{name}', which is no time zone")))?,
            None => TimeZone::UTC,
        };
        let (from, to) = stretch(query, &zone, now)?;
        let group = Group::parse(query.get("group").unwrap_or_default())?;
        let form = match query.get("format").unwrap_or_default() {
            "csv" => Form::Csv,
            "" if accepts(headers, "text/csv") => Form::Csv,
            "" | "json" => Form::Json,
            other => return Err(Problem::invalid(format!("'format' is '{other}', not json or csv"))),
        };
        Ok(Self { table, from, to, object: None, grouping: Grouping { group, zone }, form })
    }
}

/// From when to when: today so far, where nothing is said.
pub(super) fn stretch(query: &Query, zone: &TimeZone, now: Millis) -> Result<(Millis, Millis), Problem> {
    let asked = |name: &str| {
        let text = query.get(name).filter(|text| !text.is_empty());
        text.map(|text| moment(name, text)).transpose()
    };
    let to = asked("to")?.unwrap_or(now.saturating_add(1));
    let from = match asked("from")? {
        Some(from) => from,
        None => midnight(zone, now),
    };
    if from >= to {
        return Err(Refusal::OutOfRange("'from' must be before 'to'".into()).into());
    }
    if to.saturating_sub(from) > LONGEST {
        return Err(Refusal::OutOfRange("'from' and 'to' must be at most ten years apart".into()).into());
    }
    // Of the time to come there are no rows, not even of zeros.
    let to = to.min(Interval::of(now).end());
    let is_moment = |at: Millis| Timestamp::from_millisecond(at).is_ok();
    if !is_moment(from) || !is_moment(to) {
        return Err(Refusal::OutOfRange("'from' or 'to' is outside of the calendar".into()).into());
    }
    Ok((from.min(to), to))
}

/// When the day of a moment began.
fn midnight(zone: &TimeZone, at: Millis) -> Millis {
    let moment = Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(zone.clone());
    moment.start_of_day().map_or(at, |day| day.timestamp().as_millisecond())
}
