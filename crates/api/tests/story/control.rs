//! Supervisors change the states of agents whom they lead, see what these hold, and take conversations from them (spec:
//! digital-channels#2.8, #3, #5.5).

use domain::{
    centre::{AgentGroup, Centre},
    command::CONTROL_FEATURE,
    disposition::Required,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Client, Guest, ScriptedSwitch, TestServer, settled};

fn controlled(centre: &mut Centre) {
    testkit::with_voice(centre);
    centre.features.insert(CONTROL_FEATURE.into());
}

/// The supervisor leads `agent2` alone.
fn grouped(centre: &mut Centre) {
    controlled(centre);
    let named = |name: &str| BTreeSet::from([format!("{name}@demo")]);
    centre.agent_groups.push(AgentGroup {
        name: "Sales".into(),
        leaders: named("supervisor"),
        members: named("agent2"),
        hidden: false,
    });
}

fn of(agent: &Client<'_>, rest: &str) -> String {
    format!("/users/{}{rest}", agent.id())
}

/// The state of an agent's chat channel as they read it themselves.
async fn chat(agent: &Client<'_>) -> Value {
    agent.get("/me/channels/chat").await.ok()["channel"].clone()
}

/// The events of a type that the feed has, as their data.
async fn feed(app: &TestServer, kind: &str) -> Vec<Value> {
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let of_kind = all.as_array().expect("events").iter().filter(|event| event["type"] == kind);
    of_kind.map(|event| event["data"].clone()).collect()
}

/// Tom chats with a customer.
async fn chatting<'a>(app: &'a TestServer, tom: &Client<'a>) -> Guest<'a> {
    let ines = app.customer("Ines").await;
    app.offer(&ines, tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    tom.hears().await;
    ines
}

#[tokio::test]
async fn a_supervisor_changes_states_and_the_agent_is_told_by_whom() {
    let app = TestServer::with(controlled).await;
    let (tom, sasha) = (app.agent("agent1"), app.agent("supervisor"));
    tom.ready().await;
    sasha.operate(&of(&tom, "/channels/chat"), "NotReady").await.ok();
    assert_eq!(chat(&tom).await["userState"]["state"], "NotReady");
    let told = tom.hears().await;
    assert_eq!(told[0]["channel"], "/v2/me/channels");
    insta::assert_json_snapshot!("state_changed_by_a_supervisor", settled(&told[0]["data"]));
    sasha.operate(&of(&tom, ""), "Lunch").await.ok();
    assert_eq!(chat(&tom).await["userState"]["reason"], "Lunch");
    sasha.operate(&of(&tom, "/channels/chat"), "DoNotDisturbOn").await.ok();
    assert_eq!(chat(&tom).await["dndState"], "On");
    sasha.operate(&of(&tom, ""), "DoNotDisturbOff").await.ok();
    assert_eq!(chat(&tom).await["dndState"], "Off");
    assert!(tom.hears().await.iter().all(|note| note["data"]["changedBy"] == "supervisor@demo"));

    tom.operate("/me", "Ready").await.ok();
    assert!(tom.hears().await.iter().all(|note| note["data"].get("changedBy").is_none()), "by themselves");
    let states = feed(&app, "jackfield.agent.state").await;
    let by: Vec<&Value> = states.iter().map(|state| &state["supervisor"]).collect();
    assert_eq!(by, [&Value::Null, &json!("supervisor@demo"), &json!("supervisor@demo"), &Value::Null]);
    assert_eq!(states[1]["supervisorId"], json!(sasha.id().as_str()));
}

#[tokio::test]
async fn only_who_leads_an_agent_changes_their_state() {
    let app = TestServer::with(grouped).await;
    let (tom, mei, sasha) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    tom.ready().await;
    mei.ready().await;
    sasha.operate(&of(&mei, "/channels/chat"), "NotReady").await.ok();
    for (who, whom) in [(&sasha, &tom), (&tom, &mei), (&sasha, &sasha), (&app.agent("admin"), &mei)] {
        who.operate(&of(whom, "/channels/chat"), "NotReady").await.refused(403, 5);
        who.operate(&of(whom, ""), "Offline").await.refused(403, 5);
    }
    sasha.operate("/users/nobody/channels/chat", "NotReady").await.refused(404, 6);
    sasha.operate(&of(&mei, "/channels/pigeon"), "NotReady").await.refused(404, 6);
    sasha.operate(&of(&mei, "/channels/chat"), "Dancing").await.refused(400, 2);
    let without = TestServer::start().await;
    let mei = without.agent("agent2");
    without.agent("supervisor").operate(&of(&mei, "/channels/chat"), "NotReady").await.refused(400, 2);
}

#[tokio::test]
async fn offline_logs_out_of_a_channel_or_of_all_and_customers_wait_on() {
    let app = TestServer::with(controlled).await;
    let (tom, sasha) = (app.agent("agent1"), app.agent("supervisor"));
    tom.ready().await;
    let ines = chatting(&app, &tom).await;
    sasha.operate(&of(&tom, "/channels/chat"), "Offline").await.ok();
    tom.get("/me/channels/chat").await.refused(404, 6);
    let revoked = tom.hears().await;
    let revoked =
        revoked.iter().find(|note| note["data"]["notificationType"] == "StatusChange").expect("told");
    assert_eq!(
        (&revoked["data"]["chat"]["state"], &revoked["data"]["changedBy"]),
        (&json!("Revoked"), &json!("supervisor@demo"))
    );
    assert_eq!(app.desk.waiting()[0].0.key.interaction, ines.id);
    let left = feed(&app, "jackfield.agent.channels-left").await;
    assert_eq!((&left[0]["channels"], &left[0]["supervisor"]), (&json!(["chat"]), &json!("supervisor@demo")));
    sasha.operate(&of(&tom, ""), "Offline").await.ok();
    assert_eq!(tom.get("/me/channels?fields=*").await.ok()["channels"], json!([]));
    let out = feed(&app, "jackfield.agent.logged-out").await;
    assert_eq!(out[0]["supervisor"], "supervisor@demo");
    tom.get("/me").await.ok();
}

#[tokio::test]
async fn a_supervisor_lets_an_agent_off_what_they_owe() {
    let app = TestServer::with(|centre| {
        controlled(centre);
        centre.disposition.required.every = Some(Required::BeforeNext);
    })
    .await;
    let (tom, sasha) = (app.agent("agent1"), app.agent("supervisor"));
    tom.ready().await;
    let ines = chatting(&app, &tom).await;
    tom.operate(&ines.path(), "Complete").await.ok();
    let owes = async || {
        app.desk.agent(&app.desk.directory().user(&tom.id()).expect("a user")).await.expect("an agent")
    };
    assert_eq!(owes().await.owed().len(), 1);
    app.agent("agent2").operate(&of(&tom, "/channels/chat"), "ReleaseFromDispositions").await.refused(403, 5);
    sasha.operate(&of(&tom, "/channels/voice"), "ReleaseFromDispositions").await.ok();
    assert_eq!(owes().await.owed().len(), 1, "of another medium");
    sasha.operate(&of(&tom, "/channels/chat"), "ReleaseFromDispositions").await.ok();
    assert!(owes().await.owed().is_empty());
    let settled = feed(&app, "jackfield.agent.disposition-settled").await;
    assert_eq!(
        (&settled[0]["by"], &settled[0]["supervisor"]),
        (&json!("supervisor"), &json!("supervisor@demo"))
    );
}

#[tokio::test]
async fn what_an_agent_holds_is_told_in_brief_to_those_who_lead_them() {
    let app = TestServer::with(|centre| {
        controlled(centre);
        centre.across.while_busy.insert("chat".into(), [domain::medium::voice()].into());
    })
    .await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, _) = exchange.talking(&tom).await;
    tom.ready().await;
    let ines = chatting(&app, &tom).await;
    let sasha = app.agent("supervisor");
    let chats = sasha.get(&of(&tom, "/chats")).await.ok();
    assert_eq!(chats["chats"][0]["id"], ines.id.as_str());
    assert_eq!(chats["chats"][0]["capabilities"], json!([]));
    insta::assert_json_snapshot!("chats_of_another", settled(&chats));
    let embedded =
        sasha.get(&of(&tom, "?subresources=chats,smssessions,smsessions,calls,channels")).await.ok();
    assert_eq!(embedded["user"]["chats"], chats["chats"]);
    assert_eq!(embedded["user"]["smssessions"], embedded["user"]["smsessions"]);
    for spelling in ["/smssessions", "/smsessions", "/facebooksessions"] {
        let name = &spelling[1..];
        assert_eq!(sasha.get(&of(&tom, spelling)).await.ok()[name], json!([]));
    }
    let calls = sasha.get(&of(&tom, "/calls")).await.ok();
    assert_eq!(calls["calls"][0]["id"], call.as_str());
    assert_eq!(embedded["user"]["calls"], calls["calls"]);
    let channels = sasha.get(&of(&tom, "/channels")).await.ok();
    assert_eq!(embedded["user"]["channels"], channels["channels"]);
    for path in ["/chats", "/smssessions", "/calls", "/channels"] {
        app.agent("agent2").get(&of(&tom, path)).await.refused(404, 6);
        app.agent("admin").get(&of(&tom, path)).await.ok();
    }
}

#[tokio::test]
async fn a_conversation_is_taken_from_an_agent_for_a_queue_or_a_colleague() {
    let app = TestServer::with(controlled).await;
    let (tom, mei, sasha) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    tom.ready().await;
    mei.ready().await;
    let ines = chatting(&app, &tom).await;
    let held = |agent: &Client<'_>| of(agent, &format!("/chats/{}", ines.id));
    let place = json!({"operationName": "PlaceInQueue"});
    for (who, status) in [(app.agent("agent2"), 403), (app.agent("admin"), 403)] {
        who.post(&held(&tom), place.clone()).await.refused(status, 5);
    }
    sasha.post(&held(&mei), place.clone()).await.refused(404, 6);
    sasha.post(&of(&tom, "/chats/none"), place.clone()).await.refused(404, 6);
    sasha.post(&held(&tom), place.clone()).await.ok();
    let told = tom.hears().await;
    let words: Vec<&Value> = told.iter().map(|note| &note["data"]["notificationType"]).collect();
    assert_eq!(words, [&json!("NewMessages"), &json!("StatusChange")], "that they left stands in the log");
    insta::assert_json_snapshot!("chat_taken_by_a_supervisor", settled(&told[1]["data"]));
    assert_eq!(app.desk.waiting()[0].0.key.interaction, ines.id);

    app.clock.advance(60_000);
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    let to = json!({"operationName": "Transfer", "targetPath": of(&mei, "")});
    sasha.post(&held(&tom), to).await.ok();
    let offered = mei.hears().await;
    assert_eq!(offered.last().expect("offered")["data"]["chat"]["state"], "Invited");
    mei.operate(&ines.path(), "Reject").await.ok();
    assert_eq!(app.desk.waiting()[0].0.key.interaction, ines.id, "nobody is lost");
    let taken = feed(&app, "jackfield.session.taken-away").await;
    assert_eq!(
        (&taken[0]["agent"], &taken[0]["supervisor"]),
        (&json!("agent1@demo"), &json!("supervisor@demo"))
    );
    let closed = feed(&app, "jackfield.session.party-closed").await;
    assert_eq!((&closed[0]["state"], &closed[0]["closer"]), (&json!("Revoked"), &json!("supervisor")));

    app.clock.advance(60_000);
    app.offer(&ines, &mei).await;
    let to = json!({"operationName": "Transfer", "queueName": "Sales: north/south"});
    sasha.post(&held(&mei), to).await.ok();
    assert_eq!(app.desk.waiting()[0].0.queue.as_str(), "Sales: north/south");
    ines.leaves().await;
}
