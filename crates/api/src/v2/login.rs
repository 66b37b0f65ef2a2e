//! `POST /login` and `POST /logout`: what a browser does instead of sending Basic credentials (spec: decisions#5).

use crate::{
    auth::{
        self, Credentials, Ending, From, SESSION, clear_cookie, client, cookie, mark, no_token, preflight,
        seal, shows_token,
    },
    body::Posted,
    notifications,
    state::Api,
};
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use gws::{Answer, Body, LoginRequest, Problem};
use http::{HeaderMap, Method, StatusCode, header};
use std::{sync::Arc, time::Duration};

/// The largest body, in bytes, and how long it may take: the client is not known yet.
const MAX_BODY: usize = 4 * 1024;
const BODY_TIME: Duration = Duration::from_secs(10);

/// The two addresses. They are served before the gate, as they need no login.
pub fn router(api: &Arc<Api>) -> Router {
    Router::new()
        .route("/api/v2/login", any(log_in))
        .route("/api/v2/logout", any(log_out))
        .with_state(api.clone())
}

async fn log_in(State(api): State<Arc<Api>>, request: Request) -> Response {
    if let Some(answer) = preflight(&api.origins, request.method(), request.headers()) {
        return answer;
    }
    let origin = api.origins.listed(request.headers());
    let mut response = try_log_in(&api, request).await.unwrap_or_else(IntoResponse::into_response);
    seal(&mut response, origin);
    response
}

async fn try_log_in(api: &Api, request: Request) -> Result<Response, Problem> {
    posted(request.method(), "/login")?;
    api.origins.admit(request.method(), request.headers())?;
    let client = client(&request);
    let login = cookie(request.headers(), SESSION).and_then(|cookie| api.logins.resume(&api.desk, cookie));
    let body = read(request).await?;
    let LoginRequest { user_name, password } = body.read()?;
    let credentials = Credentials { user_name, password };
    let from = From { client, login: login.as_deref() };
    let user = api.checks.check(&api.desk, credentials, from).await.ok_or_else(Problem::access_denied)?;
    let (login, gone) = api.logins.begin(&api.desk, &user).await;
    if let Some(gone) = gone {
        notifications::login_ended(api, &gone, Ending::Revoked).await;
    }
    let mut response = Answer::done().into_response();
    mark(api, &mut response, &login, true);
    Ok(response)
}

async fn log_out(State(api): State<Arc<Api>>, request: Request) -> Response {
    if let Some(answer) = preflight(&api.origins, request.method(), request.headers()) {
        return answer;
    }
    let origin = api.origins.listed(request.headers());
    let mut response = try_log_out(&api, request.method(), request.headers())
        .await
        .unwrap_or_else(IntoResponse::into_response);
    seal(&mut response, origin);
    response
}

async fn try_log_out(api: &Api, method: &Method, headers: &HeaderMap) -> Result<Response, Problem> {
    posted(method, "/logout")?;
    api.origins.admit(method, headers)?;
    let login = cookie(headers, SESSION).and_then(|cookie| api.logins.resume(&api.desk, cookie));
    if let Some(login) = login {
        if api.config.csrf && !shows_token(headers, &login) {
            return Err(no_token());
        }
        auth::end(api, &login, Ending::Requested).await;
    }
    let mut response = Answer::done().into_response();
    if let Some(value) = clear_cookie(&api.config, SESSION) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn posted(method: &Method, path: &str) -> Result<(), Problem> {
    match *method {
        Method::POST => Ok(()),
        Method::GET | Method::HEAD => Err(Problem::not_found(path)),
        ref other => Err(Problem::not_found(&format!("{other} {path}"))),
    }
}

async fn read(request: Request) -> Result<Body, Problem> {
    let (head, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, MAX_BODY);
    match tokio::time::timeout(BODY_TIME, bytes).await {
        Ok(Ok(bytes)) => Posted::of(&head.headers, &bytes).map(|Posted(body)| body),
        Ok(Err(_)) => {
            let why = format!("The body is larger than {MAX_BODY} bytes");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, 2, why))
        }
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, 2, "The body took too long")),
    }
}
