//! Whatever works on chat works on every medium that a connector carries.

use super::{messenger, talking, texter};
use serde_json::json;
use testkit::TestServer;

#[tokio::test]
async fn every_operation_of_chat_is_one_of_theirs() {
    let app = TestServer::start().await;
    for correspondent in [texter(&app), messenger(&app)] {
        let (tom, guest) = talking(&app, &correspondent).await;
        let path = guest.path();
        let operations = [
            json!({"operationName": "SendMessage", "text": "Good day"}),
            json!({"operationName": "SendUrl", "url": "https://example.org"}),
            json!({"operationName": "SendStartTypingNotification"}),
            json!({"operationName": "SendStopTypingNotification"}),
            json!({"operationName": "SendCustomNotice", "noticeText": "n"}),
            json!({"operationName": "SendNicknameUpdatedNotice", "noticeText": "Thomas"}),
            json!({"operationName": "SetInFocus"}),
            json!({"operationName": "AttachUserData", "userData": {"A": 1}}),
            json!({"operationName": "UpdateUserData", "userData": {"A": 2}}),
            json!({"operationName": "DeleteUserData", "keys": ["A"]}),
            json!({"operationName": "SetComment", "comment": "c"}),
            json!({"operationName": "SetDisposition", "disposition": "IssueResolved"}),
        ];
        for body in operations {
            tom.post(&path, body.clone()).await.ok();
            let told = tom.hears().await;
            assert!(body["operationName"] == "SetInFocus" || !told.is_empty(), "{body}");
        }
        let messages = tom.get(&format!("{path}/messages")).await.ok();
        let types: Vec<_> = messages["messages"]
            .as_array()
            .expect("messages")
            .iter()
            .map(|one| one["type"].clone())
            .collect();
        assert!(types.contains(&json!("PushUrl")) && types.contains(&json!("CustomNotice")), "{types:?}");
        tom.operate(&path, "Leave").await.ok();
        assert_eq!(tom.hears().await.last().expect("told")["data"]["notificationType"], "StatusChange");
        tom.operate(&path, "Complete").await.ok();
        assert_eq!(tom.get(&format!("/me/{}", guest.collection)).await.ok()["uris"], json!([]));
    }
}

#[tokio::test]
async fn they_are_rejected_and_handed_over_like_chats() {
    let app = TestServer::start().await;
    for correspondent in [texter(&app), messenger(&app)] {
        let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
        tom.ready().await;
        mei.ready().await;
        let guest = correspondent.writes("Hello").await;
        app.offer(&guest, &tom).await;
        tom.operate(&guest.path(), "Reject").await.ok();
        app.offer(&guest, &mei).await;
        mei.accepts(&guest, "Mei").await.ok();
        app.clock.advance(30_000);
        let to = app.desk.directory().named("agent1@demo").expect("a user").id.clone();
        mei.post(&guest.path(), json!({"operationName": "Transfer", "targetPath": format!("/users/{to}")}))
            .await
            .ok();
        tom.accepts(&guest, "Tom").await.ok();
        mei.get(&guest.path()).await.ok();
        let (queue, mei_has) =
            ("Sales: north/south", mei.get(&format!("/me/{}", guest.collection)).await.ok());
        assert_eq!(mei_has["uris"], json!([]));
        tom.post(&guest.path(), json!({"operationName": "Complete", "queueName": queue})).await.ok();
    }
}
