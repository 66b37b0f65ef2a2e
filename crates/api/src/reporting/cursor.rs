//! The reader's cursor against what the journal holds.

use super::asked::Asked;
use crate::state::Api;
use axum::response::Response;
use desk::ports::{FeedPage, FeedQuery, StoreFault};
use gws::json;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

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
pub(super) async fn begin(api: &Api, asked: &Asked) -> Result<u64, StoreFault> {
    if let Some(after) = asked.after {
        return Ok(after);
    }
    let nothing = FeedQuery { after: u64::MAX, limit: 0, ..FeedQuery::default() };
    Ok(api.desk.events(nothing).await?.oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

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
