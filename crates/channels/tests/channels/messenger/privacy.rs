//! Requests to delete what is known of a person (spec: channel-connectors#2.10).

use super::server::{APP_SECRET, HOOK, MessengerServer, PUBLIC};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use serde_json::Value;
use testkit::sign::mac;

fn request(secret: &str, payload: &str) -> Request<Body> {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let signature = URL_SAFE_NO_PAD.encode(mac(secret, &payload));
    Request::post(format!("{HOOK}/data-deletion"))
        .body(format!("signed_request={signature}.{payload}").into())
        .expect("a request")
}

#[tokio::test]
async fn a_request_is_kept_for_an_operator_and_answered_with_a_code() {
    let server = MessengerServer::new().await;
    let payload = r#"{"algorithm":"HMAC-SHA256","user_id":"218471","issued_at":1291836800}"#;
    let refused = server.send(request("another", payload)).await;
    assert_eq!((refused.status, server.quarantined().await.len()), (StatusCode::FORBIDDEN, 0));
    let answer = server.send(request(APP_SECRET, payload)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let told: Value = serde_json::from_str(&answer.body).expect("JSON");
    let code = told["confirmation_code"].as_str().expect("a code").to_owned();
    assert_eq!(told["url"], format!("{PUBLIC}{HOOK}/data-deletion?code={code}"));
    let [kept] = &server.quarantined().await[..] else { panic!("one request") };
    assert!(kept.why.contains("jackfield erase") && !kept.why.contains("218471"), "{}", kept.why);
    assert!(String::from_utf8_lossy(&kept.raw).contains("218471"));
    let channel = server.desk.channel("page").expect("connected");
    assert!(channel.replay(kept.clone()).await.is_err(), "it is no unit");

    let status = |code: &str| Request::get(format!("{HOOK}/data-deletion?code={code}")).body(Body::empty());
    let seen = server.send(status(&code).expect("a request")).await;
    assert!(seen.status == StatusCode::OK && seen.body.contains(&code), "{seen:?}");
    let other = server.send(status("%3Cscript%3E").expect("a request")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}
