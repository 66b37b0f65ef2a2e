//! Customers who come back are kept for the agent who served them last (spec: decisions#hours).

use super::test_board::{MEDIUM, TestAgent, TestBoard, test_board, what, who};
use crate::routing::{Obstacle, next_change};
use domain::{Key, State, agent::Readiness};
use std::sync::Arc;

/// Bob is free for longer; the conversation is kept for Ann until 5000.
fn kept(ann: TestAgent) -> TestBoard {
    test_board().seat(ann).seat(who("bob").idle_since(-1)).waits(what("a").kept_for("ann", 5_000))
}

fn busy() -> TestAgent {
    who("ann").busy(1)
}

#[test]
fn whoever_served_the_customer_last_goes_before_those_who_are_free_for_longer() {
    kept(who("ann")).gives("a>ann");
}

#[test]
fn for_an_agent_who_is_busy_or_on_a_break_it_is_kept_for_a_while() {
    for ann in [busy(), who("ann").owing(MEDIUM), who("ann").state(MEDIUM, Readiness::NotReady, None)] {
        let test = kept(ann);
        test.gives("");
        assert_eq!(test.why("a", "bob"), Some(Obstacle::KeptFor { user_name: "ann".into() }));
        assert_eq!(next_change(&test.board(), 0), Some(5_000));
        test.at(5_000).gives("a>bob");
    }
}

#[test]
fn nobody_waits_for_an_agent_who_went_home_or_does_not_want_it() {
    for ann in [who("ann").gone(), who("ann").undisturbed(), who("ann").only("Sales")] {
        kept(ann).gives("a>bob");
    }
    let refused = what("a").kept_for("ann", 5_000).barred("ann", 60_000);
    kept(who("ann")).waits(refused).gives("a>bob");
}

#[test]
fn when_the_agent_goes_home_the_router_looks_again() {
    let test = kept(busy());
    let mut board = test.board();
    let home = Arc::new(State::Agent(busy().gone().agent));
    assert!(board.take(&Key::Agent("ann".into()), &home));
}

#[test]
fn what_is_kept_keeps_nobody_else_waiting() {
    kept(busy()).waits(what("b").since(1)).gives("b>bob");
}
