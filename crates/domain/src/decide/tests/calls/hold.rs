//! Holding and coming back (spec: voice-sip#5.4).

use super::*;
use crate::call::{Cause, PartyState};

const ASKED: &str = "2 asked to hold => 1 hears hold; 2 hears silence; 2 phone hold";

#[test]
fn the_room_is_left_at_once_and_he_holds_when_his_phone_does() {
    check(talking(), ann(CallAct::Hold), ASKED);
    check(direct(), ann(CallAct::Hold), ASKED);
    let asked = talking().then(ann(CallAct::Hold));
    assert_eq!(asked.call().parties[1].state, PartyState::Established);
    let held = check(asked, hold_done(2, true), "2 Held => 1 hears hold; 2 hears silence");
    check(held, hold_done(2, true), "");
}

#[test]
fn he_comes_back_once_his_phone_has() {
    let asked = check(held(), ann(CallAct::Retrieve), "2 asked to go on => 2 phone go on");
    let back = check(asked, hold_done(2, false), "2 Established => 1 join 0; 2 join 0");
    check(back.clone(), hold_done(2, false), "");
    check(back, ann(CallAct::Hold), ASKED);
}

#[test]
fn a_talk_counts_from_its_first_word() {
    let back = held().after(5_000).then(ann(CallAct::Retrieve)).then(hold_done(2, false));
    assert_eq!(back.call().parties[1].established_at, Some(0));
}

#[test]
fn a_phone_that_refuses_leaves_everyone_where_he_was() {
    let asked = talking().then(ann(CallAct::Hold));
    let world = check(asked, hold_refused(2, true), "2 refused Hold 488 => 1 join 0; 2 join 0");
    assert_eq!(world.call().parties[1].state, PartyState::Established);
    check(world, ann(CallAct::Hold), ASKED);
    let asked = held().then(ann(CallAct::Retrieve));
    let world =
        check(asked, hold_refused(2, false), "2 refused Retrieve 488 => 1 hears hold; 2 hears silence");
    assert_eq!(world.call().parties[1].state, PartyState::Held);
    check(world, ann(CallAct::Retrieve), "2 asked to go on => 2 phone go on");
}

#[test]
fn nobody_holds_twice() {
    let asked = talking().then(ann(CallAct::Hold));
    check(asked.clone(), ann(CallAct::Hold), "no: Hold is not valid in state Established");
    check(asked, ann(CallAct::Retrieve), "no: Retrieve is not valid in state Established");
    check(held(), ann(CallAct::Hold), "no: Hold is not valid in state Held");
    check(talking(), ann(CallAct::Retrieve), "no: Retrieve is not valid in state Established");
    let asked = held().then(ann(CallAct::Retrieve));
    check(asked.clone(), ann(CallAct::Retrieve), "no: Retrieve is not valid in state Held");
    check(asked, ann(CallAct::Hold), "no: Hold is not valid in state Held");
}

#[test]
fn the_hold_key_of_the_phone_does_the_same() {
    let held = check(talking(), phone_hold(2, true), "2 Held => 1 hears hold; 2 hears silence");
    check(held.clone(), phone_hold(2, true), "");
    check(held.clone(), phone_hold(2, false), "2 Established => 1 join 0; 2 join 0");
    check(talking(), phone_hold(2, false), "");
    check(held, ann(CallAct::Retrieve), "2 asked to go on => 2 phone go on");
    check(offered(), phone_hold(2, true), "");
    check(calling(), phone_hold(1, true), "");
}

#[test]
fn the_hold_key_crosses_the_operation() {
    let asked = talking().then(ann(CallAct::Hold));
    let held = check(asked.clone(), phone_hold(2, true), "2 Held => 1 hears hold; 2 hears silence");
    check(held, hold_done(2, true), "");
    check(asked, phone_hold(2, false), "");
    let back = self::held().then(ann(CallAct::Retrieve));
    let back = check(back, phone_hold(2, false), "2 Established => 1 join 0; 2 join 0");
    check(back, hold_done(2, false), "");
}

#[test]
fn who_is_outside_and_holds_us_is_heard_on() {
    check(talking(), phone_hold(1, true), "");
    check(waiting(), phone_hold(1, true), "");
}

#[test]
fn both_may_hold() {
    let one = internal().then(ann(CallAct::Hold)).then(hold_done(1, true));
    let asked =
        check(one, bob(CallAct::Hold), "2 asked to hold => 1 hears silence; 2 hears silence; 2 phone hold");
    let both = check(asked, hold_done(2, true), "2 Held => 1 hears silence; 2 hears silence");
    let one = check(
        both.then(ann(CallAct::Retrieve)),
        hold_done(1, false),
        "1 Established => 1 hears hold; 2 hears silence",
    );
    check(one.then(bob(CallAct::Retrieve)), hold_done(2, false), "2 Established => 1 join 0; 2 join 0");
}

#[test]
fn hanging_up_crosses_holding() {
    let asked = talking().then(ann(CallAct::Hold));
    let over = check(
        asked.clone(),
        gone(1, Cause::Normal),
        "1 Released by customer normal talked; 2 Released by customer normal talked; ann: -slot kept; \
         ended by customer => 2 release normal",
    );
    check(over, hold_done(2, true), "");
    let over = check(
        asked,
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 2 release normal; 1 release normal",
    );
    check(over.clone(), hold_refused(2, true), "");
    check(over, ann(CallAct::Retrieve), "no: Retrieve is not valid in state Released");
    check(
        held(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; 1 Released by agent normal talked; \
         ended by agent => 2 release normal; 1 release normal",
    );
}
