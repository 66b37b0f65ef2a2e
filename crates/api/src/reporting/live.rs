//! The feed as a stream of server-sent events (WHATWG HTML §9.2).

use super::cloud_event::cloud_events;
use crate::{
    auth::Caller,
    reporting::request::{Astray, FeedRequest, accepts, begin, may_read},
    state::Api,
};
use axum::response::{
    IntoResponse, Response, Sse,
    sse::{Event, KeepAlive},
};
use desk::ports::{FeedPage, FeedQuery};
use futures::stream;
use gws::Problem;
use http::HeaderMap;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::watch;

/// Events read from the journal at a time. The stream reads on only when they are written to the socket, so a slow
/// reader costs no more than this.
const PAGE: u32 = 100;
/// The most that such events weigh, in bytes as they are stored; one that weighs more is read by itself.
const PAGE_BYTES: usize = 256 * 1024;
/// How often a silent stream sends a comment, for proxies and for readers that lost their connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a stream goes on without asking whether its reader may still read.
const TRUST: Duration = Duration::from_secs(60);

/// Whether the reader wants a stream.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    accepts(headers, "text/event-stream")
}

/// Answers with the events behind the cursor and all that follow. A cursor that is of no use is refused as for
/// pages, so that a browser does not come back with it.
pub(super) async fn follow(
    api: &Arc<Api>,
    caller: Caller,
    mut asked: FeedRequest,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    asked.limit = PAGE;
    // A browser that lost the stream comes back to the same address, and tells here how far it got.
    if let Some(last) = headers.get("last-event-id").filter(|last| !last.is_empty()) {
        let number = last.to_str().ok().and_then(|last| last.trim().parse().ok());
        asked.after =
            Some(number.ok_or_else(|| Problem::invalid("'Last-Event-ID' is not a sequence number"))?);
    }
    let mut head = api.desk.head();
    head.borrow_and_update();
    let after = begin(api, &asked).await?;
    let page = api.desk.events(behind(&asked, after)).await?;
    if let Some(astray) = Astray::judge(after, &page) {
        return Ok(astray.response());
    }
    let mut live = Live {
        closing: api.closing(),
        api: api.clone(),
        caller,
        asked,
        head,
        after,
        ready: VecDeque::from([Event::default().comment("follows live")]),
    };
    live.take(&page);
    let events = stream::unfold(live, async |mut live| {
        live.next().await.map(|event| (Ok::<_, Infallible>(event), live))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

fn behind(asked: &FeedRequest, after: u64) -> FeedQuery {
    FeedQuery { bytes: Some(PAGE_BYTES), ..asked.behind(after) }
}

/// A reader that follows the feed.
struct Live {
    api: Arc<Api>,
    caller: Caller,
    asked: FeedRequest,
    head: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    /// Everything up to this sequence number was read from the journal.
    after: u64,
    /// Read, but not yet written.
    ready: VecDeque<Event>,
}

impl Live {
    /// The next event; `None` ends the stream: the server drains, or the reader lost their rights or fell behind
    /// what is kept. Readers come back with `Last-Event-ID` and are told what is the matter.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if *self.closing.borrow() || !may_read(&self.api, &self.caller) {
                return None;
            }
            self.head.borrow_and_update();
            match self.api.desk.events(behind(&self.asked, self.after)).await {
                Ok(page) if Astray::judge(self.after, &page).is_some() => return None,
                Ok(page) => self.take(&page),
                Err(fault) => {
                    tracing::error!(%fault, "a stream of the feed ends");
                    return None;
                }
            }
            if self.ready.is_empty() {
                tokio::select! {
                    changed = self.head.changed() => changed.ok()?,
                    _ = self.closing.wait_for(|closing| *closing) => return None,
                    () = self.caller.login.ended() => return None,
                    () = tokio::time::sleep(TRUST) => {}
                }
            }
        }
    }

    fn take(&mut self, page: &FeedPage) {
        for event in cloud_events(&self.api, &page.rows) {
            let Ok(text) = serde_json::to_string(&event) else { continue };
            self.ready.push_back(Event::default().id(event.sequence).data(text));
        }
        let last = page.rows.last().map_or(self.after, |row| row.seq);
        // A page that is not full has looked at everything up to the head.
        self.after = if page.full { last } else { page.head.max(last) };
        metrics::counter!("jackfield_feed_events_total").increment(page.rows.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_wanted_by_its_media_type_among_others() {
        let wanted = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::ACCEPT, accept.parse().expect("header"));
            is_wanted(&headers)
        };
        assert!(wanted("text/event-stream"));
        assert!(wanted("application/json;q=0.1, text/Event-Stream; q=1"));
        assert!(!wanted("application/json, */*"));
        assert!(!is_wanted(&HeaderMap::new()));
    }
}
