//! What the public documents say of parameters and attributes: acted on, or refused by name.

use api::{Config, Shown};
use serde_json::{Value, json};
use testkit::{Client, Guest, ScriptedSwitch, TestServer};

async fn talking<'a>(app: &'a TestServer, name: &str) -> (Client<'a>, Guest<'a>) {
    let agent = app.agent(name);
    agent.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &agent).await;
    agent.accepts(&ines, "Tom").await.ok();
    (agent, ines)
}

#[tokio::test]
async fn an_operation_works_only_in_the_collection_of_its_conversation() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    let accept = json!({"operationName": "Accept", "nickname": "Tom"});
    for collection in ["smsessions", "smssessions", "smsssession", "facebooksessions", "facebooksession"] {
        let path = format!("/me/{collection}/{}", ines.id);
        tom.post(&path, accept.clone()).await.refused(404, 6);
        tom.get(&path).await.refused(404, 6);
        tom.post(&format!("{path}/measure"), json!({"text": "x"})).await.refused(404, 6);
        tom.get(&format!("{path}/messages")).await.refused(404, 6);
        tom.post(&path.replace("/me", ""), accept.clone()).await.refused(404, 6);
    }
    tom.post(&ines.path(), accept).await.ok();
    let dispose = json!({"operationName": "SetDisposition", "disposition": "Referred"});
    tom.post(&format!("/me/facebooksessions/{}", ines.id), dispose).await.refused(404, 6);
}

#[tokio::test]
async fn a_call_and_a_chat_are_not_found_in_each_others_collection() {
    let app = TestServer::with_calls().await;
    let (tom, ines) = talking(&app, "agent1").await;
    tom.operate(&format!("/me/calls/{}", ines.id), "Hangup").await.refused(404, 6);
}

#[tokio::test]
async fn channels_tell_do_not_disturb_under_both_names_and_the_phone_of_voice() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let voice = async || tom.get("/me/channels/voice").await.ok()["channel"].clone();
    let channel = voice().await;
    assert_eq!((&channel["phoneNumber"], &channel["switchName"]), (&json!("5001"), &json!("Jackfield")));
    assert_eq!((&channel["userActivity"], &channel["dndState"]), (&json!("Idle"), &json!("Off")));
    let call = exchange.calls_in("+4930111", "9000").await;
    exchange.offers(&call, &tom).await;
    assert_eq!(voice().await["userActivity"], "CallRinging");
    let colleague = app.agent("agent2").get(&format!("/contacts/{}", tom.id())).await.ok();
    assert_eq!(colleague["contact"]["availability"]["channels"][0]["userActivity"], "CallRinging");
    let mei = app.agent("agent2");
    mei.ready().await;
    mei.operate("/me/channels/chat", "DoNotDisturbOn").await.ok();
    let told = mei.hears().await;
    let channels = told.last().expect("told")["data"]["channels"].as_array().expect("channels").clone();
    let chat = channels.iter().find(|channel| channel["channel"] == "chat").expect("chat");
    assert_eq!((&chat["dndState"], &chat["doNotDisturb"]), (&json!("On"), &json!("On")));
    assert!(chat.get("phoneNumber").is_none());
}

#[tokio::test]
async fn a_contact_is_named_by_the_login_name_and_found_by_either_name() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    for query in
        ["name=agent2@demo", "name=Mei+Ito", "filterName=NamesOrPhoneNumberMatches&filterParameters=mei*"]
    {
        let found = tom.get(&format!("/contacts?{query}")).await.ok();
        assert_eq!(found["contacts"][0]["name"], "agent2@demo", "{query}");
    }
    tom.get("/contacts?filterParameters=mei*").await.refused(400, 1);
    tom.get("/contacts?sortBy=name&order=Sideways").await.refused(400, 2);
}

#[tokio::test]
async fn queues_are_listed_by_channel() {
    let app = TestServer::with_calls().await;
    let tom = app.agent("agent1");
    let named = async |query: &str| {
        let answer = tom.get(&format!("/queues?fields=id,name,channel&{query}")).await.ok();
        let queues = answer["queues"].as_array().expect("queues").clone();
        queues.iter().map(|queue| (queue["name"].clone(), queue["channel"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(named("channel=voice").await, [(json!("Support"), json!("voice"))]);
    assert_eq!(named("channel=chat").await.len(), 2);
    assert!(named("channel=smssession").await.iter().all(|(_, channel)| channel == "smsession"));
    assert!(named("channel=nonsense").await.is_empty());
    assert_eq!(named("").await.len(), 2);
}

#[tokio::test]
async fn a_conversation_goes_to_a_queue_by_its_path_in_the_directory() {
    let app = TestServer::start().await;
    for target in
        ["/contacts/Sales%3A%20north%2Fsouth", "/api/v2/me/contacts/Sales%3A%20north%2Fsouth?type=Queue"]
    {
        let (tom, ines) = talking(&app, "agent1").await;
        let transfer = json!({"operationName": "Transfer", "targetPath": target});
        tom.post(&ines.path(), transfer).await.ok();
        assert_eq!(app.desk.waiting()[0].0.queue.as_str(), "Sales: north/south", "{target}");
        ines.leaves().await;
    }
    let (tom, ines) = talking(&app, "agent1").await;
    for (name, value) in
        [("targetPath", "/contacts/nobody"), ("targetUri", "/users/Support"), ("targetUri", "/queues/")]
    {
        let reply = tom.post(&ines.path(), json!({"operationName": "Transfer", name: value})).await;
        assert!(reply.status.is_client_error(), "{value}: {}", reply.text);
    }
    let queue =
        json!({"operationName": "PlaceInQueue", "queueUri": "http://localhost:8080/api/v2/queues/Support"});
    tom.post(&ines.path(), queue).await.ok();
}

#[tokio::test]
async fn the_type_of_a_message_is_shown_with_the_option_alone() {
    for shows in [false, true] {
        let shown = Shown { message_types: shows, ..Shown::default() };
        let app = TestServer::behaving(Config { shown, ..Config::default() }).await;
        let (tom, ines) = talking(&app, "agent1").await;
        tom.hears().await;
        let say = json!({"operationName": "SendMessage", "text": "Hi", "messageType": "greeting"});
        tom.post(&ines.path(), say).await.ok();
        let told = tom.hears().await;
        let log = tom.get(&format!("{}/messages", ines.path())).await.ok();
        let said = log["messages"].as_array().and_then(|all| all.last()).expect("a message").clone();
        let expected = if shows { json!("greeting") } else { Value::Null };
        assert_eq!(
            (&told[0]["data"]["messages"][0]["messageType"], &said["messageType"]),
            (&expected, &expected)
        );
    }
}

#[tokio::test]
async fn who_looks_after_an_agent_sees_that_there_are_conversations() {
    let app = TestServer::start().await;
    let (tom, ines) = talking(&app, "agent1").await;
    let path = format!("/users/{}?subresources=chats,smssessions,interactions,calls", tom.id());
    let user = app.agent("supervisor").get(&path).await.ok()["user"].clone();
    assert_eq!(user["chats"][0]["id"], ines.id.as_str());
    assert_eq!((&user["chats"][0]["capabilities"], &user["smssessions"]), (&json!([]), &json!([])));
    assert!(user["chats"][0]["userData"].is_object() && user["chats"][0].get("uri").is_none());
    assert_eq!((&user["interactions"], &user["calls"]), (&user["chats"], &json!([])));
    let colleague = app.agent("agent2").get(&path).await.ok()["user"].clone();
    assert!(colleague.get("chats").is_none());
    let own = tom.get("/me?subresources=chats").await.ok();
    assert!(own["user"]["chats"][0]["uri"].is_string());
    assert!(tom.get("/me?subresources=smssessions").await.ok()["user"]["smssessions"].is_array());
}

#[tokio::test]
async fn a_state_that_is_refused_is_not_offered() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.ready().await;
    let states = tom.get("/settings/agent-states").await.ok()["settings"].clone();
    let desktop = tom.get("/internal-api/me/settings").await.ok()["resources"]["agentStates"].clone();
    assert_eq!(states, desktop);
    for state in states.as_array().expect("states") {
        tom.operate("/me", state["operationName"].as_str().expect("a name")).await.ok();
    }
    tom.operate("/me", "Offline").await.refused(400, 2);
}

#[tokio::test]
async fn desktops_write_dispositions_into_the_user_data_and_may_change_them_after_the_end() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/me/settings/interaction-workspace").await.ok();
    let settings = answer["settings"].as_array().expect("settings");
    let value = |name: &str| settings.iter().find(|one| one["name"] == name).map(|one| one["value"].clone());
    assert_eq!(value("interaction.disposition.use-attached-data"), Some(json!("true")));
    assert_eq!(value("interaction.disposition.is-read-only-on-idle"), Some(json!("false")));
}

#[tokio::test]
async fn a_session_begins_at_a_place_and_phone_that_there_are_or_not_at_all() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let start = |name: &str, value: &str| json!({"operationName": "StartContactCenterSession", "channels": ["chat"], name: value});
    for (name, value) in [
        ("place", "Place5007"),
        ("devicePath", "/devices/de000000-0000-4000-8000-000000005007"),
        ("loginCode", "agent2@demo"),
        ("queue", "Support"),
    ] {
        let why = tom.post("/me", start(name, value)).await.refused(400, 2);
        assert!(why.contains(&format!("'{name}'")), "{why}");
    }
    assert_eq!(tom.get("/me/channels").await.ok()["uris"], json!([]));
    for (name, value) in [
        ("place", ""),
        ("devicePath", "/devices/de000000-0000-4000-8000-000000005001"),
        ("loginCode", "agent1@demo"),
        ("mobileSession", ""),
    ] {
        tom.post("/me", start(name, value)).await.ok();
    }
    // Without calls, phones are assigned to nobody.
    tom.post("/me/devices", json!({"phoneNumber": "5002"})).await.refused(400, 2);
}

#[tokio::test]
async fn parameters_that_nothing_here_could_honour_are_refused() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let voice = exchange.at_work("agent3", "5003").await;
    let ready = |mode: &str| json!({"operationName": "Ready", "workmode": mode});
    voice.post("/me/channels/voice", ready("AutoIn")).await.ok();
    voice.post("/me/channels/voice", ready("ManualIn")).await.refused(400, 2);
    voice.post("/me/channels/voice", ready("Sometimes")).await.refused(400, 2);
    let (tom, ines) = talking(&app, "agent1").await;
    let say = |treat: &str| json!({"operationName": "SendMessage", "text": "Hi", "treatAs": treat});
    tom.post(&ines.path(), say("Normal")).await.ok();
    tom.post(&ines.path(), say("System")).await.refused(400, 2);
    let leave = json!({"operationName": "Leave", "text": "Bye", "treatAs": "System"});
    tom.post(&ines.path(), leave).await.refused(400, 2);
    let wrap_up = json!({"operationName": "AfterCallWork", "wrapUpTime": 30});
    tom.post("/me/channels/chat", wrap_up).await.refused(400, 2);
}
