//! An agent calls somebody (spec: voice-sip#5.1; core-and-voice#5.6).

use super::*;
use crate::{
    agent::Readiness,
    call::{Cause, Overflowing, PartyState},
    command::{Destination, Provision},
};

const BEGAN: &str = "began Internal 5001 -> 5002; 1 ann 5001 Dialing until 30000; ann: +slot \
                     => 1 call 5001 as 5002 auto";

#[test]
fn his_own_phone_is_called_first_then_the_other() {
    let world = check(phones(), dial("5002", to_device("5002")), BEGAN);
    let world = check(world, ringing_at(1), "");
    let world = check(
        world.after(1_000),
        up(1),
        "1 up; 2 bob 5002 Ringing answers until 61000; bob: +slot => 2 call 5002 as 5001; 1 hears ringback",
    );
    let world = check(world, ringing_at(2), "");
    let world = check(world, up(2), "1 Established; 2 Established => 1 join 0; 2 join 0");
    check(world, up(1), "");
}

#[test]
fn who_dials_a_queue_waits_in_it_like_anybody() {
    let dialled = check(
        phones(),
        dial("9000", to_queue("Support", None)),
        "began Internal 5001 -> 9000; 1 ann 5001 Dialing until 30000; ann: +slot => 1 call 5001 as 9000 auto",
    );
    let world =
        check(dialled, up(1), "1 up; queued Support since 0; 1 Established => 1 hears prompt welcome");
    check(world.clone(), offer("ann"), "no: The agent is not available for voice: no free slot");
    let world = check(
        world,
        offer("bob"),
        "2 bob 5002 Ringing answers until 30000; bob: +slot => 2 call 5002 as 5001",
    );
    check(world, up(2), "2 Established => 1 join 0; 2 join 0");
}

#[test]
fn a_queue_that_takes_nobody_is_not_rung_for() {
    check(
        phones(),
        dial("9000", to_queue("Support", Some(Overflowing::Full))),
        "began Internal 5001 -> 9000; 1 ann 5001 Dialing until 30000; ann: +slot; overflowed full; \
         1 Released by idle closed; ann: -slot kept; ended by idle",
    );
    let gone = phones().then(dial("9001", to_queue("Sales", None)));
    check(
        gone.then(Command::Provision(Provision::RemoveQueue("Sales".into()))),
        up(1),
        "1 up; 1 Released by no-answer no-such-number; ann: -slot kept; ended by no-answer \
         => 1 release no-such-number",
    );
}

#[test]
fn an_unknown_number_is_tried_once_his_phone_is_up() {
    let world = phones().then(dial("+1555", Destination::Nowhere));
    let world = check(
        world,
        up(1),
        "1 up; 2 outside +1555 Ringing until 60000 => 2 call +1555 as 5001; 1 hears ringback",
    );
    check(
        world.clone(),
        refuses(2, Cause::NoSuchNumber, 404),
        "2 Released by no-answer no-such-number 404; 1 Released by no-answer no-such-number 404; \
         ann: -slot kept; ended by no-answer => 1 release no-such-number",
    );
    let world = check(world, up(2), "1 Established; 2 Established => 1 join 0; 2 join 0");
    assert_eq!(world.call().lines[0].kind.as_str(), "Outbound");
}

#[test]
fn a_phone_that_went_out_of_service_meanwhile_ends_it() {
    let gone = dialling().then(in_service("5002", false));
    check(
        gone,
        up(1),
        "1 up; 1 Released by no-answer unreachable; ann: -slot kept; ended by no-answer \
         => 1 release unreachable",
    );
    check(
        phones().then(dial("5001", to_device("5001"))),
        up(1),
        "1 up; 1 Released by no-answer busy; ann: -slot kept; ended by no-answer => 1 release busy",
    );
}

#[test]
fn a_destination_is_needed() {
    check(phones(), dial("", Destination::Nowhere), "no: Required parameter 'destination' is missing");
    check(phones(), dial(&"1".repeat(65), Destination::Nowhere), "no: 'destination' is longer than 64 bytes");
    let mut heavy = dialled("C100", "5001", "5002", to_device("5002"));
    heavy.user_data.set("Big", "x".repeat(crate::userdata::MAX_BYTES).into());
    let heavy = Command::Dial { agent: "ann".into(), dial: Box::new(heavy) };
    check(phones(), heavy, "no: User data would exceed 65536 bytes");
}

#[test]
fn a_call_begins_once() {
    check(released(), dial("5002", to_device("5002")), "no: Call 'C100' exists already");
}

#[test]
fn it_is_his_own_phone_and_registered() {
    let to = || to_device("5002");
    check(phones(), dial_from("ann", "5002", "5003", to()), "no: Device '5002' was not found");
    check(phones(), dial_from("ann", "5009", "5003", to()), "no: Device '5009' was not found");
    check(phones(), dial_from("ann", "4711", "5003", to()), "no: Device '4711' was not found");
    let gone = phones().then(in_service("5001", false));
    check(gone, dial("5002", to()), "no: Device '5001' is not registered.");
}

#[test]
fn who_is_not_ready_or_not_logged_in_may_dial() {
    let quiet = phones().then(state("ann", "NotReady"));
    check(quiet, dial("5002", to_device("5002")), BEGAN);
    let world = phones().then(log_out("ann"));
    check(world, dial("5002", to_device("5002")), BEGAN);
}

#[test]
fn one_talks_to_one_at_a_time() {
    let again = || {
        let dial = dialled("C200", "5001", "5003", to_device("5003"));
        Command::Dial { agent: "ann".into(), dial: Box::new(dial) }
    };
    let no = "no: Dial is not valid while another call is not held";
    for busy in [offered(), talking(), talking().then(ann(CallAct::Hold)), dialling(), calling(), internal()]
    {
        check(busy, again(), no);
    }
    let second = "began Internal 5001 -> 5003; 1 ann 5001 Dialing until 30000; ann: +slot \
                  => 1 call 5001 as 5003 auto";
    let world = check(held(), again(), second);
    assert_eq!(slots(world.agent("ann")), 2);
    check(released(), again(), second);
}

#[test]
fn nobody_answers_for_ever() {
    check(dialling().after(29_999), unanswered(1), "");
    check(
        dialling().after(30_000),
        unanswered(1),
        "1 Released by no-answer no-answer; ann: -slot kept; ended by no-answer => 1 release no-answer",
    );
    check(calling().after(30_000), unanswered(1), "");
    check(calling().after(59_999), unanswered(2), "");
    let world = check(
        calling().after(60_000),
        unanswered(2),
        "2 Released by no-answer no-answer; bob: -slot; 1 Released by no-answer no-answer; ann: -slot kept; \
         ended by no-answer => 2 release no-answer; 1 release no-answer",
    );
    let bob = world.agent("bob").channel(&crate::medium::voice()).cloned().expect("a channel");
    assert_eq!(bob.state.map(|state| state.state), Some(Readiness::Ready), "the queue did not offer it");
    check(world, unanswered(2), "");
    check(internal().after(60_000), unanswered(2), "");
}

#[test]
fn who_hangs_up_before_it_is_answered_cancels() {
    check(
        dialling(),
        ann(CallAct::Hangup),
        "1 Released by agent cancelled; ann: -slot kept; ended by agent => 1 release cancelled",
    );
    let cancelled = "1 Released by agent cancelled; ann: -slot kept; 2 Released by agent cancelled; \
                     bob: -slot; ended by agent => 1 release cancelled; 2 release cancelled";
    check(calling(), ann(CallAct::Hangup), cancelled);
    check(
        calling(),
        gone(1, Cause::Normal),
        "1 Released by agent normal; ann: -slot kept; 2 Released by agent cancelled; bob: -slot; \
         ended by agent => 2 release cancelled",
    );
    check(
        internal(),
        ann(CallAct::Hangup),
        "1 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; bob: -slot kept; \
         ended by agent => 1 release normal; 2 release normal",
    );
    let late = calling().then(ann(CallAct::Hangup));
    let world = check(late, up(2), "");
    assert_eq!(world.call().parties[1].state, PartyState::Released);
}

#[test]
fn his_phone_or_the_other_refuses() {
    check(
        dialling(),
        refuses(1, Cause::Busy, 486),
        "1 Released by agent busy 486; ann: -slot kept; ended by agent",
    );
    check(
        dialling(),
        refuses(1, Cause::Unreachable, 480),
        "1 Released by no-answer unreachable 480; ann: -slot kept; ended by no-answer",
    );
    check(
        calling(),
        refuses(2, Cause::Busy, 486),
        "2 Released by agent busy 486; bob: -slot; 1 Released by agent busy 486; ann: -slot kept; \
         ended by agent => 1 release busy",
    );
    check(
        calling(),
        bob(CallAct::Reject),
        "2 Released by agent refused; bob: -slot; 1 Released by agent refused; ann: -slot kept; \
         ended by agent => 2 release refused; 1 release refused",
    );
}
