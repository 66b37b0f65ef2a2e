//! An agent asks a queue beside a call (spec: core-and-voice#5.7.2).

use super::*;
use crate::call::{CallOperation, Cause, PartyState, capabilities};

#[test]
fn who_asks_a_queue_waits_there_and_hears_that_they_do() {
    check(
        talking(),
        ann(initiate_queue(Purpose::Transfer, None)),
        "2 parked; line 1 c10g of 2 -> +15550142 for transfer; 3 ann 5001 Dialing on 2; ann: +slot; request 1 Consult of line 1 in Support until 180000 => 1 hears hold; 2 hears hold",
    );
    check(
        asking_queue(),
        offer_request("bob"),
        "4 bob 5002 Ringing answers until 30000 of request 1; bob: +slot => 4 call 5002 as 5001",
    );
    check(offered_request(), up(4), "3 Established; 4 Established => 1 hears hold; 2 join 1; 4 join 1");
}

#[test]
fn a_queue_that_takes_nobody_ends_it_at_once() {
    check(
        talking(),
        ann(initiate_queue(Purpose::Conference, Some(Overflowing::Closed))),
        "2 parked; line 1 c10g of 2 -> +15550142 for conference; 3 ann 5001 Dialing on 2; ann: +slot; request 1 Invite of line 1 in Support until 180000; request 1 ended by closed closed; 3 Released by closed closed; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
    check(
        talking(),
        ann(initiate_queue(Purpose::Conference, Some(Overflowing::Full))),
        "2 parked; line 1 c10g of 2 -> +15550142 for conference; 3 ann 5001 Dialing on 2; ann: +slot; request 1 Invite of line 1 in Support until 180000; request 1 ended by closed full; 3 Released by closed closed; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
}

#[test]
fn who_does_not_take_it_is_spared_and_the_next_is_asked() {
    check(
        offered_request(),
        bob_does(CallAct::Reject),
        "4 Released by agent refused barred until 10000; bob: -slot => 4 release refused",
    );
    check(
        offered_request().after(60_000),
        unanswered(4),
        "4 Released by no-answer no-answer barred until 70000; bob: -slot; bob: NotReady (No answer) by server => 4 release no-answer",
    );
    check(
        offered_request(),
        refuses(4, Cause::Diverted, 302),
        "4 Released by agent diverted 302 barred until 10000; bob: -slot",
    );
    let again = offered_request().then(bob_does(CallAct::Reject));
    check(
        again.clone(),
        offer_request("bob"),
        "no: The agent is not available for voice: the agent did not take it a moment ago",
    );
    check(
        again.clone().after(10_000),
        offer_request("bob"),
        "5 bob 5002 Ringing answers until 40000 of request 1; bob: +slot => 5 call 5002 as 5001",
    );
    check(
        again.then(state("cat", "Ready")),
        offer_request("cat"),
        "5 cat 5003 Ringing answers until 30000 of request 1; cat: +slot => 5 call 5003 as 5001",
    );
}

#[test]
fn nobody_is_offered_what_they_asked_or_while_they_are_not_ready() {
    check(asking_queue(), offer_request("ann"), "no: The agent is not available for voice: no free slot");
    check(asking_queue(), offer_request("cat"), "no: The agent is not available for voice: not ready");
    check(
        offered_request(),
        offer_request("cat"),
        "no: The agent is not available for voice: it does not wait any more",
    );
}

#[test]
fn nobody_takes_it_within_three_minutes() {
    check(asking_queue().after(179_999), request_due(Destination::Nowhere), "");
    check(
        asking_queue().after(180_000),
        request_due(Destination::Nowhere),
        "request 1 ended by no-answer late; 3 Released by no-answer no-answer; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
    check(
        offered_request().after(180_000),
        request_due(Destination::Nowhere),
        "request 1 ended by no-answer late; 4 Released by idle cancelled; bob: -slot; 3 Released by no-answer no-answer; ann: -slot kept => 4 release cancelled; 1 hears hold; 2 hears silence",
    );
}

#[test]
fn it_overflows_as_a_caller_does() {
    let patient = || {
        let patience = queue_with("Support", |queue| queue.calls.patience = 60_000);
        talking().then(patience).then(ann(initiate_queue(Purpose::Transfer, None))).after(60_000)
    };
    check(
        patient(),
        request_due(Destination::Announcement("sorry".into())),
        "request 1 ended by no-answer late; 3 Released by no-answer no-answer; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
    check(
        patient(),
        request_due(to_queue("Sales", Some(Overflowing::Full))),
        "request 1 ended by no-answer late; 3 Released by no-answer no-answer; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
    check(
        patient(),
        request_due(to_queue("Sales", None)),
        "request 1 Consult of line 1 in Sales until 180000",
    );
    let elsewhere = patient().then(request_due(to_queue("Sales", None))).after(180_000);
    check(
        elsewhere,
        request_due(to_queue("Support", None)),
        "request 1 ended by no-answer late; 3 Released by no-answer no-answer; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
}

#[test]
fn an_agent_who_hangs_up_waits_no_longer() {
    check(
        asking_queue(),
        consult("ann", CallAct::Hangup),
        "request 1 ended by agent; 3 Released by agent cancelled; ann: -slot kept => 1 hears hold; 2 hears silence",
    );
    check(
        offered_request(),
        consult("ann", CallAct::Hangup),
        "request 1 ended by agent; 3 Released by agent cancelled; ann: -slot kept; 4 Released by agent cancelled; bob: -slot => 4 release cancelled; 1 hears hold; 2 hears silence",
    );
    check(
        asking_queue(),
        gone(2, Cause::Lost),
        "2 Released by agent lost talked; ann: -slot kept; queued Support since 0; request 1 ended by agent; 3 Released by agent lost; ann: -slot kept => 1 hears hold",
    );
}

#[test]
fn a_customer_who_hangs_up_meanwhile_ends_their_call_alone() {
    check(
        asking_queue(),
        gone(1, Cause::Normal),
        "1 Released by customer normal talked; 2 Released by customer normal talked; ann: -slot kept => 2 hears hold",
    );
    let left = asking_queue().then(gone(1, Cause::Normal)).then(offer_request("bob"));
    check(left, up(4), "3 Established; 4 Established => 2 join 1; 4 join 1");
}

#[test]
fn the_customer_has_the_place_of_an_agent_who_leaves_before_anybody_took_it() {
    check(
        asking_queue().after(5_000),
        ann(complete(Purpose::Transfer)),
        "request 1 ended by agent; 3 Released by agent normal; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; queued Support since 0 => 2 release normal; 1 hears prompt welcome",
    );
    check(
        offered_request(),
        ann(complete(Purpose::Transfer)),
        "request 1 ended by agent; 3 Released by agent normal; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; queued Support since 0; 4 moved to 0 as queue => 2 release normal; 1 hears prompt welcome",
    );
    let rings = offered_request().then(ann(complete(Purpose::Transfer)));
    check(rings.clone(), up(4), "4 Established => 1 join 0; 4 join 0");
    check(
        rings,
        bob_does(CallAct::Reject),
        "4 Released by agent refused barred until 10000; bob: -slot; queued Support since 0 => 4 release refused",
    );
}

#[test]
fn only_who_has_answered_is_handed_the_call_where_the_centre_says_so() {
    let strict = talking().then(centre_with(|centre| centre.transfers_answered_only = true));
    let asking = strict.then(ann(initiate_queue(Purpose::Transfer, None)));
    check(asking, ann(complete(Purpose::Transfer)), "no: CompleteTransfer is not valid in state Held");
}

#[test]
fn whoever_took_it_is_a_colleague_who_was_asked() {
    check(
        consulting_queue(),
        ann(complete(Purpose::Transfer)),
        "3 Released by agent normal talked; ann: -slot kept; 2 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as queue from 2 => 2 release normal; 1 join 0; 4 join 0",
    );
    check(
        consulting_queue(),
        ann(complete(Purpose::Conference)),
        "3 Released by agent normal talked; ann: -slot kept; 4 moved to 0 as called; 2 Established => 1 join 0; 2 join 0; 4 join 0",
    );
    check(
        consulting_queue(),
        ann(CallAct::Swap("C10G".into())),
        "3 parked; 2 Established => 1 join 0; 2 join 0; 4 hears hold",
    );
    check(
        consulting_queue(),
        consult("bob", CallAct::Hangup),
        "4 Released by agent normal talked; bob: -slot kept; 3 Released by agent normal talked; ann: -slot kept => 4 release normal; 1 hears hold; 2 hears silence",
    );
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
