//! Capacity across media: what an agent is offered beside what they have.

use desk::routing::{ItemKey, Obstacle};
use domain::{
    Command,
    call::{Cause, LegEvent},
};
use serde_json::Value;
use testkit::{Client, Guest, ScriptedSwitch, TestServer, with_voice};

const CALLS: &str = "/me/devices/de000000-0000-4000-8000-000000005001/calls";
const GONE: LegEvent = LegEvent::Gone { cause: Cause::Normal, code: None };

/// What the diagnostics say stands against offering what somebody waits with to the one agent who is there.
async fn why(app: &TestServer, guest: &Guest<'_>) -> Value {
    let routing = app.agent("supervisor").get("/diagnostics/routing").await.ok();
    let rows = routing["waiting"].as_array().expect("a list").clone();
    let row = rows.into_iter().find(|row| row["interactionId"] == guest.id.as_str()).expect("it waits");
    row["agents"][0]["obstacle"].clone()
}

async fn offered(app: &TestServer, guest: &Guest<'_>, agent: &Client<'_>) -> Option<String> {
    let offer = Command::Offer { session: guest.id.clone(), agent: agent.id(), request: None };
    app.desk.perform(offer).await.err().map(|why| why.to_string())
}

#[tokio::test]
async fn who_talks_is_offered_no_chat_and_the_diagnostics_say_why() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    tom.ready().await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    exchange.hears(&call, 2, LegEvent::Up).await;
    let ines = app.customer("Ines").await;
    assert_eq!(
        why(&app, &ines).await,
        "is busy on the channel voice, and takes nothing of this one meanwhile"
    );
    let refused = offered(&app, &ines, &tom).await.expect("refused");
    assert!(refused.ends_with("the agent is busy on another channel"), "{refused}");
    exchange.hears(&call, 2, GONE).await;
    assert_eq!(why(&app, &ines).await, Value::Null);
    assert_eq!(offered(&app, &ines, &tom).await, None);

    // Who writes has an ear free.
    let next = exchange.calls_in("+15550143", "9000").await;
    let standings = app.desk.standings(&ItemKey::of(next));
    assert_eq!(standings[0].obstacle, None);
}

#[tokio::test]
async fn an_agent_has_no_more_of_all_media_than_the_centre_says() {
    let change = |centre: &mut domain::centre::Centre| {
        with_voice(centre);
        centre.across.max_total = Some(1);
    };
    let app = TestServer::with(change).await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    tom.ready().await;
    let (ines, jo) = (app.customer("Ines").await, app.customer("Jo").await);
    assert_eq!(offered(&app, &ines, &tom).await, None);
    assert_eq!(
        why(&app, &jo).await,
        "has as many interactions as they may have at once, whatever their channels: 1"
    );
    let call = exchange.calls_in("+15550142", "9000").await;
    let standings = app.desk.standings(&ItemKey::of(call));
    assert_eq!(standings[0].obstacle, Some(Obstacle::TotalFull { most: 1 }));
    // What they begin themselves is not offered to them.
    exchange.registers("5002", true).await;
    let dial = serde_json::json!({"operationName": "Dial", "destination": {"phoneNumber": "5002"}});
    tom.post(CALLS, dial).await.ok();
}
