//! The time in which customers can be answered, and whether they want to be (spec: channel-connectors#1D, #2.6).

use super::{PAGE, messenger, talking, texter};
use domain::{
    Command,
    command::{CustomerMessage, Keyword, Unit},
    message::Content,
    thread::Terms,
};
use serde_json::json;
use testkit::TestServer;

const HOUR: i64 = 3_600_000;

async fn with_a_window() -> TestServer {
    TestServer::with(|centre| {
        let terms = Terms { reply: Some(24 * HOUR), person: Some(7 * 24 * HOUR), ..Terms::default() };
        let page = centre.services.get_mut(PAGE).expect("a service");
        (page.terms, page.inactivity) = (terms, 0);
    })
    .await
}

#[tokio::test]
async fn clients_can_count_down() {
    let app = with_a_window().await;
    let (tom, guest) = talking(&app, &messenger(&app)).await;
    let read = tom.get(&guest.path()).await.ok();
    let data = &read["facebooksession"]["userData"];
    let received = read["facebooksession"]["receivedDate"].as_str().expect("a moment");
    let (day, time) = received.split_once(' ').expect("a day and a time");
    let expires = data["windowExpiresAt"].as_str().expect("a moment");
    assert!(expires.ends_with(time) && !expires.starts_with(day), "{received} {expires}");
    assert!(data["humanAgentExpiresAt"].as_str().expect("a moment").ends_with(time));
    let sms = texter(&app).writes("Hello").await;
    app.offer(&sms, &tom).await;
    let read = tom.get(&sms.path()).await.ok();
    assert_eq!(read["smsession"]["userData"], json!({}));
}

#[tokio::test]
async fn an_hour_before_its_end_those_who_talk_are_told() {
    let app = with_a_window().await;
    let (tom, guest) = talking(&app, &messenger(&app)).await;
    app.clock.advance(23 * HOUR);
    app.desk.perform(Command::WindowClosing { session: guest.id.clone() }).await.expect("looked at");
    let told = tom.hears().await;
    assert_eq!(told[0]["data"]["notificationType"], "PropertiesUpdated");
}

#[tokio::test]
async fn after_its_end_an_agent_is_told_why_nothing_is_sent() {
    let app = with_a_window().await;
    let (tom, guest) = talking(&app, &messenger(&app)).await;
    let say = json!({"operationName": "SendMessage", "text": "Good day"});
    app.clock.advance(7 * 24 * HOUR);
    tom.post(&guest.path(), say.clone()).await.ok();
    app.clock.advance(1);
    let words = tom.post(&guest.path(), say).await.refused(403, 3);
    assert!(words.starts_with("The time to answer this customer is over"), "{words}");
    let measure = json!({"text": "Good day"});
    let measure = tom.post(&format!("{}/measure", guest.path()), measure).await.ok();
    assert_eq!(measure["measure"]["windowOpen"], false);
}

#[tokio::test]
async fn who_opted_out_is_sent_nothing() {
    let app = TestServer::start().await;
    let customer = texter(&app);
    let (tom, guest) = talking(&app, &customer).await;
    let content = vec![Content::Text { text: "STOP".into(), message_type: None }];
    let keyword = Some(Keyword::OptOut);
    customer
        .brings(Unit::Said(CustomerMessage { content, keyword, opens: true, ..CustomerMessage::default() }))
        .await;
    let told = tom.hears().await;
    assert_eq!(told[1]["data"]["messages"][0]["type"], "Notice");
    assert_eq!(told[1]["data"]["messages"][0]["from"]["nickname"], "system");
    let say = json!({"operationName": "SendMessage", "text": "Good day"});
    let words = tom.post(&guest.path(), say).await.refused(403, 3);
    assert!(words.starts_with("The customer has opted out"), "{words}");
}
