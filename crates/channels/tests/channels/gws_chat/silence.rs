//! A customer of whom nothing is heard for too long has left; every request of theirs is a sign of life.

use super::widget::{Widget, ask, conversation};
use crate::chat::server::{ChatServer, INACTIVITY};

async fn is_over(server: &ChatServer, widget: &Widget) -> bool {
    widget.reads(server).await["state"] == "Idle"
}

#[tokio::test]
async fn a_silent_customer_has_left_when_his_time_is_up() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    server.pass(INACTIVITY - 1);
    assert_eq!(server.chat.sweep().await.expect("a customer") - server.desk.now(), 1);
    server.pass(1);
    server.chat.sweep().await;
    assert!(is_over(&server, &widget).await);
}

#[tokio::test]
async fn every_request_is_a_sign_of_life() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for request in 0..6 {
        server.pass(INACTIVITY - 1);
        match request {
            0 => drop(widget.polls(&server).await),
            1 => drop(widget.messages(&server, "?index=0").await),
            2 => drop(widget.reads(&server).await),
            3 => widget.says(&server, "Hello").await,
            4 => widget.does(&server, "SendStartTypingNotification").await,
            _ => widget.does(&server, "SendStopTypingNotification").await,
        }
        server.chat.sweep().await;
        assert_eq!(server.desk.present().len(), 1, "{request}");
    }
}

#[tokio::test]
async fn a_stranger_is_no_sign_of_life() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    server.pass(INACTIVITY);
    ask(&server, "GET", &format!("/api/v2/chats/{}", conversation(&server).chat_id), "").await;
    server.chat.sweep().await;
    assert!(is_over(&server, &widget).await);
}
