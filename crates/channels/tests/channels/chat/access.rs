//! The key opens the customer's own chat and nothing else.

use super::server::{ChatServer, SERVICE, Window};

use desk::session_of;
use domain::{Command, centre::Centre, command::Provision};
use http::StatusCode;
use serde_json::json;

fn code(answer: &serde_json::Value) -> (u64, u64, bool) {
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    (
        number(&answer["statusCode"]),
        number(&answer["errors"][0]["code"]),
        answer["chatEnded"].as_bool().expect("chatEnded"),
    )
}

#[tokio::test]
async fn a_wrong_key_or_user_is_refused_for_good_and_told_nothing() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    for wrong in [
        Window { secure_key: "wrong".into(), ..window.clone() },
        Window { user_id: "0000000000000000".into(), ..window.clone() },
    ] {
        let answer = wrong.refresh(&server).await;
        assert_eq!(code(&answer), (2, 241, false));
        assert_eq!((&answer["messages"], answer.get("secureKey")), (&json!([]), None));
    }
}

#[tokio::test]
async fn the_key_of_one_chat_opens_no_other() {
    let server = ChatServer::new().await;
    let (ines, jan) = (server.customer("Ines").await, server.customer("Jan").await);
    let thief = Window { chat_id: jan.chat_id.clone(), ..ines.clone() };
    assert_eq!(code(&thief.refresh(&server).await), (2, 241, false));
    let thief = Window { user_id: jan.user_id.clone(), ..thief };
    assert_eq!(code(&thief.refresh(&server).await), (2, 241, false));
}

#[tokio::test]
async fn without_the_credentials_nothing_is_looked_at() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let (status, answer) = server.post(&window.path("refresh"), &[("userId", &window.user_id)]).await;
    assert_eq!((status, code(&answer)), (StatusCode::OK, (2, 104, false)));
}

#[tokio::test]
async fn an_unknown_chat_is_over() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let unknown = Window { chat_id: "0000unknown00000".into(), ..window };
    assert_eq!(code(&unknown.refresh(&server).await), (2, 240, true));
}

#[tokio::test]
async fn a_chat_is_only_found_in_its_own_service() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let fields = [("userId", window.user_id.as_str()), ("secureKey", window.secure_key.as_str())];
    let path = |service: &str| format!("/genesys/2/chat/{service}/{}/refresh", window.chat_id);
    let (status, answer) = server.post(&path("other"), &fields).await;
    assert_eq!((status, code(&answer)), (StatusCode::OK, (2, 240, true)));
    let (status, answer) = server.post(&path("nowhere"), &fields).await;
    assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, (2, 200, false)));
}

#[tokio::test]
async fn an_unknown_service_or_command_is_not_found() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let (status, answer) = server.post("/genesys/2/chat/nowhere", &[("nickname", "Ines")]).await;
    assert_eq!((status, code(&answer)), (StatusCode::NOT_FOUND, (2, 200, false)));
    let (status, _) = server.post(&window.path("dance"), &[]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_chat_goes_on_when_its_service_is_taken_away() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let mut centre = Centre::clone(&*server.desk.centre().expect("a centre"));
    centre.services.clear();
    server.done(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
    assert_eq!(server.post(SERVICE, &[("nickname", "Jan")]).await.0, StatusCode::NOT_FOUND);
    let answer = window.command(&server, "send", &[("message", "Still here")]).await;
    assert_eq!(answer["statusCode"], 0);
}

#[tokio::test]
async fn without_the_feature_of_its_medium_there_is_no_service() {
    let server = ChatServer::new().await;
    let mut centre = Centre::clone(&*server.desk.centre().expect("a centre"));
    centre.features.clear();
    server.done(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
    assert_eq!(server.post(SERVICE, &[("nickname", "Jan")]).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_tabs_with_one_key_are_one_customer() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let tab = Window { alias: "any word".into(), ..window.clone() };
    tab.command(&server, "send", &[("message", "From the tab")]).await;
    window.command(&server, "send", &[("message", "From the window")]).await;
    assert_eq!(tab.refresh(&server).await["messages"], window.refresh(&server).await["messages"]);
}

#[tokio::test]
async fn the_journal_holds_no_key() {
    let server = ChatServer::new().await;
    let (_, answer) = server.post(SERVICE, &[("nickname", "Ines")]).await;
    let window = Window::of(&answer);
    let state = server.desk.session(&window.id()).await.expect("read").expect("a chat");
    let session = serde_json::to_string(session_of(&state).expect("a session")).expect("json");
    assert!(!session.contains(&window.secure_key));
}
