//! Tells customers from agents, since both ask below `/api/v2/chats` (spec: digital-channels#1.6, #6.3).

use super::{
    address::{CONTACT_CENTER_ID, ROOT},
    pass::Pass,
    router::router,
};
use crate::chat::Chat;
use axum::{Router, extract::Request, response::IntoResponse};
use http::{Method, header::ACCESS_CONTROL_REQUEST_HEADERS};
use std::sync::Arc;
use tower::ServiceExt;

/// Customers' requests go to the customer chat, all others to `agents`.
pub(in crate::chat) fn before(chat: &Arc<Chat>, agents: Router) -> Router {
    let customers = router(chat);
    // Not a layer: one would run after `agents` has taken the address apart, and the customers' routes would find
    // its parameters beside their own.
    Router::new().fallback(move |request: Request| {
        let next = if is_customers(&request) { customers.clone() } else { agents.clone() };
        async move { next.oneshot(request).await.into_response() }
    })
}

/// A request is a customer's when it has the header, or when a browser asks whether it may send the header. A request
/// without it is a customer's all the same when it asks for what agents do not have here: a new chat, or a chat by its
/// pass. So the customer is told what is missing.
fn is_customers(request: &Request) -> bool {
    let path = request.uri().path();
    let below = path.strip_prefix(ROOT).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(below) = below else { return false };
    let id = below.split('/').nth(1).unwrap_or_default();
    request.headers().contains_key(CONTACT_CENTER_ID)
        || asks_for_the_header(request)
        || Pass::parse(id).is_some()
        || id.is_empty() && request.method() == Method::POST
}

fn asks_for_the_header(request: &Request) -> bool {
    let asked = request.headers().get_all(ACCESS_CONTROL_REQUEST_HEADERS);
    let mut names = asked.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    request.method() == Method::OPTIONS
        && names.any(|name| name.trim().eq_ignore_ascii_case(CONTACT_CENTER_ID.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    const PASS: &str = "/api/v2/chats/0f8a1c52-3b7d-4e10-9c44-5a6b7c8d9e0f";

    fn ask(method: &str, path: &str, header: Option<(&str, &str)>) -> bool {
        let mut request = Request::builder().method(method).uri(path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        is_customers(&request.body(Body::empty()).expect("a request"))
    }

    #[test]
    fn who_bears_the_header_is_a_customer() {
        let header = Some(("ContactCenterId", ""));
        for path in ["/api/v2/chats", "/api/v2/chats/0001KaF7Q2M80C1D", "/api/v2/chats/x/messages?index=1"] {
            assert!(ask("GET", path, header) && ask("POST", path, header), "{path}");
        }
        for path in ["/api/v2/me/chats", "/api/v2/chatsomething", "/api/v2", "/", "/api/v2/me"] {
            assert!(!ask("GET", path, header), "{path}");
        }
    }

    #[test]
    fn whose_browser_asks_for_the_header_is_a_customer() {
        let asked =
            |names| ask("OPTIONS", "/api/v2/chats/1", Some(("access-control-request-headers", names)));
        assert!(asked("contactcenterid"));
        assert!(asked("accept, ContactCenterId"));
        assert!(!asked("authorization,content-type"));
        assert!(!ask("GET", "/api/v2/chats/1", Some(("access-control-request-headers", "contactcenterid"))));
    }

    #[test]
    fn who_forgot_it_is_one_where_agents_have_nothing() {
        assert!(ask("POST", "/api/v2/chats", None));
        assert!(ask("GET", PASS, None) && ask("POST", PASS, None));
        assert!(!ask("GET", "/api/v2/chats", None));
        assert!(!ask("GET", "/api/v2/chats/0001KaF7Q2M80C1D", None));
        assert!(!ask("POST", "/api/v2/chats/0001KaF7Q2M80C1D", None));
    }
}
