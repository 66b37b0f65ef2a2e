//! What crosses on the wire (spec: voice-sip#7, #11).

use crate::{
    calls::{called, caller},
    switch::{TestSwitch, settings},
};
use domain::call::{Cause, LegCommand, LegEvent};
use futures::future::join_all;
use std::time::Duration;
use testkit::sip::Peer;

/// Rounds of a race; the delay goes from 0 to 50 ms.
const ROUNDS: u64 = 200;
/// Halls in which they run side by side.
const SWITCHES: usize = 5;

#[tokio::test]
async fn a_caller_that_hangs_up_while_it_rings_is_cancelled() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Ring);
    caller.expect("180 INVITE").await;
    caller.of_invite(&call, "CANCEL").await;
    caller.expect("200 CANCEL").await;
    let refusal = caller.expect("487 INVITE").await;
    call.learn_tag(&refusal);
    caller.of_invite(&call, "ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Cancelled, code: Some(487) });
}

#[tokio::test]
async fn a_cancel_of_theirs_crosses_our_answer() {
    let mut switch = TestSwitch::open(settings()).await;
    for round in 0..ROUNDS {
        let mut caller = switch.peer("15550199").await;
        let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
        let leg = switch.arrived().await.leg;
        let answer = async {
            tokio::time::sleep(Duration::from_micros(round * 7)).await;
            switch.act(&leg, LegCommand::Answer);
        };
        tokio::join!(answer, caller.of_invite(&call, "CANCEL"));
        let answered = loop {
            match caller.receive_final().await {
                200 => break true,
                487 => break false,
                _ => {}
            }
        };
        if answered {
            let answer = caller.last().clone();
            call.learn(&answer);
            caller.request(&mut call, "ACK", "", "").await;
            caller.request(&mut call, "BYE", "", "").await;
            assert_eq!(switch.heard(&leg).await, LegEvent::Up, "round {round}");
            assert_eq!(
                switch.heard(&leg).await,
                LegEvent::Gone { cause: Cause::Normal, code: None },
                "round {round}"
            );
        } else {
            let gone = LegEvent::Gone { cause: Cause::Cancelled, code: Some(487) };
            assert_eq!(switch.heard(&leg).await, gone, "round {round}");
            let refusal = caller.last().clone();
            call.learn_tag(&refusal);
            caller.of_invite(&call, "ACK").await;
        }
    }
    switch.hears_nothing(Duration::from_millis(50)).await;
}

/// Answers a call after a while, and what comes then, until the phone knows that it is over.
async fn answer_late(phone: &mut Peer, after: Duration) -> bool {
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "180 Ringing", "", "").await;
    let (dialog, sdp) = (invite, phone.sdp("sendrecv"));
    tokio::time::sleep(after).await;
    while let Some(cancel) = phone.within(Duration::ZERO, "CANCEL").await {
        phone.answer(&cancel, "200 OK", "", "").await;
        if cancel.header("Call-ID") != dialog.header("Call-ID") {
            // It crossed the answer of a round before, and comes again.
            continue;
        }
        phone.answer(&dialog, "487 Request Terminated", "", "").await;
        phone.expect("ACK").await;
        return false;
    }
    phone.answer(&dialog, "200 OK", "", &sdp).await;
    phone.expect("ACK").await;
    let bye = phone.expect("BYE").await;
    phone.answer(&bye, "200 OK", "", "").await;
    true
}

/// Rounds of one switch; how many were answered.
async fn release_against_answer(switch: usize) -> u64 {
    let mut opened = TestSwitch::open(settings()).await;
    let mut phone = opened.phone("5001").await;
    let mut answered = 0;
    for round in 0..ROUNDS {
        let jitter = |factor: u64| Duration::from_micros((round * factor + switch as u64 * 331) % 50_000);
        let leg = opened.call("5001", false);
        let (crossed, last) = tokio::join!(answer_late(&mut phone, jitter(7_919)), async {
            let mut heard = opened.heard(&leg).await;
            if heard == LegEvent::Ringing {
                tokio::time::sleep(jitter(6_007)).await;
                opened.act(&leg, LegCommand::Release(Cause::Normal));
                heard = opened.heard(&leg).await;
            }
            if heard == LegEvent::Up { opened.heard(&leg).await } else { heard }
        });
        assert_eq!(last, LegEvent::Gone { cause: Cause::Normal, code: None }, "round {round}");
        answered += u64::from(crossed);
    }
    opened.hears_nothing(Duration::from_millis(50)).await;
    answered
}

#[tokio::test]
async fn a_release_crosses_the_answer_of_a_phone_a_thousand_times() {
    let answered: u64 = join_all((0..SWITCHES).map(release_against_answer)).await.into_iter().sum();
    let all = ROUNDS * SWITCHES as u64;
    assert!(answered > all / 10 && answered < all * 9 / 10, "both orders came: {answered} of {all}");
}

#[tokio::test]
async fn after_a_release_was_asked_the_answer_is_acknowledged_and_ended_and_never_told() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    for round in 0..50_u64 {
        let leg = switch.call("5001", false);
        let invite = phone.expect("INVITE").await;
        phone.answer(&invite, "180 Ringing", "", "").await;
        assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
        switch.act(&leg, LegCommand::Release(Cause::Cancelled));
        tokio::time::sleep(Duration::from_millis(round)).await;
        phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
        phone.expect("ACK").await;
        let cancel = phone.expect("CANCEL").await;
        phone.answer(&cancel, "481 Call/Transaction Does Not Exist", "", "").await;
        let bye = phone.expect("BYE").await;
        phone.answer(&bye, "200 OK", "", "").await;
        assert_eq!(
            switch.heard(&leg).await,
            LegEvent::Gone { cause: Cause::Cancelled, code: None },
            "round {round}"
        );
    }
}

#[tokio::test]
async fn byes_cross_and_both_are_answered() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut call, leg, _) = called(&mut switch, &mut phone).await;
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    phone.request(&mut call, "BYE", "", "").await;
    let bye = phone.expect("BYE").await;
    phone.expect("200 BYE").await;
    phone.answer(&bye, "481 Call/Transaction Does Not Exist", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_bye_before_the_ack_is_answered_and_ends_the_leg() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let answer = caller.expect("200 INVITE").await;
    call.learn(&answer);
    caller.request(&mut call, "BYE", "", "").await;
    caller.expect("200 BYE").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
}

#[tokio::test]
async fn a_release_between_our_answer_and_its_ack_waits_for_the_ack() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut caller = switch.peer("15550199").await;
    let mut call = caller.invite("9000", &caller.sdp("sendrecv")).await;
    let leg = switch.arrived().await.leg;
    switch.act(&leg, LegCommand::Answer);
    let answer = caller.expect("200 INVITE").await;
    call.learn(&answer);
    switch.act(&leg, LegCommand::Release(Cause::Normal));
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Normal, code: None });
    assert!(caller.within(Duration::from_millis(100), "BYE").await.is_none());
    caller.request(&mut call, "ACK", "", "").await;
    caller.expect("BYE").await;
}

#[tokio::test]
async fn of_two_phones_the_first_answer_wins_and_the_second_is_ended() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut first = switch.phone("5001").await;
    let mut second = switch.peer("5001").await;
    second.register().await;
    let leg = switch.call("5001", false);
    let (ringing, also) = (first.expect("INVITE").await, second.expect("INVITE").await);
    assert_ne!(ringing.header("Call-ID"), also.header("Call-ID"));
    first.answer(&ringing, "180 Ringing", "", "").await;
    second.answer(&also, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    first.answer(&ringing, "200 OK", "", &first.sdp("sendrecv")).await;
    second.answer(&also, "200 OK", "", &second.sdp("sendrecv")).await;
    first.expect("ACK").await;
    second.expect("ACK").await;
    let (won, lost) = tokio::join!(
        first.within(Duration::from_millis(300), "BYE"),
        second.within(Duration::from_millis(300), "BYE")
    );
    assert!(won.is_some() != lost.is_some(), "one of them is ended: {won:?} {lost:?}");
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn a_second_answer_to_one_invite_is_acknowledged_and_ended() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let leg = switch.call("5001", false);
    let invite = phone.expect("INVITE").await;
    phone.answer(&invite, "200 OK", "", &phone.sdp("sendrecv")).await;
    phone.expect("ACK").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Up);
    // As a proxy forks: another end of the same INVITE.
    phone.answer_tagged(&invite, "200 OK", "other", &phone.sdp("sendrecv")).await;
    let ack = phone.expect("ACK").await;
    assert!(ack.header("To").is_some_and(|to| to.ends_with(";tag=other")), "{ack:?}");
    let bye = phone.expect("BYE").await;
    assert!(bye.header("To").is_some_and(|to| to.ends_with(";tag=other")), "{bye:?}");
    switch.hears_nothing(Duration::from_millis(50)).await;
}

#[tokio::test]
async fn one_phone_that_is_busy_leaves_the_other_ringing() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut first = switch.phone("5001").await;
    let mut second = switch.peer("5001").await;
    second.register().await;
    let leg = switch.call("5001", false);
    let busy = first.expect("INVITE").await;
    first.answer(&busy, "486 Busy Here", "", "").await;
    let other = second.expect("INVITE").await;
    second.answer(&other, "180 Ringing", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Ringing);
    second.answer(&other, "480 Temporarily Unavailable", "", "").await;
    assert_eq!(switch.heard(&leg).await, LegEvent::Gone { cause: Cause::Busy, code: Some(486) });
}

#[tokio::test]
async fn both_ends_of_a_call_hang_up_at_once_and_each_leg_ends_once() {
    let mut switch = TestSwitch::open(settings()).await;
    let mut phone = switch.phone("5001").await;
    let (mut caller, mut outside, from, _) = caller(&mut switch).await;
    let (mut inside, to, _) = called(&mut switch, &mut phone).await;
    tokio::join!(caller.request(&mut outside, "BYE", "", ""), phone.request(&mut inside, "BYE", "", ""));
    caller.expect("200 BYE").await;
    phone.expect("200 BYE").await;
    switch.act(&from, LegCommand::Release(Cause::Normal));
    switch.act(&to, LegCommand::Release(Cause::Normal));
    let mut ends = vec![switch.next().await, switch.next().await];
    ends.sort_by_key(|told| format!("{told:?}"));
    assert!(ends.iter().all(|told| format!("{told:?}").contains("Gone")), "{ends:?}");
    switch.hears_nothing(Duration::from_millis(50)).await;
}
