//! The usage headers (spec: channel-connectors#2.7).

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use serde_json::{Value, json};

/// Says in the headers of an answer how much of the allowance is used, in percent.
pub(super) fn with_usage(mut response: Response, page: &str, percent: u32) -> Response {
    let percent = percent.min(100);
    let plain = json!({ "call_count": percent, "total_time": percent / 2, "total_cputime": percent / 3 });
    let minutes = u32::from(percent >= 100);
    let business = json!({ page: [{
        "type": "messenger",
        "call_count": percent,
        "total_time": percent / 2,
        "total_cputime": percent / 3,
        "estimated_time_to_regain_access": minutes,
    }] });
    let mut put = |name: &'static str, value: &Value| {
        if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    };
    put("x-app-usage", &plain);
    put("x-page-usage", &plain);
    put("x-business-use-case-usage", &business);
    response
}
