//! Supervisors in conversations (spec: digital-channels#2.8), as each who takes part hears of it.

use crate::carried::{messenger, talking as carried, texter};
use domain::{centre::Centre, command::SessionAct};
use serde_json::{Value, json};
use testkit::{Client, Guest, TestServer};

fn supervised(centre: &mut Centre) {
    centre.features.insert("api-supervisor-monitoring".into());
}

/// Tom talks with Ines; Sasha, a supervisor, is logged in.
async fn talking(app: &TestServer) -> (Client<'_>, Client<'_>, Guest<'_>) {
    let (tom, sasha) = (app.agent("agent1"), app.agent("supervisor"));
    tom.ready().await;
    let begin = json!({"operationName": "StartContactCenterSession", "channels": ["chat", "smsession", "facebooksession"]});
    sasha.post("/me", begin).await.ok();
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    tom.hears().await;
    sasha.hears().await;
    (tom, sasha, ines)
}

fn chat(guest: &Guest<'_>) -> String {
    format!("/me/chats/{}", guest.id)
}

fn channel(agent: &Client<'_>, medium: &str) -> String {
    format!("/users/{}/channels/{medium}", agent.id())
}

async fn intrudes(sasha: &Client<'_>, tom: &Client<'_>, guest: &Guest<'_>, how: &str) {
    let path = format!("/users/{}/{}/{}", tom.id(), guest.collection, guest.id);
    sasha.post(&path, json!({"operationName": "Intrude", "supervisorVisibilityMode": how})).await.ok();
    sasha.accepts(guest, "Sasha").await.ok();
}

/// The entries of the log that an agent was told since the last time, with who sees them, and how many other changes.
async fn told(client: &Client<'_>) -> (Vec<String>, usize) {
    let heard = client.hears().await;
    let mut entries = Vec::new();
    let mut changes = 0;
    for note in heard {
        match note["data"]["messages"].as_array() {
            Some(messages) => entries.extend(messages.iter().map(|message| {
                let who = message["from"]["nickname"].as_str().unwrap_or_default();
                format!(
                    "{who} {} {}",
                    message["type"].as_str().expect("a type"),
                    message["visibility"].as_str().expect("who")
                )
            })),
            None => changes += 1,
        }
    }
    (entries, changes)
}

fn capabilities(answer: &Value) -> Vec<String> {
    let listed = answer["chat"]["capabilities"].as_array().expect("capabilities");
    listed.iter().map(|one| one.as_str().expect("a word").to_owned()).collect()
}

#[tokio::test]
async fn s_monitoring_is_armed_and_called_off() {
    let app = TestServer::with(supervised).await;
    let (tom, sasha, _) = talking(&app).await;
    let at = channel(&tom, "chat");
    sasha.operate(&at, "CancelSupervisorMonitoring").await.refused(400, 2);
    for how in ["Monitor", "Coach", "BargeIn"] {
        let asked = json!({"operationName": how, "supervisorMonitoringMode": "AllChats", "nickname": "S"});
        sasha.post(&at, asked).await.ok();
    }
    sasha
        .post(&at, json!({"operationName": "Monitor", "supervisorMonitoringMode": "Some"}))
        .await
        .refused(400, 2);
    let next = json!({"operationName": "Monitor", "supervisorMonitoringMode": "NextChat"});
    sasha.post(&at, next).await.ok();
    let (otto, emma) = (app.customer("Otto").await, app.customer("Emma").await);
    app.offer(&otto, &tom).await;
    tom.accepts(&otto, "Tom").await.ok();
    let shown = sasha.get(&chat(&otto)).await.ok();
    assert_eq!(shown["chat"]["state"], "Invited");
    app.offer(&emma, &tom).await;
    tom.accepts(&emma, "Tom").await.ok();
    sasha.get(&chat(&emma)).await.refused(404, 6);
    sasha.operate(&at, "CancelSupervisorMonitoring").await.refused(400, 2);
    sasha.operate(&at, "Monitor").await.ok();
    sasha.operate(&at, "CancelSupervisorMonitoring").await.ok();
}

#[tokio::test]
async fn s_a_supervisor_joins_what_is_there() {
    let app = TestServer::with(supervised).await;
    let (tom, sasha, ines) = talking(&app).await;
    intrudes(&sasha, &tom, &ines, "Monitor").await;
    assert_eq!(told(&tom).await, (Vec::new(), 0), "the agent does not know of it");
    let participants =
        tom.get(&chat(&ines)).await.ok()["chat"]["participants"].as_array().expect("some").len();
    assert_eq!(participants, 2);
    let (entries, _) = told(&sasha).await;
    assert_eq!(
        entries,
        ["Ines ParticipantJoined All", "Tom ParticipantJoined All", "Sasha ParticipantJoined Supervisors"]
    );
    sasha.post(&chat(&ines), json!({"operationName": "SendMessage", "text": "x"})).await.refused(400, 2);
    ines.says("Hello").await;
    assert_eq!(told(&sasha).await.0, ["Ines Text All"]);
    tom.hears().await;
    sasha.operate(&chat(&ines), "Leave").await.ok();
    assert_eq!(told(&tom).await, (Vec::new(), 0));
    let path = format!("/users/{}/chats/{}", tom.id(), ines.id);
    sasha.operate(&path, "Intrude").await.refused(400, 1);
    tom.operate(&format!("/users/{}/chats/{}", sasha.id(), ines.id), "Intrude").await.refused(403, 5);
}

#[tokio::test]
async fn s_a_supervisor_follows_otherwise() {
    let app = TestServer::with(supervised).await;
    let (tom, sasha, ines) = talking(&app).await;
    intrudes(&sasha, &tom, &ines, "Monitor").await;
    let listed = capabilities(&sasha.get(&chat(&ines)).await.ok());
    for word in ["SwitchToCoach", "SwitchToBargeIn", "SwitchBargeIn", "Leave", "SetDisposition"] {
        assert!(listed.iter().any(|one| one == word), "{word} in {listed:?}");
    }
    sasha.operate(&chat(&ines), "SwitchToCoach").await.ok();
    assert_eq!(told(&tom).await, (vec!["Sasha ParticipantRejoined Agents".to_owned()], 1));
    sasha.post(&chat(&ines), json!({"operationName": "SendMessage", "text": "Ask for it"})).await.ok();
    assert_eq!(told(&tom).await.0, ["Sasha Text Agents"]);
    tom.post(&chat(&ines), json!({"operationName": "SendToAgents", "text": "Thanks"})).await.ok();
    tom.hears().await;
    sasha.operate(&chat(&ines), "SwitchBargeIn").await.ok();
    sasha.post(&chat(&ines), json!({"operationName": "SendMessage", "text": "Good day"})).await.ok();
    assert_eq!(told(&tom).await.0, ["Sasha ParticipantRejoined All", "Sasha Text All"]);
    sasha.operate(&chat(&ines), "SwitchToMonitor").await.ok();
    assert_eq!(told(&tom).await.0, ["Sasha ParticipantLeft All"]);
    sasha.hears().await;
    tom.operate(&chat(&ines), "Complete").await.ok();
    let last = sasha.hears().await.pop().expect("told");
    assert_eq!(last["data"]["chat"]["state"], "Revoked");
}

#[tokio::test]
async fn s_text_messages_are_followed_as_well() {
    let app = TestServer::with(supervised).await;
    for correspondent in [texter(&app), messenger(&app)] {
        let (tom, guest) = carried(&app, &correspondent).await;
        let sasha = app.agent("supervisor");
        let begin = json!({"operationName": "StartContactCenterSession", "channels": ["smsession", "facebooksession"]});
        sasha.post("/me", begin).await.ok();
        for operation in ["Monitor", "Coach", "BargeIn", "CancelSupervisorMonitoring"] {
            sasha.operate(&channel(&tom, correspondent.service), operation).await.ok();
        }
        intrudes(&sasha, &tom, &guest, "Coach").await;
        sasha.post(&guest.path(), json!({"operationName": "SendMessage", "text": "Ask for it"})).await.ok();
        for operation in ["SwitchToBargeIn", "SwitchToMonitor", "SwitchToCoach"] {
            sasha.operate(&guest.path(), operation).await.ok();
        }
        let state = app.desk.session(&guest.id).await.expect("a journal").expect("a conversation");
        let session = desk::session_of(&state).expect("a conversation");
        assert!(session.post.as_ref().expect("carried").outgoing.is_empty(), "nothing of it is carried");
        let act = SessionAct::Complete { queue: None, save_last_agent: false, last: None };
        let (session, agent) = (guest.id.clone(), tom.id());
        app.desk.perform(domain::Command::Session { session, agent, act }).await.expect("completed");
    }
}

#[tokio::test]
async fn s_who_may_not_is_told_of_nobody() {
    let app = TestServer::with(supervised).await;
    let (tom, sasha, ines) = talking(&app).await;
    let mei = app.agent("agent2");
    mei.ready().await;
    mei.operate(&channel(&tom, "chat"), "Monitor").await.refused(403, 5);
    sasha.operate(&channel(&sasha, "chat"), "Monitor").await.refused(404, 6);
    sasha.operate(&channel(&tom, "voice"), "Monitor").await.refused(400, 2);
    sasha.operate(&format!("/users/{}/chats/none", tom.id()), "Intrude").await.refused(404, 6);
    sasha.operate(&format!("/users/{}/smsessions/{}", tom.id(), ines.id), "Intrude").await.refused(404, 6);
    let off = TestServer::without(&["api-supervisor-monitoring"]).await;
    let (tom, sasha) = (off.agent("agent1"), off.agent("supervisor"));
    sasha.operate(&channel(&tom, "chat"), "Monitor").await.refused(400, 2);
}
