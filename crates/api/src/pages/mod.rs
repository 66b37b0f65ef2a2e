//! Pages for people: what runs here, and the reference of the API. Everything they need comes from this process;
//! the content security policy sees to it that nothing else is ever loaded.

mod reference;
mod start;

use crate::app::Api;
use axum::{Router, response::Response};
use http::{HeaderName, HeaderValue, header};
use std::sync::Arc;

/// Every page.
pub fn router(api: &Arc<Api>) -> Router {
    start::router(api).merge(reference::router(api))
}

/// A page that may load what the policy names.
fn page(html: impl Into<axum::body::Body>, policy: &'static str) -> Response {
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
