//! What is put first is served first, however long all goes on waiting.

use super::test_board::{What, test_board, what};
use crate::routing::{Board, ItemKey, WaitingItem, effective_priority, priority_to_be_first};
use domain::Millis;
use proptest::{collection::vec, prelude::*};

fn board(items: &[What], ageing: Millis) -> Board {
    let test = test_board().queue("Support", |queue| queue.ageing = ageing);
    items.iter().cloned().fold(test.queue("Sales", |_| ()), super::test_board::TestBoard::waits).board()
}

fn needed(items: &[What], ageing: Millis) -> Option<i32> {
    priority_to_be_first(&board(items, ageing), &ItemKey::of("x"))
}

#[test]
fn the_younger_needs_more_and_the_older_as_much() {
    let x = || what("x").since(10);
    for (other, ageing, priority) in [
        (what("o").since(20).priority(5), 0, 5),
        (what("o").since(0).priority(5), 0, 6),
        (what("o").since(0).priority(5), 4, 9),
        (what("o").since(30).priority(5), 8, 3),
        (what("o").since(0).priority(-3), 0, 0),
        (what("o").queue("Sales").priority(5), 0, 0),
        (what("o").since(0).priority(i32::MAX), 0, i32::MAX),
    ] {
        assert_eq!(needed(&[x(), other.clone()], ageing), Some(priority), "{other:?}");
    }
    assert_eq!(needed(&[x()], 0), Some(0), "alone it is first");
    assert_eq!(needed(&[what("o")], 0), None, "it does not wait");
    assert_eq!(needed(&[what("x").queue("gone")], 0), None, "there is no such queue");
}

proptest! {
    /// First at every moment from then on, and with one less not always.
    #[test]
    fn what_has_it_is_first_for_good_and_with_less_it_is_not(
        since in 0_i64..40,
        others in vec((-3_i32..4, 0_i64..40), 1..6),
        ageing in 0_i64..9,
    ) {
        let others: Vec<What> = others.iter().enumerate().map(|(number, (priority, since))| {
            what(&format!("o{number}")).priority(*priority).since(*since)
        }).collect();
        let with = |priority| {
            let mut all = others.clone();
            all.push(what("x").since(since).priority(priority));
            board(&all, ageing)
        };
        let is_first = |board: &Board, now| {
            let queue = board.queue(&"Support".into()).expect("a queue");
            let rank = |item: &WaitingItem| (-effective_priority(item, queue, now), item.since, item.key.clone());
            board.waiting().min_by_key(|item| rank(item)).is_some_and(|item| item.key == ItemKey::of("x"))
        };
        let lowest = -1_000;
        let least = priority_to_be_first(&with(lowest), &ItemKey::of("x")).expect("it waits");
        let (first, less) = (with(least), with(least - 1));
        prop_assert!((40..120).all(|now| is_first(&first, now)));
        prop_assert!(!(40..120).all(|now| is_first(&less, now)));
        prop_assert_eq!(priority_to_be_first(&first, &ItemKey::of("x")), Some(least), "no more than once");
    }
}
