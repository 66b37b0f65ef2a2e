//! The span of a request: every log line for it says which request it belongs to, and which
//! conversation.
//!
//! The span is made before anybody has looked at the request; code that finds something out adds it by a function of
//! this module, and nothing happens where the span is turned off or has been left. A span holds ids and words of this
//! program only: no name, number, address or text of a customer, and nothing that opens anything. So the address is
//! told as its template, since an id in it may be a customer's key, and an operation only by a name that could be one.
//!
//! The spans of notification requests are of level `DEBUG`: ten thousand of them are held at a time, and one that is
//! told of an event is done with in microseconds.

use axum::extract::{MatchedPath, Request};
use http::Method;
use tracing::{Span, field::Empty};

/// The address of notification clients.
const NOTIFICATIONS: &str = "/api/v2/notifications";
/// The longest id of an interaction that is told, in bytes. An agent may ask for anything.
const LONGEST_ID: usize = 64;
/// The longest name of an operation that is told, in bytes.
const LONGEST_NAME: usize = 40;

/// The span of a request: only its method is known.
pub fn request(request: &Request) -> Span {
    let method = method(request.method());
    macro_rules! span {
        ($level:ident) => {
            tracing::span!(
                tracing::Level::$level,
                "request",
                method,
                route = Empty,
                user = Empty,
                operation = Empty,
                interaction = Empty,
                status = Empty,
            )
        };
    }
    if request.uri().path().starts_with(NOTIFICATIONS) { span!(DEBUG) } else { span!(INFO) }
}

/// Adds the template of its address, once the router has found it.
pub fn route(request: &Request) {
    if let Some(route) = request.extensions().get::<MatchedPath>() {
        Span::current().record("route", route.as_str());
    }
}

/// Adds the user who asks, by the name they log in with.
pub fn user(name: &str) {
    Span::current().record("user", name);
}

/// Adds the operation that is asked for. A text that could not be an operation's name is left out: a client may send
/// anything.
pub fn operation(name: &str) {
    if could_be_a_name(name) {
        Span::current().record("operation", name);
    }
}

/// Adds the conversation or call that it is about.
pub fn interaction(id: &str) {
    if id.len() <= LONGEST_ID {
        Span::current().record("interaction", id);
    }
}

fn could_be_a_name(text: &str) -> bool {
    let is_right = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/');
    text.len() <= LONGEST_NAME && text.bytes().all(is_right)
}

/// A method that HTTP knows; others are a stranger's own words, and are left out.
fn method(method: &Method) -> &str {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    if known.contains(method) { method.as_str() } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_told_by_a_name_and_not_by_a_text() {
        for name in ["SendMessage", "SetCallDisposition", "Ready", "/meta/connect", "after-call_work"] {
            assert!(could_be_a_name(name), "{name}");
        }
        for text in ["my name is Ines", "a@b", "+15550001111", "", "línea", &"x".repeat(LONGEST_NAME + 1)] {
            assert!(text.is_empty() || !could_be_a_name(text), "{text}");
        }
    }

    #[test]
    fn a_method_of_a_strangers_own_is_not_told() {
        assert_eq!(method(&Method::POST), "POST");
        assert_eq!(method(&Method::from_bytes(b"INES").expect("a token")), "other");
    }
}
