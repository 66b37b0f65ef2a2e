//! A phone takes over a call of another phone of its number: INVITE with Replaces (RFC 3891; spec: voice-sip#5.13).

use crate::{
    calls::{called, caller},
    switch::{TestSwitch, settings},
};
use domain::call::{Cause, LegCommand, LegEvent, LegId};
use std::{sync::atomic::Ordering, time::Duration};
use testkit::sip::{Peer, SipDialog};

const SOON: Duration = Duration::from_millis(100);

/// The header that names the dialog of a call, as the phone of the call sees it.
fn replaces(call: &SipDialog) -> String {
    let tag = |end: &str| end.split(";tag=").nth(1).expect("a tag").to_owned();
    format!("Replaces: {};to-tag={};from-tag={}", call.id, tag(&call.theirs), tag(&call.ours))
}

/// Calls with headers of its own, which is refused.
async fn is_refused(phone: &mut Peer, headers: &str, code: &str) {
    let mut call = phone.invite_with("9000", &phone.sdp("sendrecv"), &format!("{headers}\r\n")).await;
    call.learn_tag(&phone.expect(&format!("{code} INVITE")).await);
    phone.of_invite(&call, "ACK").await;
}

/// The leg of a call that takes the place of another.
async fn takes(switch: &mut TestSwitch, replaced: &LegId) -> LegId {
    let arrival = switch.arrived().await;
    assert_eq!((arrival.replaces.as_ref(), arrival.beside), (Some(replaced), None));
    assert_eq!(arrival.leg.call, replaced.call);
    assert!(arrival.leg.number >= 0x8000, "no party has such a number");
    arrival.leg
}

#[tokio::test]
async fn a_call_is_taken_over_by_another_call_of_the_number_and_the_first_ends() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (call, leg, _) = called(&mut switch, &mut phone).await;
    let headers = format!("{}\r\nRequire: replaces\r\n", replaces(&call));
    let mut other = phone.invite_with("9000", &phone.sdp("sendrecv"), &headers).await;
    let taken = takes(&mut switch, &leg).await;
    switch.act(&taken, LegCommand::Answer);
    phone.established(&mut other).await;
    assert_eq!(switch.heard(&taken).await, LegEvent::Up);
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    let bye = phone.expect("BYE").await;
    phone.answer(&bye, "200 OK", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    // The dialog that was replaced is none any more.
    is_refused(&mut phone, &replaces(&call), "481").await;
    // What took its place may be replaced in turn.
    let _third =
        phone.invite_with("9000", &phone.sdp("sendrecv"), &format!("{}\r\n", replaces(&other))).await;
    takes(&mut switch, &taken).await;
}

#[tokio::test]
async fn a_call_that_rings_is_picked_up() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    let rings = phone.dialog_of(&invite);
    let headers = format!("{};early-only\r\n", replaces(&rings));
    let _picks_up = phone.invite_with("9000", &phone.sdp("sendrecv"), &headers).await;
    takes(&mut switch, &leg).await;
}

#[tokio::test]
async fn what_names_no_call_of_the_number_that_can_be_taken_over_is_refused_and_nobody_hears_of_it() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let mut other = switch.phone("5002").await;
    let (mut call, _, _) = called(&mut switch, &mut phone).await;
    let (foreign, _, _) = called(&mut switch, &mut other).await;
    let own = replaces(&call);
    for (headers, code) in [
        ("Replaces: nothing;to-tag=a;from-tag=b".to_owned(), "481"),
        ("Replaces: nothing".to_owned(), "400"),
        (format!("{own}\r\n{own}"), "400"),
        (format!("{own},x;to-tag=a;from-tag=b"), "400"),
        (format!("{own};early-only"), "486"),
        (replaces(&foreign), "403"),
        (format!("{own}\r\nRequire: replaces, ghost"), "420"),
    ] {
        is_refused(&mut phone, &headers, code).await;
    }
    // Somebody outside does not learn from it which dialogs there are.
    let (mut outside, _, _, _) = caller(&mut switch).await;
    for headers in [own.as_str(), "Replaces: nothing;to-tag=a;from-tag=b"] {
        is_refused(&mut outside, headers, "403").await;
    }
    // The desk says that nobody is on it any more.
    switch.takes_over.store(false, Ordering::Relaxed);
    is_refused(&mut phone, &own, "481").await;
    switch.takes_over.store(true, Ordering::Relaxed);
    // One that the phone began itself, and that is not answered.
    let mut early = phone.invite("9000", &phone.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Ring);
    early.learn(&phone.expect("180 INVITE").await);
    is_refused(&mut phone, &replaces(&early), "481").await;
    // No other request replaces anything, and the call goes on as it was.
    phone.request(&mut call, "INFO", &format!("{own}\r\n"), "").await;
    phone.expect("400 INFO").await;
    switch.hears_nothing(SOON).await;
    phone.request(&mut call, "OPTIONS", "", "").await;
    let able = phone.expect("200 OPTIONS").await;
    assert!(able.header("Supported").is_some_and(|known| known.contains("replaces")), "{able:?}");
}
