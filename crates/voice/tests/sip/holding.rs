//! Changes of a session, from either end (spec: voice-sip#5.4, #6, #7).

use crate::{
    calls::{called, caller},
    switch::{TestSwitch, settings},
};
use domain::call::{Cause, LegCommand, LegEvent};
use std::time::Duration;
use voice::{Settings, Timers};

fn quick() -> Settings {
    Settings { timers: Timers { glare: Duration::from_millis(80), ..Timers::default() }, ..settings() }
}

const SDP: &str = "Content-Type: application/sdp\r\n";

#[tokio::test]
async fn the_hold_key_of_a_phone_is_heard_and_so_is_its_end() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    let zeros = phone.sdp("sendrecv").replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0");
    let holds = [phone.sdp("sendonly"), phone.sdp("inactive"), zeros];
    for (hold, answered) in holds.iter().zip(["recvonly", "inactive", ""]) {
        phone.request(&mut call, "INVITE", SDP, hold).await;
        let answer = phone.expect("200 INVITE").await;
        assert!(answered.is_empty() || answer.direction() == answered, "{answer:?}");
        phone.request(&mut call, "ACK", "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::PhoneHold(true));
        phone.request(&mut call, "INVITE", SDP, &phone.sdp("sendrecv")).await;
        assert_eq!(phone.expect("200 INVITE").await.direction(), "sendrecv");
        phone.request(&mut call, "ACK", "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::PhoneHold(false));
    }
}

#[tokio::test]
async fn an_update_with_a_description_is_answered_with_one() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    phone.request(&mut call, "UPDATE", SDP, &phone.sdp("sendonly")).await;
    assert_eq!(phone.expect("200 UPDATE").await.direction(), "recvonly");
    assert_eq!(switch.heard(&leg).await, LegEvent::PhoneHold(true));
    phone.request(&mut call, "UPDATE", "", "").await;
    assert!(phone.expect("200 UPDATE").await.body().is_empty());
}

#[tokio::test]
async fn a_change_without_an_offer_is_made_one_and_its_answer_is_in_the_ack() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    phone.request(&mut call, "INVITE", "", "").await;
    assert_eq!(phone.expect("200 INVITE").await.direction(), "sendrecv");
    phone.request(&mut call, "ACK", SDP, &phone.sdp("sendonly")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::PhoneHold(true));
}

#[tokio::test]
async fn a_change_that_is_nothing_to_us_leaves_the_session_as_it_was() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    let other = phone.sdp("sendrecv").replace("RTP/AVP 0 8 101", "RTP/AVP 18");
    phone.request(&mut call, "INVITE", SDP, &other).await;
    phone.expect("488 INVITE").await;
    phone.request(&mut call, "MESSAGE", "", "").await;
    phone.expect("405 MESSAGE").await;
    phone.request(&mut call, "OPTIONS", "", "").await;
    phone.expect("200 OPTIONS").await;
    phone.request(&mut call, "NOTIFY", "Event: x\r\n", "").await;
    phone.expect("489 NOTIFY").await;
    switch.hears_nothing(Duration::from_millis(50)).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    phone.expect("INVITE").await;
}

#[tokio::test]
async fn an_old_request_gets_500() {
    let mut switch = TestSwitch::open(settings()).await;
    let (mut caller, mut call, _, _) = caller(&mut switch).await;
    caller.request(&mut call, "OPTIONS", "", "").await;
    caller.expect("200 OPTIONS").await;
    caller.request(&mut call, "UPDATE", "", "").await;
    caller.expect("200 UPDATE").await;
    call.cseq -= 2;
    caller.request(&mut call, "INFO", "", "").await;
    caller.expect("500 INFO").await;
}

#[tokio::test]
async fn a_change_of_theirs_gets_491_while_ours_is_out() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    let ours = phone.expect("INVITE").await;
    phone.request(&mut call, "INVITE", SDP, &phone.sdp("sendonly")).await;
    phone.expect("491 INVITE").await;
    phone.answer(&ours, "200 OK", "", &phone.sdp("inactive")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
}

#[tokio::test]
async fn a_change_of_ours_that_gets_491_is_tried_three_times() {
    let mut switch = TestSwitch::open(quick()).await;
    let mut phone = switch.phone("5001").await;
    let (_, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    for _ in 0..2 {
        let ours = phone.expect("INVITE").await;
        phone.answer(&ours, "491 Request Pending", "", "").await;
    }
    let ours = phone.expect("INVITE").await;
    phone.answer(&ours, "200 OK", "", &phone.sdp("inactive")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
    switch.act(&leg, LegCommand::HoldPhone(false));
    for _ in 0..3 {
        let ours = phone.expect("INVITE").await;
        phone.answer(&ours, "491 Request Pending", "", "").await;
    }
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: false, refused: Some(491) });
}

#[tokio::test]
async fn changes_that_wait_are_merged_and_each_is_told_its_end() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (_, leg, _) = called(&mut switch, &mut phone).await;
    for on in [true, false, true, false] {
        switch.act(&leg, LegCommand::HoldPhone(on));
    }
    let first = phone.expect("INVITE").await;
    phone.answer(&first, "200 OK", "", &phone.sdp("inactive")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
    let second = phone.expect("INVITE").await;
    assert_eq!(second.direction(), "sendrecv");
    phone.answer(&second, "200 OK", "", &phone.sdp("sendrecv")).await;
    for on in [false, true, false] {
        assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on, refused: None });
    }
    assert!(phone.within(Duration::from_millis(100), "INVITE").await.is_none());
}

#[tokio::test]
async fn a_refused_hold_is_told_and_the_call_goes_on_but_481_ends_it() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (_, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    let ours = phone.expect("INVITE").await;
    phone.answer(&ours, "488 Not Acceptable Here", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: Some(488) });
    switch.act(&leg, LegCommand::HoldPhone(true));
    let ours = phone.expect("INVITE").await;
    phone.answer(&ours, "481 Call/Transaction Does Not Exist", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Lost, code: Some(481) });
    assert!(phone.within(Duration::from_millis(150), "BYE").await.is_none());
}

#[tokio::test]
async fn a_hold_that_is_never_answered_is_told_before_long_and_undone_if_it_comes_late() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (_, leg, _) = called(&mut switch, &mut phone).await;
    let asked = tokio::time::Instant::now();
    switch.act(&leg, LegCommand::HoldPhone(true));
    let held = phone.expect("INVITE").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: Some(408) });
    assert!(asked.elapsed() < Duration::from_secs(8));
    phone.answer(&held, "200 OK", "", &phone.sdp("inactive")).await;
    let back = loop {
        let invite = phone.expect("INVITE").await;
        if invite.header("CSeq") != held.header("CSeq") {
            break invite;
        }
    };
    assert_eq!(back.direction(), "sendrecv");
}

#[tokio::test]
async fn a_session_that_we_refresh_is_refreshed_at_half_its_time() {
    let timers = Timers { min_session: Duration::from_secs(1), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    assert_eq!(invite.header("Session-Expires"), Some("1800;refresher=uac"));
    let timer = "Require: timer\r\nSession-Expires: 2;refresher=uac\r\n";
    phone.answer(&invite, "200 OK", timer, &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    let refresh = phone.expect("UPDATE").await;
    assert_eq!(refresh.header("Session-Expires"), Some("2;refresher=uac"));
    phone.answer(&refresh, "405 Method Not Allowed", "", "").await;
    let refresh = phone.expect("INVITE").await;
    assert_eq!(refresh.body(), invite.body());
    phone.answer(&refresh, "200 OK", timer, &phone.sdp("sendrecv")).await;
    phone.expect("INVITE").await;
}

#[tokio::test]
async fn a_session_that_they_do_not_refresh_ends_with_bye() {
    let timers = Timers { min_session: Duration::from_secs(1), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut caller = switch.peer("15550199").await;
    let timer = "Supported: timer\r\nSession-Expires: 1;refresher=uac\r\n";
    let mut call = caller.invite_with("9000", &caller.sdp("sendrecv"), timer).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let answer = caller.established(&mut call).await;
    assert_eq!(answer.header("Session-Expires"), Some("1;refresher=uac"));
    assert_eq!(answer.header("Require"), Some("timer"));
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    caller.expect("BYE").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Lost, code: None });
}

#[tokio::test]
async fn a_session_interval_that_is_too_short_for_a_phone_is_raised_once() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    for _ in 0..2 {
        let invite = phone.expect("INVITE").await;
        phone.answer(&invite, "422 Session Interval Too Small", "Min-SE: 3000\r\n", "").await;
        phone.expect("ACK").await;
        if invite.header("Session-Expires") == Some("3000;refresher=uac") {
            break;
        }
        assert_eq!(invite.header("Session-Expires"), Some("1800;refresher=uac"));
    }
    assert!(matches!(switch.heard(&leg).await, LegEvent::Gone { code: Some(422), .. }));
}

#[tokio::test]
async fn a_phone_that_holds_by_its_own_key_goes_on_only_when_it_says_so() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    phone.request(&mut call, "INVITE", SDP, &phone.sdp("sendonly")).await;
    phone.expect("200 INVITE").await;
    phone.request(&mut call, "ACK", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::PhoneHold(true));
    for (says, refused) in [("sendonly", Some(488)), ("sendrecv", None)] {
        switch.act(&leg, LegCommand::HoldPhone(false));
        let ours = phone.expect("INVITE").await;
        assert_eq!(ours.direction(), "sendrecv");
        phone.answer(&ours, "200 OK", "", &phone.sdp(says)).await;
        phone.expect("ACK").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: false, refused });
    }
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_refresh_that_is_too_short_twice_is_tried_as_a_change() {
    let timers = Timers { min_session: Duration::from_secs(1), ..Timers::default() };
    let mut switch = TestSwitch::open(Settings { timers, ..settings() }).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    let timer = "Require: timer\r\nSession-Expires: 1;refresher=uac\r\n";
    phone.answer(&invite, "200 OK", timer, &phone.sdp("sendrecv")).await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    for (asked, least) in [("1;refresher=uac", "Min-SE: 3\r\n"), ("3;refresher=uac", "Min-SE: 5\r\n")] {
        let refresh = phone.expect("UPDATE").await;
        assert_eq!(refresh.header("Session-Expires"), Some(asked));
        phone.answer(&refresh, "422 Session Interval Too Small", least, "").await;
    }
    phone.expect("INVITE").await;
    assert!(phone.within(Duration::from_millis(150), "UPDATE").await.is_none());
}

#[tokio::test]
async fn a_phone_that_is_held_comes_back_by_its_own_key_and_not_by_a_refresh() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::HoldPhone(true));
    let ours = phone.expect("INVITE").await;
    phone.answer(&ours, "200 OK", "", &phone.sdp("inactive")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::HoldDone { on: true, refused: None });
    phone.request(&mut call, "INVITE", SDP, &phone.sdp("sendrecv")).await;
    assert_eq!(phone.expect("200 INVITE").await.direction(), "inactive");
    phone.request(&mut call, "ACK", "", "").await;
    switch.hears_nothing(Duration::from_millis(50)).await;
    let anew = phone.sdp("sendrecv").replace("o=- 7 7", "o=- 7 8");
    phone.request(&mut call, "INVITE", SDP, &anew).await;
    assert_eq!(phone.expect("200 INVITE").await.direction(), "sendrecv");
    phone.request(&mut call, "ACK", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::PhoneHold(false));
}
