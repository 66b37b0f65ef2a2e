//! The pages for people: they need no login, and nothing on them comes from elsewhere.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use testkit::TestServer;
use tower::ServiceExt;

async fn open(app: &TestServer, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = app.router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8(bytes.into()).expect("text"))
}

/// Where a page leads and what it is made of.
fn addresses(html: &str) -> Vec<&str> {
    let marks = ["href=\"", "src=\"", "data-document=\""];
    let found =
        marks.iter().flat_map(|mark| html.split(mark).skip(1).filter_map(|rest| rest.split('"').next()));
    found.collect()
}

#[tokio::test]
async fn the_start_page_tells_what_runs_here() {
    let app = TestServer::start().await;
    let (status, headers, html) = open(&app, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(html.contains("0.0.0-test"), "the version");
    assert!(!html.contains("@demo") && !html.contains("<script"), "{html}");
}

#[tokio::test]
async fn the_reference_is_made_of_what_this_server_has() {
    let app = TestServer::start().await;
    let (status, headers, html) = open(&app, "/docs").await;
    assert_eq!(status, StatusCode::OK);
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    let parts = addresses(&html);
    assert_eq!(parts.len(), 5, "{parts:?}");
    for path in parts {
        let (status, headers, text) = open(&app, path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(headers.contains_key(header::CONTENT_TYPE) && !text.is_empty(), "{path}");
    }
    let (_, _, script) = open(&app, "/docs/reference.js").await;
    assert!(script.contains("validatorUrl: null"), "nobody else is asked about the document");
    let (_, _, style) = open(&app, "/docs/assets/swagger-ui.css").await;
    assert!(!style.contains("@import") && !style.contains("url(http"), "styles from elsewhere");
}

#[tokio::test]
async fn the_page_that_comes_with_the_assets_is_not_served() {
    let app = TestServer::start().await;
    for path in ["/docs/assets", "/docs/assets/"] {
        assert_eq!(open(&app, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_without_a_login() {
    let app = TestServer::start().await;
    let (status, headers, text) = open(&app, "/api/v2/openapi.json").await;
    assert_eq!(
        (status, &headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/json".parse().expect("type"))
    );
    let document: Value = serde_json::from_str(&text).expect("json");
    assert_eq!(document["info"]["version"], "0.0.0-test");
    assert_eq!(document["servers"][0]["url"], "http://localhost:8080");
    // What is not the document needs a login as ever.
    assert_eq!(open(&app, "/api/v2/openapi.yaml").await.0, StatusCode::FORBIDDEN);
}
