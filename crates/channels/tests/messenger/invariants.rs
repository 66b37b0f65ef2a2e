//! What every connector must keep (channel-connectors §0.2), as far as `delivery` and `copies` do not hold it already.

use crate::house::{HOOK, House, INES, JAN, delivery, eventually, signed};
use domain::Key;
use http::{StatusCode, header::RETRY_AFTER};
use std::sync::{Arc, atomic::Ordering};
use tokio::sync::Semaphore;

#[tokio::test]
async fn store_before_acknowledge() {
    let house = House::new().await;
    let both = delivery("messaging", &[house.says(INES, "m_1", "Hello"), house.says(JAN, "m_2", "Hi")]);
    house.store.writes.store(true, Ordering::SeqCst);
    for body in [both.as_str(), "{"] {
        let answer = house.deliver(body).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers.contains_key(RETRY_AFTER));
    }
    assert_eq!((house.latest(INES).await, house.quarantined().await.len()), (None, 0));
    house.store.writes.store(false, Ordering::SeqCst);
    assert_eq!(house.deliver(&both).await.status, StatusCode::OK);
    assert_eq!(house.deliver(&both).await.status, StatusCode::OK, "the platform need not know");
    let session = house.latest(INES).await.expect("a conversation");
    assert_eq!(house.texts(&session).await, ["Hello"]);
}

#[tokio::test]
async fn a_slow_journal_loses_nothing() {
    let house = House::new().await;
    let permits = Arc::new(Semaphore::new(0));
    let thread = desk::address("page", crate::house::PAGE, INES).thread;
    *house.store.held.lock().expect("a lock") = Some((Key::Thread(thread), permits.clone()));
    let says = |n| house.says(INES, &format!("m_{n}"), &format!("{n}"));
    let body = delivery("messaging", &[says(1), says(2)]);
    let slow = house.send(signed(HOOK, &body));
    let others = async {
        eventually("it waits for the journal", async || house.store.waiting.load(Ordering::SeqCst) == 1)
            .await;
        house.wrote(JAN, "m_9", "I am another").await;
        assert_eq!(house.latest(INES).await, None, "it is not there yet, nor acknowledged");
        // The platform lost patience and delivers again.
        let again = house.send(signed(HOOK, &body));
        permits.add_permits(4);
        assert_eq!(again.await.status, StatusCode::OK);
    };
    let (answer, ()) = tokio::join!(slow, others);
    assert_eq!(answer.status, StatusCode::OK);
    let session = house.latest(INES).await.expect("a conversation");
    assert_eq!(house.texts(&session).await, ["1", "2"]);
}
