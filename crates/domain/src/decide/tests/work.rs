//! Contact-centre sessions and channel states (spec: core-and-voice#4.3, #4.4; digital-channels#5.5).

use super::*;
use crate::{
    agent::Readiness,
    command::{AgentAct, Workplace},
};

fn at(place: &str) -> Workplace {
    Workplace { name: Some(place.into()), device: None }
}

#[test]
fn a_session_begins_without_a_state_and_at_the_usual_place() {
    let world = check(TestCentre::new().then(log_out("ann")), log_in("ann"), "ann: in at ann's place on 1");
    let channel = world.agent("ann").channel(&test_centre::medium()).cloned().expect("a channel");
    assert_eq!(channel.state, None);
    assert!(!channel.takes_work());
    let elsewhere = AgentAct::LogIn { channels: vec![test_centre::medium()], place: Some(at("Desk 7")) };
    check(TestCentre::new().then(log_out("ann")), desk("ann", elsewhere), "ann: in at Desk 7 on 1");
    check(TestCentre::new(), log_in("dan"), "no: User 'dan' was not found");
}

#[test]
fn beginning_again_changes_nothing() {
    check(TestCentre::new(), log_in("ann"), "");
}

#[test]
fn further_channels_join_the_session_where_it_is() {
    let elsewhere = AgentAct::LogIn { channels: vec![test_centre::medium()], place: Some(at("Desk 7")) };
    let there = TestCentre::new().then(log_out("ann")).then(desk("ann", elsewhere));
    let more = AgentAct::LogIn { channels: vec![test_centre::medium(), "x".into(), "x".into()], place: None };
    let world = check(there, desk("ann", more), "ann: in at - on 1");
    let login = world.agent("ann").login.as_ref().expect("a session");
    assert_eq!((login.place.as_deref(), login.channels.len()), (Some("Desk 7"), 2));
}

#[test]
fn who_takes_in_a_channel_keeps_his_turn() {
    let more = AgentAct::LogIn { channels: vec!["x".into()], place: None };
    let world = TestCentre::new().after(500).then(desk("ann", more));
    assert_eq!(world.agent("ann").idle_since, 0);
    assert_eq!(world.then(log_out("ann")).then(log_in("ann")).agent("ann").idle_since, 500);
}

#[test]
fn an_agent_is_known_by_the_name_he_has_now() {
    let mut renamed = test_centre::user("ann");
    renamed.user_name = "anna".into();
    let put = Command::Provision(crate::command::Provision::PutUser(Box::new(renamed)));
    let world = TestCentre::new().then(log_out("ann")).then(put).then(log_in("ann"));
    assert_eq!(world.agent("ann").user_name, "anna");
}

#[test]
fn a_state_is_entered_by_its_operation() {
    check(TestCentre::new(), state("cat", "Ready"), "cat: Ready");
    check(TestCentre::new(), state("ann", "NotReady"), "ann: NotReady");
    let world = check(TestCentre::new(), state("ann", "AfterCallWork"), "ann: NotReady");
    let entered =
        world.agent("ann").channel(&test_centre::medium()).and_then(|channel| channel.state.clone());
    assert_eq!(entered.and_then(|state| state.work_mode.clone()).as_deref(), Some("AfterCallWork"));
    check(TestCentre::new(), state("ann", "Dancing"), "no: Unknown operation 'Dancing'");
    check(TestCentre::new(), state("ann", "Offline"), "no: Unknown operation 'Offline'");
    check(
        TestCentre::new().then(log_out("ann")),
        state("ann", "Ready"),
        "no: The agent has no contact center session on this channel",
    );
    let lunch = centre_with(|centre| {
        let mut lunch = (*centre.agent_states[1]).clone();
        (lunch.operation, lunch.reason) = ("Lunch".into(), Some("Lunch".into()));
        centre.agent_states.push(lunch.into());
    });
    check(TestCentre::new().then(lunch), state("ann", "Lunch"), "ann: NotReady (Lunch)");
}

#[test]
fn a_state_is_that_of_one_channel_or_of_all() {
    let more = AgentAct::LogIn { channels: vec!["x".into()], place: None };
    let two = TestCentre::new().then(desk("cat", more));
    let one = AgentAct::SetState { channel: Some("x".into()), operation: "Ready".into(), wrap_up: None };
    let world = two.clone().then(desk("cat", one));
    let ready = |world: &TestCentre, channel: &str| {
        world.agent("cat").channel(&channel.into()).is_some_and(crate::agent::ChannelState::takes_work)
    };
    assert!(ready(&world, "x") && !ready(&world, test_centre::medium().as_str()));
    let world = two.then(state("cat", "Ready"));
    assert!(ready(&world, "x") && ready(&world, test_centre::medium().as_str()));
    let foreign = AgentAct::SetState { channel: Some("y".into()), operation: "Ready".into(), wrap_up: None };
    check(
        TestCentre::new(),
        desk("ann", foreign),
        "no: The agent has no contact center session on this channel",
    );
}

#[test]
fn do_not_disturb_closes_the_channel_and_keeps_its_state() {
    let world = check(TestCentre::new(), do_not_disturb("ann", true), "ann: do-not-disturb on");
    let channel = world.agent("ann").channel(&test_centre::medium()).cloned().expect("a channel");
    assert_eq!(channel.state.as_ref().map(|state| state.state), Some(Readiness::Ready));
    assert!(!channel.takes_work());
    check(world.then(open()), offer("ann"), "no: The agent is not available for chat: not ready");
    check(TestCentre::new(), do_not_disturb("ann", false), "ann: do-not-disturb off");
}

#[test]
fn ending_the_session_gives_everything_back() {
    check(TestCentre::new(), log_out("ann"), "ann: out");
    check(TestCentre::new().then(log_out("ann")), log_out("ann"), "");
    check(
        invited(),
        log_out("ann"),
        "offer-ended ann Revoked by agent; ann: -slot; queued Support since 0; ann: out",
    );
    check(
        chatting().after(700),
        log_out("ann"),
        "said left by ann; closed ann Revoked by agent; ann: -slot; queued Support since 0; ann: out",
    );
    check(
        alone(),
        log_out("ann"),
        "said left by ann; closed ann Completed by agent; ann: -slot kept; ended by customer; ann: out",
    );
    check(left(), log_out("ann"), "closed ann Completed by agent; ann: -slot kept; ended by agent; ann: out");
    check(
        join_failed(),
        log_out("bob"),
        "closed bob Completed by agent; bob: -slot kept; ended by customer; bob: out",
    );
}

#[test]
fn a_customer_whose_agent_went_home_is_served_by_the_next() {
    let world = chatting().then(log_out("ann"));
    assert!(world.session().customer.present && world.session().waiting);
    check(world, offer("bob"), "offered bob until 30000; bob: +slot");
}
