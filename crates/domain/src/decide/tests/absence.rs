//! An agent's client that fell silent (spec: decisions#12).

use super::{required::owing, *};
use crate::{
    Millis,
    agent::{Absence, Readiness},
    command::AgentAct,
    medium,
};

/// Ann's client was last heard at 0; a minute later that is noticed, and three minutes after that it is acted upon.
fn silent(world: TestCentre) -> TestCentre {
    world.after(60_000).then(goes_silent("ann", 0, Some(UNTIL)))
}

const UNTIL: Millis = 240_000;

fn over(agent: &str) -> Command {
    Command::WrapUpOver { agent: agent.into() }
}

#[test]
fn who_was_ready_is_not_any_more_and_the_reason_is_told() {
    let told = "ann: lost since 0 until 240000; ann: NotReady (Connection lost) by server";
    let world = check(chatting().after(60_000), goes_silent("ann", 0, Some(UNTIL)), told);
    assert_eq!(world.agent("ann").absence(), Some(&Absence { since: 0, from: 60_000, until: Some(UNTIL) }));
    assert_eq!(world.agent("ann").next_due(), Some((UNTIL, Some(60_000))));
    assert!(world.session().chatting().count() == 1, "they keep what they hold for now");
    check(TestCentre::new(), goes_silent("cat", 0, None), "cat: lost since 0 until -1");
    check(TestCentre::new().then(log_out("ann")), goes_silent("ann", 0, None), "");
    check(TestCentre::new(), goes_silent("dan", 0, None), "");
}

#[test]
fn who_took_nothing_by_choice_keeps_the_reason() {
    let lunch = chatting().then(state("ann", "NotReady"));
    check(lunch, goes_silent("ann", 0, None), "ann: lost since 0 until -1");
}

#[test]
fn told_again_it_only_moves_on_when_things_are_given_back() {
    let world = silent(chatting());
    check(world.clone(), goes_silent("ann", 0, Some(UNTIL)), "");
    check(world.clone(), goes_silent("ann", 0, Some(UNTIL + 1)), "ann: lost until 240001");
    check(world, goes_silent("ann", 0, Some(UNTIL - 1)), "");
}

#[test]
fn back_in_time_they_keep_what_they_hold() {
    let world = check(silent(chatting()).after(60_000), is_heard("ann"), "ann: back");
    check(world.clone().after(HOUR), over("ann"), "");
    check(world.clone(), is_heard("ann"), "");
    assert_eq!(world.session().chatting().count(), 1);
    let channel = world.agent("ann").channel(&test_centre::medium()).cloned().expect("a channel");
    let state = channel.state.expect("a state");
    assert_eq!(state.state, Readiness::NotReady, "they say themselves when they are ready");
}

const HOUR: Millis = 3_600_000;

#[test]
fn then_what_they_hold_goes_back_to_its_place_in_the_queue() {
    check(silent(chatting()).after(179_999), over("ann"), "");
    let world = check(
        silent(chatting()).after(180_000),
        over("ann"),
        "taken from ann by server barred until 250000; said left by ann; closed ann Revoked by connection-lost; ann: \
         -slot; queued Support since 0; ann: lost until -1",
    );
    check(world.clone(), over("ann"), "");
    check(world.clone(), offer("bob"), "offered bob until 270000; bob: +slot");
    check(world, is_heard("ann"), "ann: back");
    check(
        silent(invited()).after(180_000),
        over("ann"),
        "taken from ann by server barred until 250000; offer-ended ann Revoked by connection-lost; ann: -slot; queued \
         Support since 0; ann: lost until -1",
    );
    check(
        silent(handing_over()).after(180_000),
        over("ann"),
        "taken from ann by server barred until 250000; offer-ended bob Revoked by connection-lost; bob: -slot; said \
         left by ann; closed ann Revoked by connection-lost; ann: -slot; queued Support since 0; ann: lost until -1",
    );
}

#[test]
fn work_that_no_customer_waits_for_stays_theirs() {
    for world in [alone(), left()] {
        let world = check(silent(world).after(180_000), over("ann"), "ann: lost until -1");
        assert_eq!(world.agent("ann").taken(&test_centre::medium()), 1);
    }
    let offered = handing_over().after(60_000).then(goes_silent("bob", 0, Some(UNTIL)));
    let world = check(offered.after(180_000), over("bob"), "bob: lost until -1");
    assert_eq!(world.agent("bob").taken(&test_centre::medium()), 1, "the colleague still has it");
}

#[test]
fn the_end_of_the_session_ends_it() {
    let world = silent(chatting()).then(log_out("ann")).then(log_in("ann"));
    assert_eq!((world.agent("ann").absence(), world.agent("ann").next_due()), (None, None));
}

#[test]
fn what_they_owe_falls_due_as_well() {
    let world = owing().then(goes_silent("ann", 0, Some(UNTIL)));
    assert_eq!(world.agent("ann").next_due(), Some((60_000, Some(0))));
    check(world.after(UNTIL), over("ann"), "ann: settled s1 by timeout; ann: lost until -1");
}

#[test]
fn work_after_a_call_is_not_followed_by_readiness_and_calls_go_on() {
    let told = "ann: lost since 0 until -1; ann: NotReady (Connection lost) by server";
    check(calls::talking(), goes_silent("ann", 0, None), told);
    let own = AgentAct::SetState {
        channel: Some(medium::voice()),
        operation: "AfterCallWork".into(),
        wrap_up: Some(20_000),
    };
    let timed = calls::phones().then(desk("ann", own)).then(goes_silent("ann", 0, None));
    check(timed.after(20_000), over("ann"), "");
    let talking = calls::talking().after(60_000).then(goes_silent("ann", 0, Some(UNTIL)));
    let world = check(talking.after(180_000), over("ann"), "ann: lost until -1");
    assert!(world.call().is_open());
}
