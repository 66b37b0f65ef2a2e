//! Capacity across media, as the router sees it.

use super::test_board::{MEDIUM, TestAgent, TestBoard, test_board, what, who};
use crate::routing::Obstacle;
use domain::{Key, State, across::AcrossMedia, agent::Readiness, medium::VOICE};

/// Ann at her phone, ready for calls, texts and post; a call and a text wait.
fn both(ann: impl FnOnce(TestAgent) -> TestAgent) -> TestBoard {
    let agent = ann(who("ann").at("5001").state("post", Readiness::Ready, None).slots(3));
    test_board().seat(agent).phone("5001", "ann", true, false)
}

fn across(while_busy: &[(&str, &[&str])], max_total: Option<u8>) -> AcrossMedia {
    let said = |(medium, others): &(&str, &[&str])| {
        ((*medium).into(), others.iter().map(|other| (*other).into()).collect())
    };
    AcrossMedia { while_busy: while_busy.iter().map(said).collect(), max_total }
}

impl TestBoard {
    fn across(self, across: AcrossMedia) -> Self {
        let (_, centre) = self.states.iter().find(|(key, _)| *key == Key::Centre).expect("a centre");
        let State::Centre(centre) = &**centre else { panic!("{centre:?}") };
        let centre = domain::centre::Centre { across, ..centre.clone() };
        self.put(Key::Centre, State::Centre(centre))
    }
}

#[test]
fn a_call_leaves_no_room_for_anything_and_texts_leave_room_for_a_call() {
    let call = |priority| what("call").medium(VOICE).priority(priority);
    let all = |priority| both(|ann| ann).waits(call(priority)).waits(what("text"));
    all(1).gives("call>ann");
    all(-1).gives("text>ann call>ann");
    let talking = both(|ann| ann.holding(VOICE, 1)).waits(what("text"));
    let why = Some(Obstacle::BusyElsewhere { medium: VOICE.into() });
    assert_eq!(talking.why("text", "ann"), why);
    assert_eq!(talking.waits(what("post").medium("post")).why("post", "ann"), why);
}

#[test]
fn a_medium_is_offered_beside_those_that_are_named_and_its_own() {
    let quiet = across(&[(VOICE, &[]), (MEDIUM, &[VOICE])], None);
    let writing = || both(|ann| ann.busy(1)).across(quiet.clone());
    let call = writing().waits(what("call").medium(VOICE));
    assert_eq!(call.why("call", "ann"), Some(Obstacle::BusyElsewhere { medium: MEDIUM.into() }));
    writing().waits(what("text")).gives("text>ann");
    both(|ann| ann.holding(VOICE, 1)).across(quiet.clone()).waits(what("text")).gives("text>ann");
    let post = both(|ann| ann.holding("post", 1)).across(quiet).waits(what("text"));
    assert_eq!(post.why("text", "ann"), Some(Obstacle::BusyElsewhere { medium: "post".into() }));
}

#[test]
fn what_is_given_in_a_round_leaves_room_as_what_is_held_does() {
    let quiet = across(&[(VOICE, &[])], None);
    let all = both(|ann| ann).waits(what("text").priority(1)).waits(what("call").medium(VOICE));
    all.clone().gives("text>ann call>ann");
    all.across(quiet).gives("text>ann");
}

#[test]
fn an_agent_has_no_more_than_so_many_of_all_media() {
    let two = || {
        let waits = both(|ann| ann.busy(1)).waits(what("1")).waits(what("2").medium("post"));
        waits.across(across(&[], Some(2)))
    };
    two().gives("1>ann");
    let full = two().seat(who("ann").state("post", Readiness::Ready, None).slots(3).busy(2));
    assert_eq!(full.why("1", "ann"), Some(Obstacle::TotalFull { most: 2 }));
    assert_eq!(full.why("2", "ann"), Some(Obstacle::TotalFull { most: 2 }));
}

#[test]
fn the_users_own_words_stand_before_the_centres() {
    let centre = across(&[(VOICE, &[]), ("post", &[])], Some(1));
    let own = across(&[(VOICE, &[MEDIUM])], Some(3));
    let ann = both(|ann| ann.busy(1).across(own)).across(centre);
    let waits = ann.waits(what("call").medium(VOICE)).waits(what("post").medium("post").since(1));
    waits.gives("call>ann");
    assert_eq!(waits.why("post", "ann"), Some(Obstacle::BusyElsewhere { medium: MEDIUM.into() }));
}
