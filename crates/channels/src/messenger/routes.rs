//! The webhook of every account: `/channels/messenger/{account}` (spec: channel-connectors#2.2, #2.3).

use super::{Messenger, privacy, signature, verification, webhook};
use axum::{
    Router,
    extract::{Path, RawQuery, Request, State},
    response::{IntoResponse, Response},
    routing::get,
};
use edge::Charset;
use http::StatusCode;
use std::sync::Arc;

/// The answer when everything is kept.
const RECEIVED: &str = "EVENT_RECEIVED";

impl Messenger {
    /// The webhooks: `/channels/messenger/{account}`, and `/data-deletion` below it.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/channels/messenger/{account}", get(verify).post(deliver))
            .route("/channels/messenger/{account}/data-deletion", get(privacy::status).post(privacy::request))
            .with_state(self.clone())
    }
}

async fn verify(
    State(messenger): State<Arc<Messenger>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<String, Response> {
    let account = messenger.account(&name).map_err(IntoResponse::into_response)?;
    verification::challenge(query.as_deref().unwrap_or_default(), &account.config.verify_token).map_err(
        |why| {
            // Anybody can ask this: the refusal is counted, and its reason logged for those who look for it.
            tracing::debug!(service = name, %why, "a webhook was not verified");
            account.intake.refuse(StatusCode::FORBIDDEN, "verification")
        },
    )
}

async fn deliver(
    State(messenger): State<Arc<Messenger>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<&'static str, Response> {
    let account = messenger.account(&name).map_err(IntoResponse::into_response)?;
    let intake = &account.intake;
    let (head, body) = request.into_parts();
    if !head.headers.contains_key(signature::HEADER) {
        return Err(intake.refuse(StatusCode::FORBIDDEN, "no-signature"));
    }
    let body = intake.body(&head.extensions, body, webhook::MAX_BODY_BYTES).await?;
    if !signature::is_genuine(&account.config.app_secrets, &head.headers, &body) {
        return Err(intake.refuse(StatusCode::FORBIDDEN, "signature"));
    }
    let _place = intake.admit(&head.extensions).map_err(IntoResponse::into_response)?;
    let charset = Charset::of(&head.headers);
    let charset = charset.map_err(|why| intake.refuse(why.status(), "charset"))?;
    // Bytes that are not of its alphabet are replaced: a person wrote it, and the platform would send the same
    // again. The reader of the message is told.
    let read = charset.read(&body);
    let is_whole = read.is_ok();
    let text = read.unwrap_or_else(|_| charset.read_in_part(&body).0);
    let kept = match webhook::decode(text.as_bytes()) {
        Ok(units) => messenger.take(account, units).await,
        Err(why) => {
            let kept = if is_whole { text.into_owned().into_bytes() } else { body.to_vec() };
            intake.quarantine(why.to_string(), kept).await
        }
    };
    kept.map(|()| RECEIVED).map_err(IntoResponse::into_response)
}
