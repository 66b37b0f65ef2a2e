//! What every connector must keep, one test each (spec: channel-connectors#0.2). That an echo may come before the
//! answer to its send is a matter of Messenger; here a report may, and does in `delivery_state_only_moves_forward`.

use super::provider::Manner;
use super::server::{INES, JAN, SmsServer, TEXTS, counter, figures, signed, text_from};
use desk::{Refused, ports::Store};
use domain::{Key, Refusal, command::SessionAct, session::Delivery};
use futures::future::join_all;
use http::{StatusCode, header::RETRY_AFTER};
use std::sync::{Arc, atomic::Ordering};
use testkit::wait::eventually;
use tokio::sync::Semaphore;

#[tokio::test]
async fn store_before_acknowledge() {
    let server = SmsServer::new().await;
    server.store.writes.store(true, Ordering::SeqCst);
    for request in [text_from(INES, "SM1", "Hello"), signed(TEXTS, &[("no", "message")])] {
        let answer = server.send(request).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers.contains_key(RETRY_AFTER));
    }
    server.store.writes.store(false, Ordering::SeqCst);
    assert_eq!((server.latest(INES).await, server.quarantined().await.len()), (None, 0));
    assert_eq!(server.texted(INES, "SM1", "Hello").await, StatusCode::OK);
    let server = server.killed_and_restarted().await;
    let session = server.latest(INES).await.expect("it was durable when it was acknowledged");
    assert_eq!(server.texts(&session).await, ["Hello"]);
}

#[tokio::test]
async fn what_can_never_be_stored_is_set_aside_and_not_asked_for_again() {
    let server = SmsServer::new().await;
    server.store.never.store(true, Ordering::SeqCst);
    assert_eq!(server.texted(INES, "SM1", "Hello").await, StatusCode::OK);
    server.store.never.store(false, Ordering::SeqCst);
    let [unit] = &server.quarantined().await[..] else { panic!("one unit") };
    assert!(unit.why.contains("the journal cannot take it"), "{}", unit.why);
    assert_eq!(server.texted(JAN, "SM2", "Hello").await, StatusCode::OK);
    assert!(server.latest(JAN).await.is_some(), "the others go on");
}

#[tokio::test]
async fn deduplicate_atomically() {
    let server = SmsServer::new().await;
    let eight = (0..8).map(|_| server.texted(INES, "SM1", "Hello"));
    assert!(join_all(eight).await.iter().all(|status| *status == StatusCode::OK));
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["Hello"]);
    // The provider names a repetition by a header even if it gave the message another id.
    let again = |id| {
        let mut request = text_from(INES, id, "Anybody?");
        request.headers_mut().insert("I-Twilio-Idempotency-Token", "t1".parse().expect("a value"));
        server.send(request)
    };
    let (one, two) = tokio::join!(again("SM2"), again("SM3"));
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(server.texts(&session).await, ["Hello", "Anybody?"]);
}

#[tokio::test]
async fn one_lane_per_conversation_inwards() {
    let server = SmsServer::new().await;
    let permits = Arc::new(Semaphore::new(0));
    let thread = desk::address("texts", super::server::OURS, INES).thread;
    server.store.holds(Key::Thread(thread), &permits);
    let of_ines = join_all((1..=4).map(|n| {
        let server = &server;
        async move { server.texted(INES, &format!("SM{n}"), &format!("{n}")).await }
    }));
    let of_jan = async {
        eventually("one comes to the journal", async || server.store.waiting() > 0).await;
        assert_eq!(server.texted(JAN, "SM9", "I am another").await, StatusCode::OK, "others go on");
        assert_eq!(server.store.waiting(), 1, "and the rest keeps behind");
        permits.add_permits(4);
    };
    let (answers, ()) = tokio::join!(of_ines, of_jan);
    assert_eq!(answers, [StatusCode::OK; 4]);
    let session = server.latest(INES).await.expect("a conversation");
    assert_eq!(server.texts(&session).await, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn one_lane_per_conversation_outwards() {
    let server = SmsServer::new().await;
    let (ines, jan) = (server.talk(INES, "SM1").await, server.talk(JAN, "SM2").await);
    server.provider.towards(INES, Manner::Hangs);
    server.tom_says(&ines, "one").await;
    server.tom_says(&ines, "two").await;
    server.tom_says(&jan, "other").await;
    server.until(&jan, Delivery::Sent).await;
    assert!(!server.provider.texts().contains(&"two".to_owned()), "the first is not done with");
    server.provider.kindly();
    server.until(&ines, Delivery::Sent).await;
    let texts = server.provider.texts();
    let place = |text: &str| texts.iter().position(|it| it == text);
    assert!(place("one") < place("two"), "{texts:?}");
}

#[tokio::test]
async fn a_poison_unit_stops_nothing_and_is_quarantined_counted_and_replayable() {
    figures();
    let server = SmsServer::new().await;
    let labels = r#"service="texts""#;
    let before = counter("jackfield_quarantined_total", labels);
    let session = server.talk(INES, "SM1").await;
    let poison = [("MessageSid", "SM2"), ("From", INES), ("To", "+15559999"), ("Body", "To whom?")];
    assert_eq!(server.post(TEXTS, &poison).await, StatusCode::OK);
    assert_eq!(server.texted(INES, "SM3", "Still there?").await, StatusCode::OK);
    assert_eq!(server.texts(&session).await, ["Hello", "Still there?"]);
    assert!(counter("jackfield_quarantined_total", labels) > before);
    let [unit] = &server.quarantined().await[..] else { panic!("one unit") };
    assert_eq!((unit.service.as_str(), unit.why.as_str()), ("texts", "To is not of this account"));
    assert!(String::from_utf8_lossy(&unit.raw).contains("To+whom%3F"), "as it came");

    let replay = |server: &SmsServer| {
        let (channel, unit) = (server.desk.channel("texts").expect("connected"), unit.clone());
        async move { channel.replay(unit).await }
    };
    let why = replay(&server).await.expect_err("still poison");
    assert_eq!(why.to_string(), "it cannot be understood: To is not of this account");
    // The operator sets the number right, and replays it.
    let server = server.killed_and_restarted_with(|config| config.from.push("+15559999".into())).await;
    replay(&server).await.expect("replayed");
    assert!(server.store.release(unit.id).await.expect("a journal"));
    let other = desk::address("texts", "+15559999", INES).thread;
    assert!(server.store.state(&Key::Thread(other)).await.expect("a journal").is_some());
    assert_eq!(server.quarantined().await, []);
}

#[tokio::test]
async fn delivery_state_only_moves_forward() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    server.provider.towards(INES, Manner::Hangs);
    server.tom_says(&session, "Good day").await;
    eventually("it is under way", async || !server.provider.heard().is_empty()).await;
    let callback = server.provider.heard()[0]["StatusCallback"].clone();
    let path = callback.strip_prefix(super::server::PUBLIC).expect("where we are known").to_owned();
    assert_eq!(path, format!("{TEXTS}/status/{session}/{}", server.last(&session).await));
    let told = async |status: &str, code: &str| {
        let mut fields = vec![("MessageSid", "SMout1"), ("MessageStatus", status), ("To", INES)];
        fields.extend((!code.is_empty()).then_some(("ErrorCode", code)));
        assert_eq!(server.post(&path, &fields).await, StatusCode::OK);
        server.state(&session).await.expect("a state")
    };
    // Each of the first comes before the answer to the send, which never does.
    assert_eq!(told("sent", "").await, Delivery::Sent);
    assert_eq!(told("teleported", "").await, Delivery::Sent);
    assert_eq!(told("undelivered", "30003").await, Delivery::Undelivered);
    assert_eq!(told("sent", "").await, Delivery::Undelivered);
    assert_eq!(told("delivered", "").await, Delivery::Delivered, "a later success mends it");
    assert_eq!(told("failed", "30008").await, Delivery::Delivered);
    assert_eq!(told("read", "").await, Delivery::Read);
    assert_eq!(told("delivered", "").await, Delivery::Read);
    // The lost answer of the send changes nothing either, and its task is done with.
    eventually("the send ends", async || server.store.tasks().await.is_ok_and(|tasks| tasks.is_empty()))
        .await;
    assert_eq!(server.state(&session).await, Some(Delivery::Read));
}

#[tokio::test]
async fn every_refusal_reaches_the_agent() {
    let server = SmsServer::new().await;
    let session = server.talk(INES, "SM1").await;
    // What can be known at once is the answer to the operation.
    let long = SessionAct::Say { text: "x".repeat(1_601), message_type: None };
    let refused = server.tom(&session, long).await.expect_err("too long");
    assert!(matches!(refused, Refused::Rule(Refusal::MessageTooLong { chars: 1_600 })), "{refused}");

    // What only the provider knows comes as an error of the command that wrote it.
    server.provider.once(Manner::Says(400, None, r#"{"code":21614,"message":"no mobile"}"#));
    let reference = server.tom_says(&session, "Good day").await;
    server.until(&session, Delivery::Failed).await;
    let [error] = &server.errors().await[..] else { panic!("one error") };
    assert_eq!(error["referenceId"], reference);
    let words = "The message was not sent: This number cannot receive text messages.";
    assert_eq!((&error["errorMessage"], &error["errorCode"]), (&words.into(), &2.into()));

    // So does what is found out still later.
    let reference = server.tom_says(&session, "Once more").await;
    server.until(&session, Delivery::Sent).await;
    let path = format!("{TEXTS}/status/{session}/{}", server.last(&session).await);
    let report = [("MessageSid", "SMout2"), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")];
    assert_eq!(server.post(&path, &report).await, StatusCode::OK);
    let errors = server.errors().await;
    assert_eq!((errors.len(), &errors[1]["referenceId"]), (2, &reference.into()));
    let words = "The message did not arrive: The customer's telephone is switched off or out of reach.";
    assert_eq!(errors[1]["errorMessage"], words);

    // And what cannot be put into so few parts as the account allows is known at once.
    let long = SessionAct::Say { text: "ж".repeat(1_600), message_type: None };
    let refused = server.tom(&session, long).await.expect_err("too many parts");
    let parts = Refusal::TooManyParts { parts: 25, most: 10, alphabet: "UCS-2", chars: 660 };
    assert!(matches!(&refused, Refused::Rule(why) if *why == parts), "{refused}");
    assert_eq!(server.errors().await.len(), 2);
}
