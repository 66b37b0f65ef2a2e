//! Requests that come twice under one idempotency key (docs/idempotency.md).

use super::widget::{CENTRE, ROOT, Widget, send};
use crate::chat::server::ChatServer;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use testkit::http::read;

async fn once(server: &ChatServer, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path).header(CENTRE.0, CENTRE.1).header("Idempotency-Key", key);
    read(send(server, request.body(body.to_string().into()).expect("a request")).await).await
}

#[tokio::test]
async fn a_chat_is_requested_and_spoken_in_once() {
    let server = ChatServer::new().await;
    let body = json!({"operationName": "RequestChat", "nickname": "Ines", "endpoint": "help"});
    let first = once(&server, ROOT, "k1", &body).await;
    assert_eq!(first.0, StatusCode::OK, "{}", first.1);
    let server = server.restarted().await;
    assert_eq!(once(&server, ROOT, "k1", &body).await, first);
    let other = json!({"operationName": "RequestChat", "nickname": "Jan", "endpoint": "help"});
    assert_eq!(once(&server, ROOT, "k1", &other).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(server.desk.present().len(), 1);

    let widget = Widget { id: first.1["id"].as_str().expect("an id").to_owned() };
    let say = json!({"operationName": "SendMessage", "text": "Hello"});
    for _ in 0..2 {
        let answer = once(&server, &widget.path(), "k1", &say).await;
        assert_eq!(answer, (StatusCode::OK, json!({"statusCode": 0})));
    }
    let other = json!({"operationName": "SendMessage", "text": "Hello!"});
    let (status, answer) = once(&server, &widget.path(), "k1", &other).await;
    assert_eq!((status, &answer["statusCode"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(2)));
    assert_eq!(once(&server, &widget.path(), "a b", &other).await.0, StatusCode::BAD_REQUEST);
    let said: Vec<_> = widget.polls(&server).await.into_iter().filter(|one| one["type"] == "Text").collect();
    assert_eq!(said.len(), 1);
}
