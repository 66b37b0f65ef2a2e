//! Requests that come twice under one idempotency key (docs/idempotency.md).

use serde_json::{Value, json};
use testkit::{Client, Guest, TestServer};

const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

fn say(text: &str) -> Value {
    json!({"operationName": "SendMessage", "text": text})
}

async fn talking(app: &TestServer) -> (Client<'_>, Guest<'_>) {
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    (tom, ines)
}

async fn said(tom: &Client<'_>, ines: &Guest<'_>) -> Vec<Value> {
    let log = tom.get(&format!("{}/messages", ines.path())).await.ok();
    let messages = log["messages"].as_array().expect("messages").clone();
    messages
        .into_iter()
        .filter(|message| message["type"] == "Text")
        .map(|message| message["text"].clone())
        .collect()
}

#[tokio::test]
async fn a_message_that_is_sent_twice_is_said_once_and_answered_word_for_word() {
    let app = TestServer::start().await;
    let (tom, ines) = talking(&app).await;
    let first = tom.post_once(&ines.path(), KEY, &say("Hello")).await;
    tom.post(&ines.path(), say("and")).await.ok();
    let again = tom.post_once(&ines.path(), KEY, &say("Hello")).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert!(again.ok()["referenceId"].is_u64());
    assert_eq!(said(&tom, &ines).await, ["Hello", "and"]);
    // The quotes are those of structured fields, and no part of the key.
    tom.post_once(&ines.path(), KEY.trim_matches('"'), &say("Hello")).await.ok();
    assert_eq!(said(&tom, &ines).await, ["Hello", "and"]);
}

#[tokio::test]
async fn what_was_done_is_answered_as_done_whatever_happened_since() {
    let app = TestServer::start().await;
    let (tom, ines) = talking(&app).await;
    let complete = json!({"operationName": "Complete"});
    let first = tom.post_once(&ines.path(), KEY, &complete).await;
    tom.post(&ines.path(), complete.clone()).await.refused(404, 6);
    assert_eq!(tom.post_once(&ines.path(), KEY, &complete).await.text, first.text);
    let dispose = json!({"operationName": "SetDisposition", "disposition": "Referred"});
    for _ in 0..2 {
        assert_eq!(tom.post_once(&ines.path(), "d", &dispose).await.text, r#"{"statusCode":0}"#);
    }
}

#[tokio::test]
async fn a_key_is_of_one_user_and_of_one_request() {
    let app = TestServer::start().await;
    let (tom, ines) = talking(&app).await;
    tom.post_once(&ines.path(), KEY, &say("Hello")).await.ok();
    tom.post_once(&ines.path(), KEY, &say("Hello!")).await.refused(422, 2);
    tom.post_once("/me", KEY, &say("Hello")).await.refused(422, 2);
    app.agent("agent2").post_once(&ines.path(), KEY, &say("Hello")).await.refused(404, 6);
    assert_eq!(said(&tom, &ines).await, ["Hello"]);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_before_anything_is_done() {
    let app = TestServer::start().await;
    let (tom, ines) = talking(&app).await;
    for key in ["", "\"\"", "a b", "\"open", &"k".repeat(256)] {
        tom.post_once(&ines.path(), key, &say("Hello")).await.refused(400, 2);
    }
    assert!(said(&tom, &ines).await.is_empty());
}

#[tokio::test]
async fn what_was_refused_is_tried_again() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let ready = json!({"operationName": "Ready"});
    tom.post_once("/me", KEY, &ready).await.refused(400, 2);
    tom.ready().await;
    tom.post_once("/me", KEY, &ready).await.ok();
}

#[tokio::test]
async fn after_a_day_a_key_is_new() {
    let app = TestServer::start().await;
    let (tom, ines) = talking(&app).await;
    tom.post_once(&ines.path(), KEY, &say("Hello")).await.ok();
    app.clock.advance(24 * 60 * 60 * 1_000);
    tom.post_once(&ines.path(), KEY, &say("Hello")).await.ok();
    assert_eq!(said(&tom, &ines).await, ["Hello"]);
    app.clock.advance(1);
    tom.post_once(&ines.path(), KEY, &say("Hello")).await.ok();
    assert_eq!(said(&tom, &ines).await, ["Hello", "Hello"]);
}

#[tokio::test]
async fn a_start_in_part_and_what_needs_no_commit_are_answered_again_too() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice", "chat"]});
    let first = tom.post_once("/me", KEY, &start).await;
    assert_eq!(first.json["statusCode"], 7);
    assert_eq!(tom.post_once("/me", KEY, &start).await.text, first.text);
    let admin = app.agent("admin");
    let code = json!({"name": "New"});
    for _ in 0..2 {
        admin.post_once("/settings/dispositions", KEY, &code).await.ok();
    }
    admin.post("/settings/dispositions", code).await.refused(409, 18);
}
