//! How the parts of the server stand, asked for and told (spec: core-and-voice#3.7).

use desk::{Condition, ServiceKind, ServiceState};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Poll, START, TestServer, settled};

const TOPIC: &str = "/notifications/services";
/// Longer than anything here takes, milliseconds.
const LONG: u64 = 20_000;

fn sms(condition: Condition) -> ServiceState {
    ServiceState::connector("sms", "demo-sms", condition, START)
}

/// The service of each message, with its condition.
fn told(messages: &[Value]) -> Vec<String> {
    let word = |message: &Value| {
        assert_eq!(
            (&message["channel"], &message["data"]["messageType"]),
            (&json!(TOPIC), &json!("ServiceStateChangeMessage"))
        );
        let [service] = &message["data"]["services"].as_array().expect("services")[..] else { panic!("one") };
        format!(
            "{} {}",
            service["id"].as_str().expect("an id"),
            service["condition"].as_str().expect("a word")
        )
    };
    messages.iter().map(word).collect()
}

#[tokio::test]
async fn connectors_are_listed_with_how_they_stand() {
    let app = TestServer::start().await;
    app.desk.services().set(sms(Condition::Working));
    let token = "The page's token was refused: give a new one.";
    let page =
        ServiceState::connector("messenger", "demo page", Condition::Reauthorise, START).because(token);
    app.desk.services().set(page);
    let tom = app.agent("agent1");
    let answer = tom.get("/services?fields=*").await.ok();
    let services = answer["services"].as_array().expect("services");
    insta::assert_json_snapshot!(settled(&json!(services[3..])));
    for service in services {
        let path = service["path"].as_str().expect("a path");
        assert_eq!(&tom.get(path).await.ok()["service"], service);
    }
}

#[tokio::test]
async fn a_part_stands_as_it_is_reported_to() {
    let app = TestServer::with(|centre| {
        centre.features.insert("api-voice".into());
    })
    .await;
    let tom = app.agent("agent1");
    let voice = tom.get("/services/VOICE").await.ok()["service"].clone();
    assert_eq!(
        (&voice["state"], &voice["statusMessage"]),
        (&json!("Inactive"), &json!("There is no switch."))
    );
    let switch = ServiceState {
        id: "VOICE".into(),
        name: "Voice".into(),
        kind: ServiceKind::Switch,
        condition: Condition::Working,
        why: None,
        since: START,
    };
    app.desk.services().set(switch);
    let voice = tom.get("/services/VOICE").await.ok()["service"].clone();
    assert_eq!(
        (&voice["type"], &voice["state"], voice.get("statusMessage")),
        (&json!("Voice"), &json!("Active"), None)
    );
    assert_eq!(tom.get("/services").await.ok()["uris"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_held_poll_is_answered_when_a_service_changes() {
    let app = TestServer::start().await;
    app.goes_on();
    let nobody = app.agent("nobody");
    let mut ear = Poll::open(&nobody, TOPIC).await;
    let ack = ear.ack;
    let change = async {
        // Until it is held, which nothing tells; too early a change would be answered all the same, and prove less.
        tokio::time::sleep(Duration::from_millis(50)).await;
        app.desk.services().set(sms(Condition::Blocked).because("Blocked for abuse."));
    };
    let (messages, ()) = tokio::join!(ear.connect(LONG), change);
    insta::assert_json_snapshot!(settled(&json!(messages)));
    assert_eq!(ear.ack, ack, "no position in the mailbox");
    assert_eq!(ear.connect(0).await, [] as [Value; 0], "and not again");
}

#[tokio::test]
async fn between_polls_the_latest_of_each_service_waits() {
    let app = TestServer::start().await;
    app.goes_on();
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    let mut ear = Poll::open(&tom, "/notifications/*").await;
    let mut witness = Poll::open(&mei, TOPIC).await;
    let page = ServiceState::connector("messenger", "demo-page", Condition::Working, START);
    for state in [sms(Condition::Starting), page, sms(Condition::Unreachable), sms(Condition::Working)] {
        app.desk.services().set(state);
        assert_eq!(told(&witness.connect(LONG).await).len(), 1, "one after the other");
    }
    let messages = ear.connect(LONG).await;
    assert_eq!(told(&messages), ["MESSENGER_demo-page Working", "SMS_demo-sms Working"]);
}

#[tokio::test]
async fn a_service_that_is_gone_has_stopped() {
    let app = TestServer::start().await;
    app.goes_on();
    let tom = app.agent("agent1");
    let mut ear = Poll::open(&tom, "/**").await;
    app.desk.services().set(sms(Condition::Working));
    assert_eq!(told(&ear.connect(LONG).await), ["SMS_demo-sms Working"]);
    app.desk.services().remove("SMS_demo-sms");
    let messages = ear.connect(LONG).await;
    assert_eq!(told(&messages), ["SMS_demo-sms Stopped"]);
    assert_eq!(messages[0]["data"]["services"][0]["state"], "Inactive");
    tom.get("/services/SMS_demo-sms").await.refused(404, 6);
}

#[tokio::test]
async fn who_does_not_subscribe_is_left_in_peace() {
    let app = TestServer::start().await;
    app.goes_on();
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    let mut ear = Poll::open(&tom, "/v2/me/*").await;
    let mut other = Poll::open(&mei, TOPIC).await;
    app.desk.services().set(sms(Condition::Working));
    assert_eq!(told(&other.connect(LONG).await), ["SMS_demo-sms Working"]);
    assert_eq!(ear.connect(0).await, [] as [Value; 0]);
}
