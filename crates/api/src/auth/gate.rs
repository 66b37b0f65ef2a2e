//! The gate before every address that needs a user: preflight, login, CSRF, and the headers all answers carry.

use super::{
    Caller, Login, basic,
    cors::{admit, allowed_origin, preflight},
};
use crate::{answer::Problem, app::Api};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Refusal;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use std::sync::Arc;

/// The session cookie (core-and-voice §2.1).
const COOKIE: &str = "JSESSIONID";
/// Tells the name of the token's header.
const CSRF_NAME: HeaderName = HeaderName::from_static("x-csrf-header");
/// The token's header.
const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// Lets a request through with its [`Caller`], or answers it.
pub async fn gate(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response {
    if let Some(answer) = preflight(&api.config, request.method(), request.headers()) {
        return answer;
    }
    let origin = allowed_origin(&api.config, request.headers());
    let cookie = cookie(request.headers(), COOKIE).map(str::to_owned);
    let mut response = match Box::pin(identify(&api, request.headers(), cookie.as_deref())).await {
        Ok(caller) => {
            let login = caller.login.clone();
            let mut response = if api.config.csrf && !has_token(&request, &login) {
                let why = "The Csrf token is missing or invalid";
                Problem::from(Refusal::Forbidden(why.into())).into_response()
            } else {
                request.extensions_mut().insert(caller);
                next.run(request).await
            };
            mark(&api, &mut response, &login, cookie.as_deref());
            response
        }
        Err(problem) => problem.into_response(),
    };
    if let Some(origin) = origin {
        admit(&mut response, origin);
    }
    response
}

/// Who asks: credentials win over the cookie, so that a client can become somebody else.
async fn identify(api: &Api, headers: &HeaderMap, cookie: Option<&str>) -> Result<Caller, Problem> {
    let now = api.desk.awake();
    let login = cookie.and_then(|id| api.logins.resume(id, now));
    let Some(credentials) = basic::credentials(headers) else {
        let login = login.ok_or_else(Problem::access_denied)?;
        let user = api.desk.directory().user(&login.user).filter(|user| user.enabled);
        return Ok(Caller { user: user.ok_or_else(Problem::access_denied)?, login });
    };
    let user = api.logins.check(&api.desk, credentials).await.ok_or_else(Problem::access_denied)?;
    if let Some(login) = login.filter(|login| login.user == user.id) {
        return Ok(Caller { user, login });
    }
    let login = api.logins.open(&api.desk, &user).await?;
    Ok(Caller { user, login })
}

/// Whether a changing request carries the token of its session. The notifications endpoint is left out: not all
/// clients put the token there (core-and-voice §2.3).
fn has_token(request: &Request, login: &Login) -> bool {
    let changes = matches!(*request.method(), Method::POST | Method::PUT | Method::DELETE);
    if !changes || request.uri().path().starts_with("/api/v2/notifications") {
        return true;
    }
    let token = request.headers().get(CSRF_TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
    let right: bool = subtle::ConstantTimeEq::ct_eq(token, login.csrf.as_bytes()).into();
    right && cookie(request.headers(), COOKIE).is_some()
}

/// The cookie of a new session, and the CSRF headers.
fn mark(api: &Api, response: &mut Response, login: &Login, shown: Option<&str>) {
    if shown != Some(&*login.id) {
        let secure = if api.config.secure_cookies { "; Secure" } else { "" };
        if let Ok(value) = format!("{COOKIE}={}; Path=/; HttpOnly{secure}", login.id).parse() {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    if api.config.csrf
        && let Ok(token) = HeaderValue::from_str(&login.csrf)
    {
        response.headers_mut().insert(CSRF_NAME, HeaderValue::from_static("X-CSRF-TOKEN"));
        response.headers_mut().insert(CSRF_TOKEN, token);
    }
}

/// A cookie of a request.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
