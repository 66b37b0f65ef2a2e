//! The same seed in its damaged print (spec: seeds#002), and what it says of calls that were released.

use domain::{
    Command,
    call::{Cause, LegEvent},
    command::Provision,
    user::Device,
};
use serde_json::{Value, json};
use testkit::{Client, ScriptedSwitch, TestServer};

/// The id of the request.
pub const CALL: &str = "01RCC3N118B1V0SL807GK2LAES000006";

/// The agent of the prints, who was called from 15001 and has talked for 262 seconds.
pub async fn established<'a>(exchange: &ScriptedSwitch<'a>) -> Client<'a> {
    let app = exchange.server;
    let seated = [("agent1", "631608b3-ceb1-472b-ba05-2ae39555b0d1", "15000"), ("agent2", "d2", "15001")];
    for (name, id, dn) in seated {
        let mut user = (*app.desk.directory().user(&app.id(name)).expect("a user")).clone();
        user.device = Some(Device { id: id.into(), phone_number: dn.into() });
        app.desk.perform(Command::Provision(Provision::PutUser(Box::new(user)))).await.expect("provisioned");
    }
    exchange.registers("15001", true).await;
    let agent = exchange.at_work("agent1", "15000").await;
    app.ids.choose_call(CALL, "0071027198180006");
    let call = exchange.calls_from("15001", "15000").await;
    assert_eq!(call.as_str(), CALL);
    exchange.hears(&call, 2, LegEvent::Up).await;
    app.clock.advance(262_000);
    agent.hears().await;
    agent
}

/// The request as both print it.
pub fn request() -> Value {
    json!({
        "operationName": "SetCallDisposition",
        "callUri": format!("http://127.0.0.1:8080/api/v2/calls/{CALL}"),
        "callUuid": CALL,
        "disposition": "Referred",
        "dispositionKey": "DispositionCode",
    })
}

#[tokio::test]
async fn set_call_disposition() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let agent = established(&exchange).await;
    let reply = agent.post(&format!("/me/calls/{CALL}"), request()).await;
    assert_eq!(reply.text, r#"{"statusCode":0}"#);
    let told = agent.hears().await;
    let [told] = told.as_slice() else { panic!("one notification, not {told:?}") };
    let (data, call) = (&told["data"], &told["data"]["call"]);
    assert_eq!(data["notificationType"], "AttachedDataChanged");
    assert_eq!(data["messageType"], "CallStateChangeMessage");
    assert_eq!(data["phoneNumber"], "15000");
    let members = [
        ("id", json!(CALL)),
        ("state", json!("Established")),
        ("callUuid", json!(CALL)),
        ("connId", json!("0071027198180006")),
        ("dnis", json!("15000")),
        ("callType", json!("Internal")),
        ("userData", json!({"DispositionCode": "Referred"})),
        ("duration", json!("262")),
        ("mute", json!("Off")),
        ("supervisorListeningIn", json!(false)),
        ("monitoredUserMuted", json!(false)),
        ("monitoring", json!(false)),
        ("path", json!(format!("/calls/{CALL}"))),
    ];
    for (name, printed) in members {
        assert_eq!(call[name], printed, "{name}");
    }
}

#[tokio::test]
async fn after_release_reporting_alone_hears_of_it() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let agent = established(&exchange).await;
    exchange.hears(&CALL.into(), 1, LegEvent::Gone { cause: Cause::Normal, code: None }).await;
    agent.hears().await;
    let path = format!("/me/calls/{CALL}");
    let reply = agent.post(&path, request()).await;
    assert_eq!(reply.text, r#"{"statusCode":0}"#);
    assert_eq!(agent.post(&path, request()).await.text, r#"{"statusCode":0}"#, "the same again");
    assert_eq!(agent.hears().await, [] as [Value; 0]);
    let feed = app.agent("reporting").get("/reporting/events?type=disposition").await.json;
    let [event] = feed.as_array().expect("events").as_slice() else { panic!("one event, not {feed}") };
    assert_eq!(
        event["data"],
        json!({
            "interactionId": CALL, "media": "voice", "queue": null, "leg": "2", "agent": "agent1@demo",
            "via": "SetCallDisposition", "phase": "released", "known": true,
            "occurredAt": event["time"],
            "disposition": {"key": "DispositionCode", "value": "Referred", "previous": null},
            "callUuid": CALL, "connId": "0071027198180006", "thisDn": "15000",
            "event": "EventUserEvent", "userData": {"DispositionCode": "Referred"},
        })
    );
}
