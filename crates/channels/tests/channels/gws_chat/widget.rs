//! A widget that polls, and what it asks with.

use crate::chat::server::{ChatServer, Window};
use axum::{Router, body::Body, routing::any};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use testkit::{documented, http::read};
use tower::ServiceExt;

pub const ROOT: &str = "/api/v2/chats";
pub const CENTRE: (&str, &str) = ("ContactCenterId", "c0");
/// The service of the contact centre that lets silent customers go.
const ENDPOINT: &str = "help";

/// Sends a request, as it is, to the chat and the agents' API behind it.
pub async fn send(server: &ChatServer, request: Request<Body>) -> Response<Body> {
    let agents = Router::new().fallback(any(|| async { (StatusCode::IM_A_TEAPOT, "the agents' API") }));
    server.chat.before(agents).oneshot(request).await.expect("an answer")
}

/// Asks as a customer of this centre; answers status and JSON.
pub async fn ask(
    server: &ChatServer,
    method: &str,
    path: &str,
    body: impl Into<Body>,
) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(path).header(CENTRE.0, CENTRE.1);
    let request = request.body(body.into()).expect("a request");
    let (status, answer) = read(send(server, request).await).await;
    documented::answered(method, path, status, &answer);
    (status, answer)
}

/// A chat as its widget knows it.
#[derive(Clone)]
pub struct Widget {
    pub id: String,
}

impl Widget {
    /// Requests a chat.
    pub async fn open(server: &ChatServer, nickname: &str) -> Self {
        Self::requested(server, &json!({"nickname": nickname, "endpoint": ENDPOINT})).await
    }

    /// The same with members of one's own.
    pub async fn requested(server: &ChatServer, members: &Value) -> Self {
        let mut body = members.clone();
        body["operationName"] = "RequestChat".into();
        let (status, answer) = ask(server, "POST", ROOT, body.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        Self { id: answer["id"].as_str().expect("an id").to_owned() }
    }

    pub fn path(&self) -> String {
        format!("{ROOT}/{}", self.id)
    }

    /// Sends an operation.
    pub async fn tries(&self, server: &ChatServer, operation: &str, members: Value) -> (StatusCode, Value) {
        let mut body = members;
        body["operationName"] = operation.into();
        ask(server, "POST", &self.path(), body.to_string()).await
    }

    /// Sends an operation that is done.
    pub async fn does(&self, server: &ChatServer, operation: &str) {
        let answer = self.tries(server, operation, json!({})).await;
        assert_eq!(answer, (StatusCode::OK, json!({"statusCode": 0})), "{operation}");
    }

    pub async fn says(&self, server: &ChatServer, text: &str) {
        let answer = self.tries(server, "SendMessage", json!({"text": text})).await;
        assert_eq!(answer, (StatusCode::OK, json!({"statusCode": 0})));
    }

    /// Reads the chat.
    pub async fn reads(&self, server: &ChatServer) -> Value {
        let (status, mut answer) = ask(server, "GET", &self.path(), "").await;
        assert_eq!((status, &answer["statusCode"]), (StatusCode::OK, &json!(0)), "{answer}");
        answer["chat"].take()
    }

    /// Polls for what is new.
    pub async fn polls(&self, server: &ChatServer) -> Vec<Value> {
        self.messages(server, "").await
    }

    /// Asks for messages with a query of one's own.
    pub async fn messages(&self, server: &ChatServer, query: &str) -> Vec<Value> {
        let (status, answer) = ask(server, "GET", &format!("{}/messages{query}", self.path()), "").await;
        assert_eq!((status, &answer["statusCode"]), (StatusCode::OK, &json!(0)), "{answer}");
        answer["messages"].as_array().expect("messages").clone()
    }
}

/// The one conversation whose customer is there, as the agents' side of a test wants it.
pub fn conversation(server: &ChatServer) -> Window {
    let [(id, ..)] = &server.desk.present()[..] else { panic!("one customer") };
    let none = String::new;
    Window { chat_id: id.to_string(), user_id: none(), secure_key: none(), alias: none() }
}

/// Places of messages in the log.
pub fn indexes(messages: &[Value]) -> Vec<u64> {
    messages.iter().map(|message| message["index"].as_u64().expect("index")).collect()
}

/// `statusCode` of a refusal, which says why and nothing else.
pub fn code(answer: &Value) -> u64 {
    let members: Vec<&String> = answer.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["statusCode", "statusMessage"], "{answer}");
    assert!(answer["statusMessage"].as_str().is_some_and(|why| !why.is_empty()));
    answer["statusCode"].as_u64().expect("a number")
}
