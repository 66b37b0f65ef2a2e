//! After the end: nothing may follow the customer's own, and what was said stays for an hour.

use super::widget::{Widget, ask, code, conversation, indexes};
use crate::chat::server::ChatServer;

use domain::{
    Millis,
    command::{ClosingMessage, SessionAct},
    session::{AgentPartyState, EndedBy},
};
use http::StatusCode;
use serde_json::json;

const HOUR: Millis = 60 * 60 * 1000;
const OPERATIONS: [&str; 4] =
    ["SendMessage", "SendStartTypingNotification", "SendStopTypingNotification", "Complete"];

#[tokio::test]
async fn nothing_follows_a_complete() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    server.tom_takes(&conversation).await;
    widget.does(&server, "Complete").await;
    for operation in OPERATIONS {
        let (status, answer) = widget.tries(&server, operation, json!({"text": "Too late"})).await;
        assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, 2), "{operation}");
    }
    let told = widget.polls(&server).await;
    assert_eq!((indexes(&told), &told[2]["type"]), (vec![1, 2, 3], &json!("ParticipantLeft")));
    let state = server.desk.session(&conversation.id()).await.expect("read").expect("a chat");
    let session = desk::session_of(&state).expect("a session");
    // The agent stays: they have work to do on it.
    assert_eq!(session.agents[0].state, AgentPartyState::Chatting);
    assert_eq!(session.talk_ended, Some(EndedBy::Customer));
}

#[tokio::test]
async fn a_customer_hears_the_end_and_the_last_words() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    server.tom_takes(&conversation).await;
    widget.polls(&server).await;
    let last = Some(ClosingMessage { text: "Goodbye".into(), message_type: None });
    server.tom(&conversation, SessionAct::Complete { queue: None, save_last_agent: false, last }).await;
    let told = widget.polls(&server).await;
    let kinds: Vec<_> = told.iter().map(|message| message["type"].as_str().expect("a type")).collect();
    assert_eq!((kinds, &told[0]["text"]), (vec!["Text", "ParticipantLeft"], &json!("Goodbye")));
    assert_eq!(widget.reads(&server).await["state"], "Idle");
}

#[tokio::test]
async fn what_loses_nothing_succeeds_when_the_agent_ended_it() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    server.tom_takes(&conversation).await;
    server.tom(&conversation, SessionAct::Leave { last: None }).await;
    for operation in &OPERATIONS[1..] {
        widget.does(&server, operation).await;
    }
    let (status, answer) = widget.tries(&server, "SendMessage", json!({"text": "Too late"})).await;
    assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, 2));
}

#[tokio::test]
async fn the_chat_is_gone_after_an_hour() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    widget.does(&server, "Complete").await;
    server.clock.advance(HOUR);
    assert_eq!(widget.polls(&server).await.len(), 2);
    server.clock.advance(1);
    for path in [widget.path(), widget.path() + "/messages"] {
        let (status, answer) = ask(&server, "GET", &path, "").await;
        assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, 6));
    }
}

#[tokio::test]
async fn an_end_outlives_a_restart() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    widget.does(&server, "Complete").await;
    let server = server.restarted().await;
    assert_eq!(widget.reads(&server).await["state"], "Idle");
    assert_eq!(indexes(&widget.polls(&server).await), [1, 2]);
    let (_, answer) = widget.tries(&server, "Complete", json!({})).await;
    assert_eq!(code(&answer), 2);
}
