//! Other origins: the exact origin of the list, with credentials, or nothing at all (spec: client-requirements#8).

use super::Origins;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

const ALLOWED: &str =
    "Authorization, Content-Type, X-CSRF-TOKEN, X-Requested-With, ContactCenterId, Idempotency-Key";
const EXPOSED: &str = "X-CSRF-HEADER, X-CSRF-TOKEN, X-Stream-Id";

/// The answer to a preflight, if the request is one. It needs no login.
pub fn preflight(origins: &Origins, method: &Method, headers: &HeaderMap) -> Option<Response> {
    let asks = headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if *method != Method::OPTIONS || !asks {
        return None;
    }
    let mut response = StatusCode::OK.into_response();
    if let Some(origin) = origins.listed(headers) {
        admit(&mut response, origin);
        let out = response.headers_mut();
        out.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS"),
        );
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED));
        out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    Some(response)
}

/// Lets an origin read a response.
pub fn admit(response: &mut Response, origin: HeaderValue) {
    const VARY: HeaderName = header::VARY;
    let out = response.headers_mut();
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    out.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    out.append(VARY, HeaderValue::from_static("Origin"));
}
