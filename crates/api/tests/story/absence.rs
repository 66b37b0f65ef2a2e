//! Agents whose clients fell silent (spec: decisions#12).

use api::{Absence, Config};
use desk::routing::ItemKey;
use domain::{Command, agent::Agent, command::Provision, offer::Obstacle};
use serde_json::{Value, json};
use testkit::{Client, Guest, Poll, TestServer, wait::eventually};

const MINUTE: i64 = 60_000;

/// A server that watches agents: a minute of silence, and three more until what they hold is given back.
async fn watching() -> TestServer {
    let absence = Absence { not_ready_after: MINUTE, give_back_after: 3 * MINUTE };
    let app = TestServer::behaving(Config { absence, ..Config::default() }).await;
    app.goes_on();
    app
}

async fn state_of(app: &TestServer, who: &Client<'_>) -> Agent {
    let user = app.desk.directory().user(&who.id()).expect("a user");
    app.desk.agent(&user).await.expect("an agent")
}

async fn is_lost(app: &TestServer, who: &Client<'_>) -> bool {
    state_of(app, who).await.absence().is_some()
}

/// Time goes by as it does for a process that looks at its clock every moment.
fn passes(app: &TestServer, millis: i64) {
    for _ in 0..millis / 1_000 {
        app.clock.advance(1_000);
        app.desk.now();
    }
}

/// What time has run out for is done.
async fn due(app: &TestServer, who: &Client<'_>) {
    app.desk.perform(Command::WrapUpOver { agent: who.id() }).await.expect("looked at");
}

async fn feed(app: &TestServer, kind: &str) -> Vec<Value> {
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let of_kind = all.as_array().expect("events").iter().filter(|event| event["type"] == kind);
    of_kind.map(|event| event["data"].clone()).collect()
}

async fn chatting<'a>(app: &'a TestServer, tom: &Client<'a>) -> Guest<'a> {
    tom.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    ines
}

/// A client listens, and it is known.
async fn listens<'a>(tom: &'a Client<'a>) -> Poll<'a> {
    let poll = Poll::open(tom, "/v2/me/chats").await;
    // It is looked once a second who listens.
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    poll
}

#[tokio::test]
async fn who_listened_and_fell_silent_is_not_ready_and_then_holds_nothing() {
    let app = watching().await;
    let tom = app.agent("agent1");
    let ines = chatting(&app, &tom).await;
    let _poll = listens(&tom).await;
    passes(&app, MINUTE);
    eventually("the silence is noticed", async || is_lost(&app, &tom).await).await;
    let standings = app.desk.standings(&ItemKey::of(app.customer("Jo").await.id.clone()));
    let standing = standings.iter().find(|standing| standing.user_name.starts_with("agent1"));
    let why = standing.and_then(|standing| standing.obstacle.clone()).expect("not ready");
    assert_eq!(why, Obstacle::NotReady { reason: Some("Connection lost".into()) });
    assert_eq!(state_of(&app, &tom).await.taken(&"chat".into()), 1, "they keep it for a while");
    passes(&app, 3 * MINUTE);
    due(&app, &tom).await;
    assert_eq!(state_of(&app, &tom).await.taken(&"chat".into()), 0);
    assert!(app.desk.waiting().iter().any(|(item, _)| item.key.interaction == ines.id), "the customer waits");
    let states = feed(&app, "jackfield.agent.state").await;
    assert_eq!(states.last().expect("told")["reasonCode"], "connection-lost");
    let closed = feed(&app, "jackfield.session.party-closed").await;
    assert_eq!(closed[0]["closer"], "connection-lost");
    let taken = feed(&app, "jackfield.session.taken-away").await;
    assert_eq!((&taken[0]["agent"], &taken[0]["supervisor"]), (&json!("agent1@demo"), &Value::Null));
}

#[tokio::test]
async fn who_is_back_in_time_keeps_what_they_hold() {
    let app = watching().await;
    let tom = app.agent("agent1");
    chatting(&app, &tom).await;
    let _poll = listens(&tom).await;
    passes(&app, MINUTE);
    eventually("the silence is noticed", async || is_lost(&app, &tom).await).await;
    // The notification session has expired meanwhile.
    Poll::open(&tom, "/v2/me/chats").await;
    eventually("they are heard again", async || !is_lost(&app, &tom).await).await;
    passes(&app, 30_000);
    due(&app, &tom).await;
    assert_eq!(state_of(&app, &tom).await.taken(&"chat".into()), 1);
    let lost = feed(&app, "jackfield.agent.connection-lost").await;
    assert_eq!((lost.len(), &lost[0]["agent"]), (1, &json!("agent1@demo")));
    assert_eq!(feed(&app, "jackfield.agent.connection-back").await.len(), 1);
    assert_eq!(tom.get("/me/channels/chat").await.ok()["channel"]["userState"]["reason"], "Connection lost");
}

#[tokio::test]
async fn programs_that_only_ask_are_not_watched_and_requests_are_heard() {
    let app = watching().await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    chatting(&app, &tom).await;
    mei.ready().await;
    let _poll = listens(&mei).await;
    for _ in 0..4 {
        passes(&app, 30_000);
        mei.get("/me").await.ok();
    }
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert!(!is_lost(&app, &tom).await, "they never listened");
    assert!(!is_lost(&app, &mei).await, "they ask");
}

#[tokio::test]
async fn downtime_is_held_against_nobody_and_after_a_start_the_time_begins_anew() {
    let app = watching().await;
    let tom = app.agent("agent1");
    chatting(&app, &tom).await;
    let lost = Command::ConnectionLost {
        agent: tom.id(),
        since: app.desk.now(),
        until: Some(app.desk.now() + 1_000),
    };
    app.desk.perform(lost).await.expect("lost");
    app.clock.advance(3_600_000);
    let before = state_of(&app, &tom).await.absence().and_then(|absence| absence.until);
    let agent = tom.id();
    drop(tom);
    let app = app.restarted(std::iter::empty::<Provision>()).await;
    let user = app.desk.directory().user(&agent).expect("a user");
    let after = app.desk.agent(&user).await.expect("an agent").absence().and_then(|absence| absence.until);
    assert_eq!(after, before, "nothing has looked yet");
    app.goes_on();
    // Where nobody is watched, as in this start, nobody is lost either.
    eventually("taken up", async || app.desk.agent(&user).await.expect("an agent").absence().is_none()).await;
}
