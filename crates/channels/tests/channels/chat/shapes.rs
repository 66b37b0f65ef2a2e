//! The shape of every answer on the wire (spec: digital-channels#6.1).

use super::server::{ChatServer, SERVICE};

use channels::ChatConfig;
use domain::command::SessionAct;
use insta::assert_json_snapshot;

#[tokio::test]
async fn an_answer_to_a_request() {
    let server = ChatServer::new().await;
    let fields = [
        ("firstName", "Ines"),
        ("lastName", "Roy"),
        ("subject", "Order 4711"),
        ("emailAddress", "ines@shop.example"),
        ("userData[TimeZone]", "-480"),
        ("userData[Subject]", "hidden by the field"),
    ];
    let (_, answer) = server.post(SERVICE, &fields).await;
    assert_json_snapshot!("requested", answer);
    let id = answer["chatId"].as_str().expect("an id").into();
    let state = server.desk.session(&id).await.expect("read").expect("a chat");
    assert_json_snapshot!("user_data", desk::session_of(&state).expect("a session").user_data);
}

#[tokio::test]
async fn every_kind_of_message() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    for (command, fields) in [
        ("send", vec![("message", "Hello"), ("messageType", "text")]),
        ("send", vec![("message", "Grüße, 世界 & \"quotes\" = 100 %\nsecond line")]),
        ("pushUrl", vec![("pushUrl", "https://shop.example/?a=1&b=2")]),
        ("customNotice", vec![("message", "form filled in")]),
        ("updateNickname", vec![("nickname", "Ines R.")]),
        ("updateData", vec![("userData[Cart]", "3 items")]),
        ("startTyping", vec![("message", "I was won")]),
    ] {
        assert_eq!(window.command(&server, command, &fields).await["statusCode"], 0, "{command}");
    }
    server.tom(&window, SessionAct::Type { on: true }).await;
    assert_json_snapshot!("refreshed", window.refresh(&server).await);
    window.command(&server, "stopTyping", &[]).await;
    server.tom(&window, SessionAct::Leave { last: None }).await;
    assert_json_snapshot!("left", window.command(&server, "refresh", &[("transcriptPosition", "8")]).await);
}

#[tokio::test]
async fn an_answer_without_a_position() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    assert_json_snapshot!("sent", window.command(&server, "send", &[("message", "Hello")]).await);
}

#[tokio::test]
async fn an_answer_with_a_position() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let fields = [("message", "Hello"), ("transcriptPosition", "2")];
    assert_json_snapshot!("sent_and_told", window.command(&server, "send", &fields).await);
}

#[tokio::test]
async fn refusals() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    assert_json_snapshot!("nothing_said", window.command(&server, "send", &[]).await);
    let fields = [("transcriptPosition", "soon"), ("message", "Hello")];
    assert_json_snapshot!("no_position", window.command(&server, "send", &fields).await);
    assert_json_snapshot!("nothing_read", window.command(&server, "readReceipt", &[]).await);
    assert_json_snapshot!("no_name", server.post(SERVICE, &[("subject", "Nobody")]).await.1);
    for path in ["file", "file/limits", "file/7/download", "file/7/delete"] {
        assert_json_snapshot!("no_files", window.command(&server, path, &[]).await);
    }
    let long = "x".repeat(32 * 1024 + 1);
    assert_json_snapshot!("too_long", window.command(&server, "send", &[("message", &long)]).await);
    let word = "x".repeat(256);
    let fields = [("message", "Hello"), ("messageType", word.as_str())];
    assert_eq!(window.command(&server, "send", &fields).await["statusCode"], 2);
    // Nothing of all this was said.
    assert_eq!(window.refresh(&server).await["nextPosition"], 2);
}

#[tokio::test]
async fn a_full_queue_may_be_tried_again() {
    let server = ChatServer::new().await;
    for _ in 0..3 {
        server.customer("Ines").await;
    }
    assert_json_snapshot!("queue_full", server.post(SERVICE, &[("nickname", "Jan")]).await.1);
}

#[tokio::test]
async fn without_preview_what_is_typed_stays_with_the_customer() {
    let server = ChatServer::with(ChatConfig { typing_preview: false, ..ChatConfig::default() }).await;
    let window = server.customer("Ines").await;
    let fields = [("message", "I was won"), ("transcriptPosition", "2")];
    let answer = window.command(&server, "startTyping", &fields).await;
    assert_eq!(answer["messages"][0]["type"], "TypingStarted");
    assert_eq!(answer["messages"][0].get("text"), None);
}
