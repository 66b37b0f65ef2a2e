//! An agent asks somebody beside a call (spec: voice-sip#5.5).

use super::*;
use crate::call::{Cause, PartyState, capabilities};

#[test]
fn the_others_are_held_without_the_phone_and_the_same_leg_asks() {
    check(
        talking(),
        ann(initiate(Purpose::Transfer, "5002")),
        "2 parked; line 1 c10g of 2 -> 5002 for transfer; 3 ann 5001 Dialing on 2; ann: +slot; 4 bob 5002 Ringing answers until 60000; bob: +slot => 4 call 5002 as 5001; 1 hears hold; 2 hears ringback",
    );
}

#[test]
fn whom_it_reaches_talks_with_the_agent_and_nobody_else() {
    check(asking(), up(4), "3 Established; 4 Established => 1 hears hold; 2 join 1; 4 join 1");
}

#[test]
fn the_consultation_is_a_call_of_its_own_to_both() {
    let world = consulting();
    let call = world.call();
    assert_eq!(call.part(&"ann".into(), &c1()).map(|party| party.state), Some(PartyState::Held));
    for agent in ["ann", "bob"] {
        let part = call.part(&agent.into(), &"C10G".into()).map(|party| party.state);
        assert_eq!(part, Some(PartyState::Established), "{agent}");
    }
    assert_eq!(call.part(&"bob".into(), &c1()), None);
}

#[test]
fn what_is_open_in_a_consultation() {
    let open = |world: &TestCentre, uuid: &str| {
        let call = world.call();
        let party = call.part(&"ann".into(), &uuid.into()).expect("a part");
        let listed = capabilities(call, party);
        let of_two = |operation: &String| {
            ["Retrieve", "SwapCalls", "CompleteTransfer", "CompleteConference", "InitiateTransfer"]
                .contains(&operation.as_str())
        };
        listed
            .into_iter()
            .map(|operation| format!("{operation:?}"))
            .filter(of_two)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(open(&asking(), "C100"), "CompleteTransfer");
    assert_eq!(open(&asking(), "C10G"), "CompleteTransfer");
    assert_eq!(open(&consulting(), "C100"), "CompleteTransfer CompleteConference SwapCalls");
    assert_eq!(open(&consulting(), "C10G"), "CompleteTransfer CompleteConference SwapCalls");
    let ended = consulting().then(consult("ann", CallAct::Hangup));
    assert_eq!(open(&ended, "C100"), "Retrieve InitiateTransfer");
}

#[test]
fn a_consultation_that_ends_leaves_the_customer_on_hold_whoever_ends_it() {
    for (command, released) in [
        (
            consult("ann", CallAct::Hangup),
            "3 Released by agent normal talked; ann: -slot kept; 4 Released by agent normal talked; bob: -slot kept => 4 release normal; 1 hears hold; 2 hears silence",
        ),
        (
            consult("bob", CallAct::Hangup),
            "4 Released by agent normal talked; bob: -slot kept; 3 Released by agent normal talked; ann: -slot kept => 4 release normal; 1 hears hold; 2 hears silence",
        ),
        (
            gone(4, Cause::Lost),
            "4 Released by agent lost talked; bob: -slot kept; 3 Released by agent lost talked; ann: -slot kept => 1 hears hold; 2 hears silence",
        ),
    ] {
        check(consulting(), command, released);
    }
    let back = consulting().then(consult("bob", CallAct::Hangup));
    check(back, ann(CallAct::Retrieve), "2 Established => 1 join 0; 2 join 0");
}

#[test]
fn whom_it_does_not_reach_ends_the_consultation_alone() {
    check(
        asking(),
        refuses(4, Cause::Busy, 486),
        "4 Released by agent busy 486; bob: -slot; 3 Released by agent busy 486; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
    check(
        talking().then(in_service("5002", false)),
        ann(initiate(Purpose::Transfer, "5002")),
        "2 parked; line 1 c10g of 2 -> 5002 for transfer; 3 ann 5001 Dialing on 2; ann: +slot; 3 Released by no-answer unreachable; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
}

#[test]
fn a_customer_who_hangs_up_meanwhile_ends_their_call_and_not_the_consultation() {
    check(
        consulting(),
        gone(1, Cause::Normal),
        "1 Released by customer normal talked; 2 Released by customer normal talked; ann: -slot kept => 2 join 1; 4 join 1",
    );
    let left = consulting().then(gone(1, Cause::Normal));
    check(
        left,
        consult("ann", CallAct::Hangup),
        "3 Released by agent normal talked; ann: -slot kept; 4 Released by agent normal talked; bob: -slot kept; ended by agent => 2 release normal; 4 release normal",
    );
}

#[test]
fn an_agent_whose_phone_is_lost_gives_the_customer_back_to_the_queue() {
    check(
        consulting(),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0; 3 Released by agent lost talked; ann: -slot kept; 4 Released by agent lost talked; bob: -slot kept => 1 hears hold; 4 release lost",
    );
}

#[test]
fn calls_are_swapped_without_the_phone() {
    check(
        consulting(),
        ann(CallAct::Swap("C10G".into())),
        "3 parked; 2 Established => 1 join 0; 2 join 0; 4 hears hold",
    );
    let swapped = consulting().then(ann(CallAct::Swap("C10G".into())));
    check(
        swapped,
        consult("ann", CallAct::Swap("C100".into())),
        "2 parked; 3 Established => 1 hears hold; 2 join 1; 4 join 1",
    );
    check(
        consulting(),
        ann(CallAct::Swap("C100".into())),
        "no: 'otherCallUri' is not the call beside this one",
    );
}

#[test]
fn a_phone_that_holds_is_asked_to_go_on_when_its_agent_asks_somebody() {
    check(
        held(),
        ann(initiate(Purpose::Conference, "5002")),
        "2 parked; line 1 c10g of 2 -> 5002 for conference; 3 ann 5001 Dialing on 2; ann: +slot; 4 bob 5002 Ringing answers until 60000; bob: +slot => 2 phone go on; 4 call 5002 as 5001; 1 hears hold; 2 hears ringback",
    );
}

#[test]
fn an_agent_who_kept_quiet_is_heard_by_whom_they_ask_and_kept_quiet_again_after() {
    let muted = talking().then(ann(CallAct::Mute(true)));
    let asked = muted.then(ann(initiate(Purpose::Transfer, "5002"))).then(up(4));
    let last = |world: &TestCentre| {
        world.effects.iter().rfind(|effect| matches!(effect.act, crate::call::LegCommand::Mute(_))).cloned()
    };
    assert!(matches!(last(&asked).map(|effect| effect.act), Some(crate::call::LegCommand::Mute(false))));
    let swapped = asked.then(ann(CallAct::Swap("C10G".into())));
    assert!(matches!(last(&swapped).map(|effect| effect.act), Some(crate::call::LegCommand::Mute(true))));
}

#[test]
fn an_agent_who_is_heard_again_while_both_calls_are_held_is_heard_in_either() {
    let muted = consulting().then(consult("ann", CallAct::Mute(true))).then(consult("ann", CallAct::Hold));
    check(muted.clone(), consult("ann", CallAct::Mute(false)), "3 unmuted => 2 unmute");
    check(muted, ann(CallAct::Retrieve), "2 Established => 2 unmute; 1 join 0; 2 join 0; 4 hears hold");
}

#[test]
fn nobody_asks_twice_or_while_nobody_talks_with_them_or_themselves() {
    let again = "no: InitiateTransfer is not valid in state";
    check(consulting(), consult("ann", initiate(Purpose::Transfer, "5003")), &format!("{again} Established"));
    check(
        consulting(),
        consult("bob", initiate(Purpose::Transfer, "5003")),
        "4 parked; line 2 c1g0 of 4 -> 5003 for transfer; 5 bob 5002 Dialing on 4; bob: +slot; 6 cat 5003 Ringing answers until 60000; cat: +slot => 6 call 5003 as 5002; 1 hears hold; 2 hears hold; 4 hears ringback",
    );
    check(
        waiting().then(offer("ann")),
        ann(initiate(Purpose::Transfer, "5002")),
        &format!("{again} Ringing"),
    );
}
