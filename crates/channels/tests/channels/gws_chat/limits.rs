//! How much a customer may ask and write.

use super::widget::{CENTRE, ROOT, Widget, code, send};
use crate::chat::server::ChatServer;
use channels::{ChatConfig, CustomerLimits};
use edge::{Client, Rate};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::num::NonZeroU32;
use testkit::http::read;

async fn server(change: impl FnOnce(&mut CustomerLimits, Rate)) -> ChatServer {
    let mut limits = CustomerLimits::default();
    change(&mut limits, Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::new(2).expect("not zero") });
    ChatServer::with(ChatConfig { limits, ..ChatConfig::default() }).await
}

/// Asks from an address; answers the status, whether it says when to come back, and the answer.
async fn ask(server: &ChatServer, from: &str, path: &str, body: &Value) -> (StatusCode, bool, Value) {
    let request = Request::post(path).header(CENTRE.0, CENTRE.1);
    let request = request.extension(Client::at(from.parse().expect("an address")));
    let answer = send(server, request.body(body.to_string().into()).expect("a request")).await;
    let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let (status, body) = read(answer).await;
    (status, wait.is_some_and(|seconds| (1..=60).contains(&seconds)), body)
}

async fn requests(server: &ChatServer, from: &str) -> (StatusCode, bool, Value) {
    let body = json!({"operationName": "RequestChat", "nickname": "Ines", "endpoint": "help"});
    ask(server, from, ROOT, &body).await
}

#[tokio::test]
async fn an_address_that_opens_too_many_chats_is_told_when_to_come_back() {
    let server = server(|limits, two| limits.chats = two).await;
    for _ in 0..2 {
        assert_eq!(requests(&server, "192.0.2.1").await.0, StatusCode::OK);
    }
    let (status, waits, answer) = requests(&server, "192.0.2.1").await;
    assert_eq!((status, waits, code(&answer)), (StatusCode::TOO_MANY_REQUESTS, true, 4));
    assert_eq!(requests(&server, "192.0.2.2").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_chat_that_says_too_much_at_once_is_told_when_to_come_back() {
    let server = server(|limits, two| limits.messages = two).await;
    let widget = Widget::open(&server, "Ines").await;
    let say = json!({"operationName": "SendMessage", "text": "Hello"});
    for _ in 0..2 {
        assert_eq!(ask(&server, "192.0.2.1", &widget.path(), &say).await.0, StatusCode::OK);
    }
    let (status, waits, answer) = ask(&server, "192.0.2.1", &widget.path(), &say).await;
    assert_eq!((status, waits, code(&answer)), (StatusCode::TOO_MANY_REQUESTS, true, 4));
    widget.does(&server, "SendStartTypingNotification").await;
    widget.does(&server, "Complete").await;
}

#[tokio::test]
async fn requests_of_an_address_are_bounded_and_agents_are_not_counted_among_them() {
    let server = server(|limits, two| limits.requests = two).await;
    let statuses = [StatusCode::BAD_REQUEST, StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS];
    for status in statuses {
        assert_eq!(ask(&server, "192.0.2.1", ROOT, &json!([])).await.0, status);
    }
    let agent = Request::get("/api/v2/me").extension(Client::at("192.0.2.1".parse().expect("an address")));
    let answer = send(&server, agent.body("".into()).expect("a request")).await;
    assert_eq!(answer.status(), StatusCode::IM_A_TEAPOT);
}
