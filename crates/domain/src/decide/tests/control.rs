//! A supervisor changes the working state of an agent whom they lead (spec: digital-channels#5.5).

use super::{
    required::{let_off, owing, supervised},
    *,
};
use crate::{
    Refusal, State,
    centre::AgentGroup,
    command::{AgentAct, Control},
};
use std::collections::BTreeSet;

fn no(why: &Refusal) -> String {
    format!("no: {why}")
}

/// Sue leads bob, and not ann.
fn grouped(world: TestCentre) -> TestCentre {
    let named = |name: &str| BTreeSet::from([name.to_owned()]);
    let group =
        AgentGroup { name: "Sales".into(), leaders: named("sue"), members: named("bob"), hidden: false };
    supervised(world).then(centre_with(|centre| centre.agent_groups.push(group)))
}

fn offline(channel: Option<&str>) -> Control {
    Control::Offline { channel: channel.map(Into::into) }
}

#[test]
fn a_supervisor_puts_an_agent_into_a_state_and_it_is_told_by_whom() {
    let world = supervised(TestCentre::new());
    check(world.clone(), control("ann", "sue", puts("NotReady")), "ann: NotReady of sue's");
    check(world.clone(), control("cat", "sue", puts("Ready")), "cat: Ready of sue's");
    check(world.clone(), control("ann", "sue", puts("Dancing")), "no: Unknown operation 'Dancing'");
    let dnd = |on| control("ann", "sue", Control::DoNotDisturb { channel: None, on });
    let closed = check(world, dnd(true), "ann: do-not-disturb on of sue's");
    check(closed, dnd(false), "ann: do-not-disturb off of sue's");
    let gone = supervised(TestCentre::new()).then(log_out("ann"));
    check(gone.clone(), control("ann", "sue", puts("Ready")), &no(&Refusal::NotLoggedIn));
    check(gone, control("ann", "sue", offline(None)), "");
}

#[test]
fn only_who_leads_an_agent_changes_their_state_and_only_with_the_feature() {
    let role = no(&Refusal::RoleMissing);
    let world = supervised(TestCentre::new());
    check(world.clone(), control("ann", "bob", puts("NotReady")), &role);
    check(world.clone(), control("sue", "sue", puts("NotReady")), &role);
    check(world.clone(), control("dan", "sue", puts("NotReady")), &role);
    check(grouped(TestCentre::new()), control("ann", "sue", puts("NotReady")), &role);
    check(grouped(TestCentre::new()), control("bob", "sue", puts("NotReady")), "bob: NotReady of sue's");
    check(
        TestCentre::new(),
        control("ann", "sue", puts("NotReady")),
        "no: The user lacks the role this request needs",
    );
    let off = world.then(centre_with(|centre| centre.features.clear()));
    let feature = no(&Refusal::FeatureOff(crate::command::CONTROL_FEATURE));
    check(off, control("ann", "sue", puts("NotReady")), &feature);
}

#[test]
fn only_who_leads_an_agent_lets_them_off() {
    check(grouped(owing()), let_off("ann", "sue"), &no(&Refusal::RoleMissing));
    let mut sue = test_centre::user("sue");
    sue.roles = vec![crate::user::Role::Admin];
    let put = Command::Provision(crate::command::Provision::PutUser(Box::new(sue)));
    check(grouped(owing()).then(put), let_off("ann", "sue"), "ann: settled s1 by sue");
}

#[test]
fn offline_ends_the_session_and_gives_everything_back() {
    let out = "ann: out of sue's";
    check(supervised(TestCentre::new()), control("ann", "sue", offline(None)), out);
    check(
        supervised(chatting().after(700)),
        control("ann", "sue", offline(None)),
        &format!(
            "taken from ann by sue; said left by ann; closed ann Revoked by supervisor; ann: -slot; queued Support \
             since 0; {out}"
        ),
    );
    check(
        supervised(invited()),
        control("ann", "sue", offline(None)),
        &format!(
            "taken from ann by sue; offer-ended ann Revoked by supervisor; ann: -slot; queued Support since 0; {out}"
        ),
    );
    check(
        supervised(left()),
        control("ann", "sue", offline(None)),
        &format!("closed ann Completed by supervisor; ann: -slot kept; ended by agent; {out}"),
    );
}

#[test]
fn offline_on_one_channel_leaves_the_others() {
    let more = AgentAct::LogIn { channels: vec!["x".into()], place: None };
    let two = supervised(chatting().then(desk("ann", more)));
    let world = check(two.clone(), control("ann", "sue", offline(Some("x"))), "ann: out of 1 of sue's");
    assert!(world.agent("ann").channel(&"x".into()).is_none());
    assert_eq!(world.agent("ann").taken(&test_centre::medium()), 1);
    let chat = test_centre::medium();
    let world = check(
        two.clone(),
        control("ann", "sue", offline(Some(chat.as_str()))),
        "taken from ann by sue; said left by ann; closed ann Revoked by supervisor; ann: -slot; queued Support since \
         0; ann: out of 1 of sue's",
    );
    check(world, control("ann", "sue", offline(Some("x"))), "ann: out of sue's");
    check(two, control("ann", "sue", offline(Some("y"))), &no(&Refusal::NotLoggedIn));
}

#[test]
fn a_phone_is_closed_with_the_channel_and_offline_leaves_calls_alone() {
    let world = supervised(calls::talking());
    let dnd = |on| control("ann", "sue", Control::DoNotDisturb { channel: None, on });
    let closed = check(world.clone(), dnd(true), "ann: do-not-disturb on of sue's; device.do-not-disturb");
    check(closed, dnd(false), "ann: do-not-disturb off of sue's; device.do-not-disturb");
    let world = world.then(control("ann", "sue", offline(Some("voice"))));
    assert!(world.agent("ann").channel(&crate::medium::voice()).is_none());
    let talks = world.states.values().any(|state| matches!(&**state, State::Call(call) if call.is_open()));
    assert!(talks, "the call goes on");
}
