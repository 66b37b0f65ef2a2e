//! The outer layers of every request, and the addresses for operators and their machines.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::FutureExt;
use metrics_exporter_prometheus::PrometheusHandle;
use std::{
    any::Any,
    borrow::Cow,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use store_sqlite::Health;
use tower::Layer;
use tower_http::normalize_path::{NormalizePath, NormalizePathLayer};
use tracing::Instrument;

/// Whether the server takes work.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    closed: Arc<AtomicBool>,
    journal: Health,
}

impl Gate {
    /// The gate of a server over a journal: while the journal takes no commits, the server takes no work.
    pub fn over(journal: Health) -> Self {
        Self { closed: Arc::default(), journal }
    }

    /// From now on the server takes no work: `/ready` says so.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }
}

/// The whole application: `inner` and the operators' addresses. A trailing slash makes no difference
/// (spec: core-and-voice#1.1), a panic is an answer, and every request is counted and has a span of its own.
pub fn outer(inner: Router, figures: PrometheusHandle, gate: Gate) -> NormalizePath<Router> {
    let operators = Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready).with_state(gate))
        .route("/metrics", get(metrics).with_state(figures));
    // One layer for all of it: each copies the whole stack below it for every request.
    let app = inner.merge(operators).layer(middleware::from_fn(served));
    NormalizePathLayer::trim_trailing_slash().layer(app)
}

async fn ready(State(gate): State<Gate>) -> Response {
    if gate.is_closed() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else if gate.journal.is_failing() {
        (StatusCode::SERVICE_UNAVAILABLE, "nothing can be stored\n").into_response()
    } else {
        "ready\n".into_response()
    }
}

async fn metrics(State(figures): State<PrometheusHandle>) -> impl IntoResponse {
    figures.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures.render())
}

/// Sets headers for browsers: none should guess the type of an answer, and none should keep it unless the answer says
/// for how long: most hold what only one user, or one customer, may see.
fn seal(answer: &mut Response) {
    let headers = answer.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

async fn served(request: Request, next: Next) -> Response {
    let span = edge::span::request(&request);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut answer = answered.unwrap_or_else(|panic| span.in_scope(|| panicked(&*panic)));
    seal(&mut answer);
    let status = answer.status();
    span.record("status", status.as_u16());
    span.in_scope(|| tracing::debug!("a request was answered"));
    metrics::counter!("jackfield_http_requests_total", "status" => name(status)).increment(1);
    answer
}

/// A status as the metrics name it; the frequent ones need no allocation.
fn name(status: StatusCode) -> Cow<'static, str> {
    match status {
        StatusCode::OK => "200".into(),
        other => other.as_u16().to_string().into(),
    }
}

/// Tells the log which route was asked, where no part of the server does so for its own.
pub async fn routed(request: Request, next: Next) -> Response {
    edge::span::route(&request);
    next.run(request).await
}

/// The answer to a panic (spec: core-and-voice#1.4). The details are only for the log.
fn panicked(panic: &(dyn Any + Send)) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    tracing::error!(panic = words, "a request panicked");
    let body = r#"{"statusCode":4,"statusMessage":"Internal error"}"#;
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tower::ServiceExt;
    use tracing_subscriber::{EnvFilter, layer::SubscriberExt};

    fn app(gate: &Gate) -> NormalizePath<Router> {
        let figures = PrometheusBuilder::new().build_recorder().handle();
        let inner = Router::new()
            .route("/me", get(|| async { "me" }))
            .route("/asset", get(|| async { ([(header::CACHE_CONTROL, "max-age=9")], "asset") }))
            .route("/span", get(current_span))
            .route("/api/v2/notifications", get(current_span))
            .route("/oops", get(|| async { panic!("a secret") as () }));
        outer(inner, figures, gate.clone())
    }

    async fn current_span() -> &'static str {
        tracing::Span::current().metadata().map_or("none", tracing::Metadata::name)
    }

    async fn ask(gate: &Gate, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = app(gate).oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// The span in which a request is served when the log tells so much; the subscriber is of this thread alone.
    async fn span_of(path: &str, told: &str) -> String {
        let subscriber = tracing_subscriber::registry().with(EnvFilter::new(told));
        // Other tests come by the same span without a subscriber, and what they found must not be kept for this one.
        ask(&Gate::default(), path).await;
        let _guard = tracing::subscriber::set_default(subscriber);
        tracing::callsite::rebuild_interest_cache();
        ask(&Gate::default(), path).await.1
    }

    #[tokio::test]
    async fn a_span_that_the_log_does_not_want_is_never_made() {
        for (path, told, span) in [
            ("/span", "info", "request"),
            ("/span", "warn", "none"),
            ("/api/v2/notifications", "info", "none"),
            ("/api/v2/notifications", "debug", "request"),
        ] {
            assert_eq!(span_of(path, told).await, span, "{path} {told}");
        }
    }

    #[tokio::test]
    async fn a_trailing_slash_makes_no_difference() {
        let gate = Gate::default();
        assert_eq!(ask(&gate, "/me").await, ask(&gate, "/me/").await);
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_tells_nothing() {
        let (status, body) = ask(&Gate::default(), "/oops").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(body, r#"{"statusCode":4,"statusMessage":"Internal error"}"#);
    }

    #[tokio::test]
    async fn nothing_is_guessed_and_nothing_is_kept_that_does_not_say_so() {
        for (path, kept) in
            [("/me", "no-store"), ("/asset", "max-age=9"), ("/oops", "no-store"), ("/health", "no-store")]
        {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = app(&Gate::default()).oneshot(request).await.unwrap();
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(answer.headers()["cache-control"], kept, "{path}");
        }
    }

    #[tokio::test]
    async fn a_server_that_stops_is_healthy_but_not_ready() {
        let gate = Gate::default();
        assert_eq!(ask(&gate, "/ready").await.0, StatusCode::OK);
        gate.close();
        assert_eq!(ask(&gate, "/ready").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ask(&gate, "/health").await.0, StatusCode::OK);
    }
}
