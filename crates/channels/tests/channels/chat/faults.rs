//! When the journal fails: nothing is acknowledged and lost, and nothing that was kept is asked for again.

use super::server::{ChatServer, SERVICE, texts};

use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_request_that_could_not_be_kept_may_be_repeated() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.store.writes.store(true, Ordering::SeqCst);
    let answer = window.command(&server, "send", &[("message", "Hello")]).await;
    assert_eq!((&answer["statusCode"], &answer["errors"][0]["code"]), (&1.into(), &249.into()));
    assert_eq!(server.post(SERVICE, &[("nickname", "Jan")]).await.1["statusCode"], 1);
    server.store.writes.store(false, Ordering::SeqCst);
    let answer = window.command(&server, "send", &[("message", "Hello"), ("transcriptPosition", "1")]).await;
    assert_eq!(texts(&answer), ["Hello"]);
}

#[tokio::test]
async fn a_message_that_was_kept_is_not_asked_for_again() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.store.logs.store(true, Ordering::SeqCst);
    let answer = window.command(&server, "send", &[("message", "Hello"), ("transcriptPosition", "2")]).await;
    assert_eq!((&answer["statusCode"], &answer["nextPosition"]), (&0.into(), &2.into()));
    assert_eq!(window.refresh(&server).await["statusCode"], 1);
    server.store.logs.store(false, Ordering::SeqCst);
    assert_eq!(texts(&window.refresh(&server).await), ["Hello"]);
}

#[tokio::test]
async fn a_chat_that_was_opened_is_not_asked_for_again() {
    let server = ChatServer::new().await;
    server.store.logs.store(true, Ordering::SeqCst);
    let (_, answer) = server.post(SERVICE, &[("nickname", "Ines")]).await;
    assert_eq!((&answer["statusCode"], &answer["nextPosition"]), (&0.into(), &1.into()));
}

#[tokio::test]
async fn what_can_never_be_kept_is_not_asked_for_again() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.store.never.store(true, Ordering::SeqCst);
    let answer = window.command(&server, "send", &[("message", "Hello")]).await;
    assert_eq!(answer["statusCode"], 2);
    assert!(!answer["errors"][0]["advice"].to_string().contains("again"), "{answer}");
}
