//! The sequences of notifications of digital-channels#2.7, each as its agents hear them.

use serde_json::{Value, json};
use testkit::{Client, Guest, TestServer, settled};

/// Two agents at work, and a customer who talks with the first of them.
async fn talking(app: &TestServer) -> (Client<'_>, Client<'_>, Guest<'_>) {
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    tom.ready().await;
    mei.ready().await;
    let ines = app.customer("Ines").await;
    ines.says("Hello").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    tom.hears().await;
    (tom, mei, ines)
}

async fn told(client: &Client<'_>) -> Value {
    settled(&json!(client.hears().await))
}

fn chat(guest: &Guest<'_>) -> String {
    format!("/me/chats/{}", guest.id)
}

#[tokio::test]
async fn a_offer_and_accept() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    ines.says("Hello").await;
    app.offer(&ines, &tom).await;
    insta::assert_json_snapshot!("a_offered", told(&tom).await);
    let answer = tom.accepts(&ines, "Tom").await.ok();
    let heard = tom.hears().await;
    assert_eq!(heard[0]["data"]["referenceId"], answer["referenceId"]);
    insta::assert_json_snapshot!("a_accepted", settled(&json!(heard)));
    let messages = tom.get(&format!("{}/messages", chat(&ines))).await.ok();
    assert_eq!(messages["messages"], heard[2]["data"]["messages"]);
}

#[tokio::test]
async fn r_the_customer_leaves_before_the_offer_is_taken() {
    let app = TestServer::start().await;
    let (tom, ines) = (app.agent("agent1"), app.customer("Ines").await);
    tom.ready().await;
    app.offer(&ines, &tom).await;
    ines.leaves().await;
    insta::assert_json_snapshot!("r_customer_gone", told(&tom).await);
}

#[tokio::test]
async fn a_rejected() {
    let app = TestServer::start().await;
    let (tom, ines) = (app.agent("agent1"), app.customer("Ines").await);
    tom.ready().await;
    app.offer(&ines, &tom).await;
    tom.hears().await;
    tom.operate(&chat(&ines), "Reject").await.ok();
    insta::assert_json_snapshot!("a_rejected", told(&tom).await);
}

#[tokio::test]
async fn t_transfer_to_a_colleague_who_takes_it() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = talking(&app).await;
    let to = format!("http://localhost:8080/api/v2/users/{}", mei.id());
    let transfer = json!({"operationName": "Transfer", "targetUri": to, "text": "I hand you over"});
    let asked = tom.post(&chat(&ines), transfer).await.ok();
    insta::assert_json_snapshot!("t_asked", told(&tom).await);
    insta::assert_json_snapshot!("t_invited", told(&mei).await);
    mei.accepts(&ines, "Mei").await.ok();
    let heard = tom.hears().await;
    let last = heard.last().expect("a notification");
    assert_eq!(last["data"]["chat"]["state"], "Completed");
    assert_eq!(last["data"]["referenceId"], asked["referenceId"]);
    insta::assert_json_snapshot!("t_handed_over", settled(&json!(heard)));
    insta::assert_json_snapshot!("t_taken", told(&mei).await);
    tom.get("/me/chats").await.ok();
}

#[tokio::test]
async fn t_transfer_to_a_colleague_who_refuses() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = talking(&app).await;
    let transfer = json!({"operationName": "Transfer", "targetPath": format!("/users/{}", mei.id())});
    let asked = tom.post(&chat(&ines), transfer).await.ok();
    tom.hears().await;
    mei.hears().await;
    mei.operate(&chat(&ines), "Reject").await.ok();
    let heard = tom.hears().await;
    assert_eq!(heard[0]["data"]["notificationType"], "Error");
    assert_eq!(heard[0]["data"]["referenceId"], asked["referenceId"]);
    insta::assert_json_snapshot!("t_refused", settled(&json!(heard)));
    insta::assert_json_snapshot!("t_refuser", told(&mei).await);
}

#[tokio::test]
async fn t_transfer_to_a_queue() {
    let app = TestServer::start().await;
    let (tom, _, ines) = talking(&app).await;
    tom.post(&chat(&ines), json!({"operationName": "Transfer", "queueName": "Support"})).await.ok();
    insta::assert_json_snapshot!("t_queued", told(&tom).await);
}

#[tokio::test]
async fn l_leave_alone_then_complete() {
    let app = TestServer::start().await;
    let (tom, _, ines) = talking(&app).await;
    tom.post(&chat(&ines), json!({"operationName": "Leave", "text": "Bye"})).await.ok();
    insta::assert_json_snapshot!("l_left", told(&tom).await);
    tom.operate(&chat(&ines), "Complete").await.ok();
    insta::assert_json_snapshot!("l_completed", told(&tom).await);
}

#[tokio::test]
async fn l_leave_and_complete_in_one() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = talking(&app).await;
    let both = json!({"operationName": "LeaveAndComplete", "text": "Bye"});
    let answer = tom.post(&chat(&ines), both.clone()).await.ok();
    let heard = tom.hears().await;
    let kinds = heard.iter().map(|note| {
        let data = &note["data"];
        assert_eq!(data["referenceId"], answer["referenceId"], "{data}");
        let what = if data["chat"].is_null() { &data["messages"][0]["type"] } else { &data["chat"]["state"] };
        what.as_str().unwrap_or_default()
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["Text", "ParticipantLeft", "Completed"]);
    // As after any completion a disposition is taken, and nothing else.
    tom.post(&chat(&ines), json!({"operationName": "SetDisposition", "disposition": "IssueResolved"}))
        .await
        .ok();
    tom.post(&chat(&ines), both.clone()).await.refused(404, 6);
    mei.post(&chat(&ines), both.clone()).await.refused(404, 6);

    let otto = app.customer("Otto").await;
    app.offer(&otto, &tom).await;
    tom.post(&chat(&otto), both.clone()).await.refused(400, 2);
    tom.accepts(&otto, "Tom").await.ok();
    tom.operate(&chat(&otto), "Leave").await.ok();
    tom.post(&chat(&otto), both).await.refused(400, 2);
}

#[tokio::test]
async fn d_the_customer_disconnects() {
    let app = TestServer::start().await;
    let (tom, _, ines) = talking(&app).await;
    ines.leaves().await;
    insta::assert_json_snapshot!("d_customer_left", told(&tom).await);
}

#[tokio::test]
async fn r_the_offer_lapses() {
    let app = TestServer::start().await;
    let (tom, ines) = (app.agent("agent1"), app.customer("Ines").await);
    tom.ready().await;
    app.offer(&ines, &tom).await;
    tom.hears().await;
    app.lapse(30_000, &ines, &tom).await;
    insta::assert_json_snapshot!("r_revoked", told(&tom).await);
}
