//! Requests of agents that may come twice: the header `Idempotency-Key` on every POST
//! (draft-ietf-httpapi-idempotency-key-header, docs/idempotency.md).

use crate::{auth::Caller, body, state::Api};
use axum::{
    body::Body,
    extract::{FromRequestParts, OriginalUri, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use desk::{
    Refused,
    idempotency::{IdempotencyKey, KnownRequest, Repeatable, RequestResult, RequestState, Saving, Tell},
    ports::SavedResult,
};
use domain::Command;
use gws::{Answer, Problem};
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The largest answer that is kept when no commit keeps it, in bytes.
const MAX_KEPT: usize = 64 * 1024;

/// The request being served, when it may come again. A handler gives it to [`Api::perform`] with the command whose
/// commit is the last of the request.
#[derive(Clone, Default)]
pub struct Repeat(Option<Kept>);

#[derive(Clone)]
struct Kept {
    request: Repeatable,
    /// Whether a commit has its result.
    saved: Arc<AtomicBool>,
}

impl<S: Sync> FromRequestParts<S> for Repeat {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl Api {
    /// Performs a command and answers it. The answer is told inside the commit, from the number that the command has,
    /// so that a request that comes again is answered with it.
    pub async fn perform(
        &self,
        repeat: &Repeat,
        command: Command,
        answer: impl Fn(Option<u64>) -> Answer + Send + Sync + 'static,
    ) -> Result<Answer, Refused> {
        let Repeat(Some(kept)) = repeat else {
            let done = self.desk.perform(command).await?;
            return Ok(answer(done.reference));
        };
        let tell: Tell =
            Arc::new(move |_, reference| RequestResult { status: 200, body: answer(reference).body() });
        let saving = Saving { request: kept.request.clone(), tell };
        let done = self.desk.perform_once(command, Some(saving)).await?;
        kept.saved.store(true, Ordering::Relaxed);
        Ok(done.result.map_or_else(Answer::done, |result| Answer::kept(result.body)))
    }
}

/// Serves a POST that has a key once. One that comes again is answered word for word as it was; the same key with
/// another request is refused with HTTP 422 and `statusCode` 2, one whose first is being served with HTTP 409 and
/// `statusCode` 9, a malformed key with HTTP 400 and `statusCode` 2. A request that was refused is served again.
pub async fn once(api: &Api, request: Request, next: Next) -> Response {
    let address = match request.extensions().get::<OriginalUri>() {
        Some(OriginalUri(uri)) => uri.clone(),
        None => request.uri().clone(),
    };
    // Bayeux messages have numbers of their own, and the answer of a held poll cannot be kept.
    let applies = *request.method() == Method::POST && !address.path().starts_with("/api/v2/notifications");
    if !applies || !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    match Box::pin(serve(api, request, &address.to_string(), next)).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn serve(api: &Api, request: Request, address: &str, next: Next) -> Result<Response, Problem> {
    let keys = request.headers().get_all(IDEMPOTENCY_KEY).into_iter().map(HeaderValue::as_bytes);
    let key = IdempotencyKey::of(keys).map_err(Problem::invalid)?;
    let caller = request.extensions().get::<Caller>().ok_or_else(Problem::access_denied)?;
    let scope = format!("user:{}", caller.user.id);
    let Some(key) = key else { return Ok(next.run(request).await) };

    let (parts, body) = request.into_parts();
    let bytes = body::read(Request::from_parts(parts.clone(), body)).await?;
    let asked = Repeatable::new(&scope, key, [address.as_bytes(), &bytes]);
    let running = match api.desk.asked(&asked).await? {
        RequestState::Known(KnownRequest::Done(saved)) => {
            metrics::counter!("jackfield_requests_repeated_total", "answered" => "again").increment(1);
            return Ok(again(saved));
        }
        RequestState::Known(KnownRequest::Other) => {
            metrics::counter!("jackfield_requests_repeated_total", "answered" => "422").increment(1);
            let why = "This Idempotency-Key was used for another request";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, 2, why));
        }
        RequestState::Running => {
            metrics::counter!("jackfield_requests_repeated_total", "answered" => "409").increment(1);
            let why = "The request with this Idempotency-Key is still being served";
            return Err(Problem::new(StatusCode::CONFLICT, 9, why));
        }
        RequestState::New(running) => running,
    };
    let kept = Kept { request: asked, saved: Arc::default() };
    let mut request = Request::from_parts(parts, Body::from(bytes));
    request.extensions_mut().insert(Repeat(Some(kept.clone())));
    let response = next.run(request).await;
    let response = if response.status().is_success() && !kept.saved.load(Ordering::Relaxed) {
        keep(api, &kept.request, response).await
    } else {
        response
    };
    drop(running);
    Ok(response)
}

/// Keeps the answer to a request that was served without a commit that could keep it.
async fn keep(api: &Api, request: &Repeatable, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, MAX_KEPT).await else {
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, 4, "The answer could not be kept")
            .into_response();
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if let Err(fault) = api.desk.save(request, parts.status.as_u16(), text).await {
        tracing::error!(%fault, "the answer to a request that may come again could not be kept");
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The answer that was given the first time.
fn again(saved: SavedResult) -> Response {
    let status = StatusCode::from_u16(saved.status).unwrap_or(StatusCode::OK);
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], saved.body).into_response()
}
