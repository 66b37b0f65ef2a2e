//! Phones that send their calls elsewhere (302 of SIP).

use super::*;
use crate::{
    call::{Cause, Overflowing},
    command::{Destination, DeviceAct},
};

#[test]
fn a_call_that_a_phone_sends_on_rings_at_the_other_phone_or_waits_in_the_queue() {
    let world = check(
        ringing(),
        diverts(2, to_device("5002")),
        "2 Released by agent diverted 302; ann: -slot; 3 bob 5002 Ringing answers until 60000; bob: +slot \
         => 2 release diverted; 3 call 5002 as 100",
    );
    // The end of the leg is old news.
    let world = check(world, refuses(2, Cause::Diverted, 302), "");
    check(world, gone(3, Cause::Busy), LAST);
    check(
        ringing(),
        diverts(2, to_queue("Support", None)),
        "2 Released by agent diverted 302; ann: -slot; queued Support since 0; 1 Established \
         => 2 release diverted; 1 answer; 1 hears prompt welcome",
    );
}

/// The end of a call from outside whose second phone is busy.
const LAST: &str =
    "3 Released by agent busy; bob: -slot; 1 Released by agent busy; ended by agent => 1 release busy";

#[test]
fn a_call_that_an_agent_dialled_is_sent_on_as_well() {
    check(
        calling(),
        diverts(2, to_device("5003")),
        "2 Released by agent diverted 302; bob: -slot; 3 cat 5003 Ringing answers until 60000; cat: +slot \
         => 2 release diverted; 3 call 5003 as 5001; 1 hears ringback",
    );
}

#[test]
fn nobody_outside_is_called_for_it() {
    let nowhere = [to_device("+1555"), Destination::Nowhere, Destination::Announcement("sorry".into())];
    for to in nowhere {
        let world = check(ringing(), diverts(2, to), "");
        check(
            world,
            refuses(2, Cause::Diverted, 302),
            "2 Released by agent diverted 302; ann: -slot; 1 Released by agent diverted 302; \
             ended by agent => 1 release diverted",
        );
    }
}

#[test]
fn phones_that_name_each_other_come_to_an_end() {
    let world = ringing().then(diverts(2, to_device("5002")));
    check(world.clone(), diverts(3, to_device("5001")), "");
    check(world, diverts(3, to_device("5002")), "");
    // Nor does it go from phone to phone forever.
    let mut world = phones();
    let phones: Vec<String> = (0..9).map(|n| format!("60{n:02}")).collect();
    for dn in &phones {
        world = world.then(in_service(dn, true));
    }
    let mut world = world.then(arrive(to_device(&phones[0])));
    let mut sent_on = 0;
    for (leg, dn) in (2..).zip(&phones[1..]) {
        world = world.then(diverts(leg, to_device(dn)));
        sent_on += usize::from(world.call().on(leg + 1).is_some());
    }
    assert_eq!(sent_on, 5);
}

#[test]
fn a_queue_that_takes_nobody_turns_it_away_and_a_phone_that_is_busy_ends_it() {
    let closed = diverts(2, to_queue("Support", Some(Overflowing::Closed)));
    check(
        ringing(),
        closed,
        "2 Released by agent diverted 302; ann: -slot; overflowed closed; 1 Released by idle closed; \
         ended by idle => 2 release diverted; 1 release closed",
    );
    let world = ringing().then(device("bob", "5002", DeviceAct::DoNotDisturb(true)));
    check(
        world,
        diverts(2, to_device("5002")),
        "2 Released by agent diverted 302; ann: -slot; 1 Released by no-answer busy; ended by no-answer \
         => 2 release diverted; 1 release busy",
    );
}

#[test]
fn an_offer_of_a_queue_is_the_agents_and_goes_nowhere_with_the_phone() {
    check(offered(), diverts(2, to_device("5002")), "");
    // Nor does the agent's own phone send away what they dial themselves, nor a phone that was answered.
    check(dialling(), diverts(1, to_device("5003")), "");
    check(direct(), diverts(2, to_device("5002")), "");
}
