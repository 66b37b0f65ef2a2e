//! How long the state lasted that an event of a call ends. One line a rule.

use super::*;
use crate::decide::tests::elapsed::lasted;

#[test]
fn an_offer_tells_how_long_the_call_waited_and_an_answer_how_long_it_rang() {
    assert_eq!(lasted(waiting().after(8_000), offer("ann"), "call.joined"), [Some(8_000)]);
    assert_eq!(lasted(offered().after(3_000), up(2), "call.established"), [Some(3_000)]);
}

#[test]
fn who_comes_back_tells_how_long_they_held() {
    let back = held().after(20_000).then(ann(CallAct::Retrieve)).after(500);
    assert_eq!(back.call().parties[1].held_at, Some(0));
    let mut again = back.clone().then(hold_done(2, false));
    assert_eq!(again.call().parties[1].held_at, None);
    assert_eq!(lasted(back, hold_done(2, false), "call.established"), [Some(20_500)]);
    again = again.after(1_000).then(ann(CallAct::Hold)).then(hold_done(2, true)).after(30);
    assert_eq!(again.call().parties[1].held_at, Some(21_500));
}

#[test]
fn a_release_tells_how_long_the_party_talked_or_its_phone_rang() {
    let talked = offered().after(3_000).then(up(2)).after(60_000);
    assert!(lasted(talked.clone(), ann(CallAct::Hangup), "call.released").contains(&Some(60_000)));
    assert_eq!(lasted(talked, lost(), "call.ended"), [Some(63_000)]);
}
