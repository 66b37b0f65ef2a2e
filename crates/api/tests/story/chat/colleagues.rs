//! Colleagues who are asked and invited (spec: digital-channels#2.6, #2.7-C), as each of them hears of it.

use serde_json::{Value, json};
use testkit::{Client, Guest, TestServer, settled};

fn chat(guest: &Guest<'_>) -> String {
    format!("/me/chats/{}", guest.id)
}

/// Tom talks with Ines, and Mei is ready.
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

async fn asks(client: &Client<'_>, guest: &Guest<'_>, operation: &str, whom: &Client<'_>) -> Value {
    let target = format!("http://localhost:8080/api/v2/users/{}", whom.id());
    client.post(&chat(guest), json!({"operationName": operation, "targetUri": target})).await.ok()
}

/// Mei came as Tom asked, and both have heard of it.
async fn with_mei<'a>(app: &'a TestServer, operation: &str) -> (Client<'a>, Client<'a>, Guest<'a>) {
    let (tom, mei, ines) = talking(app).await;
    asks(&tom, &ines, operation, &mei).await;
    mei.accepts(&ines, "Mei").await.ok();
    tom.hears().await;
    mei.hears().await;
    (tom, mei, ines)
}

/// What was told since the last time: the kind of a change with the state and who is there, or the entries of the log with
/// who sees them.
async fn told(client: &Client<'_>) -> Vec<String> {
    let word = |note: &Value| {
        let data = &note["data"];
        if let Some(messages) = data["messages"].as_array() {
            let entry = |message: &Value| {
                let text = message["text"].as_str().map(|text| format!(" {text}")).unwrap_or_default();
                let who = message["from"]["nickname"].as_str().unwrap_or_default().to_owned();
                format!(
                    "{who} {}{text} for {}",
                    message["type"].as_str().expect("a type"),
                    message["visibility"].as_str().expect("who sees it")
                )
            };
            return messages.iter().map(entry).collect::<Vec<_>>().join(", ");
        }
        let participants = data["chat"]["participants"].as_array().expect("participants");
        let who = participants.iter().map(|one| {
            let seen = if one["visibility"] == "All" { "" } else { "*" };
            format!("{}{seen}", one["nickname"].as_str().expect("a name"))
        });
        let kind = data["notificationType"].as_str().expect("a kind");
        let state = data["chat"]["state"].as_str().expect("a state");
        format!("{kind} {state} [{}]", who.collect::<Vec<_>>().join(" "))
    };
    let heard = client.hears().await;
    heard.iter().filter(|note| note["channel"] == "/v2/me/chats").map(word).collect()
}

#[tokio::test]
async fn c_a_colleague_advises() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = talking(&app).await;
    let answer = asks(&tom, &ines, "Consult", &mei).await;
    assert!(answer["referenceId"].is_number(), "{answer}");
    assert!(told(&tom).await.is_empty(), "nobody has come yet");
    assert_eq!(told(&mei).await, ["StatusChange Invited []"]);
    mei.accepts(&ines, "Mei").await.ok();
    let history = "Ines ParticipantJoined for All, Ines Text Hello for All, Tom ParticipantJoined for All, \
                   Mei ParticipantJoined for Agents";
    assert_eq!(
        told(&mei).await,
        ["StatusChange Chatting [Ines Tom Mei*]", "ParticipantsUpdated Chatting [Ines Tom Mei*]", history]
    );
    let heard = tom.hears().await;
    insta::assert_json_snapshot!("c_joined", settled(&json!(heard)));

    mei.post(&chat(&ines), json!({"operationName": "SendToAgents", "text": "Try B7"})).await.ok();
    assert_eq!(told(&tom).await, ["Mei Text Try B7 for Agents"]);
    assert_eq!(told(&mei).await, ["Mei Text Try B7 for Agents"]);
    tom.operate(&chat(&ines), "SendStartTypingToAgentsNotification").await.ok();
    assert_eq!(told(&mei).await, ["Tom TypingStarted for Agents"]);
    mei.post(&chat(&ines), json!({"operationName": "SendMessage", "text": "Hello"})).await.refused(400, 2);
    mei.operate(&chat(&ines), "Complete").await.refused(400, 2);
    tom.hears().await;
    mei.operate(&chat(&ines), "Leave").await.ok();
    assert_eq!(
        told(&tom).await,
        ["Mei ParticipantLeft for Agents", "ParticipantsUpdated Chatting [Ines Tom]"]
    );
    assert_eq!(told(&mei).await.last().map(String::as_str), Some("StatusChange Completed []"));
}

#[tokio::test]
async fn c_who_advised_is_invited_and_then_has_the_conversation() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = with_mei(&app, "Consult").await;
    asks(&tom, &ines, "Invite", &mei).await;
    let now = ["ParticipantsUpdated Chatting [Ines Tom Mei]", "Mei ParticipantRejoined for All"];
    assert_eq!(told(&tom).await, now);
    assert_eq!(told(&mei).await, now);
    mei.post(&chat(&ines), json!({"operationName": "SendMessage", "text": "Hello"})).await.ok();
    let path = json!({"operationName": "RemoveParticipantFromConference", "targetPath": format!("/users/{}", tom.id())});
    mei.post(&chat(&ines), path).await.refused(400, 2);
    tom.hears().await;
    tom.operate(&chat(&ines), "Leave").await.ok();
    assert_eq!(told(&tom).await.last().map(String::as_str), Some("StatusChange Completed []"));
    mei.hears().await;
    mei.post(&chat(&ines), json!({"operationName": "SetDisposition", "disposition": "Done"})).await.ok();
    mei.operate(&chat(&ines), "Complete").await.ok();
    // Who left sets their own afterwards.
    tom.post(&chat(&ines), json!({"operationName": "SetDisposition", "disposition": "Helped"})).await.ok();
}

#[tokio::test]
async fn c_a_transfer_to_who_advised_is_done_at_once() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = with_mei(&app, "Consult").await;
    asks(&tom, &ines, "Transfer", &mei).await;
    assert_eq!(told(&tom).await.last().map(String::as_str), Some("StatusChange Completed []"));
    assert_eq!(told(&mei).await.last().map(String::as_str), Some("ParticipantsUpdated Chatting [Ines Mei]"));
}

#[tokio::test]
async fn c_the_inviter_is_told_that_nobody_comes() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = talking(&app).await;
    let asked = asks(&tom, &ines, "Invite", &mei).await;
    mei.operate(&chat(&ines), "Reject").await.ok();
    let heard = tom.hears().await;
    assert_eq!(heard[0]["data"]["notificationType"], "Error");
    assert_eq!(heard[0]["data"]["referenceId"], asked["referenceId"]);
    assert_eq!(heard[0]["data"]["errorMessage"], "The agent does not come");

    let by_queue = json!({"operationName": "Consult", "queueName": "Support"});
    let asked = tom.post(&chat(&ines), by_queue).await.ok();
    app.request_lapses(180_000, &ines, 1).await;
    let heard = tom.hears().await;
    let error = heard.iter().find(|note| note["data"]["notificationType"] == "Error").expect("an error");
    assert_eq!(error["data"]["referenceId"], asked["referenceId"]);
    assert_eq!(error["data"]["errorMessage"], "Nobody of the queue came in time");
}

#[tokio::test]
async fn c_a_member_is_taken_out() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = with_mei(&app, "Invite").await;
    asks(&tom, &ines, "RemoveParticipantFromConference", &mei).await;
    assert_eq!(told(&tom).await, ["Mei ParticipantLeft for All", "ParticipantsUpdated Chatting [Ines Tom]"]);
    assert_eq!(told(&mei).await.last().map(String::as_str), Some("StatusChange Completed []"));
    tom.post(&chat(&ines), json!({"operationName": "RemoveParticipantFromConference"})).await.refused(400, 1);
}

#[tokio::test]
async fn c_nobody_is_told_anything_once_their_part_is_over() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = with_mei(&app, "Consult").await;
    tom.operate(&chat(&ines), "Complete").await.ok();
    assert_eq!(told(&tom).await, ["Tom ParticipantLeft for All", "StatusChange Completed []"]);
    let leaving =
        ["Tom ParticipantLeft for All", "Mei ParticipantLeft for Agents", "StatusChange Completed []"];
    assert_eq!(told(&mei).await, leaving);
}

#[tokio::test]
async fn c_targets_that_cannot_come() {
    let app = TestServer::start().await;
    let (tom, mei, ines) = talking(&app).await;
    for (operation, target) in [
        ("Consult", format!("/users/{}", tom.id())),
        ("Invite", format!("/users/{}", tom.id())),
        ("Consult", "/groups/7".to_owned()),
    ] {
        let asked = json!({"operationName": operation, "targetPath": target});
        tom.post(&chat(&ines), asked).await.refused(400, 2);
    }
    tom.post(&chat(&ines), json!({"operationName": "Consult"})).await.refused(400, 1);
    tom.post(&chat(&ines), json!({"operationName": "Consult", "queueName": "Nowhere"})).await.refused(404, 6);
    mei.post("/me", json!({"operationName": "NotReady"})).await.ok();
    let asked = json!({"operationName": "Invite", "userUri": format!("/users/{}", mei.id())});
    tom.post(&chat(&ines), asked).await.refused(400, 2);
    tom.post(&chat(&ines), json!({"operationName": "SendToAgents", "text": "x"})).await.refused(400, 2);
}
