//! Requests for the deletion of what is known of a person (spec: channel-connectors#2.10).
//!
//! The platform names the person by the *app*'s id for them, which is not the id that the page knows.
//! So nothing is deleted by itself: the request is kept in quarantine, where an operator
//! finds the person and runs `jackfield erase`.

use super::{Messenger, deletion};
use crate::urlencoded;
use axum::{
    Json,
    extract::{Path, RawQuery, Request, State},
    response::{IntoResponse, Response},
};
use edge::Charset;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest form, in bytes.
const MAX_FORM: usize = 16 * 1024;
/// Why a request is in quarantine.
const WHY: &str =
    "Facebook asks for the deletion of a person's data: find the person and run `jackfield erase`";

/// `POST …/data-deletion`: answers the address of its state, and a code.
pub(super) async fn request(
    State(messenger): State<Arc<Messenger>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Json<Value>, Response> {
    let account = messenger.account(&name).map_err(IntoResponse::into_response)?;
    let intake = &account.intake;
    let (head, body) = request.into_parts();
    let body = intake.body(&head.extensions, body, MAX_FORM).await?;
    let signed = field(&body, "signed_request");
    let user = deletion::user(&signed, &account.config.app_secrets).map_err(|why| {
        // Anybody can ask this: the refusal is counted, and its reason logged for those who look for it.
        tracing::debug!(service = name, %why, "a request for deletion was refused");
        intake.refuse(StatusCode::FORBIDDEN, "data-deletion")
    })?;
    let _place = intake.admit(&head.extensions).map_err(IntoResponse::into_response)?;
    let secret = account.config.app_secrets.first();
    let code = secret.map(|secret| deletion::confirmation_code(&user, secret)).unwrap_or_default();
    let kept = json!({ "object": "data-deletion", "user_id": user, "confirmation_code": code });
    intake
        .quarantine(WHY.into(), kept.to_string().into_bytes())
        .await
        .map_err(IntoResponse::into_response)?;
    let url = format!("{}/channels/messenger/{name}/data-deletion?code={code}", messenger.public_url);
    Ok(Json(json!({ "url": url, "confirmation_code": code })))
}

/// `GET …/data-deletion?code=…`: what the person is told.
pub(super) async fn status(
    State(messenger): State<Arc<Messenger>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<String, Response> {
    messenger.account(&name).map_err(IntoResponse::into_response)?;
    let code = field(query.unwrap_or_default().as_bytes(), "code");
    if !deletion::is_code(&code) {
        return Err(StatusCode::NOT_FOUND.into_response());
    }
    Ok(format!(
        "Requests to delete data are carried out by the staff of this contact centre. \
         Ask them about your request with this code: {code}\n"
    ))
}

fn field(form: &[u8], name: &str) -> String {
    // A text that is not UTF-8 holds neither a code nor a signed request.
    let fields = urlencoded::fields(Charset::default(), form).unwrap_or_default();
    fields.into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}
