//! Requests that come twice under one idempotency key (docs/idempotency.md).

use super::server::{ChatServer, SERVICE, Window, texts, unlimited};
use axum::body::Body;
use channels::{ChatConfig, CustomerLimits};
use domain::Key;
use edge::{Client, Rate};
use futures::future::join_all;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use serde_json::Value;
use std::{num::NonZeroU32, sync::Arc};
use testkit::http::{FORM, encoded, read};
use tokio::sync::Semaphore;

const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

async fn once(
    server: &ChatServer,
    path: &str,
    key: &str,
    from: Option<&str>,
    fields: &[(&str, &str)],
) -> (StatusCode, Value) {
    let mut request = Request::post(path).header(CONTENT_TYPE, FORM).header("Idempotency-Key", key);
    if let Some(ip) = from {
        request = request.extension(Client::at(ip.parse().expect("an address")));
    }
    read(server.send(request.body(Body::from(encoded(fields))).expect("a request")).await).await
}

async fn sends(
    server: &ChatServer,
    window: &Window,
    key: &str,
    more: &[(&str, &str)],
) -> (StatusCode, Value) {
    let mut fields = vec![
        ("userId", window.user_id.as_str()),
        ("secureKey", window.secure_key.as_str()),
        ("alias", window.alias.as_str()),
    ];
    fields.extend(more);
    once(server, &window.path("send"), key, None, &fields).await
}

#[tokio::test]
async fn what_is_sent_twice_is_said_once_and_answered_word_for_word_after_a_restart() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    server.tom_says(&window, "Hello").await;
    let more = [("message", "Help"), ("transcriptPosition", "2")];
    let first = sends(&server, &window, KEY, &more).await;
    assert_eq!((first.0, texts(&first.1)), (StatusCode::OK, vec!["Hello", "Help"]));
    server.tom_says(&window, "One moment").await;
    assert_eq!(sends(&server, &window, KEY, &more).await, first);
    let server = server.restarted().await;
    assert_eq!(sends(&server, &window, KEY, &more).await, first);
    // A client whose place has moved on asks for the same all the same.
    let moved = [("message", "Help"), ("transcriptPosition", "5")];
    assert_eq!(sends(&server, &window, KEY, &moved).await, first);
    assert_eq!(texts(&window.refresh(&server).await), ["Hello", "Help", "One moment"]);
}

#[tokio::test]
async fn a_key_is_of_one_chat_and_one_request() {
    let server = ChatServer::new().await;
    let (ines, jan) = (server.customer("Ines").await, server.customer("Jan").await);
    assert_eq!(sends(&server, &ines, KEY, &[("message", "Help")]).await.0, StatusCode::OK);
    let (status, answer) = sends(&server, &ines, KEY, &[("message", "Other")]).await;
    assert_eq!((status, &answer["statusCode"]), (StatusCode::UNPROCESSABLE_ENTITY, &2.into()));
    assert_eq!(sends(&server, &jan, KEY, &[("message", "Other")]).await.0, StatusCode::OK);
    let thief = Window { secure_key: jan.secure_key.clone(), ..ines.clone() };
    let (_, answer) = sends(&server, &thief, KEY, &[("message", "Help")]).await;
    assert_eq!(answer["errors"][0]["code"], 241);
    for key in ["", "a b", &"k".repeat(256)] {
        assert_eq!(sends(&server, &ines, key, &[("message", "x")]).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(texts(&ines.refresh(&server).await), ["Help"]);
    // What was refused is tried again.
    let (_, answer) = sends(&server, &ines, "k", &[("message", "")]).await;
    assert_eq!(answer["statusCode"], 2);
    assert_eq!(sends(&server, &ines, "k", &[("message", "More")]).await.1["statusCode"], 0);
}

#[tokio::test]
async fn while_the_first_is_served_the_second_is_told_to_wait() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let permits = Arc::new(Semaphore::new(0));
    server.store.holds(Key::Session(window.id()), &permits);
    let message = [("message", "Help")];
    let first = sends(&server, &window, KEY, &message);
    let second = async {
        while server.store.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        let answer = sends(&server, &window, KEY, &message).await;
        permits.add_permits(9);
        answer
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.0, second.0), (StatusCode::OK, StatusCode::CONFLICT));
    assert_eq!(second.1["statusCode"], 1);
    assert_eq!(sends(&server, &window, KEY, &message).await, first);
    assert_eq!(texts(&window.refresh(&server).await), ["Help"]);
}

#[tokio::test]
async fn a_chat_that_is_requested_twice_is_opened_once_and_opens_to_its_key() {
    let server = ChatServer::new().await;
    let fields = [("nickname", "Ines"), ("subject", "Help")];
    let first = once(&server, SERVICE, KEY, Some("192.0.2.1"), &fields).await;
    assert_eq!(first.0, StatusCode::OK);
    let window = Window::of(&first.1);
    window.command(&server, "send", &[("message", "Hello")]).await;
    assert_eq!(once(&server, SERVICE, KEY, Some("192.0.2.1"), &fields).await, first);
    let server = server.restarted().await;
    assert_eq!(once(&server, SERVICE, KEY, Some("192.0.2.1"), &fields).await, first);
    assert_eq!(server.desk.present().len(), 1);
    assert_eq!(texts(&window.refresh(&server).await), ["Hello"]);
}

#[tokio::test]
async fn a_stranger_who_guesses_a_key_does_not_get_another_ones_chat() {
    let server = ChatServer::new().await;
    let fields = [("nickname", "Ines")];
    let (_, first) = once(&server, SERVICE, "1", Some("192.0.2.1"), &fields).await;
    let (_, elsewhere) = once(&server, SERVICE, "1", Some("192.0.2.2"), &fields).await;
    assert_ne!(first["chatId"], elsewhere["chatId"]);
    assert_ne!(first["secureKey"], elsewhere["secureKey"]);
    let (status, _) = once(&server, SERVICE, "1", Some("192.0.2.1"), &[("nickname", "Jan")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_journal_holds_no_key_of_a_chat_that_may_be_requested_again() {
    let server = ChatServer::on_disk().await;
    let (_, answer) = once(&server, SERVICE, KEY, None, &[("nickname", "Ines")]).await;
    let window = Window::of(&answer);
    sends(&server, &window, KEY, &[("message", "Help")]).await;
    let files = std::fs::read_dir(server.directory()).expect("a directory");
    for file in files {
        let bytes = std::fs::read(file.expect("a file").path()).expect("bytes");
        for secret in [window.secure_key.as_str(), KEY.trim_matches('"')] {
            assert!(!bytes.windows(secret.len()).any(|found| found == secret.as_bytes()), "{secret}");
        }
    }
}

#[tokio::test]
async fn a_widget_that_keeps_its_first_alias_is_not_sent_back_to_the_beginning() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    for text in ["one", "two", "three"] {
        server.tom_says(&window, text).await;
    }
    let read = window.command(&server, "refresh", &[("transcriptPosition", &window.alias)]).await;
    assert_eq!(texts(&read), ["one", "two", "three"]);
    let sent = window.command(&server, "send", &[("message", "mine")]).await;
    assert_eq!(sent["nextPosition"], read["nextPosition"]);
    let position = sent["nextPosition"].to_string();
    let read = window.command(&server, "refresh", &[("transcriptPosition", &position)]).await;
    assert_eq!(texts(&read), ["mine"]);
}

#[tokio::test]
async fn what_stands_in_a_refresh_is_said() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    let answer =
        window.command(&server, "refresh", &[("message", "Hello"), ("transcriptPosition", "2")]).await;
    assert_eq!(texts(&answer), ["Hello"]);
    window.command(&server, "disconnect", &[]).await;
    assert_eq!(window.command(&server, "refresh", &[("message", "More")]).await["statusCode"], 2);
    assert_eq!(window.command(&server, "refresh", &[("message", "")]).await["statusCode"], 0);
}

#[tokio::test]
async fn an_address_that_is_no_text_is_answered_in_the_words_of_the_api() {
    let server = ChatServer::new().await;
    for path in ["/genesys/2/chat/%ff", "/genesys/2/chat/help/%ff/send"] {
        let (status, answer) = server.post(path, &[]).await;
        assert_eq!((status, &answer["statusCode"]), (StatusCode::NOT_FOUND, &2.into()), "{path}");
    }
}

#[tokio::test]
async fn a_repeat_uses_up_none_of_what_a_customer_may_do_and_the_first_does() {
    let once_each = Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::MIN };
    let limits = CustomerLimits { chats: once_each, messages: once_each, ..CustomerLimits::default() };
    let server = ChatServer::with(ChatConfig { limits, ..ChatConfig::default() }).await;
    let open = |key| once(&server, SERVICE, key, Some("192.0.2.1"), &[("nickname", "Ines")]);
    let first = open(KEY).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(open("other").await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(open(KEY).await, first);
    let window = Window::of(&first.1);
    let message = [("message", "Help")];
    let first = sends(&server, &window, KEY, &message).await;
    assert_eq!(first.0, StatusCode::OK);
    for _ in 0..3 {
        assert_eq!(sends(&server, &window, KEY, &message).await, first);
    }
    assert_eq!(sends(&server, &window, "other", &message).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(texts(&window.refresh(&server).await), ["Help"]);
}

#[tokio::test]
async fn an_answer_that_is_repeated_carries_as_much_as_others_and_the_end_with_the_last_part() {
    let server = ChatServer::with(unlimited()).await;
    let window = server.customer("Ines").await;
    // 5,000 characters are 30,000 bytes of JSON each.
    let text = "\u{1}".repeat(5_000);
    let message = [("message", text.as_str())];
    join_all((0..20).map(|_| window.command(&server, "send", &message))).await;
    let leaves = async |key| {
        let Window { user_id, secure_key, .. } = &window;
        let fields =
            [("userId", user_id.as_str()), ("secureKey", secure_key.as_str()), ("transcriptPosition", "1")];
        once(&server, &window.path("disconnect"), key, None, &fields).await
    };
    let first = leaves(KEY).await;
    assert_eq!((first.0, &first.1["chatEnded"]), (StatusCode::OK, &false.into()));
    assert!(first.1.to_string().len() <= 256 * 1024);
    assert!(texts(&first.1).len() < 20);
    assert_eq!(leaves(KEY).await, first);
}
