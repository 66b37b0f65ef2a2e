//! Colleagues in conversations that a connector carries: what they say among themselves reaches nobody.

use super::{messenger, talking, texter};
use serde_json::json;
use testkit::TestServer;

#[tokio::test]
async fn what_colleagues_say_among_themselves_is_carried_to_nobody() {
    let app = TestServer::start().await;
    for correspondent in [texter(&app), messenger(&app)] {
        let (tom, guest) = talking(&app, &correspondent).await;
        let mei = app.agent("agent2");
        mei.ready().await;
        let whom = format!("/users/{}", mei.id());
        let path = guest.path();
        tom.post(&path, json!({"operationName": "Consult", "targetPath": whom})).await.ok();
        mei.accepts(&guest, "Mei").await.ok();
        for who in [&tom, &mei] {
            for body in [
                json!({"operationName": "SendToAgents", "text": "Is that right?"}),
                json!({"operationName": "SendStartTypingToAgentsNotification"}),
                json!({"operationName": "SendStopTypingToAgentsNotification"}),
                json!({"operationName": "SendCustomNoticeToAgents", "noticeText": "n"}),
            ] {
                who.post(&path, body).await.ok();
            }
        }
        let session = app.desk.session(&guest.id).await.expect("a journal").expect("a conversation");
        let session = desk::session_of(&session).expect("a conversation");
        assert!(
            session.post.as_ref().expect("carried").outgoing.is_empty(),
            "no connector has anything to carry"
        );

        tom.post(&path, json!({"operationName": "Invite", "targetPath": whom})).await.ok();
        mei.post(&path, json!({"operationName": "SendMessage", "text": "Good day"})).await.ok();
        let session = app.desk.session(&guest.id).await.expect("a journal").expect("a conversation");
        let session = desk::session_of(&session).expect("a conversation");
        assert_eq!(
            session.post.as_ref().expect("carried").outgoing.len(),
            1,
            "what they say to everyone is carried"
        );
        tom.post(&path, json!({"operationName": "RemoveParticipantFromConference", "targetPath": whom}))
            .await
            .ok();
        tom.operate(&path, "Complete").await.ok();
    }
}
