//! A customer of whom nothing is heard for too long has left; the conversation goes on without him.

use crate::house::{House, INACTIVITY, SERVICE, Window};
use domain::{Command, command::Provision};
use std::{sync::atomic::Ordering, time::Duration};

async fn over(house: &House, window: &Window) -> bool {
    window.refresh(house).await["chatEnded"].as_bool().expect("chatEnded")
}

#[tokio::test]
async fn a_silent_customer_has_left_when_his_time_is_up() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.pass(INACTIVITY - 1);
    let next = house.chat.sweep().await;
    assert_eq!(next.expect("a customer") - house.desk.now(), 1);
    house.pass(1);
    house.chat.sweep().await;
    assert!(over(&house, &window).await);
}

#[tokio::test]
async fn a_poll_is_a_sign_of_life() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    for _ in 0..3 {
        house.pass(INACTIVITY - 1);
        house.chat.sweep().await;
        assert!(!over(&house, &window).await);
    }
}

#[tokio::test]
async fn a_stranger_is_no_sign_of_life() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.pass(INACTIVITY);
    Window { secure_key: "wrong".into(), ..window.clone() }.refresh(&house).await;
    house.chat.sweep().await;
    assert!(over(&house, &window).await);
}

#[tokio::test]
async fn after_a_restart_a_customer_has_his_full_time() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.pass(INACTIVITY);
    let house = house.restarted().await;
    let next = house.chat.sweep().await;
    assert_eq!(next.expect("a customer") - house.desk.awake(), INACTIVITY);
    assert!(!over(&house, &window).await);
}

#[tokio::test]
async fn whose_service_was_taken_away_has_the_usual_time() {
    let house = House::new().await;
    house.customer("Ines").await;
    let mut centre = (*house.desk.centre().expect("a centre")).clone();
    centre.services.clear();
    house.perform(Command::Provision(Provision::PutCentre(Box::new(centre)))).await;
    let next = house.chat.sweep().await;
    assert_eq!(next.expect("a customer") - house.desk.awake(), 300_000);
    house.pass(300_000);
    house.chat.sweep().await;
    assert_eq!(house.desk.present().len(), 0);
}

#[tokio::test]
async fn a_service_without_a_time_waits_for_ever() {
    let house = House::new().await;
    house.post("/genesys/2/chat/other", &[("nickname", "Ines")]).await;
    house.pass(INACTIVITY * 1_000);
    assert_eq!(house.chat.sweep().await, None);
    assert_eq!(house.desk.present().len(), 1);
}

#[tokio::test]
async fn a_silent_customer_is_found_again_after_the_journal_failed() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.pass(INACTIVITY);
    house.store.writes.store(true, Ordering::SeqCst);
    house.chat.sweep().await;
    house.store.writes.store(false, Ordering::SeqCst);
    house.chat.sweep().await;
    assert!(over(&house, &window).await);
}

#[tokio::test]
async fn the_keeper_runs_by_itself() {
    let house = House::new().await;
    house.post(SERVICE, &[("nickname", "Ines")]).await;
    let keeper = tokio::spawn(house.chat.clone().run());
    house.pass(INACTIVITY);
    let gone = async {
        while !house.desk.present().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("let go");
    keeper.abort();
}

#[tokio::test]
async fn while_the_process_stood_still_nobody_was_silent() {
    let house = House::new().await;
    let window = house.customer("Ines").await;
    house.pass(INACTIVITY - 2_000);
    house.clock.advance(INACTIVITY * 10);
    let next = house.chat.sweep().await;
    assert_eq!(next.expect("a customer") - house.desk.awake(), 2_000, "the rest that they had");
    assert!(!over(&house, &window).await);
    house.pass(INACTIVITY);
    house.chat.sweep().await;
    assert!(over(&house, &window).await, "who is silent after it has left");
}
