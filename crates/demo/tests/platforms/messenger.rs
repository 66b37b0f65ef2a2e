//! The Messenger platform as a connector sees it.

use crate::server::{NOW, WebhookServer, calm, post};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use demo::platforms::{APP_ID, APP_SECRET, PAGE, PAGE_TOKEN};
use serde_json::{Value, json};

const PSID: &str = "5001";
const HOUR: u64 = 3_600;

fn with_access(mut request: Request<Body>) -> Request<Body> {
    let bearer = format!("Bearer {PAGE_TOKEN}").parse().expect("a header");
    request.headers_mut().insert("authorization", bearer);
    request
}

fn proof() -> String {
    testkit::sign::hex(APP_SECRET, PAGE_TOKEN)
}

fn post_to(path: &str, body: &Value) -> Request<Body> {
    let path = format!("/graph/v26.0/{path}?appsecret_proof={}", proof());
    with_access(post(&path, "application/json", body.to_string()))
}

fn a_text(to: &str, text: &str) -> Value {
    json!({
        "recipient": { "id": to },
        "messaging_type": "RESPONSE",
        "message": { "text": text, "metadata": "our-1" },
    })
}

async fn send(server: &WebhookServer, body: &Value) -> (StatusCode, Value) {
    server.ask(post_to(&format!("{PAGE}/messages"), body)).await
}

/// A send that is accepted, as the people's test needs it.
pub async fn reply(server: &WebhookServer, to: &str, text: &str) -> Value {
    let (status, body) = send(server, &a_text(to, text)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

/// Lets a person write, so that the page may answer them.
async fn writes(server: &WebhookServer, psid: &str, ago: u64) {
    let said = json!({ "platform": "messenger", "from": psid, "text": "Hi", "ago": ago });
    assert_eq!(server.say(said).await.0, StatusCode::OK);
}

fn code(body: &Value) -> (Option<u64>, Option<u64>) {
    (body["error"]["code"].as_u64(), body["error"]["error_subcode"].as_u64())
}

#[tokio::test]
async fn a_send_is_answered_echoed_and_delivered() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    let (status, body) = send(&server, &a_text(PSID, "Grüße/😀")).await;
    assert_eq!((status, &body["recipient_id"]), (StatusCode::OK, &json!(PSID)));
    let mid = &body["message_id"];
    let delivery = &server.events(1, "delivery").await[0];
    assert_eq!(delivery["delivery"]["watermark"], NOW);
    assert_eq!((&delivery["sender"]["id"], &delivery["recipient"]["id"]), (&json!(PSID), &json!(PAGE)));
    let echo = &server.events(2, "message").await[1];
    assert_eq!((&echo["sender"]["id"], &echo["recipient"]["id"]), (&json!(PAGE), &json!(PSID)));
    let message = json!({
        "mid": mid, "text": "Grüße/😀", "is_echo": true, "app_id": APP_ID, "metadata": "our-1",
    });
    assert_eq!(echo["message"], message);
    let came = server.came();
    assert!(came.iter().all(|one| one.is_signed && one.raw.is_ascii()), "{came:?}");
}

#[tokio::test]
async fn an_attachment_is_echoed_as_it_was_sent() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    let attachment = json!({ "type": "image", "payload": { "url": "https://x.example/a.png" } });
    let mut body = a_text(PSID, "");
    body["message"] = json!({ "attachment": attachment });
    assert_eq!(send(&server, &body).await.0, StatusCode::OK);
    assert_eq!(server.events(2, "message").await[1]["message"]["attachments"], json!([attachment]));
}

#[tokio::test]
async fn an_echo_may_come_before_the_answer() {
    let mut settings = calm();
    settings.messenger.echo_after = 60_000..60_001;
    let server = WebhookServer::open(settings).await;
    writes(&server, PSID, 0).await;
    let (status, body) = send(&server, &a_text(PSID, "so #echo")).await;
    assert_eq!(status, StatusCode::OK);
    let events: Vec<Value> = server.came().iter().flat_map(crate::server::Came::events).collect();
    let is_echo = |event: &&Value| event["message"]["mid"] == body["message_id"];
    assert_eq!(events.iter().filter(is_echo).count(), 1, "it is there already: {events:?}");
}

#[tokio::test]
async fn who_may_not_call_is_refused() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    let path = format!("/graph/v26.0/{PAGE}/messages");
    let plain = || post(&path, "application/json", a_text(PSID, "x").to_string());
    let body = server.ask(plain()).await.1;
    assert_eq!(code(&body), (Some(104), None));
    let mut wrong = plain();
    wrong.headers_mut().insert("authorization", "Bearer wrong".parse().expect("a header"));
    assert_eq!(code(&server.ask(wrong).await.1), (Some(190), None));
    let body = server.ask(with_access(plain())).await.1;
    assert!(body["error"]["message"].as_str().expect("words").contains("require an appsecret_proof"));
    assert!(body["error"]["fbtrace_id"].is_string());
    let mut wrong = with_access(plain());
    *wrong.uri_mut() = format!("{path}?appsecret_proof={}", "0".repeat(64)).parse().expect("a path");
    let body = server.ask(wrong).await.1;
    assert!(body["error"]["message"].as_str().expect("words").contains("Invalid appsecret_proof"));
    let body = server.ask(post_to("1000009/messages", &a_text(PSID, "x"))).await.1;
    assert_eq!(code(&body), (Some(100), Some(33)));
    let mut in_body = a_text(PSID, "x");
    in_body["appsecret_proof"] = proof().into();
    let request = with_access(post("/graph/v26.0/me/messages", "application/json", in_body.to_string()));
    assert_eq!(server.ask(request).await.0, StatusCode::OK);
}

#[tokio::test]
async fn sender_actions_are_answered_and_nothing_else_happens() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    server.events(1, "message").await;
    let action = json!({ "recipient": { "id": PSID }, "sender_action": "typing_on" });
    assert_eq!(send(&server, &action).await, (StatusCode::OK, json!({ "recipient_id": PSID })));
    let log = server.log("?platform=messenger").await;
    let call = log.iter().find(|entry| entry["way"] == "call").expect("a call");
    assert_eq!((&call["kind"], &call["person"]), (&json!("typing_on"), &json!(PSID)));
    assert_eq!(server.came().len(), 1);
}

#[tokio::test]
async fn the_window_closes_after_a_day_and_for_people_after_a_week() {
    let server = WebhookServer::open(calm()).await;
    assert_eq!(code(&send(&server, &a_text(PSID, "x")).await.1), (Some(100), Some(2_018_001)));
    let mut by_person = a_text(PSID, "x");
    by_person["messaging_type"] = "MESSAGE_TAG".into();
    by_person["tag"] = "HUMAN_AGENT".into();
    for (ago, plain, tagged) in [
        (24 * HOUR - 60, true, true),
        (24 * HOUR + 60, false, true),
        (7 * 24 * HOUR - HOUR, false, true),
        (7 * 24 * HOUR + HOUR, false, false),
    ] {
        writes(&server, PSID, ago).await;
        for (body, is_open) in [(a_text(PSID, "x"), plain), (by_person.clone(), tagged)] {
            let (status, body) = send(&server, &body).await;
            assert_eq!(status == StatusCode::OK, is_open, "{ago}: {body}");
            if !is_open {
                assert_eq!(code(&body), (Some(10), Some(2_018_278)));
            }
        }
    }
}

#[tokio::test]
async fn reading_does_not_open_the_window() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 25 * HOUR).await;
    server.say(json!({ "platform": "messenger", "from": PSID, "read": true })).await;
    assert_eq!(server.events(1, "read").await[0]["read"]["watermark"], NOW);
    assert_eq!(send(&server, &a_text(PSID, "x")).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn words_and_people_are_refused_on_request() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    for (word, end, expected) in [
        ("#190", "0190", (Some(190), Some(460))),
        ("#551", "0551", (Some(551), Some(1_545_041))),
        ("#2018278", "8278", (Some(10), Some(2_018_278))),
        ("#2018300", "8300", (Some(10), Some(2_018_300))),
        ("#368", "0368", (Some(368), None)),
    ] {
        assert_eq!(code(&send(&server, &a_text(PSID, word)).await.1), expected, "{word}");
        let psid = format!("777{end}");
        writes(&server, &psid, 0).await;
        assert_eq!(code(&send(&server, &a_text(&psid, "x")).await.1), expected, "{end}");
    }
}

#[tokio::test]
async fn some_refusals_pass_at_the_second_try() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    for (word, status, number) in [
        ("#613", StatusCode::BAD_REQUEST, Some(613)),
        ("#2", StatusCode::INTERNAL_SERVER_ERROR, Some(2)),
        ("#500", StatusCode::INTERNAL_SERVER_ERROR, None),
    ] {
        let (refused, body) = send(&server, &a_text(PSID, word)).await;
        assert_eq!((refused, code(&body).0), (status, number), "{word}");
        assert_eq!(send(&server, &a_text(PSID, word)).await.0, StatusCode::OK, "{word}");
    }
    let texts: Vec<_> = server.events(4, "message").await;
    assert_eq!(texts.len(), 4, "each was sent once: {texts:?}");
}

#[tokio::test]
async fn what_was_reported_as_failed_may_have_been_sent() {
    let server = WebhookServer::open(calm()).await;
    writes(&server, PSID, 0).await;
    let (_, body) = send(&server, &a_text(PSID, "#1357046")).await;
    assert_eq!(code(&body), (Some(1), Some(1_357_046)));
    assert_eq!(
        send(&server, &a_text(PSID, "#500sent")).await,
        (StatusCode::INTERNAL_SERVER_ERROR, Value::Null)
    );
    let echoes = server.events(3, "message").await;
    let texts: Vec<_> = echoes.iter().skip(1).filter_map(|echo| echo["message"]["text"].as_str()).collect();
    assert_eq!(texts, ["#1357046", "#500sent"]);
}

#[tokio::test]
async fn the_headers_tell_how_much_is_used() {
    let mut settings = calm();
    settings.messenger.per_minute = 3;
    let server = WebhookServer::open(settings).await;
    writes(&server, PSID, 0).await;
    let usage = async |text: &str| {
        let response = server.whole(post_to("me/messages", &a_text(PSID, text))).await;
        let header = |name: &str| -> Value {
            serde_json::from_slice(response.headers()[name].as_bytes()).expect("JSON")
        };
        assert_eq!(header("x-app-usage"), header("x-page-usage"));
        let business = &header("x-business-use-case-usage")[PAGE][0];
        (header("x-app-usage")["call_count"].clone(), business["estimated_time_to_regain_access"].clone())
    };
    assert_eq!(usage("one").await, (json!(34), json!(0)));
    assert_eq!(usage("#usage85").await, (json!(85), json!(0)));
    assert_eq!(usage("#usage100").await, (json!(100), json!(1)));
    assert_eq!(code(&send(&server, &a_text(PSID, "four")).await.1), (Some(613), None));
}

#[tokio::test]
async fn nothing_comes_before_the_webhook_is_verified() {
    let server = WebhookServer::open(calm()).await;
    server.verify_with(&[StatusCode::FORBIDDEN, StatusCode::OK]);
    writes(&server, PSID, 0).await;
    server.events(1, "message").await;
    let kinds: Vec<_> =
        server.logged("?platform=messenger", 4).await.iter().map(|entry| entry["kind"].clone()).collect();
    // 200 without the challenge is no verification either.
    assert_eq!(kinds, ["not verified", "not verified", "verified", "message"]);
}

#[tokio::test]
async fn several_events_come_in_one_webhook() {
    let server = WebhookServer::open(calm()).await;
    let said: Vec<Value> = (0..12)
        .map(|number| json!({ "platform": "messenger", "from": PSID, "text": number.to_string() }))
        .collect();
    server.say(said.into()).await;
    let came = &server.wait(1, |_| true).await[0];
    assert_eq!(came.json["entry"].as_array().map(Vec::len), Some(3));
    assert_eq!(came.events().len(), 12);
}

#[tokio::test]
async fn all_that_customers_can_do_has_its_event() {
    let server = WebhookServer::open(calm()).await;
    let says = async |mut what: Value| -> Value {
        what["platform"] = "messenger".into();
        what["from"] = PSID.into();
        let before = server.came().len();
        assert_eq!(server.say(what).await.0, StatusCode::OK);
        server.wait(before + 1, |_| true).await[before].json["entry"][0].clone()
    };
    let url = "https://x.example/a.png";
    let image = says(json!({ "media": url })).await;
    let attachment = &image["messaging"][0]["message"]["attachments"][0];
    assert_eq!((&attachment["type"], &attachment["payload"]["url"]), (&json!("image"), &json!(url)));
    for kind in ["image", "sticker"] {
        let sticker = says(json!({ "media": url, "attachment": kind, "sticker": 369 })).await;
        let attachment = &sticker["messaging"][0]["message"]["attachments"][0];
        assert_eq!((&attachment["type"], &attachment["payload"]["sticker_id"]), (&json!(kind), &json!(369)));
    }
    let tapped = says(json!({ "text": "Yes", "quick_reply": "YES_1" })).await;
    assert_eq!(tapped["messaging"][0]["message"]["quick_reply"]["payload"], "YES_1");
    let postback = says(json!({ "text": "Menu", "postback": "MENU" })).await;
    let postback = &postback["messaging"][0]["postback"];
    assert_eq!((&postback["title"], &postback["payload"]), (&json!("Menu"), &json!("MENU")));
    let colleague = says(json!({ "text": "I take this", "by_page": true })).await;
    let echo = &colleague["messaging"][0];
    assert_eq!((&echo["sender"]["id"], &echo["recipient"]["id"]), (&json!(PAGE), &json!(PSID)));
    assert!(echo["message"]["is_echo"] == true && echo["message"]["app_id"] != APP_ID);
    let standby = says(json!({ "text": "Hi", "standby": true })).await;
    assert!(standby["standby"][0]["message"]["text"] == "Hi" && standby.get("messaging").is_none());
}

#[tokio::test]
async fn the_profile_has_the_name_of_who_gave_it() {
    let server = WebhookServer::open(calm()).await;
    let named = json!({ "platform": "messenger", "from": PSID, "text": "Hi", "name": "Zoe Quinn" });
    server.say(named).await;
    writes(&server, "5002", 0).await;
    let get = async |id: &str| {
        let path = format!("/graph/v26.0/{id}?fields=first_name,last_name&appsecret_proof={}", proof());
        server.ask(with_access(Request::get(path).body(Body::empty()).expect("a request"))).await
    };
    let profile = json!({ "id": PSID, "first_name": "Zoe", "last_name": "Quinn" });
    assert_eq!(get(PSID).await, (StatusCode::OK, profile));
    assert_eq!(code(&get("5002").await.1), (Some(100), Some(33)));
    assert_eq!(get("me").await.1["id"], PAGE);
}

#[tokio::test]
async fn subscriptions_and_thread_control_are_granted() {
    let server = WebhookServer::open(calm()).await;
    let granted = (StatusCode::OK, json!({ "success": true }));
    assert_eq!(server.ask(post_to(&format!("{PAGE}/subscribed_apps"), &json!({}))).await, granted);
    let mut body = json!({ "recipient": { "id": PSID }, "appsecret_proof": proof() });
    let path = format!("/graph/v26.0/{PAGE}/take_thread_control");
    let take = |body: &Value| with_access(post(&path, "application/json", body.to_string()));
    assert_eq!(server.ask(take(&body)).await, granted);
    body["appsecret_proof"] = "0".into();
    assert_eq!(code(&server.ask(take(&body)).await.1).0, Some(100));
    assert_eq!(
        code(&server.ask(post_to(&format!("{PAGE}/feed"), &json!({}))).await.1),
        (Some(100), Some(33))
    );
}
