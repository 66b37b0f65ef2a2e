//! An agent asks a queue beside a call (spec: core-and-voice#5.7.2).

use super::*;
use crate::call::{CallOperation, Cause, PartyState, capabilities};

#[test]
fn who_asks_a_queue_waits_there_and_hears_that_they_do() {
    check(talking(), ann(initiate_queue(Purpose::Transfer, None)), "?");
    check(asking_queue(), offer_request("bob"), "?");
    check(offered_request(), up(4), "?");
}

#[test]
fn a_queue_that_takes_nobody_ends_it_at_once() {
    check(talking(), ann(initiate_queue(Purpose::Conference, Some(Overflowing::Closed))), "?");
    check(talking(), ann(initiate_queue(Purpose::Conference, Some(Overflowing::Full))), "?");
}

#[test]
fn who_does_not_take_it_is_spared_and_the_next_is_asked() {
    check(offered_request(), bob_does(CallAct::Reject), "?");
    check(offered_request().after(60_000), unanswered(4), "?");
    check(offered_request(), refuses(4, Cause::Diverted, 302), "?");
    let again = offered_request().then(bob_does(CallAct::Reject));
    check(again.clone(), offer_request("bob"), "?");
    check(again.clone().after(10_000), offer_request("bob"), "?");
    check(again.then(state("cat", "Ready")), offer_request("cat"), "?");
}

#[test]
fn nobody_is_offered_what_they_asked_or_while_they_are_not_ready() {
    check(asking_queue(), offer_request("ann"), "?");
    check(asking_queue(), offer_request("cat"), "?");
    check(offered_request(), offer_request("cat"), "?");
}

#[test]
fn nobody_takes_it_within_three_minutes() {
    check(asking_queue().after(179_999), request_due(Destination::Nowhere), "nothing");
    check(asking_queue().after(180_000), request_due(Destination::Nowhere), "?");
    check(offered_request().after(180_000), request_due(Destination::Nowhere), "?");
}

#[test]
fn it_overflows_as_a_caller_does() {
    let patient = || {
        let patience = queue_with("Support", |queue| queue.calls.patience = 60_000);
        talking().then(patience).then(ann(initiate_queue(Purpose::Transfer, None))).after(60_000)
    };
    check(patient(), request_due(Destination::Announcement("sorry".into())), "?");
    check(patient(), request_due(to_queue("Sales", Some(Overflowing::Full))), "?");
    check(patient(), request_due(to_queue("Sales", None)), "?");
    let elsewhere = patient().then(request_due(to_queue("Sales", None))).after(180_000);
    check(elsewhere, request_due(to_queue("Support", None)), "?");
}

#[test]
fn an_agent_who_hangs_up_waits_no_longer() {
    check(asking_queue(), consult("ann", CallAct::Hangup), "?");
    check(offered_request(), consult("ann", CallAct::Hangup), "?");
    check(asking_queue(), gone(2, Cause::Lost), "?");
}

#[test]
fn a_customer_who_hangs_up_meanwhile_ends_their_call_alone() {
    check(asking_queue(), gone(1, Cause::Normal), "?");
    let left = asking_queue().then(gone(1, Cause::Normal)).then(offer_request("bob"));
    check(left, up(4), "?");
}

#[test]
fn the_customer_has_the_place_of_an_agent_who_leaves_before_anybody_took_it() {
    check(asking_queue().after(5_000), ann(complete(Purpose::Transfer)), "?");
    check(offered_request(), ann(complete(Purpose::Transfer)), "?");
    let rings = offered_request().then(ann(complete(Purpose::Transfer)));
    check(rings.clone(), up(4), "?");
    check(rings, bob(CallAct::Reject), "?");
}

#[test]
fn only_who_has_answered_is_handed_the_call_where_the_centre_says_so() {
    let strict = talking().then(centre_with(|centre| centre.transfers_answered_only = true));
    let asking = strict.then(ann(initiate_queue(Purpose::Transfer, None)));
    check(asking, ann(complete(Purpose::Transfer)), "no: CompleteTransfer is not valid in state Held");
}

#[test]
fn whoever_took_it_is_a_colleague_who_was_asked() {
    check(consulting_queue(), ann(complete(Purpose::Transfer)), "?");
    check(consulting_queue(), ann(complete(Purpose::Conference)), "?");
    check(consulting_queue(), ann(CallAct::Swap("C10G".into())), "?");
    check(consulting_queue(), consult("bob", CallAct::Hangup), "?");
}

#[test]
fn what_is_open_while_it_waits() {
    let open = |world: &TestCentre, uuid: &str| {
        let call = world.call();
        let party = call.part(&"ann".into(), &uuid.into()).expect("a part");
        let of_two = [
            CallOperation::Hangup,
            CallOperation::Retrieve,
            CallOperation::SwapCalls,
            CallOperation::CompleteTransfer,
            CallOperation::CompleteConference,
        ];
        let listed = capabilities(call, party).into_iter().filter(|operation| of_two.contains(operation));
        listed.map(|operation| format!("{operation:?}")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(open(&asking_queue(), "C100"), "Hangup CompleteTransfer");
    assert_eq!(open(&offered_request(), "C10G"), "Hangup CompleteTransfer");
    assert_eq!(open(&consulting_queue(), "C100"), "Hangup CompleteTransfer CompleteConference SwapCalls");
}

#[test]
fn no_supervisor_is_called_into_the_queue() {
    let watched = watched().then(ann(initiate_queue(Purpose::Transfer, None)));
    let followers: Vec<u16> = watched.call().watchers().map(|party| party.line).collect();
    assert_eq!(followers, [0], "they stay with the customer");
}

#[test]
fn a_consultation_asks_for_no_work_after_it() {
    let ended = consulting_queue().then(consult("bob", CallAct::Hangup));
    let bob = ended.agent("bob");
    assert!(bob.is_ready(&crate::medium::voice()));
    let part = ended.call().part(&"ann".into(), &"C10G".into()).map(|party| party.state);
    assert_eq!(part, Some(PartyState::Released));
}

fn bob_does(act: CallAct) -> Command {
    consult("bob", act)
}
