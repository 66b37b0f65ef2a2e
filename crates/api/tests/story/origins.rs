//! The CSRF token, other origins, and how long a login lives (spec: core-and-voice#2.2–2.4, client-requirements#8, #9).

use api::{Config, Cors};
use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, Method, Request, StatusCode, header};
use testkit::TestServer;
use tower::ServiceExt;

const DESKTOP: &str = "https://desktop.example";

async fn ask(app: &TestServer, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Body::from(r#"{"operationName":"EndContactCenterSession"}"#);
    app.router.clone().oneshot(request.body(body).expect("a request")).await.expect("an answer")
}

fn basic() -> String {
    format!("Basic {}", STANDARD.encode("agent1@demo:demo"))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().expect("text").to_owned())
}

/// Logs in; answers the cookie and the headers of the answer.
async fn log_in(app: &TestServer) -> (String, HeaderMap) {
    let answer = ask(app, Method::GET, "/api/v2/me", &[("authorization", &basic())]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = text(answer.headers(), "set-cookie").expect("a cookie");
    (cookie.split(';').next().expect("a pair").to_owned(), answer.headers().clone())
}

#[tokio::test]
async fn a_change_needs_the_token_of_its_session_when_protection_is_on() {
    let app = TestServer::behaving(Config { csrf: true, ..Config::default() }).await;
    let (cookie, headers) = log_in(&app).await;
    assert_eq!(text(&headers, "x-csrf-header").as_deref(), Some("X-CSRF-TOKEN"));
    let token = text(&headers, "x-csrf-token").expect("a token");
    let basic = basic();
    let refused: [&[(&str, &str)]; 3] = [
        &[("cookie", &cookie)],
        &[("cookie", &cookie), ("x-csrf-token", "another")],
        &[("authorization", &basic), ("x-csrf-token", &token)],
    ];
    for headers in refused {
        let answer = ask(&app, Method::POST, "/api/v2/me", headers).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{headers:?}");
    }
    let right = [("cookie", cookie.as_str()), ("x-csrf-token", token.as_str())];
    assert_eq!(ask(&app, Method::POST, "/api/v2/me", &right).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_listed_origin_is_let_in_by_name_and_no_other() {
    let cors = Cors { origins: vec![DESKTOP.into()] };
    let app = TestServer::behaving(Config { cors, ..Config::default() }).await;
    for (origin, admitted) in [(DESKTOP, Some(DESKTOP)), ("https://other.example", None)] {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization, content-type, x-csrf-token"),
        ];
        // A preflight carries no credentials, below the notifications endpoint neither.
        for path in ["/api/v2/me", "/api/v2/notifications/connect"] {
            let answer = ask(&app, Method::OPTIONS, path, &asked).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let headers = answer.headers();
            assert_eq!(text(headers, "access-control-allow-origin").as_deref(), admitted, "{path}");
            let credentials = text(headers, "access-control-allow-credentials");
            assert_eq!(credentials.as_deref(), admitted.map(|_| "true"));
        }
        let answer =
            ask(&app, Method::GET, "/api/v2/me", &[("origin", origin), ("authorization", &basic())]).await;
        assert_eq!(text(answer.headers(), "access-control-allow-origin").as_deref(), admitted);
        let exposed = text(answer.headers(), "access-control-expose-headers").unwrap_or_default();
        assert_eq!(exposed.contains("X-CSRF-TOKEN"), admitted.is_some());
    }
}

#[tokio::test]
async fn a_login_ends_with_its_contact_centre_session_and_by_itself() {
    let app = TestServer::start().await;
    let (cookie, _) = log_in(&app).await;
    let own = [(header::COOKIE.as_str(), cookie.as_str())];
    assert_eq!(ask(&app, Method::POST, "/api/v2/me", &own).await.status(), StatusCode::OK);
    assert_eq!(ask(&app, Method::GET, "/api/v2/me", &own).await.status(), StatusCode::FORBIDDEN);

    let (cookie, _) = log_in(&app).await;
    let own = [(header::COOKIE.as_str(), cookie.as_str())];
    app.pass(1_800_000);
    assert_eq!(ask(&app, Method::GET, "/api/v2/me", &own).await.status(), StatusCode::OK);
    app.pass(1_800_001);
    assert_eq!(ask(&app, Method::GET, "/api/v2/me", &own).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_pause_of_the_process_ends_no_login() {
    let app = TestServer::start().await;
    let (cookie, _) = log_in(&app).await;
    let own = [(header::COOKIE.as_str(), cookie.as_str())];
    app.pass(1_700_000);
    app.clock.advance(86_400_000);
    app.pass(99_000);
    assert_eq!(ask(&app, Method::GET, "/api/v2/me", &own).await.status(), StatusCode::OK);
}
