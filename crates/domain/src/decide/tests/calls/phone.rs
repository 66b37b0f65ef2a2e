//! What a desk phone does by its own keys (spec: voice-sip#5.12).

use super::*;
use crate::call::{CallOperation, Cause, LegId, Overflowing, capabilities};

fn own() -> LegId {
    leg(OWN)
}

#[test]
fn a_phone_that_holds_and_calls_somebody_asks_them_beside_the_call() {
    let holds = talking().then(phone_hold(2, true));
    let asked = check(
        holds,
        asks_by_phone(2, to_device("5002")),
        "line 1 c10g of 2 -> 5002 for transfer; 3 ann 5001 Dialing on 33000; ann: +slot; 4 bob 5002 Ringing answers until 60000; bob: +slot => 4 call 5002 as 5001; 1 hears hold; 2 hears silence",
    );
    let rings = check(asked, ringing_at(4), "=> 33000 ring");
    check(
        rings,
        up(4),
        "3 Established; 4 Established => 33000 answer; 1 hears hold; 2 hears silence; 33000 join 1; 4 join 1",
    );
    check(phone_consulting(), up(OWN), "");
}

#[test]
fn a_call_of_a_phone_that_came_before_is_not_taken_twice() {
    check(phone_consulting(), asks_by_phone(2, to_device("5002")), "");
}

#[test]
fn a_call_beside_what_is_not_held_by_the_phone_any_more_is_refused() {
    let busy = "=> 33000 release unavailable";
    check(talking(), asks_by_phone(2, to_device("5002")), busy);
    check(consulting(), asks_by_phone(2, to_device("5003")), busy);
    let holds = || talking().then(phone_hold(2, true));
    check(holds(), asks_by_phone(2, to_queue("Sales", None)), busy);
    check(holds(), asks_by_phone(1, to_device("5002")), busy);
    check(holds(), asks_by_phone(7, to_device("5002")), busy);
    check(phones(), asks_by_phone(2, to_device("5002")), busy);
}

#[test]
fn whom_a_phone_cannot_reach_ends_what_it_asked_and_the_customer_stays_on_hold() {
    let holds = talking().then(phone_hold(2, true)).then(in_service("5002", false));
    check(
        holds,
        asks_by_phone(2, to_device("5002")),
        "line 1 c10g of 2 -> 5002 for transfer; 3 ann 5001 Dialing on 33000; ann: +slot; 3 Released by no-answer unreachable; ann: -slot kept => 33000 release unreachable; 1 hears hold; 2 hears silence",
    );
    check(
        phone_asking(),
        refuses(4, Cause::Busy, 486),
        "4 Released by agent busy 486; bob: -slot; 3 Released by agent busy 486; ann: -slot kept => 33000 release busy; 1 hears hold; 2 hears silence",
    );
    check(
        phone_asking(),
        gone(OWN, Cause::Cancelled),
        "3 Released by agent cancelled; ann: -slot kept; 4 Released by agent cancelled; bob: -slot => 4 release cancelled; 1 hears hold; 2 hears silence",
    );
}

#[test]
fn the_api_completes_what_a_phone_asked() {
    let world = phone_consulting();
    let call = world.call();
    let open = |uuid: &str| {
        let party = call.part(&"ann".into(), &uuid.into()).expect("a part");
        capabilities(call, party)
    };
    for uuid in ["C100", "C10G"] {
        let open = open(uuid);
        assert!(
            open.contains(&CallOperation::CompleteTransfer)
                && open.contains(&CallOperation::CompleteConference),
            "{open:?}"
        );
        assert!(
            !open.contains(&CallOperation::SwapCalls) && !open.contains(&CallOperation::InitiateTransfer),
            "{open:?}"
        );
    }
    assert!(!open("C100").contains(&CallOperation::Retrieve), "the phone talks on its other leg");
    check(
        phone_consulting(),
        ann(complete(Purpose::Transfer)),
        "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2 => 33000 release normal; 2 release normal; 1 join 0; 4 join 0",
    );
    check(
        phone_consulting(),
        consult("ann", CallAct::Hangup),
        "3 Released by agent normal talked; ann: -slot kept; 4 Released by agent normal talked; bob: -slot kept => 33000 release normal; 4 release normal; 1 hears hold; 2 hears silence",
    );
}

#[test]
fn of_two_legs_the_one_that_talks_goes_on_in_a_conference() {
    check(
        phone_consulting(),
        ann(complete(Purpose::Conference)),
        "2 moved to 0 as queue on 33000; 2 parked; 3 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as called; 2 Established => 2 release normal; 1 join 0; 33000 join 0; 4 join 0",
    );
    let joined = phone_consulting().then(ann(complete(Purpose::Conference)));
    check(joined.clone(), gone(2, Cause::Normal), "");
    check(
        joined,
        gone(OWN, Cause::Normal),
        "2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue => 1 join 0; 4 join 0",
    );
    let back = phone_consulting().then(phone_hold(OWN, true)).then(phone_hold(2, false));
    check(
        back,
        ann(complete(Purpose::Conference)),
        "3 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as called => 33000 release normal; 1 join 0; 2 join 0; 4 join 0",
    );
}

#[test]
fn a_phone_hands_over_to_a_number_as_its_user_would_over_the_api() {
    let asked = check(
        talking(),
        refers(2, to_device("5002")),
        "3 bob 5002 Ringing answers until 60000 from 2; bob: +slot => 3 call 5002 as 100; 1 join 0; 2 join 0",
    );
    let leaves = "2 Released by agent normal talked; ann: -slot kept => 2 referred; 2 release normal; 1 hears ringback";
    check(asked.clone(), ringing_at(3), leaves);
    let answered = check(
        asked.clone(),
        up(3),
        "3 Established; 2 Released by agent normal talked; ann: -slot kept; 3 moved to 0 as queue from 2 => 2 referred; 2 release normal; 1 join 0; 3 join 0",
    );
    check(answered, gone(2, Cause::Normal), "");
    check(
        asked.clone(),
        refuses(3, Cause::Busy, 486),
        "3 Released by agent busy 486; bob: -slot => 2 not referred busy; 1 join 0; 2 join 0",
    );
    // The phone need not wait for what becomes of it.
    check(
        asked,
        gone(2, Cause::Normal),
        "2 Released by agent normal talked; ann: -slot kept => 1 hears ringback",
    );
}

#[test]
fn a_phone_that_holds_may_hand_over_as_well_and_a_phone_of_nobody_too() {
    let holds = talking().then(phone_hold(2, true)).then(refers(2, to_device("5002")));
    check(
        holds,
        ringing_at(3),
        "2 Released by agent normal talked; ann: -slot kept => 2 referred; 2 release normal; 1 hears ringback",
    );
    let nobodys = phones().then(arrive(to_device("5009"))).then(up(2)).then(refers(2, to_device("5002")));
    check(
        nobodys,
        ringing_at(3),
        "2 Released by agent normal talked => 2 referred; 2 release normal; 1 hears ringback",
    );
}

#[test]
fn handed_to_a_queue_by_a_phone_the_customer_waits_there() {
    check(
        talking(),
        refers(2, to_queue("Sales", None)),
        "2 Released by agent normal talked; ann: -slot kept; queued Sales since 0 => 2 referred; 2 release normal; 1 hears hold",
    );
    check(talking(), refers(2, to_queue("Sales", Some(Overflowing::Closed))), "=> 2 not referred closed");
    check(talking(), refers(2, to_queue("Ghost", None)), "=> 2 not referred no-such-number");
    check(together(), refers(2, to_queue("Sales", None)), "=> 2 not referred refused");
}

#[test]
fn what_the_rules_do_not_allow_the_phone_is_told_and_nothing_changes() {
    // Never outside: neither by number nor by a phone of ours that is forwarded there.
    check(talking(), refers(2, Destination::Nowhere), "=> 2 not referred no-such-number");
    check(talking(), refers(2, to_device("+15550142")), "=> 2 not referred no-such-number");
    check(talking(), refers(2, to_device("5001")), "=> 2 not referred busy");
    check(
        talking().then(in_service("5002", false)),
        refers(2, to_device("5002")),
        "=> 2 not referred unreachable",
    );
    // Somebody outside, a phone that rings, one that asks already, and one that has asked for this before.
    check(talking(), refers(1, to_device("5002")), "=> 1 not referred refused");
    check(offered(), refers(2, to_device("5002")), "=> 2 not referred refused");
    check(consulting(), refers(2, to_device("5003")), "=> 2 not referred refused");
    check(phone_consulting(), refers(OWN, to_device("5003")), "=> 33000 not referred refused");
    let asked = talking().then(refers(2, to_device("5002")));
    check(asked, refers(2, to_device("5003")), "=> 2 not referred refused");
    // Of a leg that is over or never was nothing is told.
    check(released(), refers(2, to_device("5002")), "");
    check(talking(), refers(9, to_device("5002")), "");
    check(phones(), refers(2, to_device("5002")), "");
}

#[test]
fn a_phone_brings_together_whom_it_holds_and_whom_it_asked_from_either_leg() {
    let done = "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2";
    let then = "33000 release normal; 2 release normal; 1 join 0; 4 join 0";
    check(phone_consulting(), refers_to_leg(2, own()), &format!("{done} => 2 referred; {then}"));
    check(phone_consulting(), refers_to_leg(OWN, leg(2)), &format!("{done} => 33000 referred; {then}"));
    let both_held = phone_consulting().then(phone_hold(OWN, true));
    check(both_held, refers_to_leg(2, own()), &format!("{done} => 2 referred; {then}"));
}

#[test]
fn a_phone_completes_while_it_rings_and_whoever_completes_second_is_told() {
    check(
        phone_asking(),
        refers_to_leg(2, own()),
        "3 Released by agent normal; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as called from 2 => 2 referred; 33000 release normal; 2 release normal; 1 hears ringback",
    );
    let by_api = phone_consulting().then(ann(complete(Purpose::Transfer)));
    check(by_api, refers_to_leg(2, own()), "");
    let by_phone = phone_consulting().then(refers_to_leg(2, own()));
    check(by_phone, ann(complete(Purpose::Transfer)), "no: CompleteTransfer is not valid in state Released");
}

#[test]
fn separate_calls_of_a_phone_are_not_brought_together() {
    let no = "=> 2 not referred refused";
    check(talking(), refers_to_leg(2, LegId { call: "C200".into(), number: 1 }), no);
    check(phone_consulting(), refers_to_leg(2, leg(2)), no);
    check(phone_consulting(), refers_to_leg(2, leg(4)), no);
    check(phone_consulting(), refers_to_leg(2, leg(77)), no);
    check(phone_consulting(), refers_to_leg(4, leg(2)), "=> 4 not referred refused");
}

#[test]
fn a_phone_that_vanishes_while_it_asks_leaves_the_customer_to_the_queue() {
    let lost = phone_consulting().then(gone(OWN, Cause::Lost));
    assert!(lost.call().live().any(|party| party.leg == 2), "its other leg is there: {:?}", lost.call());
    let lost = lost.then(gone(2, Cause::Lost));
    assert!(lost.call().is_waiting(), "{:?}", lost.call());
    let first = phone_consulting().then(gone(2, Cause::Lost));
    assert!(first.call().is_waiting(), "{:?}", first.call());
    let handing = talking().then(refers(2, to_device("5002"))).then(gone(2, Cause::Lost));
    assert!(handing.call().live().count() == 2 || handing.call().is_waiting(), "{:?}", handing.call());
}
