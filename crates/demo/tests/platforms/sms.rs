//! The SMS provider as a connector sees it.

use crate::server::{PUBLIC, WebhookServer, calm, post};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use demo::platforms::{MOUNT, SMS_ACCOUNT_SID, SMS_AUTH_TOKEN, SMS_NUMBER};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const TO: &str = "+15550299";

fn path() -> String {
    format!("/sms/2010-04-01/Accounts/{SMS_ACCOUNT_SID}/Messages.json")
}

fn credentials(token: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{SMS_ACCOUNT_SID}:{token}")))
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn send(fields: &[(&str, &str)]) -> Request<Body> {
    let mut request = post(&path(), "application/x-www-form-urlencoded", form(fields));
    let value = credentials(SMS_AUTH_TOKEN).parse().expect("a header");
    request.headers_mut().insert("authorization", value);
    request
}

fn a_send(to: &str) -> Request<Body> {
    a_send_with(to, &format!("{PUBLIC}/channels/sms/demo-sms/status/7?n=1"))
}

fn a_send_with(to: &str, callback: &str) -> Request<Body> {
    send(&[("To", to), ("From", SMS_NUMBER), ("Body", "Grüße"), ("StatusCallback", callback)])
}

/// A send that is accepted and reported to an address.
pub async fn send_with_callback(server: &WebhookServer, to: &str, callback: &str) {
    assert_eq!(server.ask(a_send_with(to, callback)).await.0, StatusCode::CREATED);
}

/// A send that is accepted, as the people's test needs it.
pub async fn reply(server: &WebhookServer, to: &str, text: &str) -> Value {
    let (status, body) = server.ask(send(&[("To", to), ("From", SMS_NUMBER), ("Body", text)])).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body
}

#[tokio::test]
async fn a_send_is_accepted_and_its_course_reported() {
    let server = WebhookServer::open(calm()).await;
    let (status, body) = server.ask(a_send(TO)).await;
    assert_eq!(status, StatusCode::CREATED);
    let sid = body["sid"].as_str().expect("a sid");
    assert!(sid.len() == 34 && sid.starts_with("SM"), "{sid}");
    assert_eq!(body["status"], "queued");
    assert_eq!(body["num_segments"], "1");
    assert_eq!(body["error_code"], Value::Null);
    assert_eq!(body["direction"], "outbound-api");
    assert_eq!(body["date_created"], "Thu, 09 Oct 2025 08:53:20 +0000");
    assert_eq!((&body["to"], &body["body"]), (&json!(TO), &json!("Grüße")));

    let reports = server.wait(2, |came| !came.field("MessageStatus").is_empty()).await;
    assert_eq!(
        reports.iter().map(|one| one.field("MessageStatus")).collect::<Vec<_>>(),
        ["sent", "delivered"]
    );
    for report in &reports {
        assert!(report.is_signed, "{report:?}");
        assert_eq!(report.path, "/channels/sms/demo-sms/status/7?n=1");
        assert_eq!((report.field("MessageSid"), report.field("To")), (sid, TO));
        assert_eq!(report.field("ErrorCode"), "");
    }
}

#[tokio::test]
async fn who_may_not_send_is_refused() {
    let server = WebhookServer::open(calm()).await;
    let mut wrong = a_send(TO);
    wrong.headers_mut().insert("authorization", credentials("wrong").parse().expect("a header"));
    let (status, body) = server.ask(wrong).await;
    assert_eq!((status, &body["code"]), (StatusCode::UNAUTHORIZED, &json!(20003)));
    let mut nobody = a_send(TO);
    nobody.headers_mut().remove("authorization");
    assert_eq!(server.ask(nobody).await.1["code"], 20003);
    let mut other = a_send(TO);
    *other.uri_mut() = path().replace("ACde3", "ACde4").parse().expect("a path");
    assert_eq!(server.ask(other).await.1["code"], 20404);
}

#[tokio::test]
async fn a_form_that_cannot_be_sent_is_refused() {
    let server = WebhookServer::open(calm()).await;
    let (longest, too_long) = ("ü".repeat(1_600), "ü".repeat(1_601));
    let from = ("From", SMS_NUMBER);
    for (fields, code) in [
        (vec![from, ("Body", "x")], 21604),
        (vec![("To", "5550299"), from, ("Body", "x")], 21211),
        (vec![("To", TO), ("Body", "x")], 21603),
        (vec![("To", TO), ("From", "+15550101"), ("Body", "x")], 21606),
        (vec![("To", TO), from], 21602),
        (vec![("To", TO), from, ("Body", &too_long)], 21617),
        (vec![("To", TO), from, ("Body", "x"), ("StatusCallback", "/status")], 21609),
    ] {
        let (status, body) = server.ask(send(&fields)).await;
        assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!(code)), "{fields:?}");
        assert_eq!(body["status"], 400);
        assert!(body["message"].is_string() && body["more_info"].is_string());
    }
    let (_, body) = server.ask(send(&[("To", TO), from, ("Body", &longest)])).await;
    assert_eq!(body["num_segments"], "11");
    let picture = [("To", TO), from, ("MediaUrl", "https://x.example/a.png")];
    assert_eq!(server.ask(send(&picture)).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn numbers_with_certain_ends_are_refused() {
    let server = WebhookServer::open(calm()).await;
    for (to, status, code) in [
        ("+15550200001", StatusCode::BAD_REQUEST, 21610),
        ("+15550200004", StatusCode::INTERNAL_SERVER_ERROR, 20500),
        ("+15550200006", StatusCode::TOO_MANY_REQUESTS, 20429),
        ("+15550200008", StatusCode::BAD_REQUEST, 21211),
    ] {
        let (answered, body) = server.ask(a_send(to)).await;
        assert_eq!((answered, &body["code"]), (status, &json!(code)), "{to}");
    }
    assert_eq!(server.ask(a_send("+15550200006")).await.0, StatusCode::CREATED, "the second try passes");
}

#[tokio::test]
async fn numbers_with_certain_ends_have_their_course() {
    let server = WebhookServer::open(calm()).await;
    for (to, expected) in [
        ("+15550200002", vec![("sent", ""), ("undelivered", "30003")]),
        ("+15550200003", vec![("failed", "30007")]),
        ("+15550200007", vec![("delivered", ""), ("sent", "")]),
    ] {
        assert_eq!(server.ask(a_send(to)).await.0, StatusCode::CREATED);
        let reports = server.wait(expected.len(), |came| came.field("To") == to).await;
        let course: Vec<_> =
            reports.iter().map(|one| (one.field("MessageStatus"), one.field("ErrorCode"))).collect();
        assert_eq!(course, expected, "{to}");
    }
}

#[tokio::test]
async fn a_hang_up_leaves_no_answer_and_yet_sends() {
    let server = WebhookServer::open(calm()).await;
    let callback = format!("{PUBLIC}/channels/sms/demo-sms/status/7");
    let body =
        form(&[("To", "+15550200005"), ("From", SMS_NUMBER), ("Body", "x"), ("StatusCallback", &callback)]);
    let request = format!(
        "POST {MOUNT}{} HTTP/1.1\r\nhost: localhost\r\nauthorization: {}\r\ncontent-type: \
         application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        path(),
        credentials(SMS_AUTH_TOKEN),
        body.len()
    );
    let mut connection = TcpStream::connect(server.address).await.expect("a connection");
    connection.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    // A reset is as good as an end.
    let _ = connection.read_to_end(&mut answer).await;
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    server.wait(1, |came| came.field("MessageStatus") == "delivered").await;
}

#[tokio::test]
async fn who_opts_out_at_the_provider_gets_nothing_until_he_opts_in() {
    let server = WebhookServer::open(calm()).await;
    let says = async |text: &str| {
        server.say(json!({ "platform": "sms", "from": TO, "text": text })).await;
        server.wait(1, |came| came.field("Body") == text).await
    };
    assert_eq!(says(" stop ").await[0].field("OptOutType"), "STOP");
    assert_eq!(server.ask(a_send(TO)).await.1["code"], 21610);
    assert_eq!(says("stop it please").await[0].field("OptOutType"), "");
    assert_eq!(says("START").await[0].field("OptOutType"), "START");
    assert_eq!(server.ask(a_send(TO)).await.0, StatusCode::CREATED);
    assert_eq!(says("yes").await[0].field("OptOutType"), "", "the person is in already");
    assert_eq!(says("HELP").await[0].field("OptOutType"), "HELP");
}

#[tokio::test]
async fn too_many_sends_a_second_are_refused() {
    let mut settings = calm();
    settings.sms.per_second = 2;
    let server = WebhookServer::open(settings).await;
    for _ in 0..2 {
        assert_eq!(server.ask(a_send(TO)).await.0, StatusCode::CREATED);
    }
    let response = server.whole(a_send(TO)).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "1");
}

#[tokio::test]
async fn an_sms_comes_with_all_its_fields() {
    let server = WebhookServer::open(calm()).await;
    let picture = "https://x.example/a.png";
    let said = json!({ "platform": "sms", "from": TO, "text": "Héllo & co 😀", "media": picture });
    let (status, body) = server.say(said).await;
    assert_eq!(status, StatusCode::OK);
    let came = &server.wait(1, |came| came.field("From") == TO).await[0];
    assert!(came.is_signed);
    assert_eq!(came.path, "/channels/sms/demo-sms");
    for (name, value) in [
        ("MessageSid", body["ids"][0].as_str().expect("an id")),
        ("AccountSid", SMS_ACCOUNT_SID),
        ("To", SMS_NUMBER),
        ("Body", "Héllo & co 😀"),
        ("NumMedia", "1"),
        ("MediaUrl0", picture),
        ("MediaContentType0", "image/png"),
        ("NumSegments", "1"),
    ] {
        assert_eq!(came.field(name), value, "{name}");
    }
    assert!(!came.token.is_empty());
}

#[tokio::test]
async fn the_log_tells_what_went_through() {
    let server = WebhookServer::open(calm()).await;
    server.ask(a_send(TO)).await;
    server.ask(a_send("+15550200001")).await;
    server.wait(1, |came| came.field("MessageStatus") == "sent").await;
    let calls = server.log("?platform=sms").await;
    assert_eq!(
        (&calls[0]["way"], &calls[0]["status"], &calls[0]["person"]),
        (&json!("call"), &json!(201), &json!(TO))
    );
    assert_eq!(calls[0]["text"], "Grüße");
    assert_eq!((&calls[1]["code"], &calls[1]["status"]), (&json!(21610), &json!(400)));
    let mine = server.log("?person=%2B15550299").await;
    assert!(mine.iter().all(|entry| entry["person"] == TO) && !mine.is_empty());
    assert!(server.log("?platform=messenger").await.is_empty());
}
