//! Agents at phones that are not their own (spec: core-and-voice#4.4).

use super::{
    super::acts::{desk, goes_silent},
    *,
};
use crate::{
    Event, Key, State,
    command::{AgentAct, DeviceAct, Provision, Workplace},
    device::{Device, Occupant},
    medium, user,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The phone at the place `Hall`, which is nobody's.
pub fn hall() -> user::Device {
    user::Device { id: "device-5009".into(), phone_number: "5009".into() }
}

/// The place of a phone.
pub fn workplace(dn: &str) -> Workplace {
    let device = user::Device { id: format!("device-{dn}"), phone_number: dn.into() };
    Workplace { name: Some(format!("at {dn}")), device: Some(device) }
}

impl TestCentre {
    fn phone(&self, dn: &str) -> Option<&Device> {
        match self.states.get(&Key::Device(dn.into())).map(|state| &**state) {
            Some(State::Device(device)) => Some(device),
            _ => None,
        }
    }

    fn at(&self, dn: &str) -> &str {
        self.phone(dn).and_then(Device::user).map_or("-", |user| user.as_str())
    }

    /// Held after every commit of every test: a phone has one user at work, and a user at work one phone.
    #[track_caller]
    pub fn phones_hold(&self) {
        let phones = self.states.values().filter_map(|state| match &**state {
            State::Device(device) => Some(device),
            _ => None,
        });
        let phones: Vec<&Device> = phones.collect();
        let desk = |id: &crate::UserId| {
            let agent = self.agents().find(|agent| agent.id == *id);
            agent.and_then(|agent| agent.desk().map(|desk| desk.device.phone_number.clone()))
        };
        for phone in &phones {
            match (&phone.occupant, &phone.owner) {
                (Occupant::Guest(guest), _) => assert_eq!(desk(guest).as_ref(), Some(&phone.dn), "{phone:?}"),
                (Occupant::Nobody, owner) => {
                    assert!(owner.as_ref().and_then(desk).is_some(), "its user is elsewhere: {phone:?}");
                }
                (Occupant::Owner, owner) => {
                    assert_eq!(owner.as_ref().and_then(desk), None, "its user is elsewhere: {phone:?}");
                }
            }
        }
        for agent in self.agents() {
            let of = phones.iter().filter(|phone| phone.user() == Some(&agent.id)).count();
            assert!(of <= 1, "one phone for {}: {phones:?}", agent.user_name);
            if let Some(desk) = agent.desk() {
                let phone = self.phone(desk.device.phone_number.as_str()).expect("a phone");
                assert_eq!(phone.user(), Some(&agent.id), "{phone:?}");
            }
        }
    }
}

fn log_in_at(name: &str, dn: &str) -> Command {
    desk(name, AgentAct::LogIn { channels: vec![medium::voice()], place: Some(workplace(dn)) })
}

fn sit(name: &str, dn: &str) -> Command {
    desk(name, AgentAct::Sit(workplace(dn)))
}

/// Ann works at the phone in the hall, and is ready.
fn away() -> TestCentre {
    phones().then(log_out("ann")).then(log_in_at("ann", "5009")).then(state("ann", "Ready"))
}

#[test]
fn a_session_begins_at_the_phone_that_is_named() {
    let world = check(
        phones().then(log_out("ann")),
        log_in_at("ann", "5009"),
        "ann: in at at 5009 on 1; ann: at 5009 of at 5009; device.occupied; device.occupied",
    );
    assert_eq!((world.at("5009"), world.at("5001")), ("ann", "-"));
    assert_eq!(world.agent("ann").login.as_ref().and_then(|login| login.place.as_deref()), Some("at 5009"));
    check(world.clone(), log_in_at("ann", "5009"), "");
    check(world, takes_calls("ann"), "");
}

#[test]
fn the_usual_phones_are_back_with_the_end_of_the_session() {
    let out = "ann: left 5009 for -; device.occupied; device.occupied; ann: out";
    let world = check(away(), log_out("ann"), out);
    assert_eq!((world.at("5009"), world.at("5001")), ("-", "ann"));
    check(world.then(takes_calls("ann")), log_out("ann"), "ann: out");
}

#[test]
fn who_vanishes_leaves_the_phone_to_others_but_not_in_the_midst_of_a_call() {
    let lost = |world: TestCentre| world.then(goes_silent("ann", 0, Some(10_000))).after(10_000);
    let over = || Command::WrapUpOver { agent: "ann".into() };
    let out = "ann: left 5009 for -; device.occupied; device.occupied; ann: out";
    let world = check(lost(away()), over(), out);
    check(
        world.then(log_out("bob")),
        log_in_at("bob", "5009"),
        "bob: in at at 5009 on 1; bob: at 5009 of at 5009; device.occupied; device.occupied",
    );
    let other = desk("ann", AgentAct::LogIn { channels: vec![test_centre::medium()], place: None });
    let world = check(
        lost(away().then(other)),
        over(),
        "ann: left 5009 for ann's place; device.occupied; device.occupied; ann: out of 1; ann: lost until -1",
    );
    assert_eq!((world.at("5009"), world.at("5001")), ("-", "ann"));
    assert!(world.agent("ann").channel(&medium::voice()).is_none());
    let talking = away().then(arrive_at("Support")).then(offer("ann")).then(up(2));
    let world = check(lost(talking), over(), "ann: lost until 70000");
    assert_eq!(world.at("5009"), "ann");
    check(world.then(ann(CallAct::Hangup)).after(60_000), over(), out);
}

#[test]
fn a_phone_is_one_agent_s_at_a_time() {
    let taken = "no: Device '5009', where ann works, is in use";
    check(away(), sit("bob", "5009"), taken);
    check(away().then(log_out("bob")), log_in_at("bob", "5009"), taken);
    check(phones(), sit("ann", "5002"), "no: Device '5002', where bob works, is in use");
    // Ann's own is free for others as long as ann is away, and then they are who is refused.
    let world = away().then(sit("bob", "5001"));
    assert_eq!((world.at("5001"), world.at("5002")), ("bob", "-"));
    check(world.clone(), sit("ann", "5001"), "no: Device '5001', where bob works, is in use");
    let out = world.then(log_out("ann"));
    check(out.clone(), takes_calls("ann"), "no: Device '5001', where bob works, is in use");
    check(out.clone(), log_in_at("ann", "5001"), "no: Device '5001', where bob works, is in use");
    check(out.clone(), super::super::acts::log_in("ann"), "ann: in at ann's place on 1");
    let world = out.then(log_out("bob"));
    assert_eq!((world.at("5001"), world.at("5002")), ("ann", "bob"));
}

#[test]
fn who_works_without_calls_lends_their_phone_and_has_it_back() {
    let world = phones().then(log_out("bob")).then(super::super::acts::log_in("bob"));
    let lent = world.then(sit("ann", "5002"));
    assert_eq!(lent.at("5002"), "ann");
    check(lent.clone(), takes_calls("bob"), "no: Device '5002', where ann works, is in use");
    assert_eq!(lent.then(sit("ann", "5009")).then(takes_calls("bob")).at("5002"), "bob");
}

#[test]
fn within_a_session_agents_move_unless_they_are_in_a_call() {
    let moved = "ann: left 5009 for ann's place; device.occupied; device.occupied; ann: at 5003 of at 5003; \
                 device.occupied; device.occupied";
    let free = || away().then(log_out("cat"));
    check(free(), log_in_at("ann", "5003"), moved);
    check(free(), sit("ann", "5003"), moved);
    let home =
        check(away(), sit("ann", "5001"), "ann: left 5009 for ann's place; device.occupied; device.occupied");
    assert_eq!((home.at("5009"), home.at("5001")), ("-", "ann"));
    assert_eq!(
        home.agent("ann").login.as_ref().and_then(|login| login.place.as_deref()),
        Some("ann's place")
    );
    let talking = free().then(arrive_at("Support")).then(offer("ann")).then(up(2));
    let busy = "no: Device '5009', on which the agent has a call, is in use";
    for command in [sit("ann", "5003"), sit("ann", "5001"), log_in_at("ann", "5003")] {
        check(talking.clone(), command, busy);
    }
    check(talking.clone(), log_in_at("ann", "5009"), "");
    // A call goes on when its agent logs out; until it is over they come back to its phone alone.
    let out = talking.then(log_out("ann"));
    check(out.clone(), takes_calls("ann"), busy);
    assert_eq!(out.then(log_in_at("ann", "5009")).at("5009"), "ann");
}

#[test]
fn a_phone_with_a_call_is_not_given_to_another() {
    let out = direct().then(log_out("ann"));
    check(out, sit("bob", "5001"), "no: Device '5001', where ann works, is in use");
}

#[test]
fn what_is_nobody_s_place_is_refused() {
    check(phones(), sit("ann", "4711"), "no: Device '4711' was not found");
    check(phones(), log_in_at("ann", "4711"), "no: Device '4711' was not found");
    let other = user::Device { id: "other".into(), phone_number: "5009".into() };
    let other = AgentAct::Sit(Workplace { name: None, device: Some(other) });
    check(phones(), desk("ann", other), "no: Device '5009' was not found");
    let out = phones().then(log_out("ann"));
    check(out, sit("ann", "5009"), "no: The agent has no contact center session on this channel");
}

#[test]
fn calls_of_the_queue_and_of_the_number_come_to_the_phone_at_which_the_agent_works() {
    let offered = check(
        away().then(arrive_at("Support")),
        offer("ann"),
        "2 ann 5009 Ringing answers until 30000; ann: +slot => 2 call 5009 as 100",
    );
    assert!(offered.effects.iter().all(|effect| !format!("{effect:?}").contains("5001")));
    let called = away().then(arrive(to_device("5009")));
    assert_eq!(called.agent("ann").taken(&medium::voice()), 1);
    // The phone that the agent left does not ring.
    let left = away().then(arrive(to_device("5001")));
    assert_eq!(left.agent("ann").taken(&medium::voice()), 0);
    assert!(!left.effects.iter().any(|effect| format!("{effect:?}").contains("Originate")));
}

#[test]
fn agents_dial_and_operate_the_phone_at_which_they_work_alone() {
    let world = away().then(dial_from("ann", "5009", "5002", to_device("5002")));
    assert_eq!(world.agent("ann").taken(&medium::voice()), 1);
    let gone = "no: Device '5001' was not found";
    check(away(), dial_from("ann", "5001", "5002", to_device("5002")), gone);
    check(away(), device("ann", "5001", DeviceAct::DoNotDisturb(true)), gone);
    check(away(), device("ann", "5009", DeviceAct::DoNotDisturb(true)), "device.do-not-disturb");
    let back = away().then(log_out("ann"));
    check(back, device("ann", "5009", DeviceAct::DoNotDisturb(true)), "no: Device '5009' was not found");
}

#[test]
fn the_work_at_a_phone_has_its_length() {
    let world = away().after(7_000).then(log_out("ann"));
    let left = world.history.iter().find_map(|(.., event)| match event {
        Event::Agent(event) if event.fact.kind() == "agent.left-desk" => event.elapsed_ms,
        _ => None,
    });
    assert_eq!(left, Some(7_000));
}

#[test]
fn phones_are_provisioned_anew_around_a_guest() {
    let at_bobs = || phones().then(log_out("bob")).then(sit("ann", "5002"));
    check(at_bobs(), has_phone("cat", Some("5002")), "no: Device '5002' is in use");
    let remove = Command::Provision(Provision::RemoveUser("bob".into()));
    let world = at_bobs().then(remove);
    assert_eq!(world.at("5002"), "ann");
    assert_eq!(world.then(log_out("ann")).at("5002"), "-");
    // Another phone is theirs from now on, and they are not at it.
    let world = at_bobs().then(has_phone("ann", Some("5008")));
    assert_eq!((world.at("5008"), world.at("5001"), world.at("5002")), ("-", "-", "ann"));
    assert_eq!(world.then(log_out("ann")).at("5008"), "ann");
    let world = at_bobs().then(has_phone("bob", None)).then(has_phone("ann", Some("5002")));
    assert_eq!(world.then(log_out("ann")).at("5002"), "ann");
    // A guest is one also at a phone that has become theirs meanwhile.
    let guest =
        phones().then(log_out("ann")).then(super::super::acts::log_in("ann")).then(sit("ann", "5009"));
    let world = guest.then(has_phone("ann", Some("5009"))).then(log_out("bob"));
    check(world, log_in_at("bob", "5009"), "no: Device '5009', where ann works, is in use");
    let no_hall = centre_with(|centre| centre.places.clear());
    let world = away().then(no_hall);
    check(world.clone(), log_in_at("ann", "5009"), "");
    check(world.then(log_out("ann")), log_in_at("bob", "5009"), "no: Device '5009' was not found");
}

#[test]
fn who_has_no_phone_of_their_own_works_at_one() {
    let world = phones().then(log_out("cat")).then(has_phone("cat", None)).then(log_in_at("cat", "5009"));
    assert_eq!(world.at("5009"), "cat");
    assert_eq!(world.then(log_out("cat")).at("5009"), "-");
}

#[test]
fn nothing_of_it_is_stored_of_those_who_are_at_their_own() {
    for world in [phones(), away().then(log_out("ann"))] {
        for state in world.states.values() {
            let stored = serde_json::to_string(&**state).expect("JSON");
            assert!(!stored.contains("\"occupant\"") && !stored.contains("\"desk\""), "{stored}");
        }
    }
}

const AGENTS: [&str; 3] = ["ann", "bob", "cat"];
const PHONES: [&str; 5] = ["5001", "5002", "5003", "5009", "5010"];

fn step() -> impl Strategy<Value = Command> {
    let name = || proptest::sample::select(AGENTS.to_vec());
    let dn = || proptest::sample::select(PHONES.to_vec());
    prop_oneof![
        4 => (name(), dn()).prop_map(|(name, dn)| log_in_at(name, dn)),
        3 => (name(), dn()).prop_map(|(name, dn)| sit(name, dn)),
        2 => name().prop_map(takes_calls),
        1 => name().prop_map(super::super::acts::log_in),
        4 => name().prop_map(log_out),
        2 => (name(), dn()).prop_map(|(name, dn)| has_phone(name, Some(dn))),
        1 => name().prop_map(|name| has_phone(name, None)),
        1 => dn().prop_map(|dn| arrive(to_device(dn))),
        1 => Just(hears(2, crate::call::LegEvent::Gone { cause: crate::call::Cause::Normal, code: None })),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// `TestCentre::phones_hold` is held by every step; when all have logged out, every phone is its owner's.
    #[test]
    fn a_phone_has_one_user_and_a_user_one_phone(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = phones();
        for command in steps {
            let before = world.states.clone();
            if world.act(&command).is_err() {
                assert_eq!(world.states, before);
            }
            world.nothing_is_guessed(&command);
        }
        for name in AGENTS {
            world = world.then(log_out(name));
        }
        for dn in PHONES {
            let owner = world.phone(dn).and_then(|phone| phone.owner.clone());
            assert_eq!(world.phone(dn).and_then(Device::user), owner.as_ref());
        }
        let sitting: BTreeSet<_> = world.agents().filter(|agent| agent.desk().is_some()).collect::<Vec<_>>()
            .into_iter().map(|agent| agent.id.clone()).collect();
        assert!(sitting.is_empty());
    }
}
