//! Requests that are wrong in themselves (core-and-voice §1.5, DESIGN §4).

use crate::harness::App;
use http::{Method, header};
use serde_json::json;

#[tokio::test]
async fn no_credentials_is_access_denied_and_no_login_box() {
    let app = App::start().await;
    for path in ["/me", "/users", "/settings/dispositions", "/horoscope", "/internal-api/me/settings"] {
        let reply = app.stranger().get(path).await;
        assert!(!reply.headers.contains_key(header::WWW_AUTHENTICATE));
        assert_eq!(reply.refused(403, 20), "Access denied");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_naming_the_byte() {
    let app = App::start().await;
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
    let app = App::start().await;
    let code = json!({"name": "New", "colour": "blue"});
    app.agent("admin").post("/settings/dispositions?nonsense=1", code).await.ok();
    app.agent("agent1").get("/features?nonsense=1&fields=*").await.ok();
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_not_found() {
    let app = App::start().await;
    let admin = app.agent("admin");
    admin.delete("/me", None).await.refused(404, 6);
    admin.post("/features", json!({"operationName": "x"})).await.refused(404, 6);
    admin.put("/contacts/1", json!({})).await.refused(404, 6);
}
