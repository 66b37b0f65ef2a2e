//! `/me` (spec: core-and-voice#4.1).

use serde_json::json;
use testkit::{TestServer, settled};

#[tokio::test]
async fn me_without_subresources_is_the_bare_user() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/me").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn me_with_everything_at_work() {
    let app = TestServer::start().await;
    let mei = app.agent("agent2");
    mei.ready().await;
    let ines = app.customer("Ines").await;
    app.offer(&ines, &mei).await;
    let answer = mei.get("/me?subresources=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn only_the_subresources_asked_for_are_embedded() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/me?subresources=features,devices,channels").await.ok();
    let user = answer["user"].as_object().expect("a user");
    for name in ["features", "devices", "channels", "channelStates"] {
        assert!(user[name].is_array(), "{name}");
    }
    for name in ["skills", "settings", "chats", "calls", "groups"] {
        assert!(!user.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn settings_are_maps_of_maps_and_levels_are_texts() {
    let app = TestServer::start().await;
    let answer = app.agent("agent2").get("/me?subresources=*").await.ok();
    let sections = answer["user"]["settings"].as_object().expect("sections");
    assert!(sections.values().all(serde_json::Value::is_object));
    assert_eq!(sections["interaction-workspace"]["interaction.disposition.key-name"], "DispositionCode");
    assert_eq!(sections["workspace-tab"]["tab.title"], "Work");
    for skill in answer["user"]["skills"].as_array().expect("skills") {
        assert!(skill["level"].is_string(), "{skill}");
    }
}

#[tokio::test]
async fn own_skills_are_listed_and_read_one_by_one() {
    let app = TestServer::start().await;
    let mei = app.agent("agent2");
    let answer = mei.get("/me/skills?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    let id = answer["skills"][0]["id"].as_str().expect("an id");
    assert_eq!(mei.get(&format!("/me/skills/{id}")).await.ok()["skill"], answer["skills"][0]);
    // Tom does not have it: that is level 0.
    assert_eq!(app.agent("agent1").get(&format!("/me/skills/{id}")).await.ok()["skill"]["level"], "0");
    mei.get("/me/skills/none").await.refused(404, 6);
}

#[tokio::test]
async fn the_centre_is_the_one_business_unit() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/me/groups?type=BusinessUnit&fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    let answer = app.agent("agent1").get("/me/groups?type=AgentGroup&fields=*").await.ok();
    assert_eq!(answer["groups"], json!([]));
}

#[tokio::test]
async fn without_voice_there_are_no_calls_to_ask_for() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.get("/me/calls").await.refused(404, 6);
    tom.operate("/me/calls/1", "Answer").await.refused(400, 2);
    assert_eq!(tom.get("/me?subresources=calls").await.ok()["user"]["calls"], json!([]));
}

#[tokio::test]
async fn with_voice_the_list_of_calls_is_empty() {
    let app = TestServer::with(|centre| {
        centre.features.insert("api-voice".into());
    })
    .await;
    let tom = app.agent("agent1");
    assert_eq!(tom.get("/me/calls").await.ok()["uris"], json!([]));
    assert_eq!(tom.get("/me/calls?fields=*").await.ok()["calls"], json!([]));
    tom.get("/me/calls/1").await.refused(404, 6);
    let set = json!({"operationName": "SetCallDisposition", "disposition": "Sold"});
    tom.post("/me/calls/1", set).await.refused(404, 6);
}

#[tokio::test]
async fn channels_are_told_once_the_session_has_begun() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    assert_eq!(tom.get("/me/channels?fields=*").await.ok()["channels"], json!([]));
    tom.ready().await;
    let answer = tom.get("/me/channels?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn a_session_that_starts_in_part_says_what_did_not() {
    let app = TestServer::start().await;
    let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice", "chat"]});
    let reply = app.agent("agent1").post("/me", start).await;
    assert_eq!(reply.status, 200);
    insta::assert_json_snapshot!(settled(&reply.json));
}
