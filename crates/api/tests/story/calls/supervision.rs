//! Supervisors listen, coach and step in (spec: core-and-voice#5.7, #5.8, admin-and-reporting#3).

use super::handed_over::asks;
use domain::{
    Command,
    call::{Cause, HeardBy, LegCommand, LegEvent, LegId, RoomId},
    centre::{AgentGroup, Centre},
    command::Provision,
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer, settled};

const TOMS: &str = "de000000-0000-4000-8000-000000005001";
const OWN: &str = "/me/devices/de000000-0000-4000-8000-000000005008";

fn supervised(centre: &mut Centre) {
    testkit::with_voice(centre);
    centre.features.insert("api-supervisor-monitoring".into());
}

/// What was told since the last time: of calls the kind, the state and whether somebody listens, of phones what they follow.
async fn told(user: &Client<'_>) -> Vec<String> {
    let word = |note: &Value| {
        let data = &note["data"];
        match note["channel"].as_str() {
            Some("/v2/me/calls") => {
                let call = &data["call"];
                let listening = if call["supervisorListeningIn"] == true { " listened to" } else { "" };
                let silenced = if call["monitoredUserMuted"] == true { " silenced" } else { "" };
                let kind = data["notificationType"].as_str().expect("a kind");
                Some(format!("{kind} {}{listening}{silenced}", call["state"].as_str().expect("a state")))
            }
            Some("/v2/me/devices") => {
                let state = &data["devices"][0]["supervisorMonitoringState"];
                Some(format!("phone {}", state["state"].as_str().unwrap_or("follows nobody")))
            }
            _ => None,
        }
    };
    user.hears().await.iter().filter_map(word).collect()
}

fn tom() -> Value {
    json!({"targetDeviceUri": format!("http://localhost:8080/api/v2/devices/{TOMS}")})
}

#[tokio::test]
async fn a_supervisor_listens_coaches_and_steps_in() {
    let app = TestServer::with(supervised).await;
    let exchange = ScriptedSwitch::connect(&app);
    let (agent, sasha) =
        (exchange.at_work("agent1", "5001").await, exchange.at_work("supervisor", "5008").await);
    let (call, path) = exchange.talking(&agent).await;
    asks(&sasha, OWN, "ListenIn", tom()).await;
    assert_eq!(told(&sasha).await, ["phone ListenIn", "StatusChange Ringing"]);
    assert!(told(&agent).await.is_empty(), "nobody listens yet");
    exchange.hears(&call, 3, LegEvent::Up).await;
    assert_eq!(told(&agent).await, ["StatusChange Established listened to"]);
    assert_eq!(told(&sasha).await, ["StatusChange Established"]);
    let read = sasha.get(&path).await.ok()["call"].clone();
    insta::assert_json_snapshot!("call_of_a_supervisor", settled(&read));
    let device = sasha.get(OWN).await.ok()["device"].clone();
    insta::assert_json_snapshot!("phone_of_a_supervisor", settled(&device));

    exchange.asked();
    let joins = |leg, heard_by| (leg, LegCommand::Join(RoomId { call: call.clone(), line: 0 }, heard_by));
    asks(&sasha, &path, "SwitchToCoach", json!({})).await;
    let agents = LegId { call: call.clone(), number: 2 };
    assert_eq!(exchange.asked(), [joins(3, HeardBy::One(agents))], "the customer hears nothing of it");
    assert_eq!(told(&sasha).await, ["StatusChange Established"]);
    asks(&sasha, &path, "SwitchToBargeIn", json!({})).await;
    assert_eq!(told(&agent).await, ["ParticipantsUpdated Established listened to"]);
    assert!(exchange.asked().contains(&joins(3, HeardBy::Everyone)));
    asks(&sasha, &path, "SwitchToListenIn", json!({})).await;
    assert_eq!(sasha.get(&path).await.ok()["call"]["mute"], "On");
    told(&agent).await;
    told(&sasha).await;

    asks(&sasha, &path, "MuteMonitoredUser", json!({})).await;
    let silenced = "MonitoredUserMutedStateChange Established";
    assert_eq!(told(&agent).await, [format!("{silenced} listened to silenced")]);
    assert_eq!(told(&sasha).await, [format!("{silenced} silenced")]);
    asks(&sasha, OWN, "UnmuteMonitoredUser", json!({"phoneNumber": "5001"})).await;
    assert_eq!(told(&agent).await, [format!("{silenced} listened to")]);
    told(&sasha).await;

    asks(&sasha, OWN, "CancelSupervisorMonitoring", tom()).await;
    assert_eq!(told(&sasha).await, ["phone follows nobody", "StatusChange Released"]);
    assert_eq!(told(&agent).await, ["StatusChange Established"]);
}

#[tokio::test]
async fn every_listening_is_reported_and_a_supervisors_disposition_is_told_as_such() {
    let app = TestServer::with(supervised).await;
    let exchange = ScriptedSwitch::connect(&app);
    let (agent, sasha) =
        (exchange.at_work("agent1", "5001").await, exchange.at_work("supervisor", "5008").await);
    asks(&sasha, OWN, "Coach", json!({"phoneNumber": "5001", "supervisorMonitoringScope": "Agent"})).await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &agent).await;
    exchange.hears(&call, 2, LegEvent::Up).await;
    exchange.hears(&call, 3, LegEvent::Up).await;
    let path = format!("/me/calls/{call}");
    asks(&sasha, &path, "SetCallDisposition", json!({"disposition": "Referred"})).await;
    asks(&agent, &path, "SetCallDisposition", json!({"disposition": "IssueResolved"})).await;
    exchange.hears(&call, 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    asks(&sasha, &path, "SetCallDisposition", json!({"disposition": "Billing"})).await;
    let feed = app.agent("reporting").get("/reporting/events?limit=1000").await.json;
    let feed: Vec<&Value> = feed.as_array().expect("events").iter().collect();
    let of = |kind: &str| {
        let of_kind = feed.iter().filter(|event| event["type"] == kind);
        of_kind.map(|event| event["data"].clone()).collect::<Vec<_>>()
    };
    let began = of("jackfield.device.monitoring-began");
    assert_eq!((&began[0]["agent"], &began[0]["monitoredDn"]), (&json!("supervisor@demo"), &json!("5001")));
    let joined = of("jackfield.call.joined");
    let joined = joined.iter().find(|joined| joined["origin"] == "watch").expect("the supervisor came in");
    assert_eq!((&joined["monitoring"], &joined["monitoredLeg"]), (&json!("coach"), &json!(2)));
    let released = of("jackfield.call.released");
    assert!(released.iter().any(|released| released["agent"] == "supervisor@demo"), "to when they listened");
    let set: Vec<(Value, Value, Value)> = of("jackfield.disposition")
        .iter()
        .map(|set| (set["disposition"]["value"].clone(), set["thisDn"].clone(), set["supervisor"].clone()))
        .collect();
    let row = |value: &str, dn: &str, supervisor: Value| (json!(value), json!(dn), supervisor);
    let rows = [
        row("Referred", "5008", json!(true)),
        row("IssueResolved", "5001", Value::Null),
        row("Billing", "5008", json!(true)),
    ];
    assert_eq!(set, rows);
}

#[tokio::test]
async fn who_leads_nobody_and_whom_the_feature_is_closed_to_follows_nobody() {
    let group = AgentGroup {
        name: "Night".into(),
        leaders: ["supervisor@demo".to_owned()].into(),
        members: ["agent2@demo".to_owned()].into(),
        hidden: true,
    };
    let app = TestServer::with(|centre| {
        supervised(centre);
        centre.agent_groups = vec![group];
    })
    .await;
    let exchange = ScriptedSwitch::connect(&app);
    let (agent, sasha) =
        (exchange.at_work("agent1", "5001").await, exchange.at_work("supervisor", "5008").await);
    let mei = exchange.at_work("agent2", "5002").await;
    let listen = |number: &str| json!({"operationName": "ListenIn", "phoneNumber": number});
    let refused = sasha.post(OWN, listen("5001")).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json["statusCode"]),
        (404, &json!(6)),
        "not of their group"
    );
    assert_eq!(sasha.post(OWN, listen("7777")).await.status.as_u16(), 404, "no such phone");
    let own = "/me/devices/de000000-0000-4000-8000-000000005002";
    let refused = mei.post(own, listen("5001")).await;
    assert_eq!((refused.status.as_u16(), &refused.json["statusCode"]), (403, &json!(5)), "no supervisor");
    assert_eq!(sasha.post(OWN, json!({"operationName": "ListenIn"})).await.json["statusCode"], 1);

    // Mei's phone is followed, and Mei is not shown that.
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &mei).await;
    exchange.hears(&call, 2, LegEvent::Up).await;
    sasha.post(OWN, listen("5002")).await.ok();
    mei.hears().await;
    exchange.hears(&call, 3, LegEvent::Up).await;
    assert!(told(&mei).await.is_empty());
    let path = format!("/me/calls/{call}");
    assert_eq!(mei.get(&path).await.ok()["call"]["supervisorListeningIn"], false);

    // What others do is seen by who leads them.
    let of = |name: &str| format!("/users/{}/devices", app.id(name));
    assert_eq!(sasha.get(&of("agent2")).await.status.as_u16(), 200);
    assert_eq!(sasha.get(&of("agent1")).await.status.as_u16(), 403);
    drop(agent);

    let closed = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&closed);
    let sasha = exchange.at_work("supervisor", "5008").await;
    let refused = sasha.post(OWN, listen("5001")).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json["statusCode"]),
        (400, &json!(2)),
        "the feature is off"
    );
}

/// The supervisor leads those alone.
fn led(members: &[&str], hidden: bool) -> Vec<AgentGroup> {
    vec![AgentGroup {
        name: "Night".into(),
        leaders: ["supervisor@demo".to_owned()].into(),
        members: members.iter().map(|name| (*name).to_owned()).collect(),
        hidden,
    }]
}

/// The centre is set up otherwise.
async fn provisioned(app: &TestServer, change: impl FnOnce(&mut Centre)) {
    let mut centre = (*app.desk.centre().expect("a centre")).clone();
    change(&mut centre);
    let put = Command::Provision(Provision::PutCentre(Box::new(centre)));
    app.desk.perform(put).await.expect("provisioned");
}

#[tokio::test]
async fn a_change_of_groups_features_or_roles_takes_a_listening_supervisor_out_at_once() {
    for change in ["groups", "feature", "role"] {
        let app = TestServer::with(supervised).await;
        let exchange = ScriptedSwitch::connect(&app);
        let (agent, sasha) =
            (exchange.at_work("agent1", "5001").await, exchange.at_work("supervisor", "5008").await);
        let (call, _) = exchange.talking(&agent).await;
        asks(&sasha, OWN, "ListenIn", tom()).await;
        exchange.hears(&call, 3, LegEvent::Up).await;
        provisioned(&app, |centre| centre.agent_groups = led(&["agent1@demo"], false)).await;
        told(&sasha).await;
        told(&agent).await;
        exchange.asked();
        match change {
            "groups" => provisioned(&app, |centre| centre.agent_groups = led(&["agent2@demo"], false)).await,
            "feature" => {
                provisioned(&app, |centre| _ = centre.features.remove("api-supervisor-monitoring")).await;
            }
            _ => {
                let mut user = (*app.desk.directory().named("supervisor@demo").expect("a user")).clone();
                user.roles.retain(|role| *role != domain::user::Role::Supervisor);
                let put = Command::Provision(Provision::PutUser(Box::new(user)));
                app.desk.perform(put).await.expect("provisioned");
            }
        }
        assert_eq!(exchange.asked(), [(3, LegCommand::Release(Cause::Normal))], "{change}");
        assert_eq!(told(&sasha).await, ["phone follows nobody", "StatusChange Released"], "{change}");
        assert_eq!(told(&agent).await, ["StatusChange Established"], "{change}");
    }
}

#[tokio::test]
async fn what_is_armed_ends_with_the_right_and_stays_with_it() {
    let app = TestServer::with(supervised).await;
    let exchange = ScriptedSwitch::connect(&app);
    exchange.at_work("agent1", "5001").await;
    let sasha = exchange.at_work("supervisor", "5008").await;
    asks(&sasha, OWN, "ListenIn", tom()).await;
    assert_eq!(told(&sasha).await, ["phone ListenIn"]);
    provisioned(&app, |centre| centre.agent_groups = led(&["agent1@demo"], true)).await;
    assert!(told(&sasha).await.is_empty());
    provisioned(&app, |centre| centre.agent_groups = led(&["agent2@demo"], true)).await;
    assert_eq!(told(&sasha).await, ["phone follows nobody"]);
}

#[tokio::test]
async fn who_hides_from_an_agent_does_not_show_by_keeping_them_silent() {
    let app = TestServer::with(|centre| {
        supervised(centre);
        centre.agent_groups = led(&["agent1@demo"], true);
    })
    .await;
    let exchange = ScriptedSwitch::connect(&app);
    let (agent, sasha) =
        (exchange.at_work("agent1", "5001").await, exchange.at_work("supervisor", "5008").await);
    let (call, path) = exchange.talking(&agent).await;
    asks(&sasha, OWN, "ListenIn", tom()).await;
    exchange.hears(&call, 3, LegEvent::Up).await;
    told(&sasha).await;
    exchange.asked();
    asks(&sasha, &path, "MuteMonitoredUser", json!({})).await;
    assert_eq!(exchange.asked(), [(2, LegCommand::Mute(true))], "the others do not hear the agent");
    assert_eq!(told(&sasha).await, ["MonitoredUserMutedStateChange Established silenced"]);
    assert!(told(&agent).await.is_empty());
    assert_eq!(agent.get(&path).await.ok()["call"]["monitoredUserMuted"], false);
    asks(&sasha, &path, "UnmuteMonitoredUser", json!({})).await;
    assert!(told(&agent).await.is_empty());
}
