//! What is done during a call: tones, muting, and what comes in (spec: voice-sip#5.8, #5.9).

use super::*;
use crate::call::{LegEvent, capabilities};

/// What is open to whoever is in a call.
const DATA: &str = "AttachUserData UpdateUserData DeleteUserData DeleteUserDataPair";

#[test]
fn tones_go_out_to_the_other() {
    check(talking(), ann(CallAct::SendDtmf("12*#AD,".into())), "=> 1 tones 12*#AD,");
    check(internal(), bob(CallAct::SendDtmf("0".into())), "=> 1 tones 0");
    // Nobody is there yet who could hear them.
    check(dialling(), ann(CallAct::SendDtmf("1".into())), "");
    check(calling(), ann(CallAct::SendDtmf("1".into())), "");
    check(held(), ann(CallAct::SendDtmf("1".into())), "no: SendDtmf is not valid in state Held");
    check(offered(), ann(CallAct::SendDtmf("1".into())), "no: SendDtmf is not valid in state Ringing");
}

#[test]
fn tones_are_what_a_phone_can_send() {
    check(talking(), ann(CallAct::SendDtmf(String::new())), "no: Required parameter 'digits' is missing");
    for odd in ["E", "a", "1 2", "+1", "１"] {
        check(
            talking(),
            ann(CallAct::SendDtmf(odd.into())),
            "no: 'digits' may hold 0-9, *, #, A-D and commas",
        );
    }
    check(talking(), ann(CallAct::SendDtmf("1".repeat(65))), "no: 'digits' is longer than 64 bytes");
    let most = "1".repeat(64);
    check(talking(), ann(CallAct::SendDtmf(most.clone())), &format!("=> 1 tones {most}"));
}

#[test]
fn who_is_muted_is_not_heard_until_he_is_unmuted() {
    let muted = check(talking(), ann(CallAct::Mute(true)), "2 muted => 2 mute");
    check(muted.clone(), ann(CallAct::Mute(true)), "no: MuteCall is not valid in state Established");
    check(muted.clone(), ann(CallAct::Mute(false)), "2 unmuted => 2 unmute");
    check(talking(), ann(CallAct::Mute(false)), "no: UnmuteCall is not valid in state Established");
    let held = muted.then(ann(CallAct::Hold)).then(hold_done(2, true));
    check(held.clone(), ann(CallAct::Mute(true)), "no: MuteCall is not valid in state Held");
    check(held, ann(CallAct::Mute(false)), "2 unmuted => 2 unmute");
    check(calling(), ann(CallAct::Mute(true)), "no: MuteCall is not valid in state Dialing");
}

#[test]
fn a_key_that_the_switch_cannot_pass_on_is_sent_to_the_one_who_hears_it() {
    check(talking(), hears(1, LegEvent::Key('5')), "=> 2 tones 5");
    check(talking(), hears(2, LegEvent::Key('#')), "=> 1 tones #");
    check(talking().then(ann(CallAct::Mute(true))), hears(2, LegEvent::Key('5')), "");
    let held = talking().then(ann(CallAct::Hold));
    check(held.clone(), hears(1, LegEvent::Key('5')), "");
    check(held.then(hold_done(2, true)), hears(1, LegEvent::Key('5')), "");
    check(waiting(), hears(1, LegEvent::Key('5')), "");
}

#[test]
fn what_comes_in_meanwhile_changes_nothing() {
    for heard in [LegEvent::Digit('5'), LegEvent::Played, LegEvent::Ringing, LegEvent::Up] {
        check(talking(), hears(1, heard.clone()), "");
        check(talking(), hears(2, heard), "");
    }
    check(waiting(), hears(1, LegEvent::Played), "");
}

#[test]
fn what_is_heard_of_no_leg_or_of_no_call_is_old_news() {
    for heard in [LegEvent::Up, LegEvent::Ringing, LegEvent::Digit('5'), LegEvent::PhoneHold(true)] {
        check(talking(), hears(9, heard.clone()), "");
        check(phones(), hears(1, heard), "");
    }
}

/// Whoever talks with somebody can call others in.
const CALLS_IN: &str = "InitiateTransfer SingleStepTransfer InitiateConference SingleStepConference";

#[test]
fn the_operations_are_those_of_the_field() {
    let open = |world: &TestCentre, agent: &str| {
        let call = world.call();
        let part = call.part(&agent.into(), &call.id);
        let listed = part.map(|party| capabilities(call, party)).unwrap_or_default();
        listed.into_iter().map(|operation| format!("{operation:?}")).collect::<Vec<_>>().join(" ")
    };
    let with = |words: &str| format!("{words} {DATA}");
    assert_eq!(open(&calling(), "ann"), with("Hangup SendDtmf"));
    assert_eq!(open(&calling(), "bob"), with("Answer Reject ClearCall"));
    assert_eq!(open(&talking(), "ann"), with(&format!("Hangup ClearCall Hold SendDtmf {CALLS_IN} MuteCall")));
    assert_eq!(open(&held(), "ann"), with(&format!("Hangup Retrieve {CALLS_IN}")));
    let asked = talking().then(ann(CallAct::Hold));
    assert_eq!(open(&asked, "ann"), with("Hangup ClearCall SendDtmf MuteCall"));
    assert_eq!(
        open(&talking().then(ann(CallAct::Mute(true))), "ann"),
        with(&format!("Hangup ClearCall Hold SendDtmf {CALLS_IN} UnmuteCall"))
    );
    assert_eq!(open(&released(), "ann"), "");
    assert_eq!(open(&talking(), "bob"), "");
}
