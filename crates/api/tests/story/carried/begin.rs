//! Conversations that agents begin (spec: digital-channels#3, last paragraph), and what a text costs
//! (spec: channel-connectors#1C).

use super::{SMS, scripted::Scripted, talking, texter};
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};
use testkit::TestServer;

fn create(more: &Value) -> Value {
    let mut body = json!({"operationName": "Create", "from": "+15550100", "to": "+1 555-0142", "text": "Your parcel is here"});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}

#[tokio::test]
async fn an_agent_writes_first() {
    let app = TestServer::start().await;
    let channel = Arc::new(Scripted::default());
    app.desk.connect(SMS, channel.clone());
    let posting = tokio::spawn(app.desk.clone().post());
    let tom = app.agent("agent1");
    tom.ready().await;
    let begun = tom.post("/me/smssessions", create(&json!({"nickname": "Tom"}))).await.ok();
    let told = tom.hears().await;
    let first = &told[0]["data"];
    assert_eq!(
        (&first["notificationType"], &first["smsession"]["state"]),
        (&json!("StatusChange"), &json!("Chatting"))
    );
    assert_eq!(first["referenceId"], begun["referenceId"]);
    assert_eq!(first["smsession"]["chatType"], "Outbound");
    assert_eq!(first["smsession"]["address"], "+15550142");
    let kinds: Vec<_> = told.iter().map(|one| one["data"]["notificationType"].clone()).collect();
    assert_eq!(kinds, ["StatusChange", "ParticipantsUpdated", "NewMessages", "NewMessages"]);
    while channel.sent.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
        tokio::task::yield_now().await;
    }
    let sent = channel.sent.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(sent, [("+15550142".to_owned(), "Your parcel is here".to_owned())]);
    let answer = texter(&app).writes("Thanks").await;
    assert_eq!(begun["id"], answer.id.as_str(), "the answer is in the same conversation");
    posting.abort();
}

#[tokio::test]
async fn what_is_wrong_with_a_beginning_is_said() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    let nowhere = tom.post("/me/smsessions", create(&json!({}))).await.refused(400, 2);
    assert_eq!(nowhere, "'+15550100' is no address of this centre's");
    app.desk.connect(SMS, Arc::new(Scripted::default()));
    tom.post("/me/smsessions", create(&json!({"to": null}))).await.refused(400, 1);
    let words = tom.post("/me/smsessions", create(&json!({"to": "142"}))).await.refused(400, 2);
    assert_eq!(words, "'142' is no number");
    tom.post("/me/smsessions", create(&json!({"from": "+4930"}))).await.refused(400, 2);
    tom.operate("/me/smsessions", "Destroy").await.refused(400, 2);
    tom.post("/me/facebooksessions", create(&json!({}))).await.refused(400, 2);
    texter(&app).writes("Hello").await;
    let words = tom.post("/me/smsessions", create(&json!({}))).await.refused(409, 18);
    assert!(words.starts_with("An open conversation with this address"), "{words}");
    app.agent("agent2").post("/me/smsessions", create(&json!({"to": "+15550143"}))).await.refused(400, 2);
}

#[tokio::test]
async fn length_and_alphabet_are_shown_before_sending() {
    let app = TestServer::start().await;
    app.desk.connect(SMS, Arc::new(Scripted::default()));
    let (tom, guest) = talking(&app, &texter(&app)).await;
    let path = format!("{}/measure", guest.path());
    let measured = tom.post(&path, json!({"text": "x".repeat(161)})).await.ok();
    let expected = json!({
        "alphabet": "GSM-7", "length": 161, "parts": 2, "left": 159, "maxParts": 10, "maxLength": 1520,
        "characters": 161, "maxCharacters": null, "tooLong": false, "windowOpen": true,
    });
    assert_eq!(measured["measure"], expected);
    tom.post(&path, json!({})).await.refused(400, 1);
    app.agent("agent2").post(&path, json!({"text": "x"})).await.refused(404, 6);
    assert!(tom.hears().await.is_empty(), "nothing was sent");
}

#[tokio::test]
async fn what_would_not_be_carried_is_refused_before_anything_is_written_and_says_how_long_it_may_be() {
    let app = TestServer::start().await;
    app.desk.connect(SMS, Arc::new(Scripted::default()));
    let (tom, guest) = talking(&app, &texter(&app)).await;
    let long = "x".repeat(1_601);
    let why =
        "The message would take 11 text messages; at most 10 are allowed, which is 1520 characters in GSM-7";
    for body in [
        json!({"operationName": "SendMessage", "text": long}),
        json!({"operationName": "SendUrl", "url": long}),
        json!({"operationName": "Complete", "text": long}),
    ] {
        assert_eq!(tom.post(&guest.path(), body).await.refused(400, 2), why);
    }
    let measured = tom.post(&format!("{}/measure", guest.path()), json!({"text": long})).await.ok();
    assert_eq!(measured["measure"]["tooLong"], true);
    // To whom it is not theirs there is nothing, however long it is.
    let other = app.agent("agent2");
    let said = json!({"operationName": "SendMessage", "text": long});
    other.post(&guest.path(), said).await.refused(404, 6);
    let begun = json!({"to": "+15550143", "text": long});
    assert_eq!(tom.post("/me/smsessions", create(&begun)).await.refused(400, 2), why);
    assert!(tom.hears().await.is_empty(), "nothing was written");
}
