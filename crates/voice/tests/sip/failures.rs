//! Every way a call fails (voice-sip §7).

use crate::{
    calls::{called, caller},
    hall::{Hall, Told, settings},
};
use domain::call::{Act, Cause, Heard, LegId};
use std::time::Duration;
use voice::{Settings, Timers};

/// Transactions end after 64 × 5 ms.
fn brief() -> Settings {
    Settings { timers: Timers { t1: Duration::from_millis(5), ..Timers::default() }, ..settings() }
}

#[tokio::test]
async fn a_number_that_nobody_has_and_one_without_a_phone() {
    let mut hall = Hall::open(settings()).await;
    let leg = hall.call("4711", false);
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::NoSuchNumber, code: Some(404) });
    let leg = hall.call("5002", false);
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::Unreachable, code: Some(480) });
}

#[tokio::test]
async fn the_codes_of_a_phone_are_told_with_their_cause() {
    let mut hall = Hall::open(settings()).await;
    let mut phone = hall.phone("5001").await;
    for (status, cause, code) in [
        ("486 Busy Here", Cause::Busy, 486),
        ("600 Busy Everywhere", Cause::Busy, 600),
        ("603 Decline", Cause::Refused, 603),
        ("480 Temporarily Unavailable", Cause::NoAnswer, 480),
        ("404 Not Found", Cause::NoSuchNumber, 404),
        ("302 Moved", Cause::Unreachable, 302),
        ("500 Server Error", Cause::Failed, 500),
        ("407 Proxy Authentication Required", Cause::Refused, 407),
    ] {
        let leg = hall.call("5001", false);
        let invite = phone.expect("INVITE").await;
        phone.answer(&invite, "180 Ringing", "", "").await;
        phone.answer(&invite, status, "", "").await;
        phone.expect("ACK").await;
        assert_eq!(hall.heard(&leg).await, Heard::Ringing);
        assert_eq!(hall.heard(&leg).await, Heard::Gone { cause, code: Some(code) }, "{status}");
    }
}

#[tokio::test]
async fn a_phone_that_takes_no_codec_of_ours_is_tried_once_more_with_one() {
    let mut hall = Hall::open(settings()).await;
    let mut phone = hall.phone("5001").await;
    let leg = hall.call("5001", false);
    let first = phone.expect("INVITE").await;
    assert!(first.body().contains("RTP/AVP 0 8 101"), "{first:?}");
    phone.answer(&first, "488 Not Acceptable Here", "", "").await;
    let second = phone.expect("INVITE").await;
    assert!(second.body().contains("RTP/AVP 0 101"), "{second:?}");
    phone.answer(&second, "488 Not Acceptable Here", "", "").await;
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::Incompatible, code: Some(488) });
}

#[tokio::test]
async fn a_phone_that_is_gone_is_unreachable_and_after_the_second_time_out_of_service() {
    let mut hall = Hall::open(brief()).await;
    let phone = hall.phone("5001").await;
    drop(phone);
    for _ in 0..2 {
        let leg = hall.call("5001", false);
        let heard = loop {
            match hall.next().await {
                Told::Heard(of, heard) if of == leg => break heard,
                Told::InService(_, false) => {}
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(heard, Heard::Gone { cause: Cause::Unreachable, code: Some(408) });
    }
    let leg = hall.call("5001", false);
    assert_eq!(hall.heard_among(&leg).await, Heard::Gone { cause: Cause::Unreachable, code: Some(480) });
}

#[tokio::test]
async fn a_phone_that_rings_and_is_gone_is_cancelled_when_its_time_is_over() {
    let timers = Timers { ring: Duration::from_millis(300), ..Timers::default() };
    let mut hall = Hall::open(Settings { timers, ..settings() }).await;
    let mut phone = hall.phone("5001").await;
    let leg = hall.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(hall.heard(&leg).await, Heard::Ringing);
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::NoAnswer, code: Some(480) });
    phone.expect("CANCEL").await;
}

#[tokio::test]
async fn a_phone_that_does_not_answer_by_itself_may_still_be_answered_by_hand() {
    let timers = Timers { auto_answer: Duration::from_millis(200), ..Timers::default() };
    let mut hall = Hall::open(Settings { timers, ..settings() }).await;
    let mut phone = hall.phone("5001").await;
    let leg = hall.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(hall.heard(&leg).await, Heard::Ringing);
    hall.act(&leg, Act::Answer);
    let talk = phone.expect("NOTIFY").await;
    phone.answer(&talk, "200 OK", "", "").await;
    assert_eq!(hall.heard(&leg).await, Heard::NotAnswered(408));
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(hall.heard(&leg).await, Heard::Up);
}

#[tokio::test]
async fn an_answer_without_an_ack_is_sent_again_and_then_the_leg_is_lost() {
    let mut hall = Hall::open(brief()).await;
    let mut caller = hall.peer("15550199").await;
    caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = hall.arrived().await.leg;
    hall.act(&leg, Act::Answer);
    let first = caller.expect("200 INVITE").await;
    let again = caller.expect("200 INVITE").await;
    assert_eq!(first.0, again.0);
    caller.expect("BYE").await;
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::Lost, code: Some(408) });
}

#[tokio::test]
async fn an_invite_that_comes_again_is_one_call() {
    let mut hall = Hall::open(settings()).await;
    let mut caller = hall.peer("15550199").await;
    let body = caller.sdp("sendrecv");
    let call = caller.invite("9000", &body).await;
    let leg = hall.arrived().await.leg;
    hall.act(&leg, Act::Ring);
    caller.expect("180 INVITE").await;
    caller.send(&caller.invite_text(&call, &body, "")).await;
    caller.expect("180 INVITE").await;
    hall.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn an_answer_that_comes_again_is_acknowledged_again() {
    let mut hall = Hall::open(settings()).await;
    let mut phone = hall.phone("5001").await;
    let leg = hall.call("5001", false);
    let invite = phone.expect("INVITE").await;
    for _ in 0..3 {
        phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
        phone.expect("ACK").await;
    }
    assert_eq!(hall.heard(&leg).await, Heard::Up);
    hall.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn silence_on_a_leg_releases_it_with_a_reason() {
    let mut settings = settings();
    settings.media.silence = (Duration::from_millis(200), Duration::from_millis(600));
    let mut hall = Hall::open(settings).await;
    let (mut caller, _, leg, _) = caller(&mut hall).await;
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::Lost, code: None });
    assert!(caller.expect("BYE").await.header("Reason").is_some_and(|reason| reason.contains("lost")));
}

#[tokio::test]
async fn an_answer_that_is_no_description_ends_the_call() {
    let mut hall = Hall::open(settings()).await;
    let mut phone = hall.phone("5001").await;
    let leg = hall.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "200 OK", "", "nothing").await;
    phone.expect("ACK").await;
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::Incompatible, code: Some(488) });
    phone.expect("BYE").await;
}

#[tokio::test]
async fn effects_on_legs_that_are_not_there_do_nothing() {
    let mut hall = Hall::open(settings()).await;
    let mut phone = hall.phone("5001").await;
    let nobody = LegId { call: "nobody".into(), number: 1 };
    for act in
        [Act::Answer, Act::Ring, Act::HoldPhone(true), Act::Dtmf("1".into()), Act::Release(Cause::Normal)]
    {
        hall.act(&nobody, act);
    }
    let (_, leg, _) = called(&mut hall, &mut phone).await;
    hall.act(&leg, Act::Release(Cause::Normal));
    hall.act(&leg, Act::Release(Cause::Busy));
    hall.act(&leg, Act::HoldPhone(true));
    assert_eq!(hall.heard(&leg).await, Heard::Gone { cause: Cause::Normal, code: None });
    hall.hears_nothing(Duration::from_millis(50)).await;
}
