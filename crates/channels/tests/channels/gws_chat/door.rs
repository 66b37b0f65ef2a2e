//! What the door of a service says before a chat is begun, and how it is closed (spec: digital-channels#6.3).

use super::widget::{ROOT, ask};
use crate::chat::server::ChatServer;
use domain::hours::Closed;
use http::StatusCode;
use serde_json::json;
use testkit::START;

/// It is Tuesday, 9:11:02; in this time it opens.
const HOURS: &str = "Mo-Fr 10:00-18:00";
const OPENS: i64 = START + 48 * 60_000 + 58_000;
const TEXT: &str = "We are back at ten.";

#[tokio::test]
async fn the_door_tells_how_a_service_stands() {
    let server = ChatServer::new().await;
    let open = json!({"statusCode": 0, "open": true, "accepts": true});
    for endpoint in ["help", "Help"] {
        let asked = ask(&server, "GET", &format!("{ROOT}?endpoint={endpoint}"), "").await;
        assert_eq!(asked, (StatusCode::OK, open.clone()));
    }
    server.keeps_hours("Help", HOURS, Closed::Refuse(TEXT.into())).await;
    let told = json!({"statusCode": 0, "open": false, "accepts": false, "opensAt": OPENS, "message": TEXT});
    assert_eq!(ask(&server, "GET", &format!("{ROOT}?endpoint=help"), "").await, (StatusCode::OK, told));
    for (query, code) in [("", 1), ("?endpoint=", 1), ("?endpoint=nowhere", 2)] {
        let (status, answer) = ask(&server, "GET", &format!("{ROOT}{query}"), "").await;
        assert_eq!((status, &answer["statusCode"]), (StatusCode::BAD_REQUEST, &json!(code)), "{query}");
    }
}

#[tokio::test]
async fn a_closed_door_refuses_with_its_text() {
    let server = ChatServer::new().await;
    server.keeps_hours("Help", HOURS, Closed::Refuse(TEXT.into())).await;
    let body = json!({"operationName": "RequestChat", "nickname": "Ines", "endpoint": "help"});
    let (status, answer) = ask(&server, "POST", ROOT, body.to_string()).await;
    let refused = json!({"statusCode": 4, "statusMessage": TEXT});
    assert_eq!((status, answer), (StatusCode::SERVICE_UNAVAILABLE, refused));
}
