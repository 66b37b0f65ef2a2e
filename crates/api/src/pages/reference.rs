//! `/docs`: the reference of the API, by Swagger UI, and the document it shows. Neither needs a login: what the API
//! can do is no secret, and readers try it out with their own credentials.

use super::page::{escape, page};
use crate::{state::Api, v2::openapi};
use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;
use swagger_ui_dist::{ApiDefinition, OpenApiSource};

const PAGE: &str = include_str!("reference.html");
const SCRIPT: &str = include_str!("reference.js");
/// Only scripts and styles of this process. Swagger UI writes styles into its elements, and its pictures into its
/// style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The document, the page that shows it, and what the page is made of.
pub fn router(api: &Arc<Api>) -> Router {
    let document = openapi(&api.links, &api.config.version, api.desk.media(), api.config.shown);
    let document = Bytes::from(serde_json::to_vec(&document).unwrap_or_default());
    let html = Bytes::from(PAGE.replace("{{root}}", &escape(api.links.root_path())));
    Router::new()
        .route("/docs", get(|| async move { page(html, POLICY) }))
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

fn typed(kind: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
