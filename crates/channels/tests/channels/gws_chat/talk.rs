//! A conversation, word by word as it stands on the wire (spec: digital-channels#6.3).

use super::widget::{ROOT, Widget, ask, conversation};
use crate::chat::server::ChatServer;

use domain::command::SessionAct;
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_chat_is_requested() {
    let server = ChatServer::new().await;
    let body = json!({
        "operationName": "RequestChat", "nickname": " Ines ", "subject": "Order 4711", "endpoint": "help",
        "userData": {"Plan": "gold", "Items": [1, {"deep": null}], "Subject": "hidden by the member"},
        "unknown": true
    });
    let (status, answer) = ask(&server, "POST", ROOT, body.to_string()).await;
    let id = answer["id"].as_str().expect("an id");
    assert_eq!(
        (status, &answer),
        (StatusCode::OK, &json!({"statusCode": 0, "id": id, "path": format!("{ROOT}/{id}")}))
    );
    assert_eq!(id.len(), 36);
    let widget = Widget { id: id.to_owned() };
    let conversation = conversation(&server).id();
    assert_ne!(conversation.as_str(), id);
    let state = server.desk.session(&conversation).await.expect("read").expect("a chat");
    let session = desk::session_of(&state).expect("a session");
    assert_eq!((session.service.as_str(), session.customer.nickname.as_str()), ("help", "Ines"));
    assert_eq!(
        json!(session.user_data),
        json!({"Plan": "gold", "Items": [1, {"deep": null}], "Subject": "Order 4711"})
    );
    assert_eq!(answer["path"], widget.path());
    assert_eq!(widget.reads(&server).await["id"], id);
}

#[tokio::test]
async fn the_chat_is_read_by_get_and_by_a_post_without_an_operation() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let ines = json!({"nickname": "Ines", "participantId": "1", "type": "Customer"});
    let capabilities =
        json!(["SendMessage", "SendStartTypingNotification", "SendStopTypingNotification", "Complete"]);
    let chat = json!({
        "id": widget.id, "state": "WaitingForAgent", "capabilities": capabilities, "participants": [ines]
    });
    let answer = (StatusCode::OK, json!({"statusCode": 0, "chat": chat}));
    assert_eq!(ask(&server, "GET", &widget.path(), "").await, answer);
    for body in ["", "{}", r#"{"operationName":null}"#] {
        assert_eq!(ask(&server, "POST", &widget.path(), body).await, answer, "{body}");
    }
    server.tom_takes(&conversation(&server)).await;
    let tom = json!({"nickname": "Tom", "participantId": "2", "type": "Agent"});
    let chat = json!({
        "id": widget.id, "state": "Chatting", "capabilities": capabilities, "participants": [ines, tom]
    });
    assert_eq!(widget.reads(&server).await, chat);
    widget.does(&server, "Complete").await;
    let chat = json!({"id": widget.id, "state": "Idle", "capabilities": [], "participants": [tom]});
    assert_eq!(widget.reads(&server).await, chat);
}

#[tokio::test]
async fn an_agent_who_is_only_asked_is_not_in_the_chat() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    server.tom_takes(&conversation).await;
    server
        .tom(
            &conversation,
            SessionAct::Complete { queue: Some("Help".into()), save_last_agent: false, last: None },
        )
        .await;
    let chat = widget.reads(&server).await;
    assert_eq!(
        (&chat["state"], chat["participants"].as_array().map(Vec::len)),
        (&json!("WaitingForAgent"), Some(1))
    );
}

#[tokio::test]
async fn every_kind_of_message() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    server.tom_takes(&conversation).await;
    widget.says(&server, "Grüße, 世界 & \"quotes\"\nsecond line").await;
    for act in [
        SessionAct::Say { text: "Hello".into(), message_type: Some("formal".into()) },
        SessionAct::SendUrl("https://shop.example/?a=1&b=2".into()),
        SessionAct::Notice("form sent".into()),
        SessionAct::Rename("Thomas".into()),
        SessionAct::Type { on: true },
    ] {
        server.tom(&conversation, act).await;
    }
    widget.does(&server, "SendStartTypingNotification").await;
    let ines = json!({"nickname": "Ines", "participantId": "1", "type": "Customer"});
    let tom = json!({"nickname": "Tom", "participantId": "2", "type": "Agent"});
    let thomas = json!({"nickname": "Thomas", "participantId": "2", "type": "Agent"});
    let url = "https://shop.example/?a=1&b=2";
    assert_eq!(
        Value::from(widget.polls(&server).await),
        json!([
            {"index": 1, "type": "ParticipantJoined", "from": ines},
            {"index": 2, "type": "ParticipantJoined", "from": tom},
            {"index": 3, "type": "Text", "from": ines, "text": "Grüße, 世界 & \"quotes\"\nsecond line"},
            {"index": 4, "type": "Text", "from": tom, "text": "Hello"},
            {"index": 5, "type": "PushUrl", "from": tom, "text": url, "url": url},
            {"index": 6, "type": "Notice", "from": tom, "text": "form sent"},
            {"index": 7, "type": "NicknameUpdated", "from": thomas, "text": "Thomas"},
            {"index": 8, "type": "TypingStarted", "from": thomas, "text": "user is typing"},
            {"index": 9, "type": "TypingStarted", "from": ines},
        ])
    );
    server.tom(&conversation, SessionAct::Type { on: false }).await;
    widget.does(&server, "SendStopTypingNotification").await;
    server.tom(&conversation, SessionAct::Leave { last: None }).await;
    assert_eq!(
        Value::from(widget.polls(&server).await),
        json!([
            // Of typing only what is still true is told: who left does not type.
            {"index": 11, "type": "TypingStopped", "from": ines},
            {"index": 12, "type": "ParticipantLeft", "from": thomas},
        ])
    );
}

#[tokio::test]
async fn agents_hear_what_the_customer_does() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let conversation = conversation(&server);
    server.tom_takes(&conversation).await;
    widget.does(&server, "SendStartTypingNotification").await;
    widget.says(&server, "Hello").await;
    widget.does(&server, "SendStopTypingNotification").await;
    widget.does(&server, "Complete").await;
    let log = server.desk.messages(&conversation.id(), 3, 10).await.expect("a log");
    let kinds: Vec<&str> = log.iter().map(|message| message.content.kind()).collect();
    assert_eq!(kinds, ["typing-started", "text", "typing-stopped", "left"]);
    assert!(log.iter().all(|message| message.from.number == 1));
}
