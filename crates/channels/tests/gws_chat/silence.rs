//! A customer of whom nothing is heard for too long has left; every request of his is a sign of life.

use crate::{
    house::{House, INACTIVITY},
    widget::{Widget, ask, conversation},
};

async fn is_over(house: &House, widget: &Widget) -> bool {
    widget.reads(house).await["state"] == "Idle"
}

#[tokio::test]
async fn a_silent_customer_has_left_when_his_time_is_up() {
    let house = House::new().await;
    let widget = Widget::open(&house, "Ines").await;
    house.pass(INACTIVITY - 1);
    assert_eq!(house.chat.sweep().await.expect("a customer") - house.desk.now(), 1);
    house.pass(1);
    house.chat.sweep().await;
    assert!(is_over(&house, &widget).await);
}

#[tokio::test]
async fn every_request_is_a_sign_of_life() {
    let house = House::new().await;
    let widget = Widget::open(&house, "Ines").await;
    for request in 0..6 {
        house.pass(INACTIVITY - 1);
        match request {
            0 => drop(widget.polls(&house).await),
            1 => drop(widget.messages(&house, "?index=0").await),
            2 => drop(widget.reads(&house).await),
            3 => widget.says(&house, "Hello").await,
            4 => widget.does(&house, "SendStartTypingNotification").await,
            _ => widget.does(&house, "SendStopTypingNotification").await,
        }
        house.chat.sweep().await;
        assert_eq!(house.desk.present().len(), 1, "{request}");
    }
}

#[tokio::test]
async fn a_stranger_is_no_sign_of_life() {
    let house = House::new().await;
    let widget = Widget::open(&house, "Ines").await;
    house.pass(INACTIVITY);
    ask(&house, "GET", &format!("/api/v2/chats/{}", conversation(&house).chat_id), "").await;
    house.chat.sweep().await;
    assert!(is_over(&house, &widget).await);
}
