//! Several apps on one page (spec: channel-connectors#2.9).

use super::server::{APP, INES, MessengerServer, event};

use serde_json::{Value, json};

const BOT: &str = "4004";
const INBOX: &str = "263902037430900";

fn control(server: &MessengerServer, kind: &str, owners: &Value) -> Value {
    event(INES, server.now(), kind, owners)
}

#[tokio::test]
async fn while_another_app_answers_we_only_look_on() {
    let server = MessengerServer::new().await;
    server.aside(&[server.says(INES, "m_1", "Hello, bot")]).await;
    assert_eq!(server.latest(INES).await, None, "it opens nothing");
    let session = server.talk(INES, "m_2").await;
    server.aside(&[server.says(INES, "m_3", "And you?")]).await;
    server.aside(&[server.copy(INES, "m_4", &json!({ "app_id": 4004, "text": "I am a bot" }))]).await;
    assert_eq!(server.notices(&session).await, ["The customer wrote to another application: And you?"]);
    assert_eq!(server.texts(&session).await, ["Hello", "I am a bot"]);
    // What was overheard can be taken back, too.
    server.aside(&[event(INES, server.now(), "message", &json!({ "mid": "m_3", "is_deleted": true }))]).await;
    assert_eq!(server.notices(&session).await[0], "");
}

#[tokio::test]
async fn a_conversation_that_is_passed_to_us_opens_with_what_is_said_of_it() {
    let server = MessengerServer::new().await;
    let owners =
        json!({ "new_owner_app_id": APP, "previous_owner_app_id": BOT, "metadata": "wants a refund" });
    server.events(&[control(&server, "pass_thread_control", &owners)]).await;
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.data(&session, "threadControlMetadata").await, Some(json!("wants a refund")));
    assert_eq!(server.data(&session, "threadControlApp").await, Some(json!(BOT)));
    assert!(server.session(&session).await.waiting, "somebody is to take it");
}

#[tokio::test]
async fn other_changes_of_control_are_told_and_open_nothing() {
    let server = MessengerServer::new().await;
    let taken = json!({ "new_owner_app_id": INBOX, "previous_owner_app_id": APP });
    server.events(&[control(&server, "take_thread_control", &taken)]).await;
    assert_eq!(server.latest(INES).await, None);
    let session = server.talk(INES, "m_1").await;
    server.events(&[control(&server, "take_thread_control", &taken)]).await;
    let asked = json!({ "requested_owner_app_id": BOT });
    server.events(&[control(&server, "request_thread_control", &asked)]).await;
    let away = json!({ "new_owner_app_id": BOT, "previous_owner_app_id": APP });
    server.events(&[control(&server, "pass_thread_control", &away)]).await;
    let told = [
        "The conversation was taken from this server by the page's inbox.",
        "The conversation is asked for by application 4004.",
        "The conversation was passed to application 4004.",
    ];
    assert_eq!(server.notices(&session).await, told);
}
