//! A customer of whom nothing is heard for too long has left; the conversation goes on without them.

use super::server::{ChatServer, INACTIVITY, SERVICE, Window};

use domain::{Command, command::Provision};
use std::sync::atomic::Ordering;

async fn over(server: &ChatServer, window: &Window) -> bool {
    window.refresh(server).await["chatEnded"].as_bool().expect("chatEnded")
}

#[tokio::test]
async fn a_silent_customer_has_left_when_his_time_is_up() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.pass(INACTIVITY - 1);
    let next = server.chat.sweep().await;
    assert_eq!(next.expect("a customer") - server.desk.now(), 1);
    server.pass(1);
    server.chat.sweep().await;
    assert!(over(&server, &window).await);
}

#[tokio::test]
async fn a_poll_is_a_sign_of_life() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    for _ in 0..3 {
        server.pass(INACTIVITY - 1);
        server.chat.sweep().await;
        assert!(!over(&server, &window).await);
    }
}

#[tokio::test]
async fn a_stranger_is_no_sign_of_life() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.pass(INACTIVITY);
    Window { secure_key: "wrong".into(), ..window.clone() }.refresh(&server).await;
    server.chat.sweep().await;
    assert!(over(&server, &window).await);
}

#[tokio::test]
async fn after_a_restart_a_customer_has_his_full_time() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.pass(INACTIVITY);
    let server = server.restarted().await;
    let next = server.chat.sweep().await;
    assert_eq!(next.expect("a customer") - server.desk.awake(), INACTIVITY);
    assert!(!over(&server, &window).await);
}

#[tokio::test]
async fn whose_service_was_taken_away_has_the_usual_time() {
    let server = ChatServer::new().await;
    server.customer("Ines").await;
    let mut centre = (*server.desk.centre().expect("a centre")).clone();
    centre.services.clear();
    server.done(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
    let next = server.chat.sweep().await;
    assert_eq!(next.expect("a customer") - server.desk.awake(), 300_000);
    server.pass(300_000);
    server.chat.sweep().await;
    assert_eq!(server.desk.present().len(), 0);
}

#[tokio::test]
async fn a_service_without_a_time_waits_for_ever() {
    let server = ChatServer::new().await;
    server.post("/genesys/2/chat/other", &[("nickname", "Ines")]).await;
    server.pass(INACTIVITY * 1_000);
    assert_eq!(server.chat.sweep().await, None);
    assert_eq!(server.desk.present().len(), 1);
}

#[tokio::test]
async fn a_silent_customer_is_found_again_after_the_journal_failed() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.pass(INACTIVITY);
    server.store.writes.store(true, Ordering::SeqCst);
    server.chat.sweep().await;
    server.store.writes.store(false, Ordering::SeqCst);
    server.chat.sweep().await;
    assert!(over(&server, &window).await);
}

#[tokio::test]
async fn the_keeper_runs_by_itself() {
    let server = ChatServer::new().await;
    server.post(SERVICE, &[("nickname", "Ines")]).await;
    let keeper = tokio::spawn(server.chat.clone().run());
    server.pass(INACTIVITY);
    testkit::wait::eventually("let go", async || server.desk.present().is_empty()).await;
    keeper.abort();
}

#[tokio::test]
async fn while_the_process_stood_still_nobody_was_silent() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.pass(INACTIVITY - 2_000);
    server.clock.advance(INACTIVITY * 10);
    let next = server.chat.sweep().await;
    assert_eq!(next.expect("a customer") - server.desk.awake(), 2_000, "the rest that they had");
    assert!(!over(&server, &window).await);
    server.pass(INACTIVITY);
    server.chat.sweep().await;
    assert!(over(&server, &window).await, "who is silent after it has left");
}
