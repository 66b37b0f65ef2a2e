//! What comes in one delivery (spec: channel-connectors#2.3, #2.4).

use super::server::{HOOK, INES, JAN, MessengerServer, OTHER, PAGE, delivery, event, signed};

use desk::ports::Store;
use futures::future::join_all;
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn all_events_of_all_entries_are_taken_each_thread_in_the_order_of_its_time() {
    let server = MessengerServer::new().await;
    let at = server.now() - 60_000;
    let says = |n: i64, entry: i64| {
        let person = if n % 2 == 0 { INES } else { JAN };
        // Later entries are older, as after a redelivery.
        let number = (2 - entry) * 4 + n;
        event(
            person,
            at + number,
            "message",
            &json!({ "mid": format!("m_{number}"), "text": format!("{number}") }),
        )
    };
    let entry = |entry| {
        let events: Vec<Value> = (0..4).map(|n| says(n, entry)).collect();
        json!({ "id": PAGE, "time": at, "messaging": events })
    };
    let body = json!({ "object": "page", "entry": [entry(0), entry(1), entry(2)] }).to_string();
    assert_eq!(server.deliver(&body).await.status, StatusCode::OK);
    let (ines, jan) = (server.latest(INES).await.expect("one"), server.latest(JAN).await.expect("another"));
    assert_eq!(server.texts(&ines).await, ["0", "2", "4", "6", "8", "10"]);
    assert_eq!(server.texts(&jan).await, ["1", "3", "5", "7", "9", "11"]);
}

#[tokio::test]
async fn what_comes_eight_times_at_once_is_said_once() {
    let server = MessengerServer::new().await;
    let body = delivery("messaging", &[server.says(INES, "m_1", "Hello")]);
    let eight = join_all((0..8).map(|_| server.deliver(&body))).await;
    assert!(eight.iter().all(|answer| answer.status == StatusCode::OK), "{eight:?}");
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Hello"]);
}

#[tokio::test]
async fn a_poison_unit_is_set_aside_and_the_rest_goes_on() {
    let server = MessengerServer::new().await;
    let poison = event(INES, server.now(), "message", &json!({ "text": "without an id" }));
    server.events(&[server.says(INES, "m_1", "One"), poison, server.says(INES, "m_2", "Two")]).await;
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["One", "Two"]);
    let [unit] = &server.quarantined().await[..] else { panic!("one unit") };
    assert_eq!((unit.service.as_str(), unit.why.as_str()), ("page", "'mid' is missing"));
    assert!(String::from_utf8_lossy(&unit.raw).contains("without an id"));
    let channel = server.desk.channel("page").expect("connected");
    let why = channel.replay(unit.clone()).await.expect_err("still poison");
    assert_eq!(why.to_string(), "it cannot be understood: 'mid' is missing");
    // Once it can be read, it is taken as if it had just come.
    let mut mended = unit.clone();
    mended.raw =
        String::from_utf8_lossy(&unit.raw).replace("\"message\":{", "\"message\":{\"mid\":\"m_3\",").into();
    channel.replay(mended.clone()).await.expect("replayed");
    channel.replay(mended).await.expect("and again, to no effect");
    assert_eq!(server.texts(&session).await, ["One", "Two", "without an id"]);
    assert!(server.store.release(unit.id).await.expect("a journal"));
}

#[tokio::test]
async fn what_is_no_delivery_of_a_page_is_set_aside_whole() {
    let server = MessengerServer::new().await;
    for (body, why) in [
        ("{", "the delivery is not an envelope"),
        (r#"{"object":"instagram","entry":[]}"#, "the delivery is not for a page"),
    ] {
        assert_eq!(server.deliver(body).await.status, StatusCode::OK);
        let last = server.quarantined().await.pop().expect("a unit");
        assert_eq!((last.why.as_str(), last.raw.as_slice()), (why, body.as_bytes()));
    }
}

#[tokio::test]
async fn pages_of_one_app_share_an_address() {
    let server = MessengerServer::new().await;
    let on = |page: &str| {
        let says = json!({
            "sender": { "id": INES }, "recipient": { "id": page }, "timestamp": server.now(),
            "message": { "mid": format!("m_{page}"), "text": page },
        });
        json!({ "id": page, "time": 1, "messaging": [says] })
    };
    let body = json!({ "object": "page", "entry": [on(PAGE), on(OTHER), on("1009")] }).to_string();
    assert_eq!(server.send(signed(HOOK, &body)).await.status, StatusCode::OK);
    let one = server.latest(INES).await.expect("a conversation");
    let other = server.latest_of("other", OTHER, INES).await.expect("another");
    assert_eq!(
        (server.texts(&one).await, server.texts(&other).await),
        (vec![PAGE.into()], vec![OTHER.into()])
    );
    let [stray] = &server.quarantined().await[..] else { panic!("one unit") };
    assert_eq!(stray.why, "it is for a page that is no account here");
}

#[tokio::test]
async fn kinds_that_nobody_knows_are_no_error() {
    let server = MessengerServer::new().await;
    server.events(&[event(INES, server.now(), "app_roles", &json!({ "3003": ["primary_receiver"] }))]).await;
    assert_eq!((server.latest(INES).await, server.quarantined().await.len()), (None, 0));
}
