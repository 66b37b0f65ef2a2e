//! What the three seed documents of text media have in common: one request, one answer, one notification.

use serde_json::json;
use testkit::{Guest, TestServer};

/// What differs from one to the next.
pub struct Seed {
    /// The collection in the request's address, and in the `uri`.
    pub collection: &'static str,
    /// The key of the conversation in the notification.
    pub key: &'static str,
    /// Its `messageType`.
    pub message_type: &'static str,
    /// Its topic.
    pub topic: &'static str,
}

/// The interaction id that all of them print.
pub const ID: &str = "0000Na9B26EF003M";

impl Seed {
    /// Sends the literal request, and holds its answer and every printed field of its notification against the print.
    pub async fn holds(&self, app: &TestServer, customer: &Guest<'_>) {
        let Self { collection, key, message_type, topic } = self;
        let agent = app.agent("agent1");
        agent.ready().await;
        app.offer(customer, &agent).await;
        agent.accepts(customer, "TestName").await.ok();
        // The printed notification bears the number 34: so many positions of the mailbox were taken before.
        let mut focus = true;
        while app.desk.mailboxes().of(&agent.id()).head() < 33 {
            let body = json!({"operationName": "SetInFocus", "inFocus": focus});
            let answer = agent.post(&format!("/me/{collection}/{ID}"), body).await.ok();
            focus = !focus;
            if answer["referenceId"] == 33 {
                break;
            }
        }
        agent.hears().await;

        let request = r#"{
  "operationName": "SetDisposition",
  "dispositionKey": "DispositionCode",
  "disposition": "IssueResolved"
}"#;
        let path = format!("/api/v2/me/{collection}/{ID}");
        let reply = agent.send(http::Method::POST, &path, Some(request.into())).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.text, r#"{"statusCode":0}"#);

        let told = agent.hears().await;
        let [told] = told.as_slice() else { panic!("one notification, not {told:?}") };
        assert_eq!(told["channel"], *topic);
        let data = &told["data"];
        assert_eq!(data["referenceId"], 34);
        assert_eq!(data["notificationType"], "PropertiesUpdated");
        assert_eq!(data["messageType"], *message_type);
        let conversation = &data[*key];
        assert_eq!(conversation["state"], "Chatting");
        assert_eq!(conversation["id"], ID);
        assert_eq!(conversation["uri"], format!("http://localhost:8080/api/v2/{collection}/{ID}"));
        assert_eq!(conversation["userData"]["DispositionCode"], "IssueResolved");
        let printed = [
            "Transfer",
            "Complete",
            "Leave",
            "InFocus",
            "SendMessage",
            "SendStartTypingNotification",
            "SendStopTypingNotification",
        ];
        let capabilities = conversation["capabilities"].as_array().expect("capabilities");
        for name in printed {
            assert!(capabilities.contains(&json!(name)), "{name}");
        }
        let participants = conversation["participants"].as_array().expect("participants");
        assert_eq!(participants.len(), 2);
        for (nickname, kind) in [("TestName", "Agent"), ("FirstL", "Customer")] {
            let found = participants.iter().find(|one| one["nickname"] == nickname).expect("a participant");
            assert_eq!(found["type"], kind);
            let id = found["participantId"].as_str().expect("a participantId");
            assert!(id.len() == 16 && id.bytes().all(|byte| b"0123456789ABCDEF".contains(&byte)), "{id}");
        }
    }
}
