//! Operations one by one, as an agent asks for them: each is accepted where it is open, and does what it says.

use serde_json::{Value, json};
use testkit::{Client, Guest, TestServer};

/// An agent at work, and a customer who talks with them.
async fn talking(app: &TestServer) -> (Client<'_>, Guest<'_>, String) {
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    tom.hears().await;
    let path = format!("/me/chats/{}", ines.id);
    (tom, ines, path)
}

/// Asks for an operation and checks that the answer bears the number of what it causes.
async fn asks(tom: &Client<'_>, path: &str, operation: &str, mut parameters: Value) {
    parameters["operationName"] = operation.into();
    let answer = tom.post(path, parameters).await.ok();
    assert!(answer["referenceId"].is_u64(), "{operation}: {answer}");
}

async fn user_data(tom: &Client<'_>, path: &str) -> Value {
    tom.get(path).await.ok()["chat"]["userData"].clone()
}

/// The state and the quietness of the first channel of the session.
async fn channel(tom: &Client<'_>) -> (Value, Value) {
    let channel = tom.get("/me/channels/chat").await.ok()["channel"].clone();
    let state = channel["userState"].clone();
    let finer =
        if state["workMode"].is_string() { state["workMode"].clone() } else { state["state"].clone() };
    (finer, channel["doNotDisturb"].clone())
}

#[tokio::test]
async fn the_contact_centre_session_ends_with_the_login() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    tom.operate("/me", "EndContactCenterSession").await.ok();
    assert_eq!(tom.get("/me/channels").await.ok()["uris"], json!([]));
    // Ending what has ended is a quiet success.
    tom.operate("/me", "EndContactCenterSession").await.ok();
}

#[tokio::test]
async fn states_are_entered_on_all_channels_and_on_one() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    for path in ["/me", "/me/channels/chat"] {
        let states = [
            ("NotReady", "NotReady"),
            ("AfterCallWork", "AfterCallWork"),
            ("AuxWork", "AuxWork"),
            ("Lunch", "NotReady"),
            ("Ready", "Ready"),
        ];
        for (operation, state) in states {
            tom.operate(path, operation).await.ok();
            assert_eq!(channel(&tom).await.0, state, "{operation} on {path}");
        }
        tom.operate(path, "Siesta").await.refused(400, 2);
    }
    tom.operate("/me/channels/smoke", "Ready").await.refused(404, 6);
}

#[tokio::test]
async fn channels_are_closed_and_opened() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    for path in ["/me", "/me/channels/chat"] {
        tom.operate(path, "DoNotDisturbOn").await.ok();
        assert_eq!(channel(&tom).await, (json!("Ready"), json!("On")), "{path}");
        tom.operate(path, "DoNotDisturbOff").await.ok();
        assert_eq!(channel(&tom).await, (json!("Ready"), json!("Off")), "{path}");
    }
}

#[tokio::test]
async fn a_conversation_is_listed_and_read_at_both_of_its_addresses() {
    let app = TestServer::start().await;
    let (tom, ines, path) = talking(&app).await;
    let read = tom.get(&path).await.ok();
    assert_eq!(tom.get("/me/chats").await.ok()["uris"], json!([read["chat"]["uri"]]));
    assert_eq!(tom.get("/me/chats?fields=*").await.ok()["chats"], json!([read["chat"]]));
    let other = format!("/chats/{}", ines.id);
    assert_eq!(read["chat"]["uri"], format!("http://localhost:8080/api/v2{other}"));
    assert_eq!(tom.get(&other).await.ok(), read);
    let messages = tom.get(&format!("{path}/messages")).await.ok();
    assert_eq!(tom.get(&format!("{other}/messages")).await.ok(), messages);
    // It is that agent's alone.
    app.agent("agent2").get(&path).await.refused(404, 6);
    app.agent("agent2").get(&other).await.refused(404, 6);
}

#[tokio::test]
async fn what_is_said_stands_in_the_log() {
    let app = TestServer::start().await;
    let (tom, _, path) = talking(&app).await;
    let said = [
        ("SendMessage", json!({"text": "Hello", "messageType": "text/greeting"}), "Text", ("text", "Hello")),
        ("SendUrl", json!({"url": "https://example.test"}), "PushUrl", ("url", "https://example.test")),
        ("SendCustomNotice", json!({"noticeText": "seen"}), "CustomNotice", ("noticeText", "seen")),
        (
            "SendNicknameUpdatedNotice",
            json!({"noticeText": "Tom B."}),
            "NicknameUpdated",
            ("noticeText", "Tom B."),
        ),
    ];
    for (operation, parameters, kind, (member, words)) in said {
        asks(&tom, &path, operation, parameters).await;
        let log = tom.get(&format!("{path}/messages")).await.ok();
        let last = log["messages"].as_array().and_then(|all| all.last()).expect("a message").clone();
        assert_eq!((&last["type"], &last[member]), (&json!(kind), &json!(words)), "{operation}");
        assert_eq!(last["from"]["type"], "Agent");
    }
    for (operation, kind) in
        [("SendStartTypingNotification", "TypingStarted"), ("SendStopTypingNotification", "TypingStopped")]
    {
        asks(&tom, &path, operation, json!({})).await;
        let log = tom.get(&format!("{path}/messages")).await.ok();
        assert_eq!(log["messages"].as_array().and_then(|all| all.last()).expect("a message")["type"], kind);
    }
    let first = tom.get(&format!("{path}/messages?startIndex=2&count=1")).await.ok();
    assert_eq!(first["messages"].as_array().map(Vec::len), Some(1));
    for operation in ["SendMessage", "SendUrl", "SendCustomNotice", "SendNicknameUpdatedNotice"] {
        tom.operate(&path, operation).await.refused(400, 1);
    }
}

#[tokio::test]
async fn data_is_written_and_taken_away() {
    let app = TestServer::start().await;
    let (tom, _, path) = talking(&app).await;
    asks(&tom, &path, "AttachUserData", json!({"userData": {"Account": 7, "Lines": ["a", {"b": null}]}}))
        .await;
    asks(&tom, &path, "UpdateUserData", json!({"userData": {"Account": 8, "Case": "c"}})).await;
    assert_eq!(user_data(&tom, &path).await, json!({"Account": 8, "Case": "c", "Lines": ["a", {"b": null}]}));
    asks(&tom, &path, "DeleteUserData", json!({"keys": ["Account", "Lines", "never there"]})).await;
    assert_eq!(user_data(&tom, &path).await, json!({"Case": "c"}));
    tom.operate(&path, "DeleteUserData").await.refused(400, 1);
    for operation in ["SetComment", "AddComment"] {
        asks(&tom, &path, operation, json!({"comment": operation})).await;
        assert_eq!(tom.get(&path).await.ok()["chat"]["comment"], operation);
    }
}

#[tokio::test]
async fn a_conversation_is_looked_at() {
    let app = TestServer::start().await;
    let (tom, ines, path) = talking(&app).await;
    for operation in ["SetInFocus", "InFocus"] {
        asks(&tom, &path, operation, json!({})).await;
        assert_eq!(focus(&app, &tom).await, Some(ines.id.clone()), "{operation}");
        asks(&tom, &path, operation, json!({"inFocus": false})).await;
        assert_eq!(focus(&app, &tom).await, None, "{operation}");
    }
    assert!(tom.hears().await.is_empty(), "looking at it is told to nobody");
}

async fn focus(app: &TestServer, tom: &Client<'_>) -> Option<domain::InteractionId> {
    let user = app.desk.directory().user(&tom.id()).expect("a user");
    app.desk.agent(&user).await.expect("an agent").focus
}

#[tokio::test]
async fn a_conversation_is_put_into_another_queue() {
    let app = TestServer::start().await;
    let (tom, ines, path) = talking(&app).await;
    tom.operate(&path, "PlaceInQueue").await.refused(400, 1);
    asks(&tom, &path, "PlaceInQueue", json!({"queueName": "Sales: north/south"})).await;
    let told = tom.hears().await;
    assert_eq!(told.last().expect("a notification")["data"]["chat"]["state"], "Completed");
    let waiting = app.agent("supervisor").get("/diagnostics/routing").await.ok();
    assert_eq!(waiting["waiting"][0]["queue"], "Sales: north/south");
    assert_eq!(waiting["waiting"][0]["interactionId"], json!(ines.id));
}
