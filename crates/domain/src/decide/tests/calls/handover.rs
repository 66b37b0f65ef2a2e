//! A call is handed over (spec: voice-sip#5.5, #5.6).

use super::*;
use crate::call::{Cause, Deadline};

#[test]
fn a_centre_may_hand_over_only_what_was_answered() {
    let asking = talking()
        .then(centre_with(|centre| centre.transfers_answered_only = true))
        .then(ann(initiate(Purpose::Transfer, "5002")));
    check(
        asking.clone(),
        ann(complete(Purpose::Transfer)),
        "no: CompleteTransfer is not valid in state Held",
    );
    let handed = asking.then(up(4)).then(ann(complete(Purpose::Transfer)));
    assert_eq!(slots(handed.agent("ann")), 0);
}

#[test]
fn the_customer_talks_with_whom_was_asked_and_the_agent_is_out() {
    let done = "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2 => 2 release normal; 1 join 0; 4 join 0";
    check(consulting(), ann(complete(Purpose::Transfer)), done);
    check(consulting(), consult("ann", complete(Purpose::Transfer)), done);
    let named = CallAct::Complete { purpose: Purpose::Transfer, consult: Some("C10G".into()) };
    check(consulting(), ann(named), done);
}

#[test]
fn whom_it_was_handed_to_goes_on_under_the_uuid_they_know() {
    let world = consulting().then(ann(complete(Purpose::Transfer)));
    let call = world.call();
    let bob = call.part(&"bob".into(), &"C10G".into()).expect("a part");
    assert_eq!((bob.line, call.others(bob).count()), (0, 1));
    check(
        world,
        consult("bob", CallAct::Hangup),
        "4 Released by agent normal talked; bob: -slot kept; 1 Released by agent normal talked; ended by agent => 4 release normal; 1 release normal",
    );
}

#[test]
fn a_call_can_be_handed_over_while_it_still_rings_and_comes_back_if_nobody_answers() {
    let ringing = "3 Released by agent normal; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as called from 2 => 2 release normal; 1 hears ringback";
    check(asking(), ann(complete(Purpose::Transfer)), ringing);
    let handed = asking().then(ann(complete(Purpose::Transfer)));
    check(handed.clone(), up(4), "4 Established; 4 moved to 0 as queue from 2 => 1 join 0; 4 join 0");
    let back = "4 Released by no-answer no-answer; bob: -slot; 5 ann 5001 Ringing answers until 80000; ann: +slot => 4 release no-answer; 5 call 5001 as 100; 1 hears hold";
    let mut late = handed;
    late.now += 60_000;
    check(late, unanswered(4), back);
}

#[test]
fn a_customer_whom_nobody_takes_back_waits_in_their_queue_again() {
    let handed = asking().then(ann(complete(Purpose::Transfer)));
    let gone_home = handed.then(log_out("ann"));
    check(
        gone_home,
        refuses(4, Cause::Busy, 486),
        "4 Released by agent busy 486; bob: -slot; queued Support since 0 => 1 hears hold",
    );
}

#[test]
fn handed_on_without_asking_the_agent_stays_until_it_rings() {
    check(
        talking(),
        ann(single_step(Purpose::Transfer, "5002")),
        "3 bob 5002 Ringing answers until 60000 from 2; bob: +slot => 3 call 5002 as 100; 1 join 0; 2 join 0",
    );
    let on_its_way = talking().then(ann(single_step(Purpose::Transfer, "5002")));
    let leaves = "2 Released by agent normal talked; ann: -slot kept => 2 release normal; 1 hears ringback";
    check(on_its_way.clone(), ringing_at(3), leaves);
    check(
        on_its_way.clone(),
        up(3),
        "3 Established; 2 Released by agent normal talked; ann: -slot kept; 3 moved to 0 as queue from 2 => 2 release normal; 1 join 0; 3 join 0",
    );
    check(
        on_its_way.clone(),
        refuses(3, Cause::NoSuchNumber, 404),
        "3 Released by no-answer no-such-number 404; bob: -slot => 1 join 0; 2 join 0",
    );
    check(
        on_its_way,
        gone(1, Cause::Normal),
        "1 Released by customer normal talked; 2 Released by customer normal talked; ann: -slot kept; 3 Released by customer cancelled; bob: -slot; ended by customer => 2 release normal; 3 release cancelled",
    );
}

#[test]
fn handed_to_a_queue_the_customer_waits_there() {
    let mut to = call_in("9000");
    to.to = to_queue("Sales", None);
    check(
        talking(),
        ann(CallAct::SingleStep(Purpose::Transfer, Box::new(to))),
        "2 Released by agent normal talked; ann: -slot kept; queued Sales since 0 => 2 release normal; 1 hears hold",
    );
}

#[test]
fn a_customer_is_not_dropped_by_whoever_refuses_them() {
    let back = "ann 5001 Ringing answers until 20000; ann: +slot";
    let refuses = |world: TestCentre, uuid: &str| {
        let mut world = world;
        world.perform(&Command::Call { call: uuid.into(), agent: "bob".into(), act: CallAct::Reject })
    };
    let handed = talking().then(ann(single_step(Purpose::Transfer, "5002"))).then(ringing_at(3));
    assert!(refuses(handed, "C100").contains(back));
    assert!(refuses(asking().then(ann(complete(Purpose::Transfer))), "C10G").contains(back));
}

#[test]
fn a_colleague_is_not_left_alone_when_the_agent_who_called_them_in_is_called_back_in_vain() {
    let left = together().then(gone(1, Cause::Normal)).then(ann(single_step(Purpose::Transfer, "5003")));
    let mut world = left.then(ringing_at(5)).then(refuses(5, Cause::Busy, 486));
    world.perform(&ann(CallAct::Reject));
    assert!(!world.call().is_open(), "{:?}", world.call());
}

#[test]
fn whoever_stays_in_a_conference_has_the_customer_of_the_queue() {
    let left = together().then(ann(CallAct::Hangup)).then(gone(4, Cause::Lost));
    assert!(left.call().is_waiting(), "{:?}", left.call());
    let called = talking().then(ann(single_step(Purpose::Conference, "5002"))).then(gone(2, Cause::Lost));
    let mut late = called;
    late.now += 60_000;
    let late = late.then(unanswered(3));
    assert!(late.call().is_open(), "the customer waits or ann is called: {:?}", late.call());
}

#[test]
fn one_agent_serves_the_queue_whomever_they_were_handed_by() {
    let both = consulting().then(consult("bob", single_step(Purpose::Conference, "5003"))).then(up(5));
    let done = both.then(ann(complete(Purpose::Transfer)));
    assert_eq!(done.call().live().filter(|party| party.origin == crate::call::PartyOrigin::Queue).count(), 1);
}

#[test]
fn a_phone_on_hold_is_asked_to_go_on_though_what_it_held_is_over() {
    let on_hold = consulting().then(phone_hold(2, true));
    for mut world in [on_hold.clone().then(gone(4, Cause::Normal)), on_hold] {
        let act =
            if world.call().live().count() == 2 { CallAct::Retrieve } else { complete(Purpose::Conference) };
        let did = world.perform(&ann(act));
        assert!(did.contains("2 phone go on"), "{did}");
    }
}

#[test]
fn the_agent_leaves_after_three_seconds_if_it_is_not_known_to_ring_and_not_twice() {
    let asked = || talking().then(ann(single_step(Purpose::Transfer, "5002")));
    check(asked().then(ringing_at(3)), due_handover(3), "");
    let mut late = asked();
    late.now += 3_000;
    let leaves = "2 Released by agent normal talked; ann: -slot kept => 2 release normal; 1 hears ringback";
    check(late, due_handover(3), leaves);
}

fn due_handover(leg: u16) -> Command {
    Command::CallDue { call: c1(), due: Deadline::Handover(leg), late: crate::command::Destination::Nowhere }
}

#[test]
fn each_agent_has_their_own_disposition() {
    let set = |value: &str| CallAct::SetDisposition { value: value.into(), key: None };
    let world =
        talking().then(ann(set("Referred"))).then(ann(initiate(Purpose::Transfer, "5002"))).then(up(4));
    let world = world.then(ann(complete(Purpose::Transfer)));
    let key = "DispositionCode";
    let by_bob = format!("disposition {key}='IssueResolved' was null by bob via SetCallDisposition");
    check(world.clone(), consult("bob", set("IssueResolved")), &by_bob);
    let both = world.then(consult("bob", set("IssueResolved")));
    assert_eq!(both.call().lines[0].user_data.get(key), Some(&"IssueResolved".into()));
    let cleared = both.then(consult("bob", CallAct::DeleteUserDataPair(key.into())));
    assert_eq!(cleared.call().lines[0].user_data.get(key), Some(&"Referred".into()), "what ann set stands");
    let late = format!("disposition {key}='IssueResolved' was 'Referred' by ann via SetCallDisposition late");
    check(cleared, ann(set("IssueResolved")), &late);
}
