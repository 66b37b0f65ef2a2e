//! Calls come in (spec: voice-sip#5.2; core-and-voice#5.3).

use super::*;
use crate::{
    UserData,
    call::{Cause, LegEvent, Overflowing},
    command::{Arrive, Destination, DeviceAct, Provision},
    queue::Overflow,
    userdata::MAX_BYTES,
};

#[test]
fn a_queue_answers_at_once_greets_and_lets_wait() {
    let world = check(
        phones().after(5),
        arrive_at("Support"),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; queued Support since 5; 1 Established \
         => 1 answer; 1 hears prompt welcome",
    );
    assert!(world.call().is_waiting());
    let plain = phones().then(queue_with("Support", |queue| queue.calls.greeting = None));
    check(
        plain,
        arrive_at("Support"),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; queued Support since 0; 1 Established \
         => 1 answer; 1 hears hold",
    );
}

#[test]
fn a_number_of_ours_rings_and_its_caller_hears_so_once_it_does() {
    check(
        phones(),
        arrive(to_device("5001")),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; 2 ann 5001 Ringing answers until 60000; \
         ann: +slot => 2 call 5001 as 100",
    );
    let called = phones().then(arrive(to_device("5001")));
    check(called, ringing_at(2), "=> 1 ring");
    check(ringing(), up(2), "1 Established; 2 Established => 1 answer; 1 join 0; 2 join 0");
    check(direct(), ringing_at(2), "");
    check(direct(), up(2), "");
    check(direct(), up(1), "");
}

#[test]
fn a_phone_of_nobodys_rings_as_well() {
    check(
        phones(),
        arrive(to_device("5009")),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; 2 phone 5009 Ringing answers until 60000 \
         => 2 call 5009 as 100",
    );
}

#[test]
fn a_phone_that_cannot_be_made_to_answer_is_answered_by_hand() {
    let by_hand = Command::InService { dn: "5001".into(), on: true, answers: false };
    let world = phones().then(by_hand).then(arrive(to_device("5001")));
    check(world.clone(), ann(CallAct::Answer), "no: Answer is not valid in state Ringing");
    check(world, up(2), "1 Established; 2 Established => 1 answer; 1 join 0; 2 join 0");
}

#[test]
fn who_calls_a_phone_that_takes_no_calls_is_released() {
    let out = |cause: &str| {
        format!(
            "began Inbound 100 -> 9000; 1 outside 100 Dialing; 1 Released by no-answer {cause}; \
             ended by no-answer => 1 release {cause}"
        )
    };
    let gone = phones().then(in_service("5001", false));
    check(gone, arrive(to_device("5001")), &out("unreachable"));
    let quiet = phones().then(device("ann", "5001", DeviceAct::DoNotDisturb(true)));
    check(quiet, arrive(to_device("5001")), &out("busy"));
}

#[test]
fn who_calls_himself_is_busy() {
    let busy = "1 Released by no-answer busy; ann: -slot kept; ended by no-answer => 1 release busy";
    let came = "began Internal 5001 -> 9000; 1 ann 5001 Dialing; ann: +slot";
    check(phones(), arrive_from("5001", to_device("5001")), &format!("{came}; {busy}"));
    let phone = "began Internal 5009 -> 9000; 1 phone 5009 Dialing; 1 Released by no-answer busy; \
                 ended by no-answer => 1 release busy";
    check(phones(), arrive_from("5009", to_device("5009")), phone);
}

#[test]
fn what_leads_nowhere_is_tried_for_our_own_phones_alone() {
    check(
        phones(),
        arrive(Destination::Nowhere),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; 1 Released by no-answer no-such-number; \
         ended by no-answer => 1 release no-such-number",
    );
    let world = check(
        phones(),
        arrive_from("5001", Destination::Nowhere),
        "began Outbound 5001 -> 9000; 1 ann 5001 Dialing; ann: +slot; 2 outside 9000 Ringing until 60000 \
         => 2 call 9000 as 5001",
    );
    check(
        world,
        refuses(2, Cause::NoSuchNumber, 404),
        "2 Released by no-answer no-such-number 404; 1 Released by no-answer no-such-number 404; \
         ann: -slot kept; ended by no-answer => 1 release no-such-number",
    );
}

#[test]
fn a_call_may_be_forwarded_outside() {
    check(
        phones(),
        arrive(to_device("+1555")),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; 2 outside +1555 Ringing until 60000 \
         => 2 call +1555 as 100",
    );
}

#[test]
fn a_queue_that_takes_nobody_announces_so_or_closes() {
    let came = "began Inbound 100 -> 9000; 1 outside 100 Dialing";
    let closed = |why: &str| {
        format!("{came}; overflowed {why}; 1 Released by idle closed; ended by idle => 1 release closed")
    };
    for (why, word) in [(Overflowing::Closed, "closed"), (Overflowing::Full, "full")] {
        check(phones(), arrive(to_queue("Support", Some(why))), &closed(word));
        let world = phones().then(queue_with("Support", |queue| {
            queue.calls.closed = Overflow::Announce("sorry".into());
            queue.calls.full = Overflow::Announce("sorry".into());
        }));
        let announced = check(
            world,
            arrive(to_queue("Support", Some(why))),
            &format!("{came}; overflowed {word} to sorry; 1 Established => 1 answer; 1 hears prompt sorry"),
        );
        check(
            announced.clone(),
            offer("ann"),
            "no: The agent is not available for voice: it does not wait any more",
        );
        check(
            announced.clone(),
            hears(1, LegEvent::Played),
            "1 Released by idle closed; ended by idle => 1 release closed",
        );
        check(announced, gone(1, Cause::Normal), "1 Released by customer normal; ended by customer");
    }
    let other = queue_with("Support", |queue| queue.calls.closed = Overflow::Queue("Sales".into()));
    check(phones().then(other), arrive(to_queue("Support", Some(Overflowing::Closed))), &closed("closed"));
}

#[test]
fn a_queue_that_was_taken_away_meanwhile_is_no_number() {
    let gone = phones().then(Command::Provision(Provision::RemoveQueue("Sales".into())));
    check(
        gone,
        arrive_at("Sales"),
        "began Inbound 100 -> 9000; 1 outside 100 Dialing; 1 Released by no-answer no-such-number; \
         ended by no-answer => 1 release no-such-number",
    );
}

#[test]
fn a_repeated_arrival_changes_nothing() {
    check(waiting(), arrive_at("Support"), "");
    check(talking(), arrive(to_device("5002")), "");
    check(waiting().then(gone(1, Cause::Normal)), arrive_at("Support"), "");
}

#[test]
fn what_a_stranger_sends_along_never_keeps_his_call_out() {
    let with = |user_data: UserData| {
        let arrive = Arrive { user_data, ..arrival(to_queue("Support", None)) };
        phones().then(Command::Arrive(Box::new(arrive)))
    };
    let mut heavy = UserData::default();
    heavy.set("Big", "x".repeat(MAX_BYTES).into());
    assert!(with(heavy).call().lines[0].user_data.is_empty());
    let mut odd = UserData::default();
    odd.set("", "x".into());
    assert!(with(odd).call().lines[0].user_data.is_empty());
    assert_eq!(waiting().call().lines[0].user_data.get("Subject"), Some(&"Invoice".into()));
}

#[test]
fn a_phone_whose_calls_go_around_in_a_circle_cannot_be_reached() {
    let mut arrive = arrival(Destination::Nowhere);
    (arrive.dialled, arrive.device) = ("5002".into(), Some("5001".into()));
    let world = phones().then(Command::Arrive(Box::new(arrive)));
    assert!(!world.call().is_open(), "its own phone is not rung: {:?}", world.call());
}
