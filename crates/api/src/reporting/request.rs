//! What a reader of the feed asks for, and their cursor against what the journal holds.

use crate::{
    auth::{ADMINS, Caller},
    reporting::data::{self, PREFIX},
    state::Api,
};
use axum::response::Response;
use desk::ports::{FeedPage, FeedQuery, StoreFault};
use domain::{Millis, Refusal};
use gws::{Problem, Query, json};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

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
pub(super) struct FeedRequest {
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

impl FeedRequest {
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
            since: query
                .get("since")
                .filter(|text| !text.is_empty())
                .map(|text| moment("since", text))
                .transpose()?,
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

/// The moment that a parameter says, in RFC 3339 or in milliseconds since 1970.
pub(super) fn moment(name: &str, text: &str) -> Result<Millis, Problem> {
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    // A plus sign that was not escaped arrives as a space.
    let text = text.replace(' ', "+");
    let read = text.parse::<jiff::Timestamp>();
    read.map(jiff::Timestamp::as_millisecond)
        .map_err(|_| Problem::invalid(format!("'{name}' is neither RFC 3339 nor milliseconds since 1970")))
}

/// Whether a reader names a media type among those that they accept.
pub(super) fn accepts(headers: &HeaderMap, wanted: &str) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted)))
}

/// Whether a reader is still logged in, enabled and allowed to read. Reading on counts as using the login.
pub(super) fn may_read(api: &Api, caller: &Caller) -> bool {
    caller.login.touch(api.desk.awake());
    if !caller.login.is_live(&api.desk) {
        return false;
    }
    let user = api.desk.directory().user(&caller.user.id);
    user.is_some_and(|user| user.enabled && user.has(ADMINS))
}

/// Why a cursor is of no use. It is never answered with an empty page: a reader would wait forever, or miss what is
/// gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Astray {
    /// Nothing was ever told behind this cursor: it belongs to another stream, or the journal was restored.
    Beyond {
        /// The newest sequence number.
        head: u64,
    },
    /// Events behind this cursor are not kept any more.
    Gone {
        /// The oldest cursor that is good.
        oldest: u64,
    },
}

impl Astray {
    /// Judges a cursor by a page read with it.
    pub fn judge(after: u64, page: &FeedPage) -> Option<Self> {
        if after > page.head {
            Some(Self::Beyond { head: page.head })
        } else if after < page.oldest {
            Some(Self::Gone { oldest: page.oldest })
        } else {
            None
        }
    }

    /// 409/2 with `head`, or 410/6 with `oldest`.
    pub fn response(self) -> Response {
        match self {
            Self::Beyond { head } => json(
                StatusCode::CONFLICT,
                &BeyondRefusal {
                    status_code: 2,
                    status_message: "The cursor is beyond the newest event; compare X-Stream-Id and begin again",
                    head,
                },
            ),
            Self::Gone { oldest } => json(
                StatusCode::GONE,
                &GoneRefusal {
                    status_code: 6,
                    status_message: "Events behind the cursor are no longer kept; go on from 'oldest'",
                    oldest,
                },
            ),
        }
    }
}

/// A refusal of a cursor behind which nothing was ever told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BeyondRefusal {
    /// 2.
    status_code: u8,
    /// Why, in a sentence.
    status_message: &'static str,
    /// The newest sequence number.
    head: u64,
}

/// A refusal of a cursor behind which events are gone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GoneRefusal {
    /// 6.
    status_code: u8,
    /// Why, in a sentence.
    status_message: &'static str,
    /// The oldest cursor that is good.
    oldest: u64,
}

/// Where to begin: the reader's cursor, or the oldest that is good. Without a cursor nothing can be missed, so
/// such a reader must not get a cursor behind which events are gone.
pub(super) async fn begin(api: &Api, request: &FeedRequest) -> Result<u64, StoreFault> {
    if let Some(after) = request.after {
        return Ok(after);
    }
    let nothing = FeedQuery { after: u64::MAX, limit: 0, ..FeedQuery::default() };
    Ok(api.desk.events(nothing).await?.oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(query: &str) -> Result<FeedRequest, Problem> {
        FeedRequest::of(&Query::parse(query))
    }

    #[test]
    fn nothing_said_is_a_hundred_from_the_beginning_at_once() {
        let request = request("").expect("a request");
        assert_eq!((request.after, request.limit, request.wait), (None, 100, Duration::ZERO));
        assert_eq!((request.kinds.len(), request.since), (0, None));
    }

    #[test]
    fn too_much_is_cut_to_the_most() {
        let request = request("limit=100000&wait=3600&after=00000000000000000042").expect("a request");
        assert_eq!((request.after, request.limit, request.wait), (Some(42), 1000, LONGEST_WAIT));
    }

    #[test]
    fn types_come_with_and_without_the_prefix() {
        let request = request("type=jackfield.disposition,session.ended,").expect("a request");
        assert_eq!(request.kinds, ["disposition", "session.ended"]);
    }

    #[test]
    fn a_type_that_is_never_told_of_is_refused() {
        for name in ["nonsense", "session.typing", "agent.slot-taken"] {
            assert_eq!(request(&format!("type={name}")).expect_err("refused").code, 2, "{name}");
        }
    }

    #[test]
    fn a_moment_is_rfc_3339_or_milliseconds() {
        let at = |text: &str| request(&format!("since={text}")).expect("a request").since;
        assert_eq!(at("1770109872345"), Some(1_770_109_872_345));
        assert_eq!(at("2026-02-03T09:11:12.345Z"), Some(1_770_109_872_345));
        assert_eq!(at("2026-02-03T10:11:12.345+01:00"), Some(1_770_109_872_345));
        assert!(request("since=yesterday").is_err());
    }

    #[test]
    fn a_page_of_nothing_is_out_of_range() {
        assert_eq!(request("limit=0").expect_err("refused").code, 10);
        assert_eq!(request("after=-1").expect_err("refused").code, 2);
    }

    fn judge(after: u64, oldest: u64, head: u64) -> Option<Astray> {
        Astray::judge(after, &FeedPage { rows: Vec::new(), full: false, head, oldest })
    }

    #[test]
    fn a_cursor_is_good_from_the_oldest_to_the_head() {
        assert_eq!(judge(0, 0, 0), None);
        assert_eq!(judge(10, 10, 20), None);
        assert_eq!(judge(20, 10, 20), None);
        assert_eq!(judge(21, 10, 20), Some(Astray::Beyond { head: 20 }));
        assert_eq!(judge(9, 10, 20), Some(Astray::Gone { oldest: 10 }));
    }
}
