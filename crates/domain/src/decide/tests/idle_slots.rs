//! A conversation in which nobody wrote for a long time takes no slot (spec: decisions#hours).

use super::*;

fn quiet(world: TestCentre) -> TestCentre {
    world.after(100_000).then(idle())
}

fn idle() -> Command {
    Command::SlotsIdle { session: s1() }
}

fn slots(world: &TestCentre) -> (usize, usize) {
    let ann = world.agent("ann");
    (ann.taken(&test_centre::medium()), ann.slots.values().map(Vec::len).sum())
}

#[test]
fn it_keeps_its_agent_and_takes_no_slot() {
    check(texting().after(99_999), idle(), "");
    let left = check(texting().after(100_000), idle(), "slots left; ann: slot idle");
    assert_eq!(slots(&left), (0, 1));
    check(left, idle(), "");
}

#[test]
fn whoever_writes_takes_the_slot_again() {
    let again = check(quiet(texting()), text("m2", "Hello?"), "said text by customer; ann: slot again");
    assert_eq!(slots(&again), (1, 1));
    let agent = ann(say("Are you there?"));
    check(quiet(texting()), agent, "said text by ann; ann: slot again");
    check(
        quiet(texting()).after(100_000).then(text("m2", "Yes")).after(100_000),
        idle(),
        "slots left; ann: slot idle",
    );
}

#[test]
fn who_types_takes_none() {
    check(quiet(texting()), ann(types(true)), "typed on");
}

#[test]
fn it_is_taken_again_whatever_they_took_on_meanwhile() {
    let full = ["s2", "s3", "s4"].iter().fold(quiet(texting()), |world, id| {
        let world = world.then(open_as(id, &serde_json::json!({})));
        world.then(offer_of(id, "ann")).then(does(id, "ann", accept()))
    });
    assert_eq!(slots(&full), (3, 4));
    let again = full.then(text("m2", "Hello?"));
    assert_eq!(slots(&again), (4, 4), "it is theirs");
}

#[test]
fn what_only_agents_hear_wakes_nothing() {
    let asked = quiet(texting()).then(ann(consult("bob"))).then(bob(accept()));
    assert_eq!((slots(&asked), asked.agent("bob").taken(&test_centre::medium())), ((0, 1), 1));
    let whispered = asked.then(ann(to_agents("What do I say?")));
    assert_eq!(slots(&whispered), (0, 1));
    let again = whispered.then(text("m2", "Hello?"));
    assert_eq!((slots(&again), again.agent("bob").taken(&test_centre::medium())), ((1, 1), 1));
}

#[test]
fn its_end_leaves_nothing_behind() {
    let over = quiet(texting()).then(ann(leave())).then(ann(complete()));
    assert_eq!((slots(&over), over.agent("ann").idle.len()), ((0, 0), 0));
    check(texted().after(100_000), idle(), "");
}
