//! A disposition that is required before the next (spec: decisions#6), of conversations.

use super::{calls::queue_with, *};
use crate::{
    Millis, UserId,
    agent::OwedDisposition,
    disposition::{Required, Requirement},
    offer::Obstacle,
};

/// The centre asks for a disposition in every medium, and holds who owes one for a minute.
pub fn required(required: Required) -> Command {
    centre_with(|centre| {
        centre.disposition.required.every = Some(required);
        centre.disposition.required_timeout = 60_000;
    })
}

/// Whoever of these agents owes something, and what.
pub fn owed(world: &TestCentre, agent: &str) -> Vec<String> {
    let name = |owed: &OwedDisposition| owed.interaction.to_string();
    world.agent(agent).owed().iter().map(name).collect()
}

pub fn over(agent: &str) -> Command {
    Command::WrapUpOver { agent: agent.into() }
}

pub fn let_off(agent: &str, by: &str) -> Command {
    Command::ReleaseFromDispositions { agent: agent.into(), by: by.into(), medium: None }
}

/// Sue is a supervisor.
pub fn supervised(world: TestCentre) -> TestCentre {
    let mut sue = test_centre::user("sue");
    sue.roles = vec![crate::user::Role::Supervisor];
    world.then(Command::Provision(crate::command::Provision::PutUser(Box::new(sue))))
}

fn talking() -> TestCentre {
    chatting().then(required(Required::BeforeNext))
}

/// Ann completed it without a code.
pub fn owing() -> TestCentre {
    talking().then(ann(complete()))
}

const COMPLETED: &str =
    "said left by ann; talk-ended by agent; closed ann Completed by agent; ann: -slot kept";

/// Another customer waits, and it is offered to ann.
fn next(world: TestCentre) -> (TestCentre, Command) {
    let world = world.then(open_as("s2", &serde_json::json!({})));
    (world, offer_of("s2", "ann"))
}

#[test]
fn who_completes_without_a_code_is_offered_nothing_until_they_set_it() {
    let world =
        check(talking(), ann(complete()), &format!("{COMPLETED}; ann: owes s1 until 60000; ended by agent"));
    let (world, offer) = next(world);
    check(
        world.clone(),
        offer.clone(),
        "no: The agent is not available for chat: the agent owes a disposition",
    );
    let told = "disposition DispositionCode='Billing' was null by ann via SetDisposition late; ann: settled s1 by code";
    let world = check(world, ann(dispose("Billing")), told);
    check(world, offer, "offered ann until 30000; ann: +slot");
}

#[test]
fn who_set_a_code_owes_nothing() {
    let coded = talking().then(ann(dispose("Billing")));
    assert_eq!(owed(&coded.clone().then(ann(complete())), "ann"), [""; 0]);
    let cleared = coded.then(ann(dispose(""))).then(ann(complete()));
    assert_eq!(owed(&cleared, "ann"), ["s1"], "they took it back");
    let attached = talking().then(ann(attach(&serde_json::json!({"DispositionCode": "Billing"}))));
    assert_eq!(owed(&attached.then(ann(complete())), "ann"), [""; 0], "whatever operation set it");
}

#[test]
fn where_desktops_only_ask_nobody_owes() {
    for asked in [Required::Off, Required::Ask] {
        let world = chatting().then(required(asked)).then(ann(complete()));
        assert_eq!(owed(&world, "ann"), [""; 0]);
    }
}

#[test]
fn a_medium_and_a_queue_say_something_else_than_the_centre() {
    let rule =
        |every, medium| Requirement { every, media: [(test_centre::medium(), medium)].into_iter().collect() };
    let of = |centre: Requirement, queue: Requirement| {
        let world = chatting().then(centre_with(|found| found.disposition.required = centre));
        let world = world.then(queue_with("Support", |found| found.required = queue));
        owed(&world.then(ann(complete())), "ann").len()
    };
    let (off, must) = (Required::Off, Required::BeforeNext);
    assert_eq!(of(rule(Some(must), off), Requirement::default()), 0);
    assert_eq!(of(rule(None, must), Requirement::default()), 1);
    assert_eq!(of(rule(None, must), rule(None, off)), 0);
    assert_eq!(of(Requirement::default(), Requirement { every: Some(must), ..Requirement::default() }), 1);
}

#[test]
fn whose_part_ends_otherwise_owes_as_well() {
    assert_eq!(owed(&alone().then(required(Required::BeforeNext)).then(ann(complete())), "ann"), ["s1"]);
    assert_eq!(owed(&left().then(required(Required::BeforeNext)).then(ann(complete())), "ann"), ["s1"]);
    assert_eq!(owed(&talking().then(ann(to_queue("Sales"))), "ann"), ["s1"]);
    assert_eq!(owed(&talking().then(ann(complete_into("Sales"))), "ann"), ["s1"]);
    let handed = talking().then(ann(to_agent("bob"))).then(bob(accept()));
    assert_eq!((owed(&handed, "ann"), owed(&handed, "bob")), (vec!["s1".to_owned()], vec![]));
}

#[test]
fn who_answered_nobody_or_went_home_owes_nothing() {
    assert_eq!(owed(&invited().then(required(Required::BeforeNext)).then(ann(reject())), "ann"), [""; 0]);
    let lapsed = invited().then(required(Required::BeforeNext)).after(30_000).then(lapse("ann"));
    assert_eq!(owed(&lapsed, "ann"), [""; 0]);
    let late = join_failed().then(required(Required::BeforeNext)).then(bob(complete()));
    assert_eq!(owed(&late, "bob"), [""; 0]);
    let home = talking().then(log_out("ann")).then(log_in("ann"));
    assert_eq!(owed(&home, "ann"), [""; 0]);
    let home = owing().then(log_out("ann")).then(log_in("ann"));
    assert_eq!(owed(&home, "ann"), [""; 0]);
}

#[test]
fn what_another_set_does_not_answer_for_who_owes() {
    let handed = talking().then(ann(to_agent("bob"))).then(bob(accept())).then(bob(dispose("Billing")));
    assert_eq!(owed(&handed, "ann"), ["s1"]);
    check(
        handed,
        ann(dispose("Billing")),
        "disposition DispositionCode='Billing' was null by ann via SetDisposition late; ann: settled s1 by code",
    );
}

#[test]
fn a_value_under_another_key_or_an_empty_one_settles_nothing() {
    let world = owing().then(ann(dispose_under("Other", "Billing"))).then(ann(dispose("")));
    assert_eq!(owed(&world, "ann"), ["s1"]);
}

#[test]
fn of_several_each_needs_a_code() {
    let (world, offer) = next(talking());
    let world = world.then(offer).then(does("s2", "ann", accept())).then(ann(complete()));
    let world = world.then(does("s2", "ann", complete()));
    assert_eq!(owed(&world, "ann"), ["s1", "s2"]);
    let world = world.then(ann(dispose("Billing")));
    assert_eq!(owed(&world, "ann"), ["s2"]);
    let world = world.then(does("s2", "ann", dispose("Billing")));
    assert_eq!(owed(&world, "ann"), [""; 0]);
}

#[test]
fn they_are_let_off_when_its_time_is_over() {
    check(owing().after(59_999), over("ann"), "");
    let world = check(owing().after(60_000), over("ann"), "ann: settled s1 by timeout");
    let (world, offer) = next(world);
    check(world, offer, "offered ann until 90000; ann: +slot");
    assert_eq!(owing().agent("ann").next_due(), Some((60_000, Some(0))));
}

#[test]
fn a_supervisor_lets_them_off() {
    check(supervised(owing()), let_off("ann", "sue"), "ann: settled s1 by sue");
    check(supervised(owing()), let_off("bob", "sue"), "");
    check(supervised(owing()), let_off("ann", "bob"), &format!("no: {}", crate::Refusal::RoleMissing));
    check(owing(), let_off("ann", "sue"), "no: User 'sue' was not found");
    let of_calls = Command::ReleaseFromDispositions {
        agent: "ann".into(),
        by: "sue".into(),
        medium: Some(crate::medium::voice()),
    };
    check(supervised(owing()), of_calls, "");
}

#[test]
fn a_colleague_cannot_hand_them_anything_either() {
    let (world, _) = next(owing());
    let world = world.then(offer_of("s2", "bob")).then(does("s2", "bob", accept()));
    check(
        world,
        does("s2", "bob", to_agent("ann")),
        "no: The agent is not available for chat: the agent owes a disposition",
    );
}

#[test]
fn what_they_owe_stands_before_their_state_in_what_is_said_of_them() {
    let world = owing().then(state("ann", "NotReady"));
    let agent = world.agent("ann");
    let extra = crate::across::Taken::new();
    let candidate = crate::offer::Candidate {
        agent: Some(agent),
        user: None,
        centre: None,
        extra: &extra,
        has_phone: false,
    };
    let medium = test_centre::medium();
    let work = |medium| crate::offer::Work {
        medium,
        queue: None,
        takes_part: false,
        barred_until: None,
        is_given_up: false,
    };
    assert_eq!(candidate.obstacle(&work(&medium), 0), Some(Obstacle::OwesDisposition));
    let other: crate::MediumName = "x".into();
    assert_eq!(candidate.obstacle(&work(&other), 0), Some(Obstacle::NoChannel));
}

/// Time passes, and whatever is due is done: nobody is held forever.
#[track_caller]
pub fn nobody_owes_forever(mut world: TestCentre) {
    for agent in ["ann", "bob", "cat"].map(UserId::from) {
        loop {
            let found = world.agent(agent.as_str());
            let before = found.owed().len();
            if before == 0 {
                break;
            }
            let (due, _): (Millis, _) =
                found.next_due().expect("who owes has a moment at which that is over");
            world.now = world.now.max(due);
            world = world.then(over(agent.as_str()));
            let after = world.agent(agent.as_str());
            let is_less = after.owed().len() < before || after.next_due().is_some_and(|(next, _)| next > due);
            assert!(is_less, "{after:?}");
        }
        world = world.then(over(agent.as_str()));
        let found = world.agent(agent.as_str());
        assert!(found.next_due().is_none_or(|(due, _)| due > world.now), "{found:?}");
    }
}
