//! The customers: whoever answers them hears them out.

use crate::{
    messenger,
    server::{WebhookServer, calm},
    sms,
};
use axum::{body::Body, http::Request};
use demo::platforms::Settings;
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};

const THANKS: &str = "No, that was all. Thank you and goodbye!";
const IMPATIENCE: &str = "Is anyone there?";

fn hurried() -> Settings {
    let mut settings = calm();
    settings.manners.away = 0..50;
    settings.manners.typing = 10..30;
    settings.manners.playful = 50;
    settings
}

/// What customers said so far over SMS and Messenger: who, id, text.
fn said(server: &WebhookServer) -> Vec<(String, String, String)> {
    let mut said = Vec::new();
    for came in server.came() {
        if !came.field("Body").is_empty() {
            said.push((
                came.field("From").into(),
                came.field("MessageSid").into(),
                came.field("Body").into(),
            ));
        }
        for event in came.events() {
            let message = &event["message"];
            if message["is_echo"] != true && message["mid"].is_string() {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                said.push((text(&event["sender"]["id"]), text(&message["mid"]), text(&message["text"])));
            }
        }
    }
    said
}

/// Answers everybody, until somebody of each platform has thanked.
#[tokio::test]
async fn customers_talk_until_they_have_thanked() {
    let server = WebhookServer::open(hurried()).await;
    let people = tokio::spawn(server.platforms.clone().customers());
    let mut answered = BTreeSet::new();
    for _ in 0..400 {
        for (who, id, text) in said(&server) {
            if answered.insert(id) && text != THANKS {
                if who.starts_with('+') {
                    sms::reply(&server, &who, "I see. And then?").await;
                } else {
                    messenger::reply(&server, &who, "I see. And then?").await;
                }
            }
        }
        let thanked: BTreeSet<bool> =
            said(&server).iter().filter(|one| one.2 == THANKS).map(|one| one.0.starts_with('+')).collect();
        if thanked.len() == 2 {
            people.abort();
            let reads = server.events(3, "read").await;
            assert!(reads.iter().all(|read| read["read"]["watermark"].is_i64()));
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nobody thanked: {:#?}", said(&server));
}

#[tokio::test]
async fn who_is_not_answered_asks_and_gives_up() {
    let mut settings = hurried();
    settings.manners.at_once = 1;
    settings.manners.playful = 0;
    settings.manners.patience = 50..51;
    let server = WebhookServer::open(settings).await;
    let people = tokio::spawn(server.platforms.clone().customers());
    server.wait(2, |came| came.field("Body") == IMPATIENCE).await;
    people.abort();
    let texts: Vec<_> = server.came().into_iter().filter(|came| !came.field("Body").is_empty()).collect();
    let first_two: Vec<_> = texts.iter().take(4).map(|one| one.field("Body") == IMPATIENCE).collect();
    assert_eq!(first_two, [false, true, false, true], "one matter after another, each with one question");
}

#[tokio::test]
async fn the_picture_is_there() {
    let server = WebhookServer::open(calm()).await;
    let request = Request::get("/media/picture.png").body(Body::empty()).expect("a request");
    let response = server.whole(request).await;
    assert_eq!(response.headers()["content-type"], "image/png");
    let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("a body");
    assert!(body.starts_with(b"\x89PNG\r\n\x1a\n"));
}
