//! The transcript: everything once, in order, from any position.

use super::server::{ChatServer, Window, texts, unlimited};
use futures::future::join_all;
use http::{Request, header::CONTENT_TYPE};
use http_body_util::BodyExt;
use serde_json::Value;
use testkit::http::{FORM, encoded};

fn indexes(answer: &Value) -> Vec<u64> {
    let messages = answer["messages"].as_array().expect("messages");
    messages.iter().map(|message| message["index"].as_u64().expect("index")).collect()
}

#[tokio::test]
async fn from_any_position_it_is_the_end_of_the_whole() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    // More than is read at once; said together, so that they share commits.
    let words: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    join_all(words.iter().map(|word| server.tom_says(&window, word))).await;
    for _ in 0..3 {
        window.command(&server, "startTyping", &[]).await;
        server.tom_says(&window, "Go on").await;
        server.clock.advance(10_000);
    }
    let whole = window.refresh(&server).await;
    let messages = whole["messages"].as_array().expect("messages");
    assert_eq!(texts(&whole).len(), 303);
    for position in [0, 1, 2, 3, 150, 256, 257, 300, 302, 303, 304, 305, 306, 307, 308, 309, 9_999] {
        let text = position.to_string();
        let answer = window.command(&server, "refresh", &[("transcriptPosition", &text)]).await;
        let rest = messages.iter().filter(|message| message["index"].as_u64() >= Some(position));
        assert_eq!(answer["messages"], rest.cloned().collect::<Value>(), "from {position}");
        assert_eq!(answer["nextPosition"], whole["nextPosition"], "from {position}");
    }
}

#[tokio::test]
async fn a_widget_that_follows_every_position_misses_nothing() {
    let server = ChatServer::new().await;
    let mut window = server.customer("Ines").await;
    server.tom_takes(&window).await;
    let mut position = "2".to_owned();
    let mut heard = Vec::new();
    for round in 0..4 {
        server.tom_says(&window, &format!("before {round}")).await;
        // No position is sent, but the one in the answer is followed all the same.
        let sent = window.command(&server, "send", &[("message", &format!("mine {round}"))]).await;
        assert_eq!(indexes(&sent), Vec::<u64>::new());
        window.alias = sent["alias"].as_str().expect("alias").into();
        position = sent["nextPosition"].to_string();
        if round % 2 == 1 {
            let answer = window.command(&server, "refresh", &[("transcriptPosition", &position)]).await;
            heard.extend(indexes(&answer));
            window.alias = answer["alias"].as_str().expect("alias").into();
            position = answer["nextPosition"].to_string();
        }
    }
    assert_eq!(heard, (2..=10).collect::<Vec<_>>());
    assert_eq!(position, "11");
}

#[tokio::test]
async fn it_survives_a_restart() {
    let server = ChatServer::new().await;
    let window = server.customer("Ines").await;
    window.command(&server, "send", &[("message", "Hello")]).await;
    let before = window.refresh(&server).await;
    let server = server.restarted().await;
    assert_eq!(window.refresh(&server).await, before);
}

/// The most that an answer with a transcript weighs, in bytes as it is sent, and what it may have besides the entries.
const MOST: usize = 256 * 1024;
const FRAME: usize = 4 * 1024;

/// What a form asks for and the answer, with the bytes as they were sent.
async fn asked(server: &ChatServer, window: &Window, position: Option<u64>) -> (usize, Value) {
    let position = position.map(|position| position.to_string());
    let mut fields = vec![
        ("userId", window.user_id.as_str()),
        ("secureKey", window.secure_key.as_str()),
        ("alias", window.alias.as_str()),
    ];
    fields.extend(position.iter().map(|position| ("transcriptPosition", position.as_str())));
    let request = Request::post(window.path("refresh")).header(CONTENT_TYPE, FORM);
    let answer = server.send(request.body(encoded(&fields).into()).expect("a request")).await;
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    (bytes.len(), serde_json::from_slice(&bytes).expect("json"))
}

#[tokio::test]
async fn a_long_one_comes_in_parts_that_are_bounded_as_they_are_sent() {
    let server = ChatServer::with(unlimited()).await;
    let window = server.customer("Ines").await;
    // 5,000 characters are 30,000 bytes of JSON each.
    let text = "\u{1}".repeat(5_000);
    let fields = [("message", text.as_str())];
    join_all((0..40).map(|_| window.command(&server, "send", &fields))).await;
    window.command(&server, "disconnect", &[]).await;
    let (mut all, mut position, mut parts) = (Vec::new(), None, 0);
    loop {
        let (bytes, answer) = asked(&server, &window, position).await;
        assert!(bytes <= MOST, "{bytes}");
        all.extend(indexes(&answer));
        parts += 1;
        position = answer["nextPosition"].as_u64();
        // Widgets stop when they hear of the end, so they hear of it with the last part.
        if answer["chatEnded"] == true {
            break;
        }
        assert!(bytes > MOST - FRAME - 32 * 1024, "as many as fit: {bytes}");
    }
    assert_eq!(all, (1..=42).collect::<Vec<_>>());
    assert_eq!((position, parts), (Some(43), 5));
    let (_, nothing) = asked(&server, &window, position).await;
    assert_eq!((indexes(&nothing), &nothing["nextPosition"]), (vec![], &43.into()));
}
