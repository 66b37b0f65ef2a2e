//! Cookies: read from requests, set with the attributes of this installation.

use crate::state::Config;
use http::{HeaderMap, HeaderValue};

/// The session cookie (spec: core-and-voice#2.1).
pub const SESSION: &str = "JSESSIONID";

/// A cookie of a request.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The header that sets a cookie for as long as the browser is open.
pub fn set_cookie(config: &Config, name: &str, value: &str) -> Option<HeaderValue> {
    format!("{name}={value}; Path=/; HttpOnly{}", attributes(config)).parse().ok()
}

/// The header that takes it away.
pub fn clear_cookie(config: &Config, name: &str) -> Option<HeaderValue> {
    format!("{name}=; Path=/; Max-Age=0; HttpOnly{}", attributes(config)).parse().ok()
}

/// The attributes of every cookie. Pages of other sites get it only where they are listed, and a browser then wants
/// TLS.
fn attributes(config: &Config) -> &'static str {
    match (config.secure_cookies, config.cors.origins.is_empty()) {
        (true, false) => "; SameSite=None; Secure",
        (true, true) => "; SameSite=Lax; Secure",
        (false, _) => "; SameSite=Lax",
    }
}
