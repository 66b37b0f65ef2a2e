//! Two separate calls of one agent are brought together (spec: core-and-voice#5.7).

use super::*;
use crate::{
    InteractionId,
    call::{Call, Cause, LegId, PartyOrigin, capabilities},
    interaction::Interaction,
};
use serde_json::json;

fn second(number: u16) -> LegId {
    LegId { call: "C200".into(), number }
}

fn heir(world: &TestCentre) -> &Call {
    world.heir(&"C200".into()).expect("a call")
}

#[test]
fn of_two_customers_the_newer_call_becomes_part_of_the_older_and_they_talk_with_each_other() {
    let done = check(
        two_customers(),
        ann(complete_with(Purpose::Transfer, "C200")),
        "2 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; absorbed into C100 by agent; absorbed C200; 3 moved to 0 as caller from 2 => 2 release normal; 2 release normal; 1 join 0; C200.1 join 0",
    );
    let shell = done.calls().find(|call| call.id == "C200".into()).expect("a call");
    assert_eq!((shell.absorbed_into.as_ref(), shell.is_open()), (Some(&c1()), false));
    assert_eq!(heir(&done).id, c1());
    check(
        done,
        of_second(gone(1, Cause::Normal)),
        "3 Released by customer normal talked; 1 Released by customer normal talked; ended by customer => 1 release normal",
    );
}

#[test]
fn it_does_not_matter_which_of_the_two_is_posted_to() {
    let one = two_customers().then(ann(complete_with(Purpose::Transfer, "C200")));
    let other = two_customers().then(of_second(ann(complete_with(Purpose::Transfer, "C100"))));
    assert_eq!(one.states, other.states);
}

#[test]
fn a_colleague_who_was_dialled_serves_the_customer_then_and_keeps_the_id_of_their_call() {
    let done = check(
        two_colleagues(),
        ann(complete_with(Purpose::Transfer, "C200")),
        "1 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; absorbed into C100 by agent; absorbed C200; 4 moved to 0 as called from 2; 4 moved to 0 as queue from 2 => 1 release normal; 2 release normal; 1 join 0; C200.2 join 0",
    );
    let call = done.call();
    let part = call.part(&"bob".into(), &"C200".into()).expect("a part");
    assert_eq!((part.leg, call.uuid(part).as_str()), (4, "C200"));
    // Their phone is lost: the customer is not.
    let lost = done.clone().then(of_second(gone(2, Cause::Lost)));
    assert!(lost.call().is_waiting(), "{:?}", lost.call());
    // By its id, and by the names of its legs.
    let held = done.then(of_second(bob(CallAct::Hold)));
    check(held, of_second(hold_done(2, true)), "4 Held => 1 hears hold; 2 hears silence");
}

#[test]
fn all_talk_together_and_the_phone_goes_on_with_the_leg_that_it_does_not_hold() {
    let done = check(
        two_customers(),
        ann(complete_with(Purpose::Conference, "C200")),
        "2 Released by agent normal talked; ann: -slot kept; absorbed into C100 by agent; absorbed C200; 2 moved to 0 as queue on 4; 2 parked; 3 moved to 0 as caller; 2 Established => 2 release normal; 1 join 0; C200.2 join 0; C200.1 join 0",
    );
    // The leg that was left, and then the one that went on.
    let done = check(done, gone(2, Cause::Normal), "");
    check(
        done,
        of_second(gone(2, Cause::Lost)),
        "2 Released by agent lost talked; ann: -slot kept => 1 join 0; C200.1 join 0",
    );
    check(
        mixed_by_phone(),
        ann(complete_with(Purpose::Conference, "C200")),
        "1 Released by agent normal talked; ann: -slot kept; absorbed into C100 by agent; absorbed C200; 4 moved to 0 as called => 1 release normal; 1 join 0; 2 join 0; C200.2 join 0",
    );
}

#[test]
fn a_phone_brings_two_calls_together_by_its_transfer_key_from_either() {
    let told = |world: TestCentre, command: Command| {
        let mut world = world;
        world.perform(&command)
    };
    let from_first = told(two_customers(), refers_to_leg(2, second(2)));
    let from_second = told(two_customers(), of_second(refers_to_leg(2, leg(2))));
    assert_eq!(from_first, from_second);
    assert!(
        from_first.contains("=> 2 referred; 2 release normal; 2 release normal; 1 join 0"),
        "{from_first}"
    );
    assert!(told(mixed_by_phone(), refers_to_leg(2, second(1))).contains("4 moved to 0 as queue"));
    for (leg, other) in [(2, second(1)), (1, second(2)), (1, second(1)), (2, second(7))] {
        let no = format!("=> {leg} not referred refused");
        check(two_customers(), refers_to_leg(leg, other), &no);
    }
}

#[test]
fn a_queue_stands_behind_the_older_call_where_the_newer_came_from_it() {
    let older = phones().then(dials("C100")).then(up(1)).then(up(2)).then(ann(CallAct::Hold));
    let older = older.then(hold_done(1, true)).then(state("ann", "Ready"));
    let two = centre_with(|centre| _ = centre.capacity.insert(crate::medium::voice(), 2));
    let arrives = of_second(arrive_at("Support"));
    let both = older.then(two).then(arrives).then(offer_of("C200", "ann")).then(of_second(up(2)));
    let handed = both.clone().then(ann(complete_with(Purpose::Transfer, "C200")));
    let bob = handed.call().part(&"bob".into(), &c1()).expect("a part");
    assert_eq!(bob.origin, PartyOrigin::Queue);
    let lost = handed.then(gone(2, Cause::Lost));
    assert!(lost.call().is_waiting(), "{:?}", lost.call());
    let joined = both.then(ann(complete_with(Purpose::Conference, "C200")));
    let ann = joined.call().part(&"ann".into(), &c1()).expect("a part");
    assert_eq!((ann.origin, ann.is_live()), (PartyOrigin::Queue, true));
}

#[test]
fn data_and_dispositions_of_both_are_there_and_those_of_the_older_go_before() {
    let data = |value: &str| CallAct::AttachUserData(pairs(&json!({"A": value, value: 1})));
    let code = |value: &str| CallAct::SetDisposition { value: value.into(), key: None };
    let world = two_colleagues().then(ann(data("old"))).then(of_second(ann(data("new"))));
    let world = world.then(ann(code("Billing"))).then(of_second(bob(code("Referred"))));
    let world = world.then(ann(complete_with(Purpose::Transfer, "C200")));
    let call = world.call();
    let shown = |key: &str| call.user_data().get(key).cloned();
    assert_eq!(
        (shown("A"), shown("old"), shown("new")),
        (Some(json!("old")), Some(json!(1)), Some(json!(1)))
    );
    assert_eq!(shown("DispositionCode"), Some(json!("Referred")), "what was set last");
    let part = |agent: &str, uuid: &str| call.part(&agent.into(), &uuid.into());
    assert_eq!(call.disposition(part("bob", "C200"), "DispositionCode"), Some(&json!("Referred")));
    // Late, under the ids that the agent knows, each of their parts has its own.
    check(
        world.clone(),
        of_second(ann(code("IssueResolved"))),
        "disposition DispositionCode='IssueResolved' was null by ann via SetCallDisposition late",
    );
    check(
        world,
        ann(code("IssueResolved")),
        "disposition DispositionCode='IssueResolved' was 'Billing' by ann via SetCallDisposition late",
    );
}

#[test]
fn what_cannot_be_brought_together_is_refused_and_nothing_changes() {
    let with = |other: &str| ann(complete_with(Purpose::Transfer, other));
    check(two_customers(), with("C100"), "no: CompleteTransfer is not valid in state Held");
    check(two_customers(), with("C300"), "no: CompleteTransfer is not valid in state Held");
    check(
        two_customers(),
        ann(complete(Purpose::Transfer)),
        "no: CompleteTransfer is not valid in state Held",
    );
    check(two_customers(), bob(complete_with(Purpose::Transfer, "C200")), "no: Call 'C100' was not found");
    // A call that is not theirs, one that rings, one that waits in a queue, and one beside which somebody is asked.
    let bobs = talking().then(of_second(arrive(to_device("5002")))).then(of_second(up(2)));
    check(bobs, with("C200"), "no: Call 'C200' was not found");
    let rings = held().then(of_second(arrive(to_device("5001"))));
    check(rings.clone(), with("C200"), "no: CompleteTransfer is not valid in state Ringing");
    check(rings, refers_to_leg(2, second(2)), "=> 2 not referred refused");
    let waits =
        talking().then(phone_hold(2, true)).then(of_second(arrive_from("5001", to_queue("Sales", None))));
    check(waits.clone(), with("C200"), "no: CompleteTransfer is not valid in state Established");
    check(waits, refers_to_leg(2, second(1)), "=> 2 not referred refused");
    let asks = two_customers().then(ann(initiate(Purpose::Transfer, "5002")));
    let asks_second = two_customers().then(of_second(ann(initiate(Purpose::Transfer, "5002"))));
    assert!(asks.ask(&with("C200")).is_err() || asks.call().lines.len() == 1);
    check(asks_second, with("C200"), "no: CompleteTransfer is not valid in state Held");
    // One that ended meanwhile, and a second time.
    let ended = two_customers().then(of_second(gone(1, Cause::Normal)));
    check(ended, with("C200"), "no: CompleteTransfer is not valid in state Released");
    let done = two_customers().then(with("C200"));
    check(done.clone(), with("C200"), "no: CompleteTransfer is not valid in state Released");
    check(done, refers_to_leg(2, second(2)), "");
    let joined = two_customers().then(ann(complete_with(Purpose::Conference, "C200")));
    check(
        joined,
        ann(complete_with(Purpose::Conference, "C200")),
        "no: CompleteConference is not valid in state Established",
    );
}

#[test]
fn who_is_in_both_calls_stands_against_it() {
    let both = two_colleagues().then(ann(CallAct::Retrieve)).then(hold_done(2, false));
    let both = both.then(ann(single_step(Purpose::Conference, "5002"))).then(up(3));
    check(both, ann(complete_with(Purpose::Transfer, "C200")), "no: Somebody is in both calls");
}

#[test]
fn calls_of_different_nodes_stay_apart() {
    let mut arrives = of_second(arrive(to_device("5001")));
    if let Command::Arrive(arrive) = &mut arrives {
        arrive.node = "2".into();
    }
    let world = held().then(arrives).then(of_second(up(2)));
    check(
        world,
        ann(complete_with(Purpose::Transfer, "C200")),
        "no: The calls are carried by different nodes",
    );
}

#[test]
fn it_is_open_when_both_can_be_handed_over_and_listed_by_neither() {
    let world = two_customers();
    for uuid in ["C100", "C200"] {
        let call = world.heir(&uuid.into()).expect("a call");
        let open = capabilities(call, call.part(&"ann".into(), &uuid.into()).expect("a part"));
        assert!(open.contains(&crate::call::CallOperation::InitiateTransfer));
        assert!(!open.contains(&crate::call::CallOperation::CompleteTransfer));
    }
}

#[test]
fn a_call_that_was_joined_once_is_joined_again_and_every_name_leads_on() {
    let third = |mut command: Command| {
        match &mut command {
            Command::Arrive(arrive) => arrive.leg.call = "C050".into(),
            Command::LegEvent { leg, .. } => leg.call = "C050".into(),
            other => unreachable!("{other:?}"),
        }
        command
    };
    let joined = two_customers().then(ann(complete_with(Purpose::Conference, "C200")));
    let world = joined.then(third(arrive(to_device("5001")))).then(third(up(2)));
    let world = world.then(ann(complete_with(Purpose::Transfer, "C050")));
    let call = heir(&world);
    assert_eq!(call.id, InteractionId::from("C050"));
    let live: Vec<LegId> = call.live().map(|party| call.leg_of(party)).collect();
    assert_eq!(live, [LegId { call: "C050".into(), number: 1 }, leg(1), second(1)]);
    assert!(world.heir(&c1()).is_some_and(|heir| heir.id == call.id));
    let world = world.then(of_second(gone(1, Cause::Normal))).then(gone(1, Cause::Normal));
    assert!(!heir(&world).is_open());
}

#[test]
fn a_supervisor_goes_along() {
    let watched = two_customers().then(cat(listen("5001", Monitoring::ListenIn))).then(of_second(up(3)));
    let joined = watched.clone().then(ann(complete_with(Purpose::Conference, "C200")));
    assert_eq!(joined.call().watchers().count(), 1, "{:?}", joined.call());
    let handed = watched.then(ann(complete_with(Purpose::Transfer, "C200")));
    assert_eq!(handed.call().watchers().count(), 0, "{:?}", handed.call());
}
