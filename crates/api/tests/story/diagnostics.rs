//! Services, diagnostics, workbins.

use serde_json::json;
use testkit::{TestServer, settled};

#[tokio::test]
async fn the_services_follow_the_features() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let answer = tom.get("/services?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    tom.get("/services/none").await.refused(404, 6);
    let app = TestServer::without(&["api-multimedia", "api-multimedia-chat"]).await;
    let answer = app.agent("agent1").get("/services?fields=type").await.ok();
    let types =
        answer["services"].as_array().expect("services").iter().map(|service| service["type"].clone());
    assert_eq!(types.collect::<Vec<_>>(), ["Provisioning", "Reporting"]);
}

#[tokio::test]
async fn the_version_is_told_to_whoever_is_logged_in() {
    let app = TestServer::start().await;
    let answer = app.agent("nobody").get("/diagnostics/version").await.ok();
    assert_eq!(answer, json!({"statusCode": 0, "version": "0.0.0-test"}));
    app.stranger().get("/diagnostics/version").await.refused(403, 20);
}

#[tokio::test]
async fn what_clients_miss_is_counted_for_the_administrator() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    tom.get("/horoscope").await.refused(404, 6);
    tom.get("/horoscope").await.refused(404, 6);
    tom.get("/internal-api/horoscope").await.refused(404, 6);
    tom.operate("/me", "Dance").await.refused(400, 2);
    tom.get("/diagnostics/clients").await.refused(403, 5);
    let answer = app.agent("admin").get("/diagnostics/clients").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn why_a_customer_waits() {
    let app = TestServer::start().await;
    let (tom, mei, supervisor) = (app.agent("agent1"), app.agent("agent2"), app.agent("supervisor"));
    app.customer("Ines").await;
    tom.ready().await;
    tom.operate("/me", "Lunch").await.ok();
    mei.ready().await;
    tom.get("/diagnostics/routing").await.refused(403, 5);
    let answer = supervisor.get("/diagnostics/routing").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn there_are_no_workbins() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    assert_eq!(tom.get("/workbins").await.ok(), json!({"statusCode": 0, "uris": []}));
    assert_eq!(tom.get("/workbins?fields=*").await.ok(), json!({"statusCode": 0, "workbins": []}));
    assert_eq!(tom.get("/me/workbins?fields=*").await.ok(), json!({"statusCode": 0, "workbins": []}));
    let some = tom.get("/workbins?workbinIds=a,b&subresources=*").await.ok();
    assert_eq!(some, json!({"statusCode": 0, "workbins": {}}));
}
