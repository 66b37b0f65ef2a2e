//! After the end: what is said comes too late, what was said stays for an hour.

use super::server::{ChatServer, Window, texts};

use domain::{
    Millis,
    command::{ClosingMessage, SessionAct},
    session::AgentPartyState,
};
use serde_json::Value;

const HOUR: Millis = 60 * 60 * 1000;

fn told(answer: &Value) -> (&Value, &Value) {
    (&answer["statusCode"], &answer["chatEnded"])
}

async fn ended(server: &ChatServer) -> Window {
    let window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    let last = Some(ClosingMessage { text: "Goodbye".into(), message_type: None });
    server.tom(&window, SessionAct::Complete { queue: None, save_last_agent: false, last }).await;
    window
}

#[tokio::test]
async fn a_customer_hears_the_end_and_the_last_words() {
    let server = ChatServer::new().await;
    let window = ended(&server).await;
    let answer = window.refresh(&server).await;
    assert_eq!(told(&answer), (&0.into(), &true.into()));
    assert_eq!(texts(&answer), ["Goodbye"]);
    assert_eq!(
        answer["messages"].as_array().and_then(|all| all.last()).expect("last")["type"],
        "ParticipantLeft"
    );
}

#[tokio::test]
async fn what_would_be_lost_is_refused_after_the_end() {
    let server = ChatServer::new().await;
    let window = ended(&server).await;
    for (command, field) in [
        ("send", ("message", "Wait")),
        ("pushUrl", ("pushUrl", "https://shop.example")),
        ("customNotice", ("message", "n")),
        ("updateNickname", ("nickname", "I.")),
        ("updateData", ("userData[k]", "v")),
    ] {
        let answer = window.command(&server, command, &[field, ("transcriptPosition", "1")]).await;
        assert_eq!(told(&answer), (&2.into(), &true.into()), "{command}");
        assert_eq!(answer["errors"][0]["code"], 240);
        // Who reads it all the same learns how it ended.
        assert_eq!(texts(&answer), ["Goodbye"]);
    }
}

#[tokio::test]
async fn what_loses_nothing_succeeds_after_the_end() {
    let server = ChatServer::new().await;
    let window = ended(&server).await;
    for command in ["refresh", "startTyping", "stopTyping", "disconnect", "readReceipt"] {
        let answer = window.command(&server, command, &[("transcriptPosition", "1")]).await;
        assert_eq!(told(&answer), (&0.into(), &true.into()), "{command}");
    }
}

#[tokio::test]
async fn the_transcript_is_gone_after_an_hour() {
    let server = ChatServer::new().await;
    let window = ended(&server).await;
    server.clock.advance(HOUR);
    assert_eq!(window.refresh(&server).await["statusCode"], 0);
    server.clock.advance(1);
    let answer = window.refresh(&server).await;
    assert_eq!(told(&answer), (&2.into(), &true.into()));
    assert_eq!((&answer["messages"], &answer["errors"][0]["code"]), (&Value::Array(vec![]), &240.into()));
}

#[tokio::test]
async fn a_customer_may_leave_before_anybody_came_and_twice() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    for _ in 0..2 {
        assert_eq!(told(&window.command(&server, "disconnect", &[]).await), (&0.into(), &true.into()));
    }
    let answer = window.refresh(&server).await;
    assert_eq!(answer["messages"].as_array().expect("messages").len(), 2);
}

#[tokio::test]
async fn the_agent_stays_when_the_customer_leaves() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    window.command(&server, "disconnect", &[]).await;
    let state = server.desk.session(&window.id()).await.expect("read").expect("a chat");
    let session = desk::session_of(&state).expect("a session");
    assert_eq!(session.agents[0].state, AgentPartyState::Chatting);
}
