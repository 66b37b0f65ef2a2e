//! Requests that are wrong in themselves (spec: core-and-voice#1.5, decisions#8).

use http::{Method, header};
use serde_json::json;
use testkit::TestServer;

#[tokio::test]
async fn no_credentials_is_access_denied_and_no_login_box() {
    let app = TestServer::start().await;
    for path in ["/me", "/users", "/settings/dispositions", "/horoscope", "/internal-api/me/settings"] {
        let reply = app.stranger().get(path).await;
        assert!(!reply.headers.contains_key(header::WWW_AUTHENTICATE));
        assert_eq!(reply.refused(403, 20), "Access denied");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_naming_the_byte() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    for path in ["/settings/dispositions", "/groups", "/groups/1-root/dispositions"] {
        let reply = admin.send(Method::POST, path, Some("{ 'name': 'x' }".into())).await;
        assert_eq!(reply.refused(400, 2), "The body is not JSON: error at byte 2");
        admin.send(Method::POST, path, Some("[]".into())).await.refused(400, 2);
        admin.send(Method::POST, path, None).await.refused(400, 2);
    }
}

#[tokio::test]
async fn unknown_members_and_parameters_are_ignored() {
    let app = TestServer::start().await;
    let code = json!({"name": "New", "colour": "blue"});
    app.agent("admin").post("/settings/dispositions?nonsense=1", code).await.ok();
    app.agent("agent1").get("/features?nonsense=1&fields=*").await.ok();
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_refused_in_the_envelope() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    let path = format!("/{}", "a".repeat(9_000));
    admin.get(&path).await.refused(414, 2);
    for path in
        ["/me/chats/%ff", "/settings/%c0%ae", "/users/%zz", "/me?fields=%ff", "/internal-api/%ff", "/%"]
    {
        admin.get(path).await.refused(400, 2);
        admin.post(path, json!({"operationName": "Accept"})).await.refused(400, 2);
    }
    let replay = json!({"operationName": "Replay"});
    admin.post("/diagnostics/quarantine/abc", replay).await.refused(404, 6);
}

#[tokio::test]
async fn what_lies_nowhere_is_not_found_in_the_envelope() {
    let app = TestServer::start().await;
    for path in ["/nowhere", "/api/v3/me", "/api/v1/stats/1", "/internal-api/nowhere", "/api/%ff"] {
        let code = if path.ends_with("%ff") { (400, 2) } else { (404, 6) };
        app.agent("admin").get(path).await.refused(code.0, code.1);
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_not_found() {
    let app = TestServer::start().await;
    let admin = app.agent("admin");
    admin.delete("/me", None).await.refused(404, 6);
    admin.post("/features", json!({"operationName": "x"})).await.refused(404, 6);
    admin.put("/contacts/1", json!({})).await.refused(404, 6);
}
