//! When the journal fails: nothing is acknowledged and lost, and nothing is taken for given that was not.

use super::widget::{ROOT, Widget, ask, code, indexes};
use crate::chat::server::ChatServer;

use http::StatusCode;
use serde_json::json;
use std::sync::atomic::Ordering;

const LATER: (StatusCode, u64) = (StatusCode::SERVICE_UNAVAILABLE, 4);

#[tokio::test]
async fn what_could_not_be_kept_is_not_acknowledged() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    server.store.writes.store(true, Ordering::SeqCst);
    let (status, answer) = widget.tries(&server, "SendMessage", json!({"text": "Hello"})).await;
    assert_eq!((status, code(&answer)), LATER);
    assert!(!answer.to_string().contains("as told"), "what went wrong inside is not the customer's");
    let body = json!({"operationName": "RequestChat", "nickname": "Jan", "endpoint": "help"}).to_string();
    let (status, answer) = ask(&server, "POST", ROOT, body).await;
    assert_eq!((status, code(&answer)), LATER);
    server.store.writes.store(false, Ordering::SeqCst);
    assert_eq!(indexes(&widget.polls(&server).await), [1]);
}

#[tokio::test]
async fn what_could_not_be_read_was_not_given() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    server.store.logs.store(true, Ordering::SeqCst);
    let (status, answer) = ask(&server, "GET", &format!("{}/messages", widget.path()), "").await;
    assert_eq!((status, code(&answer)), LATER);
    widget.says(&server, "Hello").await;
    server.store.logs.store(false, Ordering::SeqCst);
    assert_eq!(indexes(&widget.polls(&server).await), [1, 2]);
}

#[tokio::test]
async fn what_can_never_be_kept_is_not_asked_for_again() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    server.store.never.store(true, Ordering::SeqCst);
    let (status, answer) = widget.tries(&server, "SendMessage", json!({"text": "Hello"})).await;
    assert_eq!((status, code(&answer)), (StatusCode::INTERNAL_SERVER_ERROR, 4));
    assert!(!answer.to_string().contains("again"), "{answer}");
}
