//! A disposition that is required before the next, and work after calls (spec: decisions#6, admin-and-reporting#7.5).

use desk::routing::ItemKey;
use domain::{
    Command, Millis, UserId,
    call::{Cause, LegEvent},
    command::Provision,
    disposition::{Required, Requirement},
    medium,
    offer::Obstacle,
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer, with_voice};

const GONE: LegEvent = LegEvent::Gone { cause: Cause::Normal, code: None };
const PHONE: &str = "/me/devices/de000000-0000-4000-8000-000000005001";

/// A centre with calls that asks for a disposition, in whatever medium, and holds who owes one for two minutes.
async fn asking(required: Required) -> TestServer {
    let change = |centre: &mut domain::centre::Centre| {
        with_voice(centre);
        centre.disposition.required.every = Some(required);
        centre.disposition.required_timeout = 120_000;
    };
    TestServer::with(change).await
}

/// The queue gives so much time for work after a call.
async fn gives(app: &TestServer, wrap_up: Millis) {
    let mut queue = app.desk.queue(&"Support".into()).expect("a queue");
    queue.calls.wrap_up = wrap_up;
    app.desk.perform(Command::Provision(Provision::PutQueue(Box::new(queue)))).await.expect("provisioned");
}

/// What time has run out for is done.
async fn passes(app: &TestServer, by: Millis, agent: &UserId) {
    app.clock.advance(by);
    app.desk.perform(Command::WrapUpOver { agent: agent.clone() }).await.expect("looked at");
}

/// The state of the agent's phone, as operation.
async fn state(agent: &Client<'_>) -> Value {
    agent.get("/me/devices?fields=*").await.ok()["devices"][0]["userState"].clone()
}

/// The events of a type that the feed has, as their data.
async fn feed(app: &TestServer, kind: &str) -> Vec<Value> {
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let of_kind = all.as_array().expect("events").iter().filter(|event| event["type"] == kind);
    of_kind.map(|event| event["data"].clone()).collect()
}

fn against(app: &TestServer, id: &domain::InteractionId) -> Option<Obstacle> {
    let standings = app.desk.standings(&ItemKey::of(id.clone()));
    let standing = standings.iter().find(|standing| standing.user_name.starts_with("agent1"));
    standing.expect("logged in").obstacle.clone()
}

#[tokio::test]
async fn who_hangs_up_without_a_code_works_after_the_call_until_they_set_it() {
    let app = asking(Required::BeforeNext).await;
    let exchange = ScriptedSwitch::connect(&app);
    gives(&app, 20_000).await;
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    exchange.hears(&call, 1, GONE).await;
    let told = tom.hears().await;
    let device = told.last().expect("the phone");
    assert_eq!(device["data"]["devices"][0]["userState"]["workMode"], "AfterCallWork");

    let next = exchange.calls_in("+15550143", "9000").await;
    passes(&app, 20_000, &tom.id()).await;
    assert_eq!(against(&app, &next), Some(Obstacle::OwesDisposition));
    tom.operate("/me/channels/voice", "Ready").await.ok();
    assert_eq!(state(&tom).await["workMode"], "AfterCallWork", "what they choose applies afterwards");
    let told = tom.hears().await;
    assert_eq!(told.len(), 1, "who asked is shown the state that they are held in: {told:?}");

    let code = json!({"operationName": "SetCallDisposition", "disposition": "Referred"});
    tom.post(&path, code).await.ok();
    assert_eq!(state(&tom).await["state"], "Ready");
    assert_eq!(against(&app, &next), None);
    let owed = feed(&app, "jackfield.agent.disposition-owed").await;
    assert_eq!(
        (&owed[0]["media"], &owed[0]["interactionId"], &owed[0]["agent"]),
        (&json!("voice"), &json!(call.as_str()), &json!("agent1@demo"))
    );
    let settled = feed(&app, "jackfield.agent.disposition-settled").await;
    assert_eq!((&settled[0]["by"], &settled[0]["elapsedMs"]), (&json!("code"), &json!(20_000)));
    let chosen = feed(&app, "jackfield.agent.state-chosen").await;
    assert_eq!(chosen[0]["state"]["operationName"], "Ready");
}

#[tokio::test]
async fn who_sets_none_is_let_off_in_time_and_reporting_is_told() {
    let app = asking(Required::BeforeNext).await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    tom.operate(&path, "Hangup").await.ok();
    passes(&app, 119_999, &tom.id()).await;
    assert_eq!(state(&tom).await["workMode"], "AfterCallWork");
    passes(&app, 1, &tom.id()).await;
    assert_eq!(state(&tom).await["state"], "Ready");
    let settled = feed(&app, "jackfield.agent.disposition-settled").await;
    assert_eq!((&settled[0]["by"], &settled[0]["interactionId"]), (&json!("timeout"), &json!(call.as_str())));
}

#[tokio::test]
async fn who_completes_a_chat_without_a_code_is_offered_no_other() {
    let app = asking(Required::BeforeNext).await;
    let tom = app.agent("agent1");
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    tom.operate(&ines.path(), "Complete").await.ok();
    let jo = app.customer("Jo").await;
    assert_eq!(against(&app, &jo.id), Some(Obstacle::OwesDisposition));
    let set = json!({"operationName": "SetDisposition", "disposition": "IssueResolved"});
    tom.post(&ines.path(), set).await.ok();
    assert_eq!(against(&app, &jo.id), None);
    app.offer(&jo, &tom).await;
    let settled = feed(&app, "jackfield.agent.disposition-settled").await;
    assert_eq!((&settled[0]["media"], &settled[0]["by"]), (&json!("chat"), &json!("code")));
}

#[tokio::test]
async fn a_supervisor_lets_an_agent_off_and_reporting_knows_who() {
    let app = asking(Required::BeforeNext).await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    tom.operate(&path, "Hangup").await.ok();
    let let_off =
        |by: UserId| Command::ReleaseFromDispositions { agent: tom.id(), by, medium: Some(medium::voice()) };
    assert!(app.desk.perform(let_off(app.id("agent2"))).await.is_err());
    app.desk.perform(let_off(app.id("supervisor"))).await.expect("let off");
    assert_eq!(state(&tom).await["state"], "Ready");
    let settled = feed(&app, "jackfield.agent.disposition-settled").await;
    assert_eq!(
        (&settled[0]["by"], &settled[0]["supervisorId"]),
        (&json!("supervisor"), &json!(app.id("supervisor").as_str()))
    );
}

#[tokio::test]
async fn desktops_are_told_what_the_server_asks_for() {
    let mandatory = async |app: &TestServer| {
        let answer = app.agent("agent1").get("/me/settings/interaction-workspace").await.ok();
        let options = answer["settings"].as_array().expect("options").clone();
        let found = options.iter().find(|option| option["name"] == "interaction.disposition.is-mandatory");
        found.expect("the option")["value"].clone()
    };
    for (required, told) in
        [(Required::Off, "false"), (Required::Ask, "true"), (Required::BeforeNext, "true")]
    {
        assert_eq!(mandatory(&asking(required).await).await, told);
    }
    let app = asking(Required::Off).await;
    let mut queue = app.desk.queue(&"Support".into()).expect("a queue");
    queue.required = Requirement { every: Some(Required::Ask), ..Requirement::default() };
    app.desk.perform(Command::Provision(Provision::PutQueue(Box::new(queue)))).await.expect("provisioned");
    assert_eq!(mandatory(&app).await, "true", "a queue asks");
}

#[tokio::test]
async fn work_after_a_call_is_extended_once_on_the_channel_or_the_phone() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    gives(&app, 20_000).await;
    let tom = exchange.at_work("agent1", "5001").await;
    for address in ["/me/channels/voice", PHONE] {
        let (_, path) = exchange.talking(&tom).await;
        tom.operate(&path, "Hangup").await.ok();
        tom.operate(address, "AfterCallWork").await.ok();
        tom.operate(address, "AfterCallWork").await.refused(400, 2);
        let shorter = json!({"operationName": "AfterCallWork", "wrapUpTime": 5});
        tom.post("/me/channels/voice", shorter).await.ok();
        passes(&app, 4_999, &tom.id()).await;
        assert_eq!(state(&tom).await["workMode"], "AfterCallWork");
        passes(&app, 1, &tom.id()).await;
        assert_eq!(state(&tom).await["state"], "Ready");
    }
}

#[tokio::test]
async fn a_state_chosen_during_the_call_applies_after_the_work_on_it() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    gives(&app, 20_000).await;
    let tom = exchange.at_work("agent1", "5001").await;
    let (_, path) = exchange.talking(&tom).await;
    tom.operate("/me/channels/voice", "AuxWork").await.ok();
    tom.operate(&path, "Hangup").await.ok();
    assert_eq!(state(&tom).await["workMode"], "AfterCallWork");
    passes(&app, 20_000, &tom.id()).await;
    assert_eq!(state(&tom).await["workMode"], "AuxWork");
}
