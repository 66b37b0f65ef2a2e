//! Every way a call fails (spec: voice-sip#7).

use crate::{
    calls::{called, caller},
    switch::{TestEvent, TestSwitch, settings},
};
use domain::call::{Cause, Dn, LegCommand, LegEvent, LegId};
use std::time::Duration;
use voice::{Settings, Timers};

/// Transactions end after 64 × 5 ms.
fn brief() -> Settings {
    Settings { timers: Timers { t1: Duration::from_millis(5), ..Timers::default() }, ..settings() }
}

#[tokio::test]
async fn a_number_that_nobody_has_and_one_without_a_phone() {
    let mut switch = TestSwitch::open(settings()).await;
    let leg = switch.call("4711", false);
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::NoSuchNumber, code: Some(404) });
    let leg = switch.call("5002", false);
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Unreachable, code: Some(480) });
}

#[tokio::test]
async fn the_codes_of_a_phone_are_told_with_their_cause() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    for (status, cause, code) in [
        ("486 Busy Here", Cause::Busy, 486),
        ("600 Busy Everywhere", Cause::Busy, 600),
        ("603 Decline", Cause::Refused, 603),
        ("480 Temporarily Unavailable", Cause::Unavailable, 480),
        ("404 Not Found", Cause::NoSuchNumber, 404),
        ("302 Moved", Cause::Diverted, 302),
        ("500 Server Error", Cause::Failed, 500),
        ("407 Proxy Authentication Required", Cause::Refused, 407),
    ] {
        let leg = switch.call("5001", false);
        let invite = phone.expect("INVITE").await;
        phone.answer(&invite, "180 Ringing", "", "").await;
        phone.answer(&invite, status, "", "").await;
        phone.expect("ACK").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
        assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause, code: Some(code) }, "{status}");
    }
}

#[tokio::test]
async fn a_phone_that_names_another_number_is_told_so_before_its_end() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    for (status, contact, told) in [
        ("302 Moved", "<sip:5003@127.0.0.1>", Some(302)),
        ("301 Moved", "<sip:5003@127.0.0.1>", Some(301)),
        // Itself is nowhere, and another proxy no number.
        ("302 Moved", "<sip:5001@127.0.0.1>", None),
        ("305 Use Proxy", "<sip:5003@127.0.0.1>", None),
    ] {
        let leg = switch.call("5001", false);
        let invite = phone.expect("INVITE").await;
        phone.answer_as(&invite, status, contact.trim_matches(['<', '>']), "").await;
        phone.expect("ACK").await;
        if let Some(code) = told {
            assert_eq!(switch.heard(&leg).await, LegEvent::Diverts { to: Dn::new("5003"), code }, "{status}");
        }
        assert!(
            matches!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Diverted, .. }),
            "{status}"
        );
    }
}

/// Two phones of one number: what the second does to its INVITE ends the call, or not.
async fn two_phones(switch: &mut TestSwitch) -> (testkit::sip::Peer, testkit::sip::Peer) {
    let first = switch.phone("5001").await;
    let mut second = switch.peer("5001").await;
    second.register().await;
    (first, second)
}

#[tokio::test]
async fn a_no_of_one_phone_ends_the_call_beside_another_that_says_nothing() {
    let timers = Timers { t1: Duration::from_millis(50), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let (mut silent, mut phone) = two_phones(&mut switch).await;
    for (status, cause, code) in [
        ("603 Decline", Cause::Refused, 603),
        ("486 Busy Here", Cause::Busy, 486),
        ("480 Temporarily Unavailable", Cause::Unavailable, 480),
        ("302 Moved", Cause::Diverted, 302),
    ] {
        let leg = switch.call("5001", false);
        let begun = tokio::time::Instant::now();
        let invite = phone.expect("INVITE").await;
        phone.answer(&invite, status, "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause, code: Some(code) }, "{status}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{status}");
        phone.expect("ACK").await;
        // It may be asked whether it is there.
        silent.register().await;
        silent.forget().await;
    }
}

#[tokio::test]
async fn a_busy_phone_beside_one_that_rings_leaves_it_ringing_and_a_refusal_does_not() {
    let timers = Timers { t1: Duration::from_millis(50), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let (mut ringing, mut phone) = two_phones(&mut switch).await;
    for (status, ends) in [("486 Busy Here", false), ("603 Decline", true)] {
        let leg = switch.call("5001", false);
        let invite = ringing.expect("INVITE").await;
        ringing.answer(&invite, "180 Ringing", "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
        let other = phone.expect("INVITE").await;
        phone.answer(&other, status, "", "").await;
        phone.expect("ACK").await;
        if ends {
            assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Refused, code: Some(603) });
            ringing.expect("CANCEL").await;
        } else {
            switch.hears_nothing(Duration::from_millis(400)).await;
            ringing.answer(&invite, "200 OK", "", &ringing.sdp("sendrecv")).await;
            assert_eq!(switch.heard(&leg).await, LegEvent::Up);
            ringing.expect("ACK").await;
            switch.act(&leg, LegCommand::Release(Cause::Normal));
            let bye = ringing.expect("BYE").await;
            ringing.answer(&bye, "200 OK", "", "").await;
            assert!(matches!(switch.heard(&leg).await, LegEvent::Gone { .. }));
        }
    }
}

#[tokio::test]
async fn a_phone_that_stops_ringing_is_told_why() {
    let mut switch = TestSwitch::open(settings()).await;
    let (mut first, mut second) = two_phones(&mut switch).await;
    let leg = switch.call("5001", false);
    let (invite, other) = (first.expect("INVITE").await, second.expect("INVITE").await);
    second.answer(&other, "180 Ringing", "", "").await;
    first.answer(&invite, "200 OK", "", &first.sdp("sendrecv")).await;
    let cancel = second.expect("CANCEL").await;
    assert_eq!(cancel.header("Reason"), Some("SIP;cause=200;text=\"Call completed elsewhere\""));
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);

    let mut phone = switch.phone("5002").await;
    let leg = switch.call("5002", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard_among(&leg).await, LegEvent::Ringing);
    switch.act(&leg, LegCommand::Release(Cause::Cancelled));
    let cancel = phone.expect("CANCEL").await;
    assert_eq!(cancel.header("Reason"), Some("SIP;cause=487;text=\"cancelled\""));
}

#[tokio::test]
async fn a_phone_that_rings_on_when_it_is_told_to_answer_is_answered_by_hand_from_then_on() {
    let timers = Timers { auto_answer: Duration::from_millis(300), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.phone("5003").await;
    let dn = domain::call::Dn::new("5003");
    assert_eq!(desk::ports::Switch::answers(&*switch.voice, &dn), Some(true));
    let leg = switch.call("5003", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    switch.act(&leg, LegCommand::Answer);
    let cancel = phone.expect("CANCEL").await;
    phone.answer(&cancel, "200 OK", "", "").await;
    phone.answer(&invite, "487 Request Terminated", "", "").await;
    phone.expect("ACK").await;
    let again = phone.expect("INVITE").await;
    phone.answer(&again, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::NotAnswered(408));
    match switch.next().await {
        crate::switch::TestEvent::InService(of, true) => assert_eq!(of, dn, "what it can do is told again"),
        other => panic!("{other:?}"),
    }
    assert_eq!(desk::ports::Switch::answers(&*switch.voice, &dn), Some(false));
}

#[tokio::test]
async fn a_caller_hears_nothing_of_ours_before_the_answer() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("100").await;
    let mut call = caller.invite("5001", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Ring);
    caller.expect("180 INVITE").await;
    assert!(!caller.hears_anything(Duration::from_millis(300)).await);
    switch.act(&leg, LegCommand::Answer);
    caller.established(&mut call).await;
    assert!(caller.hears_anything(Duration::from_secs(2)).await);
}

#[tokio::test]
async fn what_is_not_announced_is_not_taken_and_what_is_not_taken_not_announced() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut peer = switch.peer("100").await;
    let body = peer.sdp("sendrecv");
    peer.invite_with("9000", &body, "Require: 100rel\r\n").await;
    let refusal = peer.expect("420 INVITE").await;
    assert_eq!(refusal.header("Unsupported"), Some("100rel"));
    let mut call = peer.invite("9000", &body).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let answer = peer.established(&mut call).await;
    assert!(answer.header("Allow").is_some_and(|allow| !allow.contains("PRACK")), "{answer:?}");
}

#[tokio::test]
async fn a_phone_that_takes_no_codec_of_ours_is_tried_once_more_with_one() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let first = phone.expect("INVITE").await;
    assert!(first.body().contains("RTP/AVP 0 8 101"), "{first:?}");
    phone.answer(&first, "488 Not Acceptable Here", "", "").await;
    let second = phone.expect("INVITE").await;
    assert!(second.body().contains("RTP/AVP 0 101"), "{second:?}");
    phone.answer(&second, "488 Not Acceptable Here", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Incompatible, code: Some(488) });
}

#[tokio::test]
async fn a_phone_that_answers_options_and_no_call_is_out_of_service_after_the_second() {
    let mut switch = TestSwitch::open(brief()).await;
    let mut phone = switch.phone("5001").await;
    for _ in 0..2 {
        let leg = switch.call("5001", false);
        let heard = loop {
            tokio::select! {
                asked = phone.expect("OPTIONS") => phone.answer(&asked, "200 OK", "", "").await,
                told = switch.next() => match told {
                    TestEvent::LegEvent(of, heard) if of == leg => break heard,
                    TestEvent::InService(_, false) => {}
                    other => panic!("{other:?}"),
                },
            }
        };
        assert_eq!(heard, LegEvent::Gone { cause: Cause::Unreachable, code: Some(408) });
    }
    let leg = switch.call("5001", false);
    assert_eq!(switch.heard_among(&leg).await, LegEvent::Gone { cause: Cause::Unreachable, code: Some(480) });
}

#[tokio::test]
async fn a_phone_that_rings_and_is_gone_is_cancelled_when_its_time_is_over() {
    let timers = Timers { ring: Duration::from_millis(300), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::NoAnswer, code: Some(480) });
    phone.expect("CANCEL").await;
}

#[tokio::test]
async fn a_phone_that_does_not_answer_by_itself_may_still_be_answered_by_hand() {
    let timers = Timers { auto_answer: Duration::from_millis(200), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    switch.act(&leg, LegCommand::Answer);
    let talk = phone.expect("NOTIFY").await;
    phone.answer(&talk, "200 OK", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::NotAnswered(408));
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
}

#[tokio::test]
async fn an_answer_without_an_ack_is_sent_again_and_then_the_leg_is_lost() {
    let mut switch = TestSwitch::open(brief()).await;
    let mut caller = switch.peer("15550199").await;
    caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let first = caller.expect("200 INVITE").await;
    let again = caller.expect("200 INVITE").await;
    assert_eq!(first.0, again.0);
    caller.expect("BYE").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Lost, code: Some(408) });
}

#[tokio::test]
async fn an_invite_that_comes_again_is_one_call() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let body = caller.sdp("sendrecv");
    let call = caller.invite("9000", &body).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Ring);
    caller.expect("180 INVITE").await;
    caller.send(&caller.invite_text(&call, &body, "")).await;
    caller.expect("180 INVITE").await;
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn an_answer_that_comes_again_is_acknowledged_again() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    for _ in 0..3 {
        phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
        phone.expect("ACK").await;
    }
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn silence_on_a_leg_releases_it_with_a_reason() {
    let mut settings = settings();
    settings.media.silence = (Duration::from_millis(200), Duration::from_millis(600));
    let mut switch = TestSwitch::open(settings).await;
    let (mut caller, _, leg, _) = caller(&mut switch).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Lost, code: None });
    assert!(caller.expect("BYE").await.header("Reason").is_some_and(|reason| reason.contains("lost")));
}

#[tokio::test]
async fn an_answer_that_is_no_description_ends_the_call() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "200 OK", "", "nothing").await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Incompatible, code: Some(488) });
    phone.expect("BYE").await;
}

#[tokio::test]
async fn effects_on_legs_that_are_not_there_do_nothing() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let nobody = LegId { call: "nobody".into(), number: 1 };
    for act in [
        LegCommand::Answer,
        LegCommand::Ring,
        LegCommand::HoldPhone(true),
        LegCommand::Dtmf("1".into()),
        LegCommand::Release(Cause::Normal),
    ] {
        switch.act(&nobody, act);
    }
    let (_, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    switch.act(&leg, LegCommand::Release(Cause::Busy));
    switch.act(&leg, LegCommand::HoldPhone(true));
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    switch.hears_nothing(Duration::from_millis(50)).await;
}
