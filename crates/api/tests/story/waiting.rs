//! Who waits in a queue and why nobody gets them, and what those who lead the queue do about it (spec: decisions#leading).

use domain::{
    InteractionId,
    call::LegEvent,
    centre::{AgentGroup, Centre},
    command::CONTROL_FEATURE,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Client, ScriptedSwitch, TestServer, with_voice};

const SUPPORT: &str = "/queues/Support/waiting";
const SALES: &str = "/queues/Sales:%20north%2Fsouth/waiting";

fn controlled(centre: &mut Centre) {
    with_voice(centre);
    centre.features.insert(CONTROL_FEATURE.into());
}

/// The supervisor leads `agent2` alone.
fn grouped(centre: &mut Centre) {
    controlled(centre);
    let named = |name: &str| BTreeSet::from([format!("{name}@demo")]);
    centre.agent_groups.push(AgentGroup {
        name: "Day".into(),
        leaders: named("supervisor"),
        members: named("agent2"),
        hidden: false,
    });
}

/// The supervisor leads the administrator alone, who works for no queue.
fn grouped_elsewhere(centre: &mut Centre) {
    grouped(centre);
    centre.agent_groups[0].members = BTreeSet::from(["admin@demo".to_owned()]);
}

fn at(queue: &str, id: &InteractionId) -> String {
    format!("{queue}/{id}")
}

async fn waiting(who: &Client<'_>, queue: &str) -> Vec<Value> {
    let answer = who.get(queue).await.ok();
    answer["waiting"].as_array().expect("a list").clone()
}

/// Who waits, in order, by a member.
async fn order(who: &Client<'_>, queue: &str, member: &str) -> Vec<Value> {
    waiting(who, queue).await.iter().map(|row| row[member].clone()).collect()
}

/// The newest event of a kind, as its data.
async fn told(app: &TestServer, kind: &str) -> Value {
    let all = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let mut of_kind = all.as_array().expect("events").iter().filter(|event| event["type"] == kind);
    of_kind.next_back().expect("told")["data"].clone()
}

#[tokio::test]
async fn who_waits_is_told_in_order_with_what_stands_against_each_agent() {
    let app = TestServer::with(controlled).await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, mei, sasha) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    let ines = app.customer("Ines").await;
    app.clock.advance(5_000);
    let call = exchange.calls_in("+15550142", "9000").await;
    tom.ready().await;
    tom.operate("/me", "Lunch").await.ok();
    mei.ready().await;
    sasha.ready().await;
    let answer = sasha.get(SUPPORT).await.ok();
    assert_eq!(answer["totalCount"], 2);
    assert_eq!((&answer["offset"], &answer["queueClosed"]), (&json!(0), &json!(false)));
    let rows = answer["waiting"].as_array().expect("a list");
    let row = |agents: &Value, of_other_queues: u32| json!([agents, 0, of_other_queues]);
    let agents = |row: &Value| {
        let agents = row["agents"].as_array().expect("agents").iter();
        agents.map(|agent| json!([agent["userName"], agent["obstacle"]])).collect::<Vec<_>>()
    };
    assert_eq!(rows[0]["interactionId"], ines.id.as_str());
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["channel"], &rows[0]["customer"], &rows[0]["position"]),
        (&json!("Interaction"), &json!("chat"), &json!("Ines"), &json!(1))
    );
    assert_eq!((&rows[0]["priority"], &rows[0]["waitingSeconds"]), (&json!(0), &json!(5)));
    assert_eq!(
        agents(&rows[0]),
        [json!(["agent2@demo", null]), json!(["agent1@demo", "not ready: Lunch"])],
        "who is about to be offered it comes first"
    );
    assert_eq!(rows[1]["interactionId"], call.as_str());
    assert_eq!((&rows[1]["channel"], &rows[1]["customer"]), (&json!("voice"), &json!("+15550142")));
    assert_eq!((&rows[1]["position"], &rows[1]["waitingSeconds"]), (&json!(2), &json!(0)));
    let counts = |at: usize| {
        json!([
            rows[at]["agents"].as_array().expect("agents").len(),
            rows[at]["agentsLeftOut"],
            rows[at]["agentsOfOtherQueues"]
        ])
    };
    assert_eq!(counts(0), row(&json!(2), 1), "the supervisor lacks the skill");
    // The command `why` says the same.
    let standings = app.desk.standings(&desk::routing::ItemKey::of(ines.id.clone()));
    let words: Vec<Option<String>> =
        standings.iter().map(|one| one.obstacle.as_ref().map(ToString::to_string)).collect();
    assert_eq!(words[0].as_deref(), rows[0]["agents"][1]["obstacle"].as_str());
    assert_eq!(waiting(&sasha, SALES).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_page_of_who_waits_is_bounded_and_the_answer_says_how_many_there_are() {
    let app = TestServer::with(controlled).await;
    let sasha = app.agent("supervisor");
    for number in 0..60 {
        app.customer(&format!("Guest {number}")).await;
    }
    for (query, first, length) in [
        ("", 1, 50),
        ("?offset=50", 51, 10),
        ("?limit=3&offset=7", 8, 3),
        ("?limit=100000000000000000", 1, 60),
    ] {
        let answer = sasha.get(&format!("{SUPPORT}{query}")).await.ok();
        let rows = answer["waiting"].as_array().expect("a list");
        assert_eq!((rows.len(), &rows[0]["position"]), (length, &json!(first)), "{query}");
        assert_eq!(answer["totalCount"], 60);
    }
    for query in ["?offset=60", "?limit=0", "?offset=18446744073709551615"] {
        let answer = sasha.get(&format!("{SUPPORT}{query}")).await.ok();
        assert_eq!((&answer["waiting"], &answer["totalCount"]), (&json!([]), &json!(60)), "{query}");
    }
    for query in ["?limit=-1", "?offset=many", "?limit=99999999999999999999"] {
        sasha.get(&format!("{SUPPORT}{query}")).await.refused(400, 2);
    }
}

#[tokio::test]
async fn who_waits_is_for_those_who_lead_the_queue() {
    let app = TestServer::with(grouped).await;
    let (tom, mei, sasha) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    let ines = app.customer("Ines").await;
    tom.ready().await;
    mei.ready().await;
    let raise = json!({"operationName": "Raise", "priority": 1});
    for name in ["agent1", "agent2", "nobody"] {
        app.agent(name).get(SUPPORT).await.refused(404, 6);
        app.agent(name).post(&at(SUPPORT, &ines.id), raise.clone()).await.refused(404, 6);
    }
    app.stranger().get(SUPPORT).await.refused(403, 20);
    for name in ["supervisor", "admin", "reporting"] {
        assert_eq!(order(&app.agent(name), SUPPORT, "customer").await, ["Ines"], "{name}");
    }
    let rows = waiting(&sasha, SUPPORT).await;
    assert_eq!(rows[0]["agents"].as_array().expect("agents").len(), 1, "of those whom they lead");
    assert_eq!(
        (&rows[0]["agents"][0]["userName"], &rows[0]["agentsLeftOut"]),
        (&json!("agent2@demo"), &json!(1))
    );
    let rows = waiting(&app.agent("admin"), SUPPORT).await;
    assert_eq!(
        (rows[0]["agents"].as_array().expect("agents").len(), &rows[0]["agentsLeftOut"]),
        (2, &json!(0))
    );
    sasha.get("/queues/Ghosts/waiting").await.refused(404, 6);

    let app = TestServer::with(grouped_elsewhere).await;
    let ines = app.customer("Ines").await;
    app.agent("supervisor").get(SUPPORT).await.refused(404, 6);
    app.agent("supervisor").post(&at(SUPPORT, &ines.id), raise.clone()).await.refused(404, 6);
    app.agent("admin").post(&at(SUPPORT, &ines.id), raise.clone()).await.ok();

    let app = TestServer::start().await;
    let ines = app.customer("Ines").await;
    app.agent("supervisor").get(SUPPORT).await.ok();
    app.agent("supervisor").post(&at(SUPPORT, &ines.id), raise).await.refused(400, 2);
}

#[tokio::test]
async fn one_who_waits_is_assigned_to_an_agent_who_is_offered_it_at_once() {
    let app = TestServer::with(controlled).await;
    let exchange = ScriptedSwitch::connect(&app);
    let (tom, mei, sasha) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    tom.ready().await;
    mei.ready().await;
    mei.hears().await;
    let ines = app.customer("Ines").await;
    let assign = json!({"operationName": "Assign", "userName": "agent2@demo"});
    sasha.post(&at(SUPPORT, &ines.id), assign.clone()).await.ok();
    let heard = mei.hears().await;
    assert_eq!(heard.last().expect("offered")["data"]["chat"]["state"], "Invited");
    let offered = told(&app, "jackfield.session.offered").await;
    assert_eq!(
        (&offered["agent"], &offered["invitation"], &offered["supervisor"], &offered["supervisorId"]),
        (&json!("agent2@demo"), &json!("queue"), &json!("supervisor@demo"), &json!(sasha.id().as_str()))
    );
    // It was taken meanwhile.
    sasha.post(&at(SUPPORT, &ines.id), assign).await.refused(400, 2);
    mei.operate(&ines.path(), "Reject").await.ok();
    assert_eq!(order(&sasha, SUPPORT, "customer").await, ["Ines"]);

    let mei = exchange.at_work("agent2", "5002").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    let to = json!({"operationName": "Assign", "targetUri": format!("http://localhost:8080/api/v2/users/{}", mei.id())});
    sasha.post(&at(SUPPORT, &call), to).await.ok();
    let rings = mei.hears().await;
    assert_eq!(rings[0]["data"]["call"]["state"], "Ringing");
    let joined = told(&app, "jackfield.call.joined").await;
    assert_eq!((&joined["agent"], &joined["supervisor"]), (&json!("agent2@demo"), &json!("supervisor@demo")));
    exchange.hears(&call, 2, LegEvent::Up).await;
    sasha.operate(&at(SUPPORT, &call), "Raise").await.refused(400, 2);
}

#[tokio::test]
async fn whom_the_rules_of_an_offer_keep_from_it_is_refused_and_nothing_changes() {
    let app = TestServer::with(controlled).await;
    let (tom, sasha) = (app.agent("agent1"), app.agent("supervisor"));
    let ines = app.customer("Ines").await;
    let path = at(SUPPORT, &ines.id);
    let before = order(&sasha, SUPPORT, "waitingSince").await;
    let to = |name: &str| json!({"operationName": "Assign", "userName": format!("{name}@demo")});
    sasha.post(&path, to("agent1")).await.refused(400, 2);
    tom.ready().await;
    tom.operate("/me", "NotReady").await.ok();
    let refused = sasha.post(&path, to("agent1")).await;
    assert_eq!(refused.json["statusMessage"], "The agent is not available for chat: not ready");
    sasha.ready().await;
    let refused = sasha.post(&path, to("supervisor")).await;
    assert_eq!(
        refused.json["statusMessage"],
        "The agent is not available for chat: the agent does not work for the queue"
    );
    sasha.post(&path, to("ghost")).await.refused(404, 6);
    sasha.post(&path, json!({"operationName": "Assign", "targetPath": "/users/none"})).await.refused(404, 6);
    sasha
        .post(&path, json!({"operationName": "Assign", "targetPath": "/queues/Support"}))
        .await
        .refused(400, 2);
    sasha.operate(&path, "Assign").await.refused(400, 1);
    sasha.operate(&path, "Dance").await.refused(400, 2);
    let long = json!({"operationName": "Assign", "userName": "x".repeat(1024 * 1024)});
    sasha.post(&path, long).await.refused(413, 2);
    tom.operate("/me", "Ready").await.ok();
    sasha.post(&at(SALES, &ines.id), to("agent1")).await.refused(404, 6);
    sasha.post(&at(SUPPORT, &"none".into()), to("agent1")).await.refused(404, 6);
    assert_eq!(order(&sasha, SUPPORT, "waitingSince").await, before);
}

#[tokio::test]
async fn one_who_waits_is_put_first_or_given_a_priority_and_keeps_the_place_in_time() {
    let app = TestServer::with(controlled).await;
    let exchange = ScriptedSwitch::connect(&app);
    let sasha = app.agent("supervisor");
    let call = exchange.calls_in("+15550142", "9000").await;
    let mut guests = Vec::new();
    for name in ["Ines", "Otto", "Emma"] {
        app.clock.advance(1_000);
        guests.push(app.customer(name).await);
    }
    let since = order(&sasha, SUPPORT, "waitingSince").await;
    let emma = at(SUPPORT, &guests[2].id);
    sasha.operate(&emma, "Raise").await.ok();
    assert_eq!(order(&sasha, SUPPORT, "customer").await, ["Emma", "+15550142", "Ines", "Otto"]);
    sasha.operate(&emma, "Raise").await.ok();
    assert_eq!(order(&sasha, SUPPORT, "priority").await, [1, 0, 0, 0], "it was first already");
    assert_eq!(waiting(&sasha, SUPPORT).await[0]["waitingSince"], since[3]);

    let priority = |priority: i64| json!({"operationName": "Raise", "priority": priority});
    sasha.post(&at(SUPPORT, &guests[1].id), priority(1)).await.ok();
    assert_eq!(order(&sasha, SUPPORT, "customer").await, ["Otto", "Emma", "+15550142", "Ines"]);
    sasha.post(&at(SUPPORT, &guests[1].id), priority(0)).await.refused(400, 2);
    sasha.post(&at(SUPPORT, &guests[1].id), priority(1 << 40)).await.refused(400, 2);
    sasha.operate(&at(SUPPORT, &call), "Raise").await.ok();
    assert_eq!(order(&sasha, SUPPORT, "customer").await, ["+15550142", "Otto", "Emma", "Ines"]);
    let queued = told(&app, "jackfield.call.queued").await;
    assert_eq!((&queued["priority"], &queued["supervisor"]), (&json!(1), &json!("supervisor@demo")));
    let queued = told(&app, "jackfield.session.queued").await;
    assert_eq!((&queued["priority"], &queued["agent"]), (&json!(1), &json!("supervisor@demo")));
}

#[tokio::test]
async fn one_who_waits_is_moved_to_another_queue_and_has_waited_as_long() {
    let app = TestServer::with(controlled).await;
    let exchange = ScriptedSwitch::connect(&app);
    let sasha = app.agent("supervisor");
    let ines = app.customer("Ines").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    app.clock.advance(5_000);
    let sales = "http://localhost:8080/api/v2/queues/Sales:%20north%2Fsouth";
    for (id, to) in [
        (&ines.id, json!({"operationName": "Move", "queueName": "Sales: north/south"})),
        (&call, json!({"operationName": "Move", "queueUri": sales})),
    ] {
        sasha
            .post(&at(SUPPORT, id), json!({"operationName": "Move", "queueName": "Ghosts"}))
            .await
            .refused(404, 6);
        sasha
            .post(&at(SUPPORT, id), json!({"operationName": "Move", "queueName": "Support"}))
            .await
            .refused(400, 2);
        sasha
            .post(&at(SUPPORT, id), json!({"operationName": "Move", "queueUri": "/users/x"}))
            .await
            .refused(400, 2);
        sasha.operate(&at(SUPPORT, id), "Move").await.refused(400, 1);
        sasha.post(&at(SUPPORT, id), to.clone()).await.ok();
        sasha.post(&at(SUPPORT, id), to).await.refused(404, 6);
    }
    assert_eq!(waiting(&sasha, SUPPORT).await, Vec::<Value>::new());
    assert_eq!(order(&sasha, SALES, "waitingSeconds").await, [5, 5]);
    let moved = told(&app, "jackfield.call.queued").await;
    assert_eq!(
        (&moved["queue"], &moved["supervisor"]),
        (&json!("Sales: north/south"), &json!("supervisor@demo"))
    );
    // Nobody waits for a customer who has left.
    ines.leaves().await;
    sasha.operate(&at(SALES, &ines.id), "Raise").await.refused(404, 6);
}

#[tokio::test]
async fn a_request_for_help_waits_beside_its_interaction_and_is_assigned_by_its_number() {
    let app = TestServer::with(controlled).await;
    let (tom, mei, sasha) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    tom.ready().await;
    mei.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &tom).await;
    tom.accepts(&ines, "Tom").await.ok();
    let ask = json!({"operationName": "Consult", "targetUri": "/queues/Sales:%20north%2Fsouth"});
    tom.post(&ines.path(), ask).await.ok();
    let rows = waiting(&sasha, SALES).await;
    assert_eq!(
        (&rows[0]["kind"], &rows[0]["request"], &rows[0]["askedBy"], &rows[0]["customer"]),
        (&json!("Request"), &json!(1), &json!("agent1@demo"), &json!("Ines"))
    );
    let path = at(SALES, &ines.id);
    let assign =
        |request: Value| json!({"operationName": "Assign", "userName": "agent2@demo", "request": request});
    sasha.post(&path, assign(Value::Null)).await.refused(404, 6);
    sasha.post(&path, assign(json!(2))).await.refused(404, 6);
    sasha.post(&path, json!({"operationName": "Raise", "request": 1})).await.refused(400, 2);
    sasha.post(&path, assign(json!(1))).await.ok();
    assert_eq!(waiting(&sasha, SALES).await, Vec::<Value>::new());
    let offered = told(&app, "jackfield.session.offered").await;
    assert_eq!(
        (&offered["invitation"], &offered["from"], &offered["supervisor"]),
        (&json!("consult"), &json!("agent1@demo"), &json!("supervisor@demo"))
    );
}

#[tokio::test]
async fn a_request_that_comes_again_is_answered_as_before_and_moves_nobody_twice() {
    let app = TestServer::with(controlled).await;
    let sasha = app.agent("supervisor");
    let ines = app.customer("Ines").await;
    let to = json!({"operationName": "Move", "queueName": "Sales: north/south"});
    let path = at(SUPPORT, &ines.id);
    let once = || sasha.post_once(&path, "\"move-1\"", &to);
    once().await.ok();
    once().await.ok();
    assert_eq!(order(&sasha, SALES, "customer").await, ["Ines"]);
}
