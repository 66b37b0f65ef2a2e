//! What the door of a service says before a chat is begun, and how it is closed (spec: digital-channels#6.1).

use super::server::{ChatServer, SERVICE, texts};
use axum::body::Body;
use domain::hours::Closed;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use testkit::{START, documented, http::read};

/// It is Tuesday, 9:11:02; in this time it opens.
const HOURS: &str = "Mo-Fr 10:00-18:00";
const OPENS: i64 = START + 48 * 60_000 + 58_000;
const TEXT: &str = "We are back at ten.";

async fn door(server: &ChatServer, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let (status, answer) = read(server.send(request).await).await;
    documented::answered("GET", path, status, &answer);
    (status, answer)
}

#[tokio::test]
async fn the_door_tells_how_a_service_stands() {
    let server = ChatServer::new().await;
    let open = json!({"statusCode": 0, "open": true, "accepts": true});
    assert_eq!(door(&server, SERVICE).await, (StatusCode::OK, open.clone()));
    for (closed, accepts, message) in [
        (Closed::Queue, true, None),
        (Closed::Reply(TEXT.into()), true, Some(TEXT)),
        (Closed::Refuse(TEXT.into()), false, Some(TEXT)),
    ] {
        server.keeps_hours("Help", HOURS, closed).await;
        let mut told = json!({"statusCode": 0, "open": false, "accepts": accepts, "opensAt": OPENS});
        if let Some(message) = message {
            told["message"] = message.into();
        }
        assert_eq!(door(&server, SERVICE).await, (StatusCode::OK, told));
    }
    server.pass(OPENS - START);
    assert_eq!(door(&server, SERVICE).await, (StatusCode::OK, open));
    let (status, answer) = door(&server, "/genesys/2/chat/nowhere").await;
    assert_eq!((status, &answer["errors"][0]["code"]), (StatusCode::NOT_FOUND, &json!(200)));
}

#[tokio::test]
async fn a_closed_door_refuses_with_its_text_until_it_opens() {
    let server = ChatServer::new().await;
    server.keeps_hours("Help", HOURS, Closed::Refuse(TEXT.into())).await;
    let (status, answer) = server.post(SERVICE, &[("nickname", "Ines")]).await;
    assert_eq!((status, &answer["statusCode"]), (StatusCode::OK, &json!(2)));
    assert_eq!(answer["errors"], json!([{"code": 249, "advice": TEXT}]));
    assert!(server.desk.present().is_empty(), "nothing began");
    server.pass(OPENS - START);
    server.customer("Ines").await;
}

#[tokio::test]
async fn who_waits_at_a_closed_door_is_told_once() {
    let server = ChatServer::new().await;
    server.keeps_hours("Help", HOURS, Closed::Reply(TEXT.into())).await;
    let window = server.customer("Ines").await;
    assert_eq!(window.command(&server, "send", &[("message", "Hello?")]).await["statusCode"], 0);
    let answer = window.command(&server, "refresh", &[("transcriptPosition", "1")]).await;
    assert_eq!(texts(&answer), [TEXT, "Hello?"]);
    assert_eq!(answer["messages"][1]["from"]["type"], "External");
    assert_eq!(answer["chatEnded"], false);
}
