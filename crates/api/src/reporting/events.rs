//! `GET /reporting/events`: a page of the feed, at once or held until there is one.

use super::{
    cloud_event::{CloudEvent, cloud_events},
    live,
};
use crate::{
    auth::{ADMINS, Caller},
    reporting::request::{Astray, BeyondRefusal, FeedRequest, GoneRefusal, MOST_BYTES, begin},
    state::Api,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use gws::{Problem, Query, json};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use std::sync::Arc;
use tokio::time::Instant;

/// Names the stream; a restored journal has another, and cursors of the old one mean nothing in it.
const STREAM_ID: HeaderName = HeaderName::from_static("x-stream-id");

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The reporting feed.
///
/// Every reported event at least once and in journal order, as a JSON array of CloudEvents 1.0. Keep the
/// `sequence` of the last event you have dealt with and ask for what is behind it; a repeated event has the same
/// `id`. Without `after` the feed begins with the oldest event that is kept. A page may have fewer events than `limit`
/// although more follow: it weighs at most 1 MiB. An empty array means that there is
/// nothing behind the cursor yet; a cursor that is of no use answers 409 or 410 instead.
///
/// With `Accept: text/event-stream` the same address follows live: `id:` is the sequence, `data:` one event,
/// comments keep the connection alive, and `Last-Event-ID` wins over `after`.
#[utoipa::path(
    get,
    path = "/reporting/events",
    tag = "reporting",
    params(
        ("after" = Option<u64>, Query, description = "Only events behind this sequence"),
        ("limit" = Option<u32>, Query, minimum = 1, description = "At most so many, 1 to 1000; 100 when left out"),
        ("wait" = Option<u32>, Query, description = "Seconds to wait for an event when there is none yet, up to 30"),
        ("type" = Option<String>, Query, description = "One or several types, comma-separated, with or without `jackfield.`"),
        ("since" = Option<String>, Query, description = "Only events at or after this moment: RFC 3339, or milliseconds since 1970"),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event of an interrupted stream"),
    ),
    responses(
        (status = 200, description = "CloudEvents 1.0, in journal order: a page of them, or the stream",
            content((Vec<serde_json::Value> = "application/json"), (String = "text/event-stream")),
            headers(("X-Stream-Id" = String, description = "Names the stream; renewed by a restore"))),
        (status = 403, description = "The role is neither admin nor apiuser (statusCode 5), or no login (20)"),
        (status = 409, description = "The cursor is beyond the newest event", body = BeyondRefusal),
        (status = 410, description = "Events behind the cursor are no longer kept", body = GoneRefusal),
    )
)]
pub async fn get(State(api): State<Arc<Api>>, caller: Caller, query: Query, headers: HeaderMap) -> Response {
    let stream = HeaderValue::from_str(api.desk.store().stream_id());
    let mut response = match answer(&api, caller, &query, &headers).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    if let Ok(stream) = stream {
        response.headers_mut().insert(STREAM_ID, stream);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that buffers answers would keep a stream until it has enough of it; this header is nginx's way to turn
    // that off (ngx_http_proxy_module, proxy_buffering), and other proxies know it, too.
    response.headers_mut().insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

async fn answer(
    api: &Arc<Api>,
    caller: Caller,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    caller.needs(ADMINS)?;
    let asked = FeedRequest::of(query)?;
    if live::is_wanted(headers) {
        live::follow(api, caller, asked, headers).await
    } else {
        page(api, &caller, &asked).await
    }
}

async fn page(api: &Api, caller: &Caller, asked: &FeedRequest) -> Result<Response, Problem> {
    let until = Instant::now() + asked.wait;
    let mut head = api.desk.head();
    let mut closing = api.closing();
    let mut after = begin(api, asked).await?;
    loop {
        // Marked as seen before looking, so that an event that comes in between ends the wait below.
        head.borrow_and_update();
        if !caller.login.is_live(&api.desk) {
            return Err(Problem::access_denied());
        }
        let page = api.desk.events(asked.behind(after)).await?;
        if let Some(astray) = Astray::judge(after, &page) {
            return Ok(astray.response());
        }
        if !page.rows.is_empty() || Instant::now() >= until {
            let mut events = cloud_events(api, &page.rows);
            fit(&mut events, MOST_BYTES);
            metrics::counter!("jackfield_feed_events_total").increment(events.len() as u64);
            return Ok(json(StatusCode::OK, &events));
        }
        // Nothing up to the head is wanted: no need to walk it again.
        after = page.head;
        tokio::select! {
            changed = head.changed() => if changed.is_err() { return Ok(nothing()) },
            () = tokio::time::sleep_until(until) => return Ok(nothing()),
            () = caller.login.ended() => return Err(Problem::access_denied()),
            _ = closing.wait_for(|closing| *closing) => return Ok(nothing()),
        }
    }
}

/// Keeps the first events that together weigh no more than a page may, and at least one. The reader finds the others
/// behind its cursor.
fn fit(events: &mut Vec<CloudEvent>, bytes: usize) {
    let mut left = bytes;
    let fit = events.iter().take_while(|event| {
        // A comma stands between two events.
        let weight = domain::json::len(event) + 1;
        let fits = weight <= left;
        left = left.saturating_sub(weight);
        fits
    });
    let fit = fit.count().max(1);
    events.truncate(fit);
}

fn nothing() -> Response {
    json(StatusCode::OK, &[(); 0])
}
