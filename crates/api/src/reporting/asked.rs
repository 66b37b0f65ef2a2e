//! What a reader of the feed asks for.

use super::data::{self, PREFIX};
use desk::ports::FeedQuery;
use domain::{Millis, Refusal};
use gws::{Problem, Query};
use std::time::Duration;

/// How many events a page has when the reader does not say.
const LIMIT: u64 = 100;
/// The most events of one page; a reader who asks for more gets this many.
const MOST: u64 = 1000;
/// The most that a page weighs, in bytes as it is sent; an event that weighs more is a page by itself.
pub(super) const MOST_BYTES: usize = 1024 * 1024;
/// The longest wait for an event; a reader who asks for more waits this long.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What a reader asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The sequence number of the last event the reader has; `None` is the beginning of what is kept.
    pub after: Option<u64>,
    /// The most events of one page.
    pub limit: u32,
    /// How long to wait when there is no event yet.
    pub wait: Duration,
    /// Which kinds of event; all when empty.
    pub kinds: Vec<String>,
    /// Only events at or after this moment.
    pub since: Option<Millis>,
}

impl Asked {
    /// Reads the parameters. An event type that does not exist is refused, not waited for.
    pub fn of(query: &Query) -> Result<Self, Problem> {
        let limit = query.number("limit")?.unwrap_or(LIMIT).min(MOST);
        if limit == 0 {
            return Err(Refusal::OutOfRange("'limit' must be 1 or more".into()).into());
        }
        Ok(Self {
            after: query.number("after")?,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            wait: Duration::from_secs(query.number("wait")?.unwrap_or(0)).min(LONGEST_WAIT),
            kinds: kinds(query.get("type").unwrap_or_default())?,
            since: query.get("since").filter(|text| !text.is_empty()).map(moment).transpose()?,
        })
    }

    /// The journal's query for the events behind a position.
    pub fn behind(&self, after: u64) -> FeedQuery {
        FeedQuery {
            after,
            limit: self.limit,
            bytes: Some(MOST_BYTES),
            kinds: self.kinds.clone(),
            since: self.since,
            unreported: false,
        }
    }
}

/// One or several types, with or without their prefix.
fn kinds(list: &str) -> Result<Vec<String>, Problem> {
    let named = list.split(',').map(str::trim).filter(|name| !name.is_empty());
    named
        .map(|name| {
            let kind = name.strip_prefix(PREFIX).unwrap_or(name);
            let known = data::kinds().any(|known| known == kind);
            known.then(|| kind.to_owned()).ok_or_else(|| {
                Problem::invalid(format!("'type' names '{name}', which no event of the feed has"))
            })
        })
        .collect()
}

/// A moment in RFC 3339 or in milliseconds since 1970.
fn moment(text: &str) -> Result<Millis, Problem> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    // A plus sign that was not escaped arrives as a space.
    let text = text.replace(' ', "+");
    let read = text.parse::<jiff::Timestamp>();
    read.map(jiff::Timestamp::as_millisecond)
        .map_err(|_| Problem::invalid("'since' is neither RFC 3339 nor milliseconds since 1970"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<Asked, Problem> {
        Asked::of(&Query::parse(query))
    }

    #[test]
    fn nothing_said_is_a_hundred_from_the_beginning_at_once() {
        let asked = asked("").expect("asked");
        assert_eq!((asked.after, asked.limit, asked.wait), (None, 100, Duration::ZERO));
        assert_eq!((asked.kinds.len(), asked.since), (0, None));
    }

    #[test]
    fn too_much_is_cut_to_the_most() {
        let asked = asked("limit=100000&wait=3600&after=00000000000000000042").expect("asked");
        assert_eq!((asked.after, asked.limit, asked.wait), (Some(42), 1000, LONGEST_WAIT));
    }

    #[test]
    fn types_come_with_and_without_the_prefix() {
        let asked = asked("type=jackfield.disposition,session.ended,").expect("asked");
        assert_eq!(asked.kinds, ["disposition", "session.ended"]);
    }

    #[test]
    fn a_type_that_is_never_told_of_is_refused() {
        for name in ["nonsense", "session.typing", "agent.slot-taken"] {
            assert_eq!(asked(&format!("type={name}")).expect_err("refused").code, 2, "{name}");
        }
    }

    #[test]
    fn a_moment_is_rfc_3339_or_milliseconds() {
        let at = |text: &str| asked(&format!("since={text}")).expect("asked").since;
        assert_eq!(at("1770109872345"), Some(1_770_109_872_345));
        assert_eq!(at("2026-02-03T09:11:12.345Z"), Some(1_770_109_872_345));
        assert_eq!(at("2026-02-03T10:11:12.345+01:00"), Some(1_770_109_872_345));
        assert!(asked("since=yesterday").is_err());
    }

    #[test]
    fn a_page_of_nothing_is_out_of_range() {
        assert_eq!(asked("limit=0").expect_err("refused").code, 10);
        assert_eq!(asked("after=-1").expect_err("refused").code, 2);
    }
}
