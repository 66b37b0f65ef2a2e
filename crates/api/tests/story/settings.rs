//! `/settings` (spec: core-and-voice#4.7, admin-and-reporting#2.6, #6.2).

use domain::{Command, command::Provision};
use serde_json::{Value, json};
use testkit::{TestServer, settled};

#[tokio::test]
async fn the_groups_there_are() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/settings?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn every_group_by_its_name() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    for group in [
        "general-settings",
        "reporting",
        "agent-states",
        "dispositions",
        "interaction-workspace",
        "workspace-tab",
    ] {
        let answer = tom.get(&format!("/settings/{group}")).await.ok();
        insta::assert_json_snapshot!(group, settled(&answer));
        assert_eq!(tom.get(&format!("/me/settings/{group}")).await.ok(), answer, "{group}");
    }
    tom.get("/settings/horoscope").await.refused(404, 6);
}

#[tokio::test]
async fn settings_of_voice_come_with_the_feature() {
    let app = TestServer::start().await;
    app.agent("agent1").get("/settings/voice").await.refused(404, 6);
    let app = TestServer::with(|centre| {
        centre.features.insert("api-voice".into());
    })
    .await;
    let answer = app.agent("agent1").get("/settings/voice").await.ok();
    assert_eq!(answer, json!({"statusCode": 0, "settings": [], "key": "operationName"}));
}

#[tokio::test]
async fn a_users_own_options_win_but_for_the_key_of_the_disposition() {
    let app = TestServer::start().await;
    let mut tom = (*app.desk.directory().named("agent1@demo").expect("Tom")).clone();
    let options =
        [("interaction.disposition.key-name", "Mine"), ("interaction.disposition.is-mandatory", "true")];
    let options = options.map(|(name, value)| (name.to_owned(), Value::from(value))).into();
    tom.settings.insert("interaction-workspace".into(), options);
    app.desk.perform(Command::Provision(Provision::PutUser(Box::new(tom)))).await.expect("put");

    let item = |answer: &Value, name: &str| {
        let items = answer["settings"].as_array().expect("items");
        items.iter().find(|item| item["name"] == name).expect("the item")["value"].clone()
    };
    let own = app.agent("agent1").get("/me/settings/interaction-workspace").await.ok();
    assert_eq!(item(&own, "interaction.disposition.is-mandatory"), "true");
    assert_eq!(item(&own, "interaction.disposition.key-name"), "DispositionCode");
    let shared = app.agent("agent1").get("/settings/interaction-workspace").await.ok();
    assert_eq!(item(&shared, "interaction.disposition.is-mandatory"), "false");
}

#[tokio::test]
async fn the_flat_list_of_dispositions_is_kept_by_administrators() {
    let app = TestServer::start().await;
    let (admin, path) = (app.agent("admin"), "/settings/dispositions");
    let done = json!({"statusCode": 0});
    assert_eq!(admin.post(path, json!({"name": "Callback", "displayName": "Call back"})).await.ok(), done);
    assert_eq!(
        admin.put(path, json!({"name": "Callback", "displayName": "Call them back"})).await.ok(),
        done
    );
    assert_eq!(admin.delete(path, Some(json!({"name": "Referred"}))).await.ok(), done);
    let answer = app.agent("agent1").get(path).await.ok();
    let left = json!([
        {"name": "IssueResolved", "displayName": "Issue resolved"},
        {"name": "Callback", "displayName": "Call them back"},
    ]);
    assert_eq!(answer, json!({"statusCode": 0, "key": "name", "settings": left}));
}

#[tokio::test]
async fn what_is_wrong_with_a_disposition_is_said() {
    let app = TestServer::start().await;
    let (admin, path) = (app.agent("admin"), "/settings/dispositions");
    admin.post(path, json!({"displayName": "x"})).await.refused(400, 1);
    admin.post(path, json!({"name": ""})).await.refused(400, 1);
    admin.post(path, json!({"name": 7})).await.refused(400, 2);
    admin.post(path, json!({"name": "x".repeat(256)})).await.refused(400, 2);
    admin.post(path, json!({"name": "Referred"})).await.refused(409, 18);
    admin.put(path, json!({"name": "Referred"})).await.refused(400, 1);
    admin.put(path, json!({"name": "None", "displayName": "x"})).await.refused(404, 6);
    admin.delete(path, Some(json!({"name": "None"}))).await.refused(404, 6);
    admin.delete(path, None).await.refused(400, 2);
    for name in ["agent1", "supervisor"] {
        app.agent(name).post(path, json!({"name": "x"})).await.refused(403, 5);
    }
}

#[tokio::test]
async fn a_centre_without_codes_gets_the_default_group_with_the_first() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    for group in ["1-root", "1-other"] {
        admin.delete(&format!("/groups/{group}"), None).await.ok();
    }
    assert_eq!(admin.get("/settings/dispositions").await.ok()["settings"], json!([]));
    admin.post("/settings/dispositions", json!({"name": "Sold"})).await.ok();
    let answer = admin.get("/groups?type=dispositions&fields=name,defaultGroup").await.ok();
    assert_eq!(answer["groups"][0]["name"], "DispositionCode");
    assert_eq!(answer["groups"][0]["defaultGroup"], true);
}

#[tokio::test]
async fn other_groups_are_read_only() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    for group in ["agent-states", "interaction-workspace", "workspace-tab"] {
        let path = format!("/settings/{group}");
        admin.post(&path, json!({})).await.refused(400, 11);
        admin.put(&path, json!({})).await.refused(400, 11);
        admin.delete(&path, None).await.refused(400, 11);
        app.agent("agent1").put(&path, json!({})).await.refused(403, 5);
    }
    admin.put("/settings/horoscope", json!({})).await.refused(404, 6);
}
