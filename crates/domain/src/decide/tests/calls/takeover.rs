//! A phone takes over the call of another phone of its number (RFC 3891; spec: voice-sip#5.13).

use super::*;
use crate::call::{Cause, LegId};

fn takes_over(replaced: LegId) -> Command {
    Command::ReplaceLeg { leg: leg(OWN), replaced }
}

#[test]
fn a_call_goes_on_at_another_phone() {
    let done = check(
        talking(),
        takes_over(leg(2)),
        "2 moved to 0 as queue on 33000 => 33000 answer; 2 release normal; 1 join 0; 33000 join 0",
    );
    let done = check(done, gone(2, Cause::Normal), "");
    let done = check(done, up(OWN), "");
    check(
        done,
        gone(OWN, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0 => 1 hears hold",
    );
}

#[test]
fn one_that_rings_is_answered_there() {
    check(
        offered(),
        takes_over(leg(2)),
        "2 moved to 0 as queue on 33000; 2 Established => 33000 answer; 2 release cancelled; 1 join 0; 33000 join 0",
    );
    check(
        ringing(),
        takes_over(leg(2)),
        "2 moved to 0 as called on 33000; 1 Established; 2 Established => 33000 answer; 2 release cancelled; 1 answer; 1 join 0; 33000 join 0",
    );
}

#[test]
fn what_the_other_phone_held_is_not_held_any_more_and_what_is_muted_stays_so() {
    check(
        held(),
        takes_over(leg(2)),
        "2 moved to 0 as queue on 33000; 2 parked; 2 Established => 33000 answer; 2 release normal; 1 join 0; 33000 join 0",
    );
    check(
        talking().then(ann(CallAct::Mute(true))),
        takes_over(leg(2)),
        "2 moved to 0 as queue on 33000 => 33000 answer; 2 release normal; 33000 mute; 1 join 0; 33000 join 0",
    );
}

#[test]
fn who_asks_somebody_takes_both_parts_along() {
    check(
        consulting(),
        takes_over(leg(2)),
        "2 moved to 0 as queue on 33000; 3 moved to 1 as consult on 33000 => 33000 answer; 2 release normal; 1 hears hold; 33000 join 1; 4 join 1",
    );
}

#[test]
fn what_cannot_be_taken_over_is_refused_and_goes_on() {
    let no = "=> 33000 release refused";
    check(released(), takes_over(leg(2)), no);
    check(phones(), takes_over(leg(2)), no);
    check(talking(), takes_over(leg(7)), no);
    check(talking(), takes_over(LegId { call: "C200".into(), number: 1 }), no);
    // A phone that is told of its transfer, and one whose call is not answered.
    check(talking().then(refers(2, to_device("5002"))), takes_over(leg(2)), no);
    check(phones().then(arrive_from("5001", to_device("5002"))), takes_over(leg(1)), no);
    // It came before.
    check(talking().then(takes_over(leg(2))), takes_over(leg(2)), "");
}
