//! Features and what happens without them (spec: admin-and-reporting#2.4, decisions#8).

use serde_json::json;
use testkit::{TestServer, settled};

#[tokio::test]
async fn the_centre_has_its_features_and_the_server_knows_more() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let answer = tom.get("/features?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    assert_eq!(tom.get("/me/features?fields=*").await.ok(), answer);
    tom.get("/features/api-voice").await.refused(404, 6);
    tom.get("/system/features").await.refused(403, 5);
    let known = app.agent("admin").get("/system/features?fields=id").await.ok();
    assert!(known["features"].as_array().is_some_and(|all| all.iter().any(|row| row["id"] == "api-voice")));
    app.agent("admin").get("/system/features/api-horoscope").await.refused(404, 6);
}

#[tokio::test]
async fn a_feature_the_server_does_not_know_bears_its_id_for_a_name() {
    let app = TestServer::with(|centre| {
        centre.features.insert("api-horoscope".into());
    })
    .await;
    let answer = app.agent("agent1").get("/features/api-horoscope").await.ok();
    assert_eq!(answer["feature"]["displayName"], "api-horoscope");
}

#[tokio::test]
async fn without_reading_the_provisioned_is_not_there() {
    let app = TestServer::without(&["api-provisioning-read"]).await;
    let admin = app.agent("admin");
    for path in
        ["/users", "/users/1", "/skills", "/devices", "/queues", "/groups", "/groups/1-root/dispositions"]
    {
        admin.get(path).await.refused(404, 6);
    }
    // What agents need for themselves stays.
    app.agent("agent1").get("/me?subresources=*").await.ok();
    app.agent("agent1").get("/me/devices").await.ok();
}

#[tokio::test]
async fn without_writing_no_change_is_valid() {
    let app = TestServer::without(&["api-provisioning-write"]).await;
    let admin = app.agent("admin");
    let code = json!({"name": "New", "displayName": "New"});
    admin.post("/settings/dispositions", code.clone()).await.refused(400, 2);
    admin.put("/settings/dispositions", code.clone()).await.refused(400, 2);
    admin.delete("/settings/dispositions", Some(code.clone())).await.refused(400, 2);
    admin.post("/groups", code.clone()).await.refused(400, 2);
    admin.delete("/groups/1-root", None).await.refused(400, 2);
    admin.post("/groups/1-root/dispositions", code).await.refused(400, 2);
}

#[tokio::test]
async fn a_medium_needs_its_own_feature_or_that_of_all_media() {
    let all = ["api-multimedia", "api-multimedia-chat"];
    for kept in all {
        let off: Vec<&str> = all.into_iter().filter(|feature| *feature != kept).collect();
        let app = TestServer::without(&off).await;
        app.agent("agent1").get("/me/chats").await.ok();
    }
    let app = TestServer::without(&all).await;
    let tom = app.agent("agent1");
    tom.get("/me/chats").await.refused(404, 6);
    tom.get("/me/chats/1").await.refused(404, 6);
    tom.operate("/me/chats/1", "Reject").await.refused(400, 2);
}
