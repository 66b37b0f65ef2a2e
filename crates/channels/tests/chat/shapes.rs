//! The shape of every answer on the wire (digital-channels §6.1).

use crate::house::{House, SERVICE};
use channels::ChatConfig;
use domain::command::SessionAct;
use insta::assert_json_snapshot;

#[tokio::test]
async fn an_answer_to_a_request() {
    let house = House::new().await;
    let fields = [
        ("firstName", "Ines"),
        ("lastName", "Roy"),
        ("subject", "Order 4711"),
        ("emailAddress", "ines@shop.example"),
        ("userData[TimeZone]", "-480"),
        ("userData[Subject]", "hidden by the field"),
    ];
    let (_, answer) = house.post(SERVICE, &fields).await;
    assert_json_snapshot!("requested", answer);
    let id = answer["chatId"].as_str().expect("an id").into();
    let state = house.desk.session(&id).await.expect("read").expect("a chat");
    assert_json_snapshot!("user_data", desk::session_of(&state).expect("a session").user_data);
}

#[tokio::test]
async fn every_kind_of_message() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.tom_takes(&window).await;
    for (command, fields) in [
        ("send", vec![("message", "Hello"), ("messageType", "text")]),
        ("send", vec![("message", "Grüße, 世界 & \"quotes\" = 100 %\nsecond line")]),
        ("pushUrl", vec![("pushUrl", "https://shop.example/?a=1&b=2")]),
        ("customNotice", vec![("message", "form filled in")]),
        ("updateNickname", vec![("nickname", "Ines R.")]),
        ("updateData", vec![("userData[Cart]", "3 items")]),
        ("startTyping", vec![("message", "I was won")]),
    ] {
        assert_eq!(window.command(&house, command, &fields).await["statusCode"], 0, "{command}");
    }
    house.tom(&window, SessionAct::Type { on: true }).await;
    assert_json_snapshot!("refreshed", window.refresh(&house).await);
    window.command(&house, "stopTyping", &[]).await;
    house.tom(&window, SessionAct::Leave { last: None }).await;
    assert_json_snapshot!("left", window.command(&house, "refresh", &[("transcriptPosition", "8")]).await);
}

#[tokio::test]
async fn an_answer_without_a_position() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    assert_json_snapshot!("sent", window.command(&house, "send", &[("message", "Hello")]).await);
}

#[tokio::test]
async fn an_answer_with_a_position() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    let fields = [("message", "Hello"), ("transcriptPosition", "2")];
    assert_json_snapshot!("sent_and_told", window.command(&house, "send", &fields).await);
}

#[tokio::test]
async fn refusals() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    assert_json_snapshot!("nothing_said", window.command(&house, "send", &[]).await);
    let fields = [("transcriptPosition", "soon"), ("message", "Hello")];
    assert_json_snapshot!("no_position", window.command(&house, "send", &fields).await);
    assert_json_snapshot!("nothing_read", window.command(&house, "readReceipt", &[]).await);
    assert_json_snapshot!("no_name", house.post(SERVICE, &[("subject", "Nobody")]).await.1);
    for path in ["file", "file/limits", "file/7/download", "file/7/delete"] {
        assert_json_snapshot!("no_files", window.command(&house, path, &[]).await);
    }
    let long = "x".repeat(32 * 1024 + 1);
    assert_json_snapshot!("too_long", window.command(&house, "send", &[("message", &long)]).await);
    let word = "x".repeat(256);
    let fields = [("message", "Hello"), ("messageType", word.as_str())];
    assert_eq!(window.command(&house, "send", &fields).await["statusCode"], 2);
    // Nothing of all this was said.
    assert_eq!(window.refresh(&house).await["nextPosition"], 2);
}

#[tokio::test]
async fn a_full_queue_may_be_tried_again() {
    let house = House::new().await;
    for _ in 0..3 {
        house.customer("Ines").await;
    }
    assert_json_snapshot!("queue_full", house.post(SERVICE, &[("nickname", "Jan")]).await.1);
}

#[tokio::test]
async fn without_preview_what_is_typed_stays_with_the_customer() {
    let house = House::with(ChatConfig { typing_preview: false, ..ChatConfig::default() }).await;
    let window = house.customer("Ines").await;
    let fields = [("message", "I was won"), ("transcriptPosition", "2")];
    let answer = window.command(&house, "startTyping", &fields).await;
    assert_eq!(answer["messages"][0]["type"], "TypingStarted");
    assert_eq!(answer["messages"][0].get("text"), None);
}
