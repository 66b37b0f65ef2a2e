//! How webhooks come: doubled, overtaken, repeated, badly signed, and never to anybody else.

use crate::{
    server::{Came, WebhookServer, calm},
    sms,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const FROM: &str = "+15550299";

fn an_sms(text: &str) -> Value {
    json!({ "platform": "sms", "from": FROM, "text": text })
}

fn a_message(text: &str) -> Value {
    json!({ "platform": "messenger", "from": "5001", "text": text })
}

fn is_sms(came: &Came) -> bool {
    came.field("From") == FROM
}

#[tokio::test]
async fn a_doubled_webhook_is_the_same_twice() {
    let mut settings = calm();
    settings.mischief.doubled = 100;
    let server = WebhookServer::open(settings).await;
    server.say(an_sms("Hello")).await;
    let both = server.wait(2, is_sms).await;
    assert_eq!(both[0].raw, both[1].raw);
    assert_eq!(both[0].token, both[1].token);
    assert!(both[1].at - both[0].at < Duration::from_secs(1));
    server.say(a_message("Hello")).await;
    let both = server.wait(2, |came| !came.json.is_null()).await;
    assert_eq!(both[0].raw, both[1].raw);
}

#[tokio::test]
async fn as_many_copies_come_as_are_wanted() {
    let server = WebhookServer::open(calm()).await;
    let mut said = a_message("Hello");
    said["copies"] = 8.into();
    server.say(said).await;
    let all = server.wait(8, |came| !came.json.is_null()).await;
    assert!(all.iter().all(|one| one.is_signed && one.raw == all[0].raw));
}

#[tokio::test]
async fn a_webhook_that_is_held_up_is_overtaken() {
    let mut settings = calm();
    settings.mischief.overtaken = 50;
    settings.mischief.overtaken_by = 300..301;
    let server = WebhookServer::open(settings).await;
    let said: Vec<Value> = (0..20).map(|number| an_sms(&format!("{number:02}"))).collect();
    server.say(said.into()).await;
    let came = server.wait(20, is_sms).await;
    // Those that were held up are the last to come, although others were said after them.
    let wait = Duration::from_millis(250);
    let (late, early): (Vec<_>, Vec<_>) = came.iter().partition(|one| one.at - came[0].at > wait);
    assert!(late.iter().any(|one| early.iter().any(|other| other.field("Body") > one.field("Body"))));
}

#[tokio::test]
async fn what_failed_comes_again_when_it_was_asked_to() {
    let server = WebhookServer::open(calm()).await;
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    server.answer_with(&[(unavailable, None), (unavailable, Some("1"))]);
    server.say(an_sms("Hello")).await;
    let tries = server.wait(3, is_sms).await;
    assert!(tries.iter().all(|one| one.raw == tries[0].raw && one.token == tries[0].token));
    assert!(tries[2].at - tries[1].at >= Duration::from_secs(1), "Retry-After is honoured");
    let log = server.logged("?platform=sms", 3).await;
    let seen: Vec<_> = log.iter().map(|entry| (entry["status"].as_u64(), entry["try"].as_u64())).collect();
    assert_eq!(seen, [(Some(503), Some(1)), (Some(503), Some(2)), (Some(200), Some(3))]);
}

#[tokio::test]
async fn a_webhook_is_given_up_at_last() {
    let mut settings = calm();
    settings.repeat.tries = 3;
    settings.repeat.first = Duration::from_millis(5);
    let server = WebhookServer::open(settings).await;
    server.answer_with(&[(StatusCode::INTERNAL_SERVER_ERROR, None); 3]);
    server.say(an_sms("one")).await;
    server.wait(3, is_sms).await;
    server.say(an_sms("two")).await;
    server.wait(1, |came| came.field("Body") == "two").await;
    assert_eq!(server.came().len(), 4);
}

#[tokio::test]
async fn a_refused_sms_does_not_come_again_but_a_refused_message_does() {
    let server = WebhookServer::open(calm()).await;
    server.answer_with(&[(StatusCode::BAD_REQUEST, None)]);
    server.say(an_sms("one")).await;
    server.wait(1, is_sms).await;
    server.say(an_sms("two")).await;
    server.wait(1, |came| came.field("Body") == "two").await;
    assert_eq!(server.came().len(), 2);
    server.answer_with(&[(StatusCode::BAD_REQUEST, None)]);
    server.say(a_message("three")).await;
    server.wait(2, |came| !came.json.is_null()).await;
}

#[tokio::test]
async fn a_webhook_can_be_signed_badly_or_not_at_all() {
    let server = WebhookServer::open(calm()).await;
    for mut said in [an_sms("x"), a_message("x")] {
        for signature in ["bad", "missing"] {
            said["signature"] = signature.into();
            server.answer_with(&[(StatusCode::FORBIDDEN, None)]);
            server.say(said.clone()).await;
        }
    }
    let came = server.wait(4, |_| true).await;
    assert!(came.iter().all(|one| !one.is_signed));
    // Nothing tells that it does not come again; it would after 30 ms.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.came().len(), 4, "refusing it is right, and it does not come again");
}

#[tokio::test]
async fn a_callback_to_a_foreign_address_is_not_followed() {
    let server = WebhookServer::open(calm()).await;
    let foreign = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let callback = format!("http://{}/channels/sms", foreign.local_addr().expect("an address"));
    sms::send_with_callback(&server, FROM, &callback).await;
    let followed = tokio::time::timeout(Duration::from_millis(500), foreign.accept()).await;
    assert!(followed.is_err(), "{followed:?}");
    let log = server.logged("?platform=sms", 3).await;
    let tries: Vec<_> = log.iter().skip(1).map(|entry| (&entry["kind"], &entry["try"])).collect();
    assert_eq!(tries, [(&json!("sent"), &json!(0)), (&json!("delivered"), &json!(0))]);
}

#[tokio::test]
async fn a_saying_that_makes_no_sense_is_refused() {
    let server = WebhookServer::open(calm()).await;
    for (said, why) in [
        (json!({ "platform": "fax", "from": FROM, "text": "x" }), "unknown variant `fax`"),
        (json!({ "platform": "sms", "from": FROM, "txt": "x" }), "unknown field `txt`"),
        (json!({ "platform": "sms", "from": FROM }), "nothing to say"),
        (json!({ "platform": "sms", "from": "5001", "text": "x" }), "number"),
        (json!({ "platform": "sms", "from": FROM, "text": "x", "ago": 5 }), "of SMS there are only"),
        (json!({ "platform": "sms", "from": FROM, "text": "x", "copies": 17 }), "copies"),
        (json!({ "platform": "messenger", "from": FROM, "text": "x" }), "PSID"),
        (json!({ "platform": "messenger", "from": "5001", "text": "x".repeat(1_601) }), "1600"),
        (json!([]), "between 1 and 40"),
        (json!("hello"), "invalid type"),
    ] {
        let (status, body) = server.say(said.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{said}");
        assert!(body["error"].as_str().is_some_and(|error| error.contains(why)), "{said}: {body}");
    }
    assert!(server.came().is_empty());
}
