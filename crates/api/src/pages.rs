//! Pages for people: what runs here, and the reference of the API. Everything they need comes from this process;
//! the content security policy sees to it that nothing else is ever loaded.

use crate::{state::Api, v2::openapi};
use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use std::sync::Arc;
use swagger_ui_dist::{ApiDefinition, OpenApiSource};

const START: &str = include_str!("pages/start.html");
const DEMO: &str = include_str!("pages/demo.html");
/// Its own style and nothing else.
const START_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
frame-ancestors 'none'";
const REFERENCE: &str = include_str!("pages/reference.html");
const SCRIPT: &str = include_str!("pages/reference.js");
/// Only scripts and styles of this process. Swagger UI writes styles into its elements, and its pictures into its
/// style sheet.
const REFERENCE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Every page.
pub fn router(api: &Arc<Api>) -> Router {
    let html = Bytes::from(start(&api.config.version, api.links.root(), api.config.demo));
    Router::new().route("/", get(|| async move { page(html, START_POLICY) })).merge(reference(api))
}

/// `/`: what runs here, how to log in, where to go.
fn start(version: &str, root: &str, demo: bool) -> String {
    START
        .replace("{{demo}}", if demo { DEMO } else { "" })
        .replace("{{version}}", &escape(version))
        .replace("{{root}}", &escape(root))
}

/// `/docs`: the reference of the API, by Swagger UI, and the document it shows. Neither needs a login: what the API can
/// do is no secret, and readers try it out with their own credentials.
fn reference(api: &Arc<Api>) -> Router {
    let document = openapi(&api.links, &api.config.version, api.desk.media(), api.config.shown);
    let document = Bytes::from(serde_json::to_vec(&document).unwrap_or_default());
    let html = Bytes::from(REFERENCE.replace("{{root}}", &escape(api.links.root_path())));
    Router::new()
        .route("/docs", get(|| async move { page(html, REFERENCE_POLICY) }))
        .route("/docs/reference.js", get(|| async { typed("text/javascript", SCRIPT) }))
        .route("/api/v2/openapi.json", get(|| async move { typed("application/json", document) }))
        .merge(assets())
}

/// Swagger UI itself. Its crate serves a page of its own with them, which ours replaces: that one cannot be
/// told to ask nobody else whether the document is valid.
fn assets() -> Router {
    let source = OpenApiSource::Uri("/api/v2/openapi.json");
    let routes = swagger_ui_dist::generate_routes(ApiDefinition {
        uri_prefix: "/docs/assets",
        api_definition: source,
        title: Some("Jackfield"),
    });
    routes.layer(middleware::from_fn(assets_only))
}

async fn assets_only(request: Request, next: Next) -> Response {
    if request.uri().path().trim_end_matches('/') == "/docs/assets" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=86400"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A page that may load only what the policy names.
fn page(html: impl Into<Body>, policy: &'static str) -> Response {
    const REFERRER: HeaderName = HeaderName::from_static("referrer-policy");
    let mut response = Response::new(html.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A text as HTML shows it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_the_version_and_where_to_go() {
        let html = start("1.2.3", "https://desk.example", false);
        for words in ["1.2.3", "/docs", "/api/v2/openapi.json", "/health", "/metrics"] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("{{"), "a place was not filled");
    }

    #[test]
    fn only_the_demo_tells_logins() {
        assert!(
            start("1", "http://localhost:8080", true)
                .contains("agent1@demo:demo 'http://localhost:8080/api/v2/me?subresources=*'")
        );
        assert!(!start("1", "http://localhost:8080", false).contains("@demo"));
    }

    #[test]
    fn nothing_on_it_comes_from_elsewhere() {
        let html = start("1", "", true);
        for word in ["<script", "src=", "http:", "https:", "@import", "url("] {
            assert!(!html.contains(word), "{word}");
        }
    }
}
