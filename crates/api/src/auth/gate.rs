//! The gate before every address that needs a user: preflight, origin, login, CSRF, and the headers all answers carry.

use super::{
    Caller, Ending, Login, SESSION,
    caller::{cookie, set_cookie},
    checks::{From, credentials},
    origin::{admit, preflight},
};
use crate::{notifications, state::Api};
use axum::{
    extract::{OriginalUri, Request},
    response::{IntoResponse, Response},
};
use domain::Refusal;
use edge::Client;
use gws::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// Tells the name of the token's header.
const CSRF_NAME: HeaderName = HeaderName::from_static("x-csrf-header");
/// The token's header.
const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");
/// The code of a request without a live login (spec: core-and-voice#1.4).
const NO_SESSION: u8 = 20;
/// Where notifications are.
const NOTIFICATIONS: &str = "/api/v2/notifications";

/// Lets a request through to what is behind with its [`Caller`], or answers it.
pub async fn gate<F: Future<Output = Response>>(
    api: &Api,
    mut request: Request,
    behind: impl FnOnce(Request) -> F,
) -> Response {
    if let Some(answer) = preflight(&api.origins, request.method(), request.headers()) {
        return answer;
    }
    edge::span::route(&request);
    let origin = api.origins.listed(request.headers());
    let from = client(&request);
    // Boxed, as are the rare cases below, so that a held poll keeps no room for it.
    let mut response = match Box::pin(identify(api, request.method(), request.headers(), from)).await {
        Ok((caller, is_new)) => {
            if let Some(connection) = request.extensions().get::<edge::Connection>() {
                connection.known();
            }
            edge::span::user(&caller.user.user_name);
            let login = caller.login.clone();
            let mut response = if api.config.csrf && !has_token(&request, &login) {
                no_token().into_response()
            } else {
                request.extensions_mut().insert(caller);
                behind(request).await
            };
            // A login that this very request has ended gives no cookie any more.
            if !login.has_ended() {
                mark(api, &mut response, &login, is_new);
            }
            response
        }
        Err(problem) if problem.code == NO_SESSION && is_farewell(&request) => {
            Box::pin(notifications::farewell(api, request, problem)).await
        }
        Err(problem) => problem.into_response(),
    };
    seal(&mut response, origin);
    response
}

/// The headers of every answer that may hold a login or what only its user may see.
pub fn seal(response: &mut Response, origin: Option<HeaderValue>) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(origin) = origin {
        admit(response, origin);
    }
}

/// Who asks, and whether the login is new to them: credentials win over the cookie, so that a client can become
/// somebody else.
async fn identify(
    api: &Api,
    method: &Method,
    headers: &HeaderMap,
    client: Client,
) -> Result<(Caller, bool), Problem> {
    api.origins.admit(method, headers)?;
    let login = cookie(headers, SESSION).and_then(|cookie| api.logins.resume(&api.desk, cookie));
    let Some(credentials) = credentials(headers) else {
        let login = login.ok_or_else(Problem::access_denied)?;
        let user = api.desk.directory().user(&login.user).filter(|user| user.enabled);
        return Ok((Caller { user: user.ok_or_else(Problem::access_denied)?, login }, false));
    };
    let from = From { client, login: login.as_deref() };
    let user = api.checks.check(&api.desk, credentials, from).await.ok_or_else(Problem::access_denied)?;
    if let Some(login) = login.filter(|login| login.user == user.id) {
        return Ok((Caller { user, login }, false));
    }
    let (login, gone) = api.logins.open(&api.desk, &user).await;
    if let Some(gone) = gone {
        notifications::login_ended(api, &gone, Ending::Revoked).await;
    }
    Ok((Caller { user, login }, true))
}

/// The client address that a request comes from.
pub fn client(request: &Request) -> Client {
    request.extensions().get::<Client>().copied().unwrap_or_default()
}

/// Whether a notification client asks whose login has ended: it is told so as its protocol says it.
fn is_farewell(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::POST
        && path(request).starts_with(NOTIFICATIONS)
        && cookie(headers, SESSION).is_some()
        && !headers.contains_key(header::AUTHORIZATION)
}

/// Whether a changing request carries the token of its session. The notifications endpoint is left out: not all
/// clients put the token there (spec: core-and-voice#2.3).
fn has_token(request: &Request, login: &Login) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    reads || path(request).starts_with(NOTIFICATIONS) || shows_token(request.headers(), login)
}

/// Whether the token of a login stands in the headers, beside its cookie.
pub fn shows_token(headers: &HeaderMap, login: &Login) -> bool {
    let token = headers.get(CSRF_TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
    let right: bool = subtle::ConstantTimeEq::ct_eq(token, login.csrf.as_bytes()).into();
    right && cookie(headers, SESSION).is_some()
}

/// The refusal of a change without that token.
pub fn no_token() -> Problem {
    Refusal::Forbidden("The Csrf token is missing or invalid".into()).into()
}

/// The whole path: below a root, the router shows only what follows it.
fn path(request: &Request) -> &str {
    request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0).path()
}

/// The cookie of a new login, and the CSRF headers.
pub fn mark(api: &Api, response: &mut Response, login: &Login, is_new: bool) {
    if is_new && let Some(value) = login.cookie().and_then(|value| set_cookie(&api.config, SESSION, &value)) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    if api.config.csrf
        && let Ok(token) = HeaderValue::from_str(&login.csrf)
    {
        response.headers_mut().insert(CSRF_NAME, HeaderValue::from_static("X-CSRF-TOKEN"));
        response.headers_mut().insert(CSRF_TOKEN, token);
    }
}
