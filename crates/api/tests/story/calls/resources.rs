//! Calls as they are asked for (spec: core-and-voice#3.9, #5.1, #5.2).

use api::{Config, Participants, Shown};
use domain::{
    UserData,
    call::{Cause, LegEvent},
};
use serde_json::{Value, json};
use testkit::{ScriptedSwitch, TestServer, settled, with_voice};

const GONE: LegEvent = LegEvent::Gone { cause: Cause::Normal, code: None };

#[tokio::test]
async fn a_call_from_outside_as_its_agent_reads_it() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
    let data = json!({"Account": 7, "Nested": {"a": ["b"]}});
    let data = UserData::new(data.as_object().expect("pairs").clone());
    let call = exchange.arrives("+15550142", None, "9000", data).await;
    exchange.offers(&call, &tom).await;
    app.clock.advance(3_400);
    let ringing = tom.get(&format!("/me/calls/{call}")).await.ok();
    insta::assert_json_snapshot!("ringing", settled(&ringing));
    exchange.hears(&call, 2, LegEvent::Up).await;
    app.clock.advance(61_000);
    let read = tom.get(&format!("/me/calls/{call}")).await.ok();
    insta::assert_json_snapshot!("established", settled(&read));
    assert_eq!(tom.get(&format!("/calls/{call}")).await.ok(), read, "without /me");
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([read["call"]["uri"]]));
    assert_eq!(tom.get("/me/calls?fields=*").await.ok()["calls"], json!([read["call"]]));
    let me = tom.get("/me?subresources=*").await.ok();
    assert_eq!(me["user"]["calls"], json!([read["call"]]));
    let device = read["call"]["deviceUri"].as_str().expect("an address");
    assert_eq!(tom.get(device).await.ok()["device"]["phoneNumber"], "5001");
}

#[tokio::test]
async fn a_released_call_is_not_listed_and_says_how_long_it_takes_a_disposition() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    app.clock.advance(5_000);
    exchange.hears(&call, 1, GONE).await;
    app.clock.advance(60_000);
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
    assert_eq!(tom.get("/me?subresources=calls").await.ok()["user"]["calls"], json!([]));
    let read = tom.get(&path).await.ok()["call"].clone();
    assert_eq!((&read["state"], &read["capabilities"]), (&json!("Released"), &json!([])));
    assert_eq!(read["duration"], "5", "it does not go on");
    assert_eq!(read["participants"][0]["phoneNumber"], "+15550142", "with whom it was");
    assert!(read["dispositionUntil"].is_string(), "{read}");
    assert_eq!(tom.get(&format!("/calls/{call}")).await.ok()["call"], read);
    app.clock.advance(3_600_000);
    assert_eq!(
        tom.get(&path).await.ok()["call"]["dispositionUntil"],
        Value::Null,
        "among tom's last sixteen"
    );
}

#[tokio::test]
async fn an_offer_that_was_not_taken_is_nothing_to_its_agent_any_more() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    let path = format!("/me/calls/{call}");
    tom.get(&path).await.ok();
    tom.operate(&path, "Reject").await.ok();
    tom.get(&path).await.refused(404, 6);
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
}

#[tokio::test]
async fn a_call_is_nobody_elses() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let (call, path) = exchange.talking(&tom).await;
    for other in ["agent2", "supervisor", "admin"] {
        app.agent(other).get(&path).await.refused(404, 6);
        app.agent(other).get(&format!("/calls/{call}")).await.refused(404, 6);
    }
    tom.get("/me/calls/none").await.refused(404, 6);
}

#[tokio::test]
async fn old_clients_are_given_numbers() {
    let config = Config {
        shown: Shown { participants: Participants::Legacy, ..Shown::default() },
        ..Config::default()
    };
    let app = TestServer::built(with_voice, config).await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    let call = exchange.calls_in("+15550142", "9000").await;
    exchange.offers(&call, &tom).await;
    let told = tom.hears().await;
    let read = tom.get(&format!("/me/calls/{call}")).await.ok();
    for one in [&told[0]["data"]["call"], &read["call"]] {
        assert_eq!(one["participants"], json!(["+15550142"]));
        let info = json!([
            {"digits": "+15550142", "e164Number": "+15550142", "formattedPhoneNumber": "+15550142"}
        ]);
        assert_eq!(one["participantsInfo"], info);
    }
}

#[tokio::test]
async fn every_address_of_a_call_answers() {
    let app = TestServer::with_calls().await;
    let exchange = ScriptedSwitch::connect(&app);
    let tom = exchange.at_work("agent1", "5001").await;
    exchange.registers("5002", true).await;
    let (_, path) = exchange.talking(&tom).await;
    tom.operate(&path, "MuteCall").await.ok();
    for note in tom.hears().await {
        let call = &note["data"]["call"];
        for name in ["uri", "path", "deviceUri"] {
            tom.get(call[name].as_str().expect("an address")).await.ok();
        }
        tom.get(&format!("/me{}", call["path"].as_str().expect("a path"))).await.ok();
    }
}
