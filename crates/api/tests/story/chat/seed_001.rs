//! The seed for chat (spec: seeds#001): `SetDisposition`, its answer, and every printed field of its notification.

use crate::seed::{ID, Seed};
use domain::UserData;
use serde_json::{Value, json};
use testkit::TestServer;

#[tokio::test]
async fn set_disposition() {
    let app = TestServer::start().await;
    app.ids.choose(ID);
    let customer = app.customer_with("FirstL", UserData::default()).await;
    let seed = Seed {
        collection: "chats",
        key: "chat",
        message_type: "ChatStateChangeMessage",
        topic: "/v2/me/chats",
    };
    seed.holds(&app, &customer).await;
}

#[tokio::test]
async fn without_a_key_the_servers_is_used() {
    let app = TestServer::with(|centre| centre.disposition.key = "Outcome".into()).await;
    let agent = app.agent("agent1");
    agent.ready().await;
    let customer = app.customer("FirstL").await;
    app.offer(&customer, &agent).await;
    agent.accepts(&customer, "TestName").await.ok();
    agent.hears().await;
    let set = json!({"operationName": "SetDisposition", "disposition": "Referred"});
    assert_eq!(agent.post(&format!("/me/chats/{}", customer.id), set).await.text, r#"{"statusCode":0}"#);
    let told: Vec<Value> = agent.hears().await;
    assert_eq!(told[0]["data"]["chat"]["userData"], json!({"Outcome": "Referred"}));
}

#[tokio::test]
async fn the_request_as_the_seed_prints_it_is_no_json() {
    let app = TestServer::start().await;
    let request = "{\n  'operationName': 'SetDisposition', \n  'disposition': 'IssueResolved'\n}";
    let path = "/me/chats/0000Na9B26EF003M";
    let reply = app.agent("agent1").send(http::Method::POST, path, Some(request.into())).await;
    assert_eq!(reply.refused(400, 2), "The body is not JSON: error at byte 4");
}

#[tokio::test]
async fn what_is_wrong_with_a_disposition_is_said() {
    let app = TestServer::start().await;
    let agent = app.agent("agent1");
    agent.ready().await;
    let customer = app.customer("FirstL").await;
    app.offer(&customer, &agent).await;
    let path = format!("/me/chats/{}", customer.id);
    let set = |disposition: Value| json!({"operationName": "SetDisposition", "disposition": disposition});
    // Invited: not yet.
    agent.post(&path, set("x".into())).await.refused(400, 2);
    agent.accepts(&customer, "TestName").await.ok();
    agent.operate(&path, "SetDisposition").await.refused(400, 1);
    agent.post(&path, set(7.into())).await.refused(400, 2);
    let long =
        json!({"operationName": "SetDisposition", "disposition": "x", "dispositionKey": "k".repeat(256)});
    agent.post(&path, long).await.refused(400, 2);
    // Another agent's, and one that never was.
    app.agent("agent2").post(&path, set("x".into())).await.refused(404, 6);
    agent.post("/me/chats/none", set("x".into())).await.refused(404, 6);
}

#[tokio::test]
async fn after_completion_it_is_taken_in_silence_until_its_time_is_over() {
    let app = TestServer::start().await;
    let agent = app.agent("agent1");
    agent.ready().await;
    let customer = app.customer("FirstL").await;
    app.offer(&customer, &agent).await;
    agent.accepts(&customer, "TestName").await.ok();
    let path = format!("/me/chats/{}", customer.id);
    agent.operate(&path, "Complete").await.ok();
    agent.hears().await;
    let set = json!({"operationName": "SetDisposition", "disposition": "Referred"});
    assert_eq!(agent.post(&path, set.clone()).await.text, r#"{"statusCode":0}"#);
    assert!(agent.hears().await.is_empty());
    let read = agent.get(&path).await.ok();
    assert!(read["chat"]["dispositionUntil"].is_string(), "{read}");
    assert_eq!(agent.get("/me/chats").await.ok()["uris"], json!([]));
}
