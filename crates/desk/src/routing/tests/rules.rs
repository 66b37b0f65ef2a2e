//! One test a rule, most of them one line.

use super::test_board::{MEDIUM, TestAgent, in_words, offers, test_board, what, who};
use crate::routing::{ItemKey, Obstacle, effective_priority, explain, next_change};
use domain::{
    Key, State,
    agent::{HotDesk, Readiness},
    device::Device,
    user::{self, Role},
};
use std::sync::Arc;

#[test]
fn who_waits_is_offered_to_who_is_free() {
    test_board().seat(who("ann")).waits(what("1")).gives("1>ann");
    test_board().seat(who("ann")).gives("");
    test_board().waits(what("1")).gives("");
}

#[test]
fn what_does_not_wait_is_not_offered() {
    test_board().seat(who("ann")).waits(what("1").served()).gives("");
}

#[test]
fn the_higher_priority_goes_first() {
    test_board().seat(who("ann")).waits(what("1").priority(1)).waits(what("2").priority(2)).gives("2>ann");
    test_board()
        .seat(who("ann").slots(2))
        .waits(what("1").priority(-1))
        .waits(what("2"))
        .gives("2>ann 1>ann");
}

#[test]
fn at_one_priority_the_longest_wait_goes_first() {
    test_board().seat(who("ann")).waits(what("1").since(5)).waits(what("2").since(4)).gives("2>ann");
}

#[test]
fn at_one_priority_and_time_the_id_decides() {
    test_board().seat(who("ann")).waits(what("b")).waits(what("a")).gives("a>ann");
}

#[test]
fn waiting_raises_the_priority_step_by_step() {
    let old = || test_board().seat(who("ann")).waits(what("old")).waits(what("new").priority(1).since(1_500));
    old().queue("Support", |queue| queue.ageing = 1_000).at(1_999).gives("old>ann");
    old().queue("Support", |queue| queue.ageing = 1_000).at(999).gives("new>ann");
    old().at(1_000_000).gives("new>ann");
}

#[test]
fn who_came_from_the_future_has_not_aged() {
    let test =
        test_board().queue("Support", |queue| queue.ageing = 1_000).waits(what("1").since(5_000).priority(3));
    let board = test.board();
    let (item, queue) =
        (board.item(&ItemKey::of("1")).expect("waits"), board.queue(&"Support".into()).expect("is"));
    assert_eq!(effective_priority(item, queue, 0), 3);
}

#[test]
fn queues_share_their_agents_by_priority() {
    let sales =
        |priority| test_board().queue("Sales", |_| {}).waits(what("s").queue("Sales").priority(priority));
    sales(1).seat(who("ann")).waits(what("1")).gives("s>ann");
    sales(-1).seat(who("ann")).waits(what("1")).gives("1>ann");
}

#[test]
fn a_skill_at_its_level_is_enough_and_below_it_is_not() {
    let asks = || test_board().queue("Support", |queue| queue.skills = [("french".into(), 5)].into());
    asks().seat(who("ann").skill("french", 5)).waits(what("1")).gives("1>ann");
    asks().seat(who("ann").skill("french", 4)).waits(what("1")).gives("");
    asks().seat(who("ann").skill("german", 9)).waits(what("1")).gives("");
    let missing = asks().seat(who("ann").skill("french", 4)).waits(what("1")).why("1", "ann");
    assert_eq!(missing, Some(Obstacle::Skill { name: "french".into(), needed: 5, has: 4 }));
}

#[test]
fn every_skill_is_needed() {
    let asks =
        test_board().queue("Support", |queue| queue.skills = [("a".into(), 1), ("b".into(), 1)].into());
    asks.clone().seat(who("ann").skill("a", 9)).waits(what("1")).gives("");
    asks.seat(who("ann").skill("a", 1).skill("b", 1)).waits(what("1")).gives("1>ann");
}

#[test]
fn among_equally_loaded_agents_the_better_suited_is_asked() {
    let asks = test_board().queue("Support", |queue| queue.skills = [("french".into(), 1)].into());
    asks.seat(who("ann").skill("french", 3))
        .seat(who("bob").skill("french", 4))
        .waits(what("1"))
        .gives("1>bob");
}

#[test]
fn an_agent_is_given_as_many_as_he_has_slots() {
    let three = || test_board().waits(what("1")).waits(what("2")).waits(what("3"));
    three().seat(who("ann").slots(2)).gives("1>ann 2>ann");
    three().seat(who("ann").slots(2).busy(1)).gives("1>ann");
    three().seat(who("ann").slots(2).busy(2)).gives("");
    three().seat(who("ann").slots(2).busy(3)).gives("");
    three().seat(who("ann").slots(0)).gives("");
    assert_eq!(three().seat(who("ann").busy(1)).why("1", "ann"), Some(Obstacle::Full { capacity: 1 }));
}

#[test]
fn slots_are_counted_for_each_medium() {
    let both = |agent: TestAgent| test_board().seat(agent.state("post", Readiness::Ready, None));
    both(who("ann")).waits(what("1")).waits(what("2").medium("post")).gives("1>ann 2>ann");
    both(who("ann").busy(1)).waits(what("1")).waits(what("2").medium("post")).gives("2>ann");
    test_board().seat(who("ann")).waits(what("2").medium("post")).gives("");
    let stranger = test_board().seat(who("ann")).waits(what("2").medium("post")).why("2", "ann");
    assert_eq!(stranger, Some(Obstacle::NoChannel));
}

#[test]
fn who_is_not_ready_is_spared() {
    let test = |agent| test_board().seat(agent).waits(what("1"));
    test(who("ann").state(MEDIUM, Readiness::NotReady, Some("Lunch"))).gives("");
    test(who("ann").state(MEDIUM, Readiness::LoggedIn, None)).gives("");
    let why = test(who("ann").state(MEDIUM, Readiness::NotReady, Some("Lunch"))).why("1", "ann");
    assert_eq!(why, Some(Obstacle::NotReady { reason: Some("Lunch".into()) }));
}

#[test]
fn who_owes_a_disposition_is_spared_in_its_medium() {
    let test = |agent: TestAgent| test_board().seat(agent).waits(what("1"));
    test(who("ann").owing(MEDIUM)).gives("");
    let held = who("ann").owing(MEDIUM).state(MEDIUM, Readiness::NotReady, Some("Lunch"));
    assert_eq!(test(held).why("1", "ann"), Some(Obstacle::OwesDisposition), "it says more than the state");
    test(who("ann").owing("post")).gives("1>ann");
}

#[test]
fn who_does_not_want_to_be_disturbed_is_spared() {
    let test = test_board().seat(who("ann").undisturbed()).waits(what("1"));
    test.gives("");
    assert_eq!(test.why("1", "ann"), Some(Obstacle::DoNotDisturb));
}

#[test]
fn calls_go_to_whom_a_phone_is_in_service_that_takes_them() {
    let test = |in_service, quiet| {
        test_board()
            .seat(who("ann").at("5001"))
            .phone("5001", "ann", in_service, quiet)
            .waits(what("1").medium("voice"))
    };
    test(true, false).gives("1>ann");
    for (in_service, quiet) in [(false, false), (true, true), (false, true)] {
        test(in_service, quiet).gives("");
        assert_eq!(test(in_service, quiet).why("1", "ann"), Some(Obstacle::NoPhone));
    }
    let unknown = test_board().seat(who("ann").at("5001")).waits(what("1").medium("voice"));
    assert_eq!(unknown.why("1", "ann"), Some(Obstacle::NoPhone));
    let other = unknown.phone("5002", "bob", true, false);
    assert_eq!(other.why("1", "ann"), Some(Obstacle::NoPhone), "a phone of somebody else");
    test(false, false).waits(what("2")).gives("2>ann");
    let mut board = test(false, false).board();
    let back = Device { owner: Some("ann".into()), in_service: true, ..Device::new("5001".into()) };
    assert!(
        board.take(&Key::Device("5001".into()), &Arc::new(State::Device(back))),
        "the router must be woken"
    );
    assert_eq!(offers(&board, 0).len(), 1);
}

#[test]
fn the_phone_of_an_agent_is_the_one_at_which_they_work() {
    let mut ann = who("ann").at("5001");
    let device = user::Device { id: "hall".into(), phone_number: "5010".into() };
    ann.agent.login.as_mut().expect("logged in").desk = Some(HotDesk { device, since: 0 });
    let test = |dn: &str| {
        test_board().seat(ann.clone()).phone(dn, "ann", true, false).waits(what("1").medium("voice"))
    };
    test("5010").gives("1>ann");
    assert_eq!(test("5001").why("1", "ann"), Some(Obstacle::NoPhone));
}

#[test]
fn who_is_not_logged_in_is_not_there() {
    let test = test_board().seat(who("ann").gone()).waits(what("1"));
    test.gives("");
    assert_eq!(explain(&test.board(), &ItemKey::of("1"), 0), Some(vec![]));
}

#[test]
fn who_is_bound_to_queues_works_for_them_alone() {
    test_board().seat(who("ann").only("Sales")).waits(what("1")).gives("");
    test_board().seat(who("ann").only("Sales").only("Support")).waits(what("1")).gives("1>ann");
    let why = test_board().seat(who("ann").only("Sales")).waits(what("1")).why("1", "ann");
    assert_eq!(why, Some(Obstacle::OtherQueues));
}

#[test]
fn who_lost_his_role_has_no_room() {
    let mut ann = who("ann");
    ann.user.roles = vec![Role::Admin];
    test_board().seat(ann).waits(what("1")).gives("");
}

#[test]
fn who_refused_is_spared_until_the_cool_down_is_over() {
    let test = |now| test_board().seat(who("ann")).waits(what("1").barred("ann", 10)).at(now);
    test(9).gives("");
    test(10).gives("1>ann");
    assert_eq!(test(9).why("1", "ann"), Some(Obstacle::Refused { until: 10 }));
    assert_eq!(next_change(&test(9).board(), 9), Some(10));
    assert_eq!(next_change(&test(10).board(), 10), None);
}

#[test]
fn what_can_never_be_offered_to_one_agent_holds_up_nobody_else() {
    let test = test_board().seat(who("ann")).waits(what("1")).waits(what("2"));
    let mut board = test.board();
    board.give_up(&ItemKey::of("1"), &"ann".into());
    assert_eq!(in_words(&offers(&board, 0)), "2>ann");
    let standings = explain(&board, &ItemKey::of("1"), 0).expect("it waits");
    assert_eq!(standings[0].obstacle, Some(Obstacle::Impossible));
    for (key, state) in test.seat(who("bob")).states {
        board.take(&key, &state);
    }
    assert_eq!(
        in_words(&offers(&board, 0)),
        "1>bob 2>ann",
        "others are offered it, and it stays given up meanwhile"
    );
}

#[test]
fn who_refused_one_is_offered_the_others() {
    test_board().seat(who("ann")).waits(what("1").barred("ann", 10)).waits(what("2")).gives("2>ann");
    test_board().seat(who("ann")).seat(who("bob")).waits(what("1").barred("ann", 10)).gives("1>bob");
}

#[test]
fn what_went_back_to_the_queue_keeps_its_place() {
    let back = what("old").since(1).barred("bob", 99);
    test_board().seat(who("ann")).waits(what("new").since(2)).waits(back).at(50).gives("old>ann");
}

#[test]
fn a_freed_slot_pulls_at_once() {
    let test = test_board().seat(who("ann").busy(1)).waits(what("1"));
    test.gives("");
    let mut board = test.board();
    let freed = Arc::new(State::Agent(who("ann").agent));
    assert!(board.take(&Key::Agent("ann".into()), &freed), "the router must be woken");
    assert_eq!(offers(&board, 0).len(), 1);
}

#[test]
fn the_router_sleeps_through_what_moves_nothing() {
    let test = test_board().seat(who("ann")).waits(what("1"));
    let mut board = test.board();
    let mut spoke = what("1");
    spoke.0.next_index += 1;
    assert!(!board.take(&Key::Session("1".into()), &Arc::new(State::Session(spoke.0))));
    let mut looked = who("ann");
    looked.agent.focus = Some("1".into());
    assert!(!board.take(&Key::Agent("ann".into()), &Arc::new(State::Agent(looked.agent))));
    assert!(board.take(&Key::Session("2".into()), &Arc::new(State::Session(what("2").0))));
    assert!(board.take(&Key::Agent("bob".into()), &Arc::new(State::Agent(who("bob").agent))));
}

#[test]
fn the_agent_with_the_fewest_goes_first() {
    test_board()
        .seat(who("ann").slots(3).busy(2))
        .seat(who("bob").slots(2).busy(1))
        .waits(what("1"))
        .gives("1>bob");
    let even = test_board().seat(who("ann").slots(3)).seat(who("bob").slots(3).busy(1));
    even.waits(what("1")).waits(what("2")).waits(what("3")).gives("1>ann 2>ann 3>bob");
}

#[test]
fn of_two_as_loaded_the_one_idle_longest_goes_first() {
    test_board()
        .seat(who("ann").idle_since(5))
        .seat(who("bob").idle_since(4))
        .waits(what("1"))
        .gives("1>bob");
}

#[test]
fn at_the_same_idleness_the_id_decides() {
    test_board().seat(who("bob")).seat(who("ann")).waits(what("1")).waits(what("2")).gives("1>ann 2>bob");
}

#[test]
fn a_queue_that_was_taken_away_offers_nothing_until_it_is_back() {
    let gone =
        test_board().put(Key::Queue("Support".into()), State::Queue(None)).seat(who("ann")).waits(what("1"));
    gone.gives("");
    gone.queue("Support", |_| {}).gives("1>ann");
}
