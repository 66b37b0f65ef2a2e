//! The provider's webhooks (spec: channel-connectors#1B.1, #1B.2).

use super::{
    Sms,
    form::{MAX_BODY_BYTES, MOST_FIELDS, SmsForm, Undecodable},
    raw_webhook::RawWebhook,
    receive::WebhookContent,
    signature::genuine,
};
use crate::urlencoded;
use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use edge::Charset;
use http::{Method, Request, StatusCode, header::CONTENT_TYPE, request::Parts};
use std::{collections::BTreeMap, sync::Arc};

/// The root of all addresses of webhooks.
const ROOT: &str = "/channels/sms";
/// The answer to a webhook that was kept: the provider has nothing to do (spec: channel-connectors#1B.1).
const TAKEN: &str = "<Response/>";

type Accounts = Arc<BTreeMap<String, Arc<Sms>>>;

/// The addresses that providers call: `POST` or `GET /channels/sms/{account}` with a customer's message, `POST
/// /channels/sms/{account}/status/{session}/{index}` with news of one of ours. An account is called as its service.
pub fn router(accounts: impl IntoIterator<Item = Arc<Sms>>) -> Router {
    let accounts = accounts.into_iter().map(|sms| (sms.intake.service().to_owned(), sms)).collect();
    Router::new()
        .route(&format!("{ROOT}/{{account}}"), get(webhook).post(webhook))
        .route(&format!("{ROOT}/{{account}}/status/{{session}}/{{index}}"), post(webhook))
        .with_state(Accounts::new(accounts))
}

async fn webhook(
    State(accounts): State<Accounts>,
    Path(path): Path<BTreeMap<String, String>>,
    request: Request<Body>,
) -> Response {
    match path.get("account").and_then(|account| accounts.get(account)) {
        Some(sms) => sms.take(request).await.unwrap_or_else(|no| no),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Sms {
    async fn take(&self, request: Request<Body>) -> Result<Response, Response> {
        let (head, body) = request.into_parts();
        let given = head.headers.get(&self.config.headers.signature);
        let given = given.and_then(|value| value.to_str().ok()).filter(|given| !given.is_empty());
        let given = given.ok_or_else(|| self.intake.refuse(StatusCode::FORBIDDEN, "no-signature"))?;
        let is_form = is_form(&head);
        let charset = Charset::of(&head.headers).ok().filter(|charset| !is_form || charset.extends_ascii());
        let charset =
            charset.ok_or_else(|| self.intake.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "charset"))?;
        let body = self.intake.body(&head.extensions, body, MAX_BODY_BYTES).await?;
        if is_form && body.split(|byte| *byte == b'&').nth(MOST_FIELDS).is_some() {
            return Err(self.intake.refuse(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
        }
        let body = if is_form { in_utf_8(charset, &body) } else { body.to_vec() };
        let raw = self.raw(&head, body);
        if !self.is_genuine(given, &raw, is_form) {
            return Err(self.intake.refuse(StatusCode::FORBIDDEN, "signature"));
        }
        let _place = self.intake.admit(&head.extensions).map_err(IntoResponse::into_response)?;
        let read = if is_form || raw.get { self.read(&raw) } else { Err(Undecodable::NoForm) };
        let kept = match read {
            Ok(WebhookContent::Message(unit)) => self.intake.take(*unit, || raw.write()).await,
            Ok(report) => self.intake.kept(self.tell(report).await, || raw.write()).await,
            Err(why) => self.intake.quarantine(why.to_string(), raw.write()).await,
        };
        kept.map_err(IntoResponse::into_response)?;
        Ok(([(CONTENT_TYPE, "text/xml")], TAKEN).into_response())
    }

    fn raw(&self, head: &Parts, body: Vec<u8>) -> RawWebhook {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let repetition = head.headers.get(&self.config.headers.repetition);
        let repetition = repetition.and_then(|value| value.to_str().ok()).filter(|token| !token.is_empty());
        RawWebhook { get: head.method == Method::GET, path, repetition: repetition.map(str::to_owned), body }
    }

    /// Whether the provider signed it. The `Host` header does not count: only the configured addresses do.
    fn is_genuine(&self, given: &str, raw: &RawWebhook, is_form: bool) -> bool {
        let urls: Vec<String> = self.urls.iter().map(|base| format!("{base}{}", raw.path)).collect();
        let form = (is_form && !raw.get).then(|| SmsForm::read(&raw.body));
        let fields = form.as_ref().map(SmsForm::signed);
        genuine(&self.config.tokens, &urls, fields, &raw.body, given)
    }
}

/// A form in UTF-8, whichever alphabet its content type declares: it is signed and kept in UTF-8. One that is not of
/// its alphabet stays as it is.
fn in_utf_8(charset: Charset, body: &[u8]) -> Vec<u8> {
    if charset.is_utf_8() {
        return body.to_vec();
    }
    urlencoded::fields(charset, body).map_or_else(
        |_| body.to_vec(),
        |fields| form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes(),
    )
}

/// Whether the body is a form; a body without a content type counts as one.
fn is_form(head: &Parts) -> bool {
    head.headers.get(CONTENT_TYPE).is_none_or(|kind| {
        let kind = kind.to_str().unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}
