//! When the journal fails: nothing is acknowledged and lost, and nothing is taken for given that was not.

use crate::{
    house::House,
    widget::{ROOT, Widget, ask, code, indexes},
};
use http::StatusCode;
use serde_json::json;
use std::sync::atomic::Ordering;

const LATER: (StatusCode, u64) = (StatusCode::SERVICE_UNAVAILABLE, 4);

#[tokio::test]
async fn what_could_not_be_kept_is_not_acknowledged() {
    let house = House::new().await;
    let widget = Widget::open(&house, "Ines").await;
    house.store.writes.store(true, Ordering::SeqCst);
    let (status, answer) = widget.tries(&house, "SendMessage", json!({"text": "Hello"})).await;
    assert_eq!((status, code(&answer)), LATER);
    assert!(!answer.to_string().contains("as told"), "what went wrong inside is not the customer's");
    let body = json!({"operationName": "RequestChat", "nickname": "Jan", "endpoint": "help"}).to_string();
    let (status, answer) = ask(&house, "POST", ROOT, body).await;
    assert_eq!((status, code(&answer)), LATER);
    house.store.writes.store(false, Ordering::SeqCst);
    assert_eq!(indexes(&widget.polls(&house).await), [1]);
}

#[tokio::test]
async fn what_could_not_be_read_was_not_given() {
    let house = House::new().await;
    let widget = Widget::open(&house, "Ines").await;
    house.store.logs.store(true, Ordering::SeqCst);
    let (status, answer) = ask(&house, "GET", &format!("{}/messages", widget.path()), "").await;
    assert_eq!((status, code(&answer)), LATER);
    widget.says(&house, "Hello").await;
    house.store.logs.store(false, Ordering::SeqCst);
    assert_eq!(indexes(&widget.polls(&house).await), [1, 2]);
}

#[tokio::test]
async fn what_can_never_be_kept_is_not_asked_for_again() {
    let house = House::new().await;
    let widget = Widget::open(&house, "Ines").await;
    house.store.never.store(true, Ordering::SeqCst);
    let (status, answer) = widget.tries(&house, "SendMessage", json!({"text": "Hello"})).await;
    assert_eq!((status, code(&answer)), (StatusCode::INTERNAL_SERVER_ERROR, 4));
    assert!(!answer.to_string().contains("again"), "{answer}");
}
