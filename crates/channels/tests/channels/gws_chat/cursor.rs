//! What was given is not given again: widgets show every message they get.

use super::widget::{Widget, ask, code, conversation, indexes};
use crate::chat::server::{ChatServer, unlimited};

use futures::future::join_all;
use http::StatusCode;

const NOTHING: [u64; 0] = [];

#[tokio::test]
async fn a_poll_brings_only_what_is_new() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    assert_eq!(indexes(&widget.polls(&server).await), [1]);
    assert_eq!(indexes(&widget.polls(&server).await), NOTHING);
    server.tom_takes(&conversation(&server)).await;
    server.tom_says(&conversation(&server), "Hello").await;
    assert_eq!(indexes(&widget.polls(&server).await), [2, 3]);
    widget.says(&server, "Good morning").await;
    assert_eq!(indexes(&widget.polls(&server).await), [4]);
    assert_eq!(indexes(&widget.polls(&server).await), NOTHING);
}

#[tokio::test]
async fn a_poll_by_post_is_as_good() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for expected in [&[1][..], &[]] {
        let (status, answer) = ask(&server, "POST", &format!("{}/messages", widget.path()), "not JSON").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(indexes(answer["messages"].as_array().expect("messages")), expected);
    }
}

#[tokio::test]
async fn an_index_goes_back_and_moves_the_place() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for word in ["two", "three", "four"] {
        widget.says(&server, word).await;
    }
    assert_eq!(indexes(&widget.messages(&server, "?index=3").await), [3, 4]);
    assert_eq!(indexes(&widget.polls(&server).await), NOTHING);
    for all in ["?index=0", "?index=1", "?index=0&index=1&x="] {
        assert_eq!(indexes(&widget.messages(&server, all).await), [1, 2, 3, 4], "{all}");
    }
    widget.says(&server, "five").await;
    assert_eq!(indexes(&widget.messages(&server, "?index=").await), [5]);
    // Beyond the end there is nothing, and what comes next is still next.
    assert_eq!(indexes(&widget.messages(&server, "?index=4000000000").await), NOTHING);
    widget.says(&server, "six").await;
    assert_eq!(indexes(&widget.polls(&server).await), [6]);
}

#[tokio::test]
async fn an_index_that_is_none_is_refused_and_moves_nothing() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    for wrong in ["-1", "two", "1.5", "99999999999", "%00"] {
        let path = format!("{}/messages?index={wrong}", widget.path());
        let (status, answer) = ask(&server, "GET", &path, "").await;
        assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, 2), "{wrong}");
    }
    assert_eq!(indexes(&widget.polls(&server).await), [1]);
}

#[tokio::test]
async fn polls_at_once_are_not_given_the_same() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    let words: Vec<String> = (0..40).map(|number| number.to_string()).collect();
    let says = join_all(words.iter().map(|word| widget.says(&server, word)));
    let polls = join_all((0..40).map(|_| widget.polls(&server)));
    let (_, told) = futures::join!(says, polls);
    let mut given: Vec<u64> = told.iter().flat_map(|messages| indexes(messages)).collect();
    given.extend(indexes(&widget.polls(&server).await));
    given.sort_unstable();
    assert_eq!(given, (1..=41).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_places_of_two_chats_are_two() {
    let server = ChatServer::new().await;
    let (ines, jan) = (Widget::open(&server, "Ines").await, Widget::open(&server, "Jan").await);
    ines.says(&server, "Hello").await;
    assert_eq!(indexes(&ines.polls(&server).await), [1, 2]);
    assert_eq!(indexes(&jan.polls(&server).await), [1]);
}

#[tokio::test]
async fn a_long_log_comes_in_parts_and_whole() {
    let server = ChatServer::with(crate::chat::server::unlimited()).await;
    let widget = Widget::open(&server, "Ines").await;
    let text = "x".repeat(8 * 1024);
    join_all((0..300).map(|_| widget.says(&server, &text))).await;
    let (mut all, mut parts) = (Vec::new(), 0);
    loop {
        let part = indexes(&widget.polls(&server).await);
        if part.is_empty() {
            break;
        }
        all.extend(part);
        parts += 1;
    }
    assert_eq!((all, parts), ((1..=301).collect::<Vec<_>>(), 10));
}

#[tokio::test]
async fn a_place_outlives_the_looks_of_the_keeper() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    widget.polls(&server).await;
    server.chat.sweep().await;
    assert_eq!(indexes(&widget.polls(&server).await), NOTHING);
    widget.does(&server, "Complete").await;
    server.chat.sweep().await;
    assert_eq!(indexes(&widget.polls(&server).await), [2]);
}

#[tokio::test]
async fn after_a_restart_a_chat_goes_on_and_is_told_once_more() {
    let server = ChatServer::new().await;
    let widget = Widget::open(&server, "Ines").await;
    server.tom_takes(&conversation(&server)).await;
    server.tom_says(&conversation(&server), "Hello").await;
    let (chat, told) = (widget.reads(&server).await, widget.polls(&server).await);
    let server = server.restarted().await;
    assert_eq!(widget.reads(&server).await, chat);
    assert_eq!(widget.polls(&server).await, told);
    widget.says(&server, "Still here").await;
    assert_eq!(indexes(&widget.polls(&server).await), [4]);
}

#[tokio::test]
async fn a_long_one_is_given_in_parts_poll_by_poll() {
    let server = ChatServer::with(unlimited()).await;
    let widget = Widget::open(&server, "Ines").await;
    for _ in 0..20 {
        widget.says(&server, &"\u{1}".repeat(5_000)).await;
    }
    let mut all = Vec::new();
    for fit in [9, 8, 4] {
        let part = widget.polls(&server).await;
        assert!(serde_json::to_vec(&part).expect("json").len() < 256 * 1024);
        assert_eq!(part.len(), fit);
        all.extend(indexes(&part));
    }
    assert_eq!(all, (1..=21).collect::<Vec<_>>());
    assert_eq!(indexes(&widget.polls(&server).await), NOTHING);
}
