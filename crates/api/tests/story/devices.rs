//! Devices (spec: core-and-voice#4.2, #4.5).

use serde_json::{Value, json};
use testkit::{Poll, TestServer, settled};

#[tokio::test]
async fn a_device_as_its_agent_and_as_the_administrator_see_it() {
    let app = TestServer::start().await;
    let own = app.agent("agent1").get("/me/devices?fields=*").await.ok();
    insta::assert_json_snapshot!("own_device", settled(&own));
    let path = own["devices"][0]["path"].as_str().expect("a path").to_owned();
    assert_eq!(app.agent("agent1").get(&path).await.ok()["device"], own["devices"][0]);
    let provisioned = app.agent("admin").get(&path).await.ok();
    insta::assert_json_snapshot!("provisioned_device", settled(&provisioned));
}

#[tokio::test]
async fn the_list_of_all_devices_is_for_administrators() {
    let app = TestServer::start().await;
    app.agent("agent1").get("/devices").await.refused(403, 5);
    app.agent("supervisor").get("/devices").await.refused(403, 5);
    assert_eq!(app.agent("admin").get("/devices").await.ok()["uris"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn another_agents_device_is_not_shown() {
    let app = TestServer::start().await;
    let answer = app.agent("agent2").get("/me/devices").await.ok();
    let uri = answer["uris"][0].as_str().expect("an address");
    app.agent("agent1").get(uri).await.refused(403, 5);
    app.agent("supervisor").get(uri).await.ok();
    app.agent("agent1").get("/devices/none").await.refused(404, 6);
}

#[tokio::test]
async fn the_switch_has_no_settings_for_a_device() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let answer = tom.get("/me/devices?fields=*").await.ok();
    let path = answer["devices"][0]["path"].as_str().expect("a path");
    for path in [format!("{path}/settings/tserver"), format!("/me{path}/settings/tserver")] {
        let expected = json!({"statusCode": 0, "settings": [], "key": "name"});
        assert_eq!(tom.get(&path).await.ok(), expected);
    }
}

#[tokio::test]
async fn a_state_on_a_phone_that_is_not_there_is_an_internal_error() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let answer = tom.get("/me/devices?fields=*").await.ok();
    let path = format!("/me{}", answer["devices"][0]["path"].as_str().expect("a path"));
    for state in ["Ready", "NotReady", "Lunch"] {
        let why = tom.operate(&path, state).await.refused(500, 4);
        assert_eq!(why, "Device '5001' is not registered.");
        assert_eq!(tom.operate("/me/channels/voice", state).await.refused(500, 4), why);
    }
    // What only the phone does needs the feature.
    tom.operate(&path, "DoNotDisturbOn").await.refused(400, 2);
    tom.operate(&path, "Dance").await.refused(400, 2);
    tom.post(&path, json!({})).await.refused(400, 1);
    tom.operate("/me/devices/none", "Ready").await.refused(404, 6);
    app.agent("admin").operate(&path, "Ready").await.refused(403, 5);
}

#[tokio::test]
async fn the_agent_alone_is_told_that_his_state_was_refused() {
    let app = TestServer::start().await;
    let (tom, mei) = (app.agent("agent1"), app.agent("agent2"));
    let answer = tom.get("/me/devices?fields=*").await.ok();
    let device = &answer["devices"][0];
    let path = format!("/me{}", device["path"].as_str().expect("a path"));
    let mut ears = [Poll::open(&tom, "/v2/me/devices").await, Poll::open(&tom, "/v2/me/*").await];
    let mut other = Poll::open(&mei, "/**").await;
    let (held, reply) = tokio::join!(ears[0].connect(20_000), tom.operate(&path, "Ready"));
    reply.refused(500, 4);
    let [message] = &held[..] else { panic!("{held:?}") };
    insta::assert_json_snapshot!("refused_on_the_device", settled(message));
    assert_eq!(message["data"]["deviceUri"], device["uri"]);
    assert_eq!(ears[1].connect(0).await, held, "the agent's other session hears it, too");
    for ear in &mut ears {
        assert_eq!(ear.connect(0).await, [] as [Value; 0], "once");
    }
    assert_eq!(other.connect(0).await, [] as [Value; 0]);
    // The voice channel is the same device, and what is no state is not told.
    tom.operate("/me/channels/voice", "NotReady").await.refused(500, 4);
    assert_eq!(ears[0].connect(0).await, held);
    tom.operate(&path, "Dance").await.refused(400, 2);
    tom.operate("/me/devices/none", "Ready").await.refused(404, 6);
    assert_eq!(ears[0].connect(0).await, [] as [Value; 0]);
}
