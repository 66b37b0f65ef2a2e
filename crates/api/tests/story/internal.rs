//! `/internal-api` (spec: core-and-voice#7.3).

use serde_json::json;
use testkit::{TestServer, settled};

#[tokio::test]
async fn states_and_options_in_one_go() {
    let app = TestServer::start().await;
    let answer = app.agent("agent1").get("/internal-api/me/settings?fields=*").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
}

#[tokio::test]
async fn the_book_as_business_attributes() {
    let app = TestServer::start().await;
    let tom = app.agent("agent1");
    let answer = tom.get("/internal-api/contact-center?subresources=businessAttributes").await.ok();
    insta::assert_json_snapshot!(settled(&answer));
    let list = tom.get("/internal-api/business-attributes").await.ok();
    assert_eq!(list["businessAttributes"], answer["resources"]["businessAttributes"]);
    assert_eq!(list["resources"], answer["resources"]);
    assert_eq!(tom.get("/internal-api/contact-center").await.ok()["resources"], json!({}));
}

#[tokio::test]
async fn a_user_event_needs_a_phone_that_is_there() {
    let app = TestServer::start().await;
    let (tom, path) = (app.agent("agent1"), "/internal-api/operations");
    let device = tom.get("/me/devices?fields=*").await.ok()["devices"][0]["id"].clone();
    let event = json!({"operationName": "SendUserEvent", "deviceId": device, "userData": {"A": "B"}});
    assert_eq!(tom.post(path, event).await.refused(500, 4), "Device '5001' is not registered.");
    let other = json!({"operationName": "SendUserEvent", "deviceId": "none"});
    tom.post(path, other).await.refused(404, 6);
    tom.operate(path, "Dance").await.refused(400, 2);
    tom.post(path, json!({})).await.refused(400, 1);
}

/// spec: core-and-voice#7.2, client-requirements#27.
#[tokio::test]
async fn the_vendors_desktop_starts() {
    let app = TestServer::start().await;
    app.stranger().get("/me?subresources=features,devices,channels").await.refused(403, 20);
    let tom = app.agent("agent1");
    let me = tom.get("/me?subresources=features,devices,channels").await.ok();
    tom.get("/internal-api/me/settings?fields=*").await.ok();
    tom.get("/services?fields=*").await.ok();
    tom.get("/me/groups?type=BusinessUnit&fields=*").await.ok();
    tom.get("/internal-api/contact-center?subresources=businessAttributes").await.ok();
    tom.get("/groups?type=dispositions&fields=*").await.ok();
    let device = me["user"]["devices"][0]["id"].as_str().expect("a device");
    tom.get(&format!("/me/devices/{device}/settings/tserver")).await.ok();
    let start = json!({"operationName": "StartContactCenterSession", "channels": ["voice", "chat"]});
    assert_eq!(tom.post("/me", start).await.json["statusCode"], 7);
    tom.get(&format!("/contacts/{}?type=User", tom.id())).await.ok();
    tom.operate("/me/channels/voice", "NotReady").await.refused(500, 4);
    tom.get("/diagnostics/version").await.ok();
    tom.get("/workbins?fields=*").await.ok();
    tom.get("/me?subresources=devices,calls,channels,interactions,chats").await.ok();
}

#[tokio::test]
async fn the_same_gate_stands_before_it_and_what_is_unknown_is_not_found() {
    let app = TestServer::start().await;
    app.stranger().get("/internal-api/me/settings").await.refused(403, 20);
    app.agent("agent1").get("/internal-api/horoscope").await.refused(404, 6);
    app.agent("agent1").post("/internal-api/horoscope", json!({})).await.refused(404, 6);
}
