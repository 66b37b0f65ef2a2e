//! What every connector must keep (spec: channel-connectors#0.2), as far as `delivery` and `copies` do not hold it
//! already.

use super::server::{HOOK, INES, JAN, MessengerServer, delivery, signed};
use domain::Key;
use http::{StatusCode, header::RETRY_AFTER};
use std::sync::{Arc, atomic::Ordering};
use testkit::wait::eventually;
use tokio::sync::Semaphore;

#[tokio::test]
async fn store_before_acknowledge() {
    let server = MessengerServer::new().await;
    let both = delivery("messaging", &[server.says(INES, "m_1", "Hello"), server.says(JAN, "m_2", "Hi")]);
    server.store.writes.store(true, Ordering::SeqCst);
    for body in [both.as_str(), "{"] {
        let answer = server.deliver(body).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers.contains_key(RETRY_AFTER));
    }
    assert_eq!((server.latest(INES).await, server.quarantined().await.len()), (None, 0));
    server.store.writes.store(false, Ordering::SeqCst);
    assert_eq!(server.deliver(&both).await.status, StatusCode::OK);
    assert_eq!(server.deliver(&both).await.status, StatusCode::OK, "the platform need not know");
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Hello"]);
}

#[tokio::test]
async fn a_slow_journal_loses_nothing() {
    let server = MessengerServer::new().await;
    let permits = Arc::new(Semaphore::new(0));
    let thread = desk::address("page", super::server::PAGE, INES).thread;
    server.store.holds(Key::Thread(thread), &permits);
    let says = |n| server.says(INES, &format!("m_{n}"), &format!("{n}"));
    let body = delivery("messaging", &[says(1), says(2)]);
    let slow = server.send(signed(HOOK, &body));
    let others = async {
        eventually("it waits for the journal", async || server.store.waiting() == 1).await;
        server.wrote(JAN, "m_9", "I am another").await;
        assert_eq!(server.latest(INES).await, None, "it is not there yet, nor acknowledged");
        // The platform lost patience and delivers again.
        let again = server.send(signed(HOOK, &body));
        permits.add_permits(4);
        assert_eq!(again.await.status, StatusCode::OK);
    };
    let (answer, ()) = tokio::join!(slow, others);
    assert_eq!(answer.status, StatusCode::OK);
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["1", "2"]);
}
