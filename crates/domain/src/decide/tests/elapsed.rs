//! How long the state lasted that an event ends. One line a rule.

use super::*;

/// Performs a command, and answers how long the states lasted that its events of these kinds ended.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a rule reads as a line")]
pub fn lasted(mut state: TestCentre, command: Command, kind: &str) -> Vec<Option<u64>> {
    let before = state.history.len();
    let did = state.perform(&command);
    assert!(!did.starts_with("no: "), "{did}");
    let events = state.history[before..].iter().map(|(_, _, event)| event);
    events.filter(|event| event.kind() == kind).map(crate::Event::elapsed_ms).collect()
}

#[test]
fn an_offer_of_a_queue_ends_the_waiting() {
    assert_eq!(lasted(waiting().after(7_000), offer("ann"), "session.offered"), [Some(7_000)]);
    assert_eq!(lasted(chatting().after(7_000), ann(to_agent("bob")), "session.offered"), [None]);
}

#[test]
fn whatever_becomes_of_an_offer_it_tells_how_long_it_stood() {
    let after = || invited().after(4_000);
    assert_eq!(lasted(after(), ann(accept()), "session.accepted"), [Some(4_000)]);
    assert_eq!(lasted(after(), ann(reject()), "session.offer-ended"), [Some(4_000)]);
    assert_eq!(lasted(invited().after(30_000), lapse("ann"), "session.offer-ended"), [Some(30_000)]);
}

#[test]
fn the_end_of_a_part_counts_from_the_joining_and_that_of_the_conversation_from_its_beginning() {
    let talked = || waiting().after(1_000).then(offer("ann")).after(2_000).then(ann(accept())).after(60_000);
    assert_eq!(lasted(talked(), ann(leave()), "session.party-closed"), [Some(60_000)]);
    let worked = || talked().then(ann(leave())).after(5_000);
    assert_eq!(lasted(worked(), ann(complete()), "session.party-closed"), [Some(65_000)]);
    assert_eq!(lasted(worked(), ann(complete()), "session.ended"), [Some(68_000)]);
    assert_eq!(lasted(talked(), customer_leaves(), "session.talk-ended"), [Some(63_000)]);
}

#[test]
fn what_ends_nothing_tells_nothing() {
    assert_eq!(lasted(chatting().after(9), customer_says("Hello"), "session.message"), [None]);
    assert_eq!(lasted(TestCentre::new(), open(), "session.created"), [None]);
}

#[test]
fn an_agents_state_and_login_tell_how_long_they_lasted() {
    let ready = || TestCentre::new().after(90_000);
    assert_eq!(lasted(ready(), state("ann", "NotReady"), "agent.state"), [Some(90_000)]);
    let again = ready().then(state("ann", "NotReady")).after(10_000);
    assert_eq!(lasted(again, log_out("ann"), "agent.logged-out"), [Some(100_000)]);
}

#[test]
fn a_moment_that_lies_ahead_makes_no_duration_negative() {
    let mut world = invited();
    world.now = -5_000;
    assert_eq!(lasted(world, ann(accept()), "session.accepted"), [Some(0)]);
}
