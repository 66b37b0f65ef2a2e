//! How much a customer may ask and write.

use super::server::{ChatServer, SERVICE, Window};
use channels::{ChatConfig, CustomerLimits};
use edge::{Client, Rate};
use futures::future::join_all;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use std::num::NonZeroU32;
use testkit::http::{FORM, encoded, read};

const HERE: &str = "192.0.2.1";
const THERE: &str = "192.0.2.2";

async fn server(change: impl FnOnce(&mut CustomerLimits, fn(u32) -> Rate)) -> ChatServer {
    let mut limits = CustomerLimits::default();
    change(&mut limits, |burst| Rate {
        per_minute: NonZeroU32::MIN,
        burst: NonZeroU32::new(burst).expect("not zero"),
    });
    ChatServer::with(ChatConfig { limits, ..ChatConfig::default() }).await
}

/// Posts a form from an address; answers the status, how many seconds to wait, and the answer.
async fn post(
    server: &ChatServer,
    from: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> (StatusCode, Option<u64>, Value) {
    let client = Client::at(from.parse().expect("an address"));
    let request = Request::post(path).header(CONTENT_TYPE, FORM).extension(client);
    let answer = server.send(request.body(encoded(fields).into()).expect("a request")).await;
    let wait = answer.headers().get("retry-after").map(|value| value.to_str().expect("a number").to_owned());
    let (status, body) = read(answer).await;
    (status, wait.map(|seconds| seconds.parse().expect("a number")), body)
}

async fn send(
    server: &ChatServer,
    from: &str,
    window: &Window,
    command: &str,
    field: (&str, &str),
) -> StatusCode {
    let Window { user_id, secure_key, .. } = window;
    let fields = [("userId", user_id.as_str()), ("secureKey", secure_key.as_str()), field];
    post(server, from, &window.path(command), &fields).await.0
}

#[tokio::test]
async fn an_address_that_opens_too_many_chats_is_told_when_to_come_back() {
    let server = server(|limits, burst| limits.chats = burst(2)).await;
    for _ in 0..2 {
        assert_eq!(post(&server, HERE, SERVICE, &[("nickname", "Ines")]).await.0, StatusCode::OK);
    }
    let (status, wait, answer) = post(&server, HERE, SERVICE, &[("nickname", "Ines")]).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(wait.is_some_and(|seconds| (1..=60).contains(&seconds)), "{wait:?}");
    assert_eq!((&answer["statusCode"], &answer["errors"][0]["code"]), (&1.into(), &249.into()));
    assert_eq!((&answer["chatEnded"], &answer["messages"]), (&false.into(), &Value::Array(vec![])));
    assert_eq!(post(&server, THERE, SERVICE, &[("nickname", "Jan")]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn chats_from_everywhere_are_no_more_than_the_service_takes() {
    let server = server(|limits, burst| limits.service_chats = burst(2)).await;
    let open = |from, path| post(&server, from, path, &[("nickname", "Ines")]);
    assert_eq!(open(HERE, SERVICE).await.0, StatusCode::OK);
    assert_eq!(open(THERE, SERVICE).await.0, StatusCode::OK);
    assert_eq!(open("192.0.2.3", SERVICE).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(open("192.0.2.3", "/genesys/2/chat/other").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_chat_that_says_too_much_at_once_is_stopped_and_no_other() {
    let server = server(|limits, burst| (limits.messages, limits.signs) = (burst(2), burst(1))).await;
    let (ines, jan) = (server.customer("Ines").await, server.customer("Jan").await);
    for status in [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!(send(&server, HERE, &ines, "send", ("message", "Hello")).await, status);
    }
    assert_eq!(send(&server, HERE, &ines, "startTyping", ("", "")).await, StatusCode::OK);
    let data = ("userData[a]", "1");
    assert_eq!(send(&server, HERE, &ines, "updateData", data).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(send(&server, HERE, &jan, "send", ("message", "Hello")).await, StatusCode::OK);
    assert_eq!(send(&server, HERE, &ines, "refresh", ("", "")).await, StatusCode::OK);
    assert_eq!(send(&server, HERE, &ines, "disconnect", ("", "")).await, StatusCode::OK);
}

#[tokio::test]
async fn nobody_uses_up_the_rates_of_a_chat_without_its_key() {
    let server = server(|limits, burst| limits.messages = burst(1)).await;
    let ines = server.customer("Ines").await;
    let thief = Window { secure_key: "guessed".into(), ..ines.clone() };
    for _ in 0..5 {
        assert_eq!(send(&server, THERE, &thief, "send", ("message", "Hello")).await, StatusCode::OK);
    }
    assert_eq!(send(&server, HERE, &ines, "send", ("message", "Hello")).await, StatusCode::OK);
}

#[tokio::test]
async fn bytes_are_counted_as_json_for_each_chat_and_for_all_of_an_address() {
    let server =
        server(|limits, burst| (limits.chat_bytes, limits.bytes) = (burst(13_000), burst(60_000))).await;
    let escaped = "\u{1}".repeat(1_400);
    let mut taken = Vec::new();
    for name in ["Ines", "Jan", "Kim"] {
        let window = server.customer(name).await;
        for _ in 0..2 {
            taken.push(send(&server, HERE, &window, "send", ("message", &escaped)).await == StatusCode::OK);
        }
    }
    assert_eq!(taken, [true, false, true, false, true, false], "12.8 kB each");
    let server = self::server(|limits, burst| limits.bytes = burst(30_000)).await;
    let mut taken = Vec::new();
    for name in ["Ines", "Jan", "Kim"] {
        let window = server.customer(name).await;
        taken.push(send(&server, HERE, &window, "send", ("message", &escaped)).await == StatusCode::OK);
    }
    assert_eq!(taken, [true, true, false], "12.8 kB each");
}

#[tokio::test]
async fn requests_of_an_address_are_counted_before_anything_is_read() {
    let server = server(|limits, burst| limits.requests = burst(2)).await;
    for status in [StatusCode::NOT_FOUND, StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!(post(&server, HERE, "/genesys/2/chat/nowhere", &[]).await.0, status);
    }
    assert_eq!(post(&server, THERE, "/genesys/2/chat/nowhere", &[]).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_more_chats_at_the_same_time_than_the_queue_takes_only_as_many_come_in() {
    let server = ChatServer::new().await;
    let opened = join_all((0..40).map(|_| server.post(SERVICE, &[("nickname", "Ines")]))).await;
    assert_eq!(opened.iter().filter(|(_, answer)| answer["statusCode"] == 0).count(), 3);
    assert_eq!(server.desk.present().len(), 3);
}
