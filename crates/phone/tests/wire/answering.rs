use crate::{
    pair::{Pair, SOON, soon},
    script::Script,
};
use phone::{AnswerMode, CallState, Incoming, Say};
use std::time::Duration;

#[tokio::test]
async fn a_phone_answers_after_its_time_and_rings_until_then() {
    let pair = Pair::new(AnswerMode::After(Duration::from_millis(200)), Say::Nothing).await;
    let called = std::time::Instant::now();
    let call = pair.call(Say::Nothing).await;
    soon(call.ringing()).await.expect("ringing");
    soon(call.answered()).await.expect("answered");
    assert!(called.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_manual_phone_answers_and_refuses_when_it_is_told() {
    let pair = Pair::new(AnswerMode::Manual, Say::Nothing).await;
    let call = pair.call(Say::Nothing).await;
    let other = soon(pair.bob.next_call()).await;
    soon(call.ringing()).await.expect("ringing");
    assert_eq!(call.state(), CallState::Ringing);
    other.answer();
    soon(call.answered()).await.expect("answered");

    let call = pair.call(Say::Nothing).await;
    soon(pair.bob.next_call()).await.refuse(480);
    assert_eq!(soon(call.ended()).await.code, 480);
}

#[tokio::test]
async fn a_header_asks_a_manual_phone_to_answer_by_itself_but_not_a_deaf_one() {
    let pair = Pair::new(AnswerMode::Manual, Say::Nothing).await;
    for header in [
        ("Call-Info", "<sip:s>;answer-after=0"),
        ("Alert-Info", "info=alert-autoanswer"),
        ("Answer-Mode", "Auto"),
    ] {
        let call = pair.alice.call(&pair.to_bob, Say::Nothing, &[header]).await.expect("an INVITE");
        soon(call.answered()).await.expect("answered by itself");
    }
    pair.bob.on_incoming(Incoming { answer: AnswerMode::Never, ..Incoming::default() });
    let call =
        pair.alice.call(&pair.to_bob, Say::Nothing, &[("Answer-Mode", "Auto")]).await.expect("an INVITE");
    soon(call.ringing()).await.expect("ringing");
    assert_eq!(call.state(), CallState::Ringing);
}

#[tokio::test]
async fn a_phone_hangs_up_after_its_stay() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let stay = Some(Duration::from_millis(50));
    pair.bob.on_incoming(Incoming { hang_up_after: stay, ..Incoming::default() });
    let call = pair.call(Say::Nothing).await;
    let ended = soon(call.ended()).await;
    assert_eq!((ended.code, ended.by_us), (200, false));
}

#[tokio::test]
async fn a_notify_with_event_talk_answers_the_ringing_call() {
    let pair = Pair::new(AnswerMode::Manual, Say::Nothing).await;
    let mut peer = Script::new(pair.lines[1].addr()).await;
    peer.send("INVITE", 1, "Content-Type: application/sdp\r\n", &peer.sdp("sendrecv")).await;
    peer.until("SIP/2.0 180", SOON).await;
    let other = soon(pair.bob.next_call()).await;
    peer.send("NOTIFY", 2, "Event: presence\r\nSubscription-State: active\r\n", "").await;
    peer.until("SIP/2.0 489", SOON).await;
    assert_eq!(other.state(), CallState::Ringing);
    peer.send("NOTIFY", 3, "Event: talk\r\nSubscription-State: active\r\n", "").await;
    let mut answers = [peer.until("SIP/2.0 200", SOON).await, peer.until("SIP/2.0 200", SOON).await];
    answers.sort_by_key(|answer| answer.contains("3 NOTIFY"));
    assert!(answers[0].contains("1 INVITE") && answers[1].contains("3 NOTIFY"), "{answers:?}");
    peer.send("ACK", 1, "", "").await;
    soon(other.answered()).await.expect("answered");
    peer.send("BYE", 4, "", "").await;
    assert_eq!(soon(other.ended()).await.code, 200);
}

#[tokio::test]
async fn an_invite_without_offer_gets_ours_and_the_ack_answers_it() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Tone(440)).await;
    let mut peer = Script::new(pair.lines[1].addr()).await;
    peer.send("INVITE", 1, "", "").await;
    let answer = peer.until("SIP/2.0 200", SOON).await;
    assert!(answer.contains("m=audio"), "{answer}");
    peer.send("ACK", 1, "Content-Type: application/sdp\r\n", &peer.sdp("sendrecv")).await;
    assert!(peer.hears_rtp(SOON).await);
}

#[tokio::test]
async fn an_offer_nobody_can_use_is_488_and_garbage_leaves_the_phone_alive() {
    let pair = Pair::new(AnswerMode::AtOnce, Say::Nothing).await;
    let mut peer = Script::new(pair.lines[1].addr()).await;
    peer.raw(b"\0\0\xff\xff garbage").await;
    peer.raw(b"INVITE sip:bob@x SIP/2.0\r\n\r\n").await;
    let video = peer.sdp("sendrecv").replace("m=audio", "m=video");
    peer.send("INVITE", 1, "Content-Type: application/sdp\r\n", &video).await;
    peer.until("SIP/2.0 488", SOON).await;
}
