//! Capacity across media: what an agent is offered beside what they have.

use super::{
    super::acts::{accept, ann as writes, offer as offer_chat, open},
    *,
};
use crate::{across::AcrossMedia, command::Provision, medium};

fn said(medium: crate::MediumName, others: &[crate::MediumName], max_total: Option<u8>) -> Command {
    centre_with(|centre| {
        let while_busy = [(medium, others.iter().cloned().collect())].into();
        centre.across = AcrossMedia { while_busy, max_total };
    })
}

fn chat() -> crate::MediumName {
    test_centre::medium()
}

const NO_CHAT: &str = "no: The agent is not available for chat:";
const NO_CALL: &str = "no: The agent is not available for voice:";

/// A call waits, and ann writes with a customer.
fn writing() -> TestCentre {
    waiting().then(open()).then(offer_chat("ann")).then(writes(accept()))
}

#[test]
fn who_has_a_call_is_offered_nothing_else_unless_that_is_said() {
    let elsewhere = format!("{NO_CHAT} the agent is busy on another channel");
    for busy in [offered(), talking(), held(), calling(), consulting()] {
        let world = busy.then(open());
        check(world.clone(), offer_chat("ann"), &elsewhere);
        let beside = world.then(said(chat(), &[medium::voice()], None));
        assert!(beside.clone().ask(&offer_chat("ann")).is_ok());
    }
    assert!(released().then(open()).ask(&offer_chat("ann")).is_ok());
}

#[test]
fn who_writes_is_offered_a_call_unless_that_is_said() {
    assert!(writing().ask(&offer("ann")).is_ok());
    let quiet = writing().then(said(medium::voice(), &[], None));
    check(quiet.clone(), offer("ann"), &format!("{NO_CALL} the agent is busy on another channel"));
    assert!(quiet.ask(&offer("bob")).is_ok());
    let beside = writing().then(said(medium::voice(), &[chat()], None));
    assert!(beside.ask(&offer("ann")).is_ok());
}

#[test]
fn an_agent_has_no_more_interactions_than_they_may_have_at_once() {
    let most = |most| writing().then(said(medium::voice(), &[chat()], Some(most)));
    let full = format!("{NO_CALL} the agent has as many interactions as they may have at once");
    check(most(1), offer("ann"), &full);
    assert!(most(2).ask(&offer("ann")).is_ok());
}

#[test]
fn the_users_own_words_stand_before_the_centres() {
    let own = |max_total| {
        let mut ann = phone_user("ann", Some("5001"));
        ann.across.max_total = Some(max_total);
        Command::Provision(Provision::PutUser(Box::new(ann)))
    };
    let centre = writing().then(said(medium::voice(), &[chat()], Some(1)));
    assert!(centre.clone().then(own(2)).ask(&offer("ann")).is_ok());
    let other = writing().then(said(medium::voice(), &[chat()], Some(9))).then(own(1));
    assert!(other.ask(&offer("ann")).is_err());
}

#[test]
fn what_an_agent_begins_asks_for_no_room_beside_other_media_nor_does_a_consultation() {
    let quiet = |world: TestCentre| world.then(said(medium::voice(), &[], Some(1)));
    let dialled = quiet(phones().then(open()).then(offer_chat("ann")).then(writes(accept())));
    assert!(dialled.ask(&dial("5002", to_device("5002"))).is_ok());
    let asked = quiet(talking()).then(ann(initiate(Purpose::Transfer, "5002")));
    assert_eq!(slots(asked.agent("ann")), 2);
}

#[test]
fn a_centre_and_a_user_of_before_say_nothing_of_it() {
    let mut centre = serde_json::to_value(test_centre::centre()).expect("JSON");
    assert_eq!(
        centre.as_object_mut().expect("an object").remove("across"),
        None,
        "what says nothing is not written"
    );
    assert!(serde_json::from_value::<Centre>(centre).expect("a centre").across.is_silent());
    let user = serde_json::to_value(test_centre::user("ann")).expect("JSON");
    assert!(serde_json::from_value::<crate::user::User>(user).expect("a user").across.is_silent());
    let mut said = test_centre::user("ann");
    said.across = AcrossMedia { while_busy: [(chat(), [].into())].into(), max_total: Some(2) };
    test_centre::reads_back(&said);
}
