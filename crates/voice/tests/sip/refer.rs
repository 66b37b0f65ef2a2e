//! The transfer key of a phone (RFC 3515, RFC 3891, RFC 4488; spec: voice-sip#5.12).

use crate::{
    calls::{called, caller},
    switch::{TestSwitch, settings},
};
use domain::call::{Cause, Dn, LegCommand, LegEvent, LegId, Referral};
use std::{sync::atomic::Ordering, time::Duration};
use testkit::sip::{Peer, SipDialog, SipMessage};

const SDP: &str = "Content-Type: application/sdp\r\n";
const SOON: Duration = Duration::from_millis(100);

fn to_number(number: &str) -> LegEvent {
    LegEvent::Refers(Referral::Number(Dn::new(number)))
}

/// Asks for a transfer; it is taken.
async fn refers(phone: &mut Peer, call: &mut SipDialog, to: &str) {
    phone.request(call, "REFER", &format!("Refer-To: {to}\r\n"), "").await;
    phone.expect("202 REFER").await;
}

/// The next NOTIFY, which is answered: how the transfer stands, and the state of the subscription.
async fn told(phone: &mut Peer) -> (String, String) {
    let notify = phone.expect("NOTIFY").await;
    phone.answer(&notify, "200 OK", "", "").await;
    assert!(notify.header("Event").is_some_and(|event| event.starts_with("refer")), "{notify:?}");
    assert!(notify.header("Content-Type").is_some_and(|kind| kind.starts_with("message/sipfrag")));
    let state = notify.header("Subscription-State").expect("a state").to_owned();
    (notify.body().trim().to_owned(), state.split(';').next().unwrap_or_default().to_owned())
}

async fn is_told(phone: &mut Peer, how: &str, state: &str) {
    assert_eq!(told(phone).await, (how.to_owned(), state.to_owned()));
}

/// How a phone names the dialog of a call in a Refer-To.
fn replaces(call: &SipDialog) -> String {
    let tag = |end: &str| end.split(";tag=").nth(1).expect("a tag").to_owned();
    let id = call.id.replace('@', "%40");
    format!("<sip:x@y?Replaces={id}%3Bto-tag%3D{}%3Bfrom-tag%3D{}>", tag(&call.theirs), tag(&call.ours))
}

/// The phone holds by its own key.
async fn holds(switch: &mut TestSwitch, phone: &mut Peer, call: &mut SipDialog, leg: &LegId) {
    phone.request(call, "INVITE", SDP, &phone.sdp("sendonly")).await;
    phone.expect("200 INVITE").await;
    phone.request(call, "ACK", "", "").await;
    assert_eq!(switch.heard(leg).await, LegEvent::PhoneHold(true));
}

#[tokio::test]
async fn a_phone_that_hands_over_is_told_that_it_is_done_before_its_call_ends() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    refers(&mut phone, &mut call, "<sip:5002@x>").await;
    assert_eq!(switch.heard(&leg).await, to_number("5002"));
    is_told(&mut phone, "SIP/2.0 100 Trying", "active").await;
    switch.act(&leg, LegCommand::Referred(None));
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    is_told(&mut phone, "SIP/2.0 200 OK", "terminated").await;
    let bye = phone.expect("BYE").await;
    phone.answer(&bye, "200 OK", "", "").await;
}

#[tokio::test]
async fn a_phone_is_told_why_not_goes_on_and_may_try_again() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    for (at, (cause, how)) in [
        (Cause::Busy, "SIP/2.0 486 Busy Here"),
        (Cause::NoSuchNumber, "SIP/2.0 404 Not Found"),
        (Cause::Refused, "SIP/2.0 603 Decline"),
    ]
    .into_iter()
    .enumerate()
    {
        refers(&mut phone, &mut call, "<sip:5002@x>").await;
        assert_eq!(switch.heard(&leg).await, to_number("5002"));
        let notify = phone.expect("NOTIFY").await;
        phone.answer(&notify, "200 OK", "", "").await;
        // From the second on it names its REFER (RFC 3515 §2.4.6).
        let event = if at == 0 { "refer".to_owned() } else { format!("refer;id={}", call.cseq) };
        assert_eq!(notify.header("Event"), Some(event.as_str()));
        switch.act(&leg, LegCommand::Referred(Some(cause)));
        is_told(&mut phone, how, "terminated").await;
    }
    assert!(phone.within(SOON, "BYE").await.is_none());
}

#[tokio::test]
async fn a_second_transfer_waits_for_the_first() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    refers(&mut phone, &mut call, "<sip:5002@x>").await;
    assert_eq!(switch.heard(&leg).await, to_number("5002"));
    phone.request(&mut call, "REFER", "Refer-To: <sip:5003@x>\r\n", "").await;
    assert!(phone.expect("500 REFER").await.header("Retry-After").is_some());
    switch.hears_nothing(SOON).await;
}

#[tokio::test]
async fn what_names_nobody_is_refused_and_nobody_hears_of_it() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    let long = format!("Refer-To: <sip:{}@x>\r\n", "5".repeat(400));
    for (headers, answer) in [
        ("", "400 REFER"),
        ("Refer-To: <sip:5002@x>, <sip:5003@x>\r\n", "400 REFER"),
        ("Refer-To: <sip:5002@x?Replaces=nothing>\r\n", "400 REFER"),
        (&long, "400 REFER"),
        ("Refer-To: <http://5002@x>\r\n", "416 REFER"),
        ("Refer-To: <sip:5002@x;method=BYE>\r\n", "403 REFER"),
        ("Require: norefersub\r\nRefer-To: <sip:5002@x>\r\n", "420 REFER"),
    ] {
        phone.request(&mut call, "REFER", headers, "").await;
        phone.expect(answer).await;
    }
    switch.hears_nothing(SOON).await;
    assert!(phone.within(SOON, "NOTIFY").await.is_none());
    // The call goes on as it was; short names are read as well.
    phone.request(&mut call, "REFER", "r: <sip:5002@x>\r\n", "").await;
    phone.expect("202 REFER").await;
    assert_eq!(switch.heard(&leg).await, to_number("5002"));
}

#[tokio::test]
async fn who_is_no_phone_of_ours_hands_nothing_over() {
    let mut switch = TestSwitch::open(settings()).await;
    let (mut outside, mut call, _, _) = caller(&mut switch).await;
    outside.request(&mut call, "REFER", "Refer-To: <sip:5002@x>\r\n", "").await;
    outside.expect("403 REFER").await;
    // Outside of a dialog nobody does, and before the answer neither.
    let mut phone = switch.phone("5001").await;
    let mut none = phone.call_to("9000");
    phone.request(&mut none, "REFER", "Refer-To: <sip:5002@x>\r\n", "").await;
    phone.expect("403 REFER").await;
    let mut early = phone.invite("9000", &phone.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Ring);
    let rings = phone.expect("180 INVITE").await;
    early.learn(&rings);
    phone.request(&mut early, "REFER", "Refer-To: <sip:5002@x>\r\n", "").await;
    phone.expect("403 REFER").await;
    switch.hears_nothing(SOON).await;
}

#[tokio::test]
async fn a_phone_that_wants_to_hear_nothing_of_it_hears_nothing() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    phone.request(&mut call, "REFER", "Refer-To: <sip:5002@x>\r\nRefer-Sub: false\r\n", "").await;
    assert_eq!(phone.expect("202 REFER").await.header("Refer-Sub"), Some("false"));
    assert_eq!(switch.heard(&leg).await, to_number("5002"));
    switch.act(&leg, LegCommand::Referred(None));
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    phone.expect("BYE").await;
    assert!(phone.within(SOON, "NOTIFY").await.is_none());
}

#[tokio::test]
async fn a_transfer_that_is_left_open_ends_with_the_call_and_a_phone_that_is_dumb_does_not_hold_it_up() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    for is_dumb in [false, true] {
        let (mut call, leg, _) = called(&mut switch, &mut phone).await;
        refers(&mut phone, &mut call, "<sip:5002@x>").await;
        assert_eq!(switch.heard(&leg).await, to_number("5002"));
        if !is_dumb {
            is_told(&mut phone, "SIP/2.0 100 Trying", "active").await;
        }
        switch.act(&leg, LegCommand::Release(Cause::Normal));
        if !is_dumb {
            is_told(&mut phone, "SIP/2.0 487 Request Terminated", "terminated").await;
        }
        let bye = phone.expect("BYE").await;
        phone.answer(&bye, "200 OK", "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    }
}

#[tokio::test]
async fn a_phone_that_hangs_up_at_once_has_handed_over_all_the_same() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    refers(&mut phone, &mut call, "<sip:5002@x>").await;
    phone.request(&mut call, "BYE", "", "").await;
    phone.expect("200 BYE").await;
    assert_eq!(switch.heard(&leg).await, to_number("5002"));
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    switch.act(&leg, LegCommand::Referred(None));
}

#[tokio::test]
async fn a_dialog_that_a_phone_names_must_be_one_of_its_own() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let mut other = switch.phone("5002").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    let (foreign, _, _) = called(&mut switch, &mut other).await;
    let mut own = phone.invite("9000", &phone.sdp("sendrecv")).await;
    let second = switch.arrived().await.leg;
    switch.act(&second, LegCommand::Answer);
    phone.established(&mut own).await;
    assert_eq!(switch.heard(&second).await, LegEvent::Up);

    for (to, how) in [
        ("<sip:x@y?Replaces=nothing%3Bto-tag%3Da%3Bfrom-tag%3Db>".to_owned(), "SIP/2.0 481 "),
        (replaces(&foreign), "SIP/2.0 403 Forbidden"),
    ] {
        refers(&mut phone, &mut call, &to).await;
        is_told(&mut phone, "SIP/2.0 100 Trying", "active").await;
        let (told, state) = told(&mut phone).await;
        assert!(told.starts_with(how) && state == "terminated", "{told} {state}");
    }
    switch.hears_nothing(SOON).await;
    refers(&mut phone, &mut call, &replaces(&own)).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Refers(Referral::Leg(second.clone())));
    is_told(&mut phone, "SIP/2.0 100 Trying", "active").await;
    switch.act(&leg, LegCommand::Referred(None));
    is_told(&mut phone, "SIP/2.0 200 OK", "terminated").await;
    // From the other of the two it names the first.
    refers(&mut phone, &mut own, &replaces(&call)).await;
    assert_eq!(switch.heard(&second).await, LegEvent::Refers(Referral::Leg(leg)));
}

#[tokio::test]
async fn a_phone_that_holds_and_calls_somebody_makes_another_leg_of_the_same_call() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    switch.asks_beside.store(true, Ordering::Relaxed);
    // One that holds nothing does not.
    let mut separate = phone.invite("5002", &phone.sdp("sendrecv")).await;
    let arrival = switch.arrived().await;
    assert!(arrival.leg.call != leg.call && arrival.beside.is_none());
    switch.act(&arrival.leg, LegCommand::Release(Cause::Busy));
    separate.learn_tag(&phone.expect("486 INVITE").await);
    phone.of_invite(&separate, "ACK").await;
    assert!(matches!(switch.heard(&arrival.leg).await, LegEvent::Gone { .. }));

    holds(&mut switch, &mut phone, &mut call, &leg).await;
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let mut asks = phone.invite("5002", &phone.sdp("sendrecv")).await;
        let arrival = switch.arrived().await;
        assert_eq!((&arrival.leg.call, arrival.beside.as_ref()), (&leg.call, Some(&leg)));
        assert!(arrival.leg.number >= 0x8000, "no party has such a number");
        assert_eq!((arrival.device.as_ref(), arrival.dialled.as_str()), (Some(&Dn::new("5001")), "5002"));
        numbers.push(arrival.leg.number);
        switch.act(&arrival.leg, LegCommand::Answer);
        phone.established(&mut asks).await;
        assert_eq!(switch.heard(&arrival.leg).await, LegEvent::Up);
        phone.request(&mut asks, "BYE", "", "").await;
        phone.expect("200 BYE").await;
        assert!(matches!(switch.heard(&arrival.leg).await, LegEvent::Gone { .. }));
    }
    assert_ne!(numbers[0], numbers[1], "what is heard of one is never taken for the other");
    // The desk says that it is a call of its own.
    switch.asks_beside.store(false, Ordering::Relaxed);
    let _separate = phone.invite("5002", &phone.sdp("sendrecv")).await;
    let arrival = switch.arrived().await;
    assert!(arrival.leg.call != leg.call && arrival.beside.is_none());
}

#[tokio::test]
async fn phones_are_told_that_they_may_hand_over() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    switch.call("5001", false);
    let invite: SipMessage = phone.expect("INVITE").await;
    assert!(invite.header("Allow").is_some_and(|allow| allow.contains("REFER")), "{invite:?}");
}
