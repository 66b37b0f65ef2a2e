//! What must hold on every board.

use super::test_board::{MEDIUM, TestAgent, TestBoard, What, offers, test_board, what, who};
use crate::routing::{
    Board, Obstacle, Offer, WaitingItem, effective_priority, explain, explain::explain_with,
};
use domain::{Millis, UserId, across::Taken, agent::Readiness};
use proptest::{collection::vec, prelude::*};
use std::collections::BTreeMap;

pub const NOW: Millis = 50;
pub const AGENTS: [&str; 4] = ["ann", "bob", "cat", "dan"];
pub const QUEUES: [&str; 3] = ["Support", "Sales", "gone"];
const MEDIA: [&str; 2] = [MEDIUM, "post"];

pub fn agent(name: &'static str) -> impl Strategy<Value = TestAgent> {
    let ready = prop_oneof![5 => Just(Readiness::Ready), 1 => Just(Readiness::NotReady), 1 => Just(Readiness::LoggedIn)];
    let only = prop_oneof![3 => Just(None), 1 => Just(Some("Support")), 1 => Just(Some("Sales"))];
    let load = (0_u8..4, 0_usize..4, 0_i64..3);
    (ready, any::<bool>(), load, 0_u8..4, only, prop::bool::weighted(0.1)).prop_map(
        move |(ready, with_post, (slots, busy, idle), level, only, undisturbed)| {
            let mut agent = who(name).state(MEDIUM, ready, None).slots(slots).busy(busy).idle_since(idle);
            agent = agent.skill("french", level);
            if with_post {
                agent = agent.state("post", ready, None);
            }
            if let Some(queue) = only {
                agent = agent.only(queue);
            }
            if undisturbed { agent.undisturbed() } else { agent }
        },
    )
}

pub fn item() -> impl Strategy<Value = What> {
    // Mostly the first queue, so that they meet.
    let queue = prop_oneof![6 => Just(QUEUES[0]), 2 => Just(QUEUES[1]), 1 => Just(QUEUES[2])];
    let bars = vec((0_usize..AGENTS.len(), NOW - 2..NOW + 3), 0..3);
    let kept = prop::option::weighted(0.2, (0_usize..AGENTS.len(), NOW - 2..NOW + 3));
    (queue, 0_usize..2, -1_i32..3, 0_i64..60, bars, kept, prop::bool::weighted(0.1)).prop_map(
        |(queue, medium, priority, since, bars, kept, served)| {
            let item = what("?").queue(queue).medium(MEDIA[medium]).priority(priority).since(since);
            let item = bars.iter().fold(item, |item, (who, until)| item.barred(AGENTS[*who], *until));
            let item = match kept {
                Some((who, until)) => item.kept_for(AGENTS[who], until),
                None => item,
            };
            if served { item.served() } else { item }
        },
    )
}

/// A board with all kinds of agents and items; the third queue does not exist.
pub fn any_board() -> impl Strategy<Value = TestBoard> {
    let ageing = prop_oneof![Just(0_i64), Just(10)];
    let agents = (0..=AGENTS.len())
        .prop_flat_map(|count| AGENTS[..count].iter().map(|name| agent(name)).collect::<Vec<_>>());
    (agents, vec(item(), 0..12), ageing, 0_u8..3).prop_map(|(agents, items, ageing, level)| {
        let test = test_board().at(NOW).queue("Sales", |queue| {
            queue.ageing = ageing;
            queue.skills.insert("french".into(), level);
        });
        let test = agents.into_iter().fold(test, TestBoard::seat);
        items.into_iter().enumerate().fold(test, |test, (number, mut item)| {
            item.0.id = format!("{number:02}").as_str().into();
            test.waits(item)
        })
    })
}

/// What waits in a queue that exists, in the order in which it is to be served.
pub fn ranked(board: &Board, now: Millis) -> Vec<WaitingItem> {
    let mut items: Vec<WaitingItem> =
        board.waiting().filter(|item| board.queue(&item.queue).is_some()).cloned().collect();
    let rank = |item: &WaitingItem| effective_priority(item, board.queue(&item.queue).expect("is"), now);
    items.sort_by_key(|item| (-rank(item), item.since, item.key.clone()));
    items
}

/// What stands against each agent when so many offers were made in this round already.
fn standings(board: &Board, item: &WaitingItem, made: &[Offer]) -> Vec<(UserId, Option<Obstacle>)> {
    let extra = |agent: &UserId| {
        let mut taken = Taken::new();
        for offer in made.iter().filter(|offer| offer.agent == *agent) {
            let medium = board.item(&offer.key).expect("it waits").medium.clone();
            *taken.entry(medium).or_default() += 1;
        }
        taken
    };
    let standings = explain_with(board, &item.key, NOW, extra).expect("it waits");
    standings.into_iter().map(|standing| (standing.agent, standing.obstacle)).collect()
}

proptest! {
    #[test]
    fn nobody_is_offered_more_than_he_has_room_for(test in any_board()) {
        let board = test.board();
        let mut given: BTreeMap<(UserId, String), usize> = BTreeMap::new();
        for offer in offers(&board, NOW) {
            let medium = &board.item(&offer.key).expect("it waits").medium;
            *given.entry((offer.agent.clone(), medium.to_string())).or_default() += 1;
        }
        for ((agent, medium), count) in given {
            let seat = board.seats().find(|seat| seat.agent == agent).expect("the agent is seated");
            let (medium, none) = (medium.as_str().into(), Taken::new());
            let most = seat.candidate(board.centre(), &none).capacity(&medium);
            prop_assert!(seat.taken(&medium) + count <= most);
        }
    }

    #[test]
    fn nobody_is_offered_what_something_stands_against(test in any_board()) {
        let board = test.board();
        let offers = offers(&board, NOW);
        for (place, offer) in offers.iter().enumerate() {
            let item = board.item(&offer.key).expect("it waits");
            let standings = standings(&board, item, &offers[..place]);
            prop_assert!(standings.contains(&(offer.agent.clone(), None)), "{offer:?}: {standings:?}");
        }
    }

    #[test]
    fn what_is_offered_waited_and_is_offered_once(test in any_board()) {
        let board = test.board();
        let mut offered: Vec<_> = offers(&board, NOW).into_iter().map(|offer| offer.key).collect();
        prop_assert!(offered.iter().all(|key| board.item(key).is_some()));
        let count = offered.len();
        offered.sort();
        offered.dedup();
        prop_assert_eq!(offered.len(), count);
    }

    #[test]
    fn what_is_left_could_be_given_to_nobody(test in any_board()) {
        let board = test.board();
        let offers = offers(&board, NOW);
        for item in ranked(&board, NOW).iter().filter(|item| offers.iter().all(|offer| offer.key != item.key)) {
            let standings = standings(&board, item, &offers);
            prop_assert!(standings.iter().all(|(_, obstacle)| obstacle.is_some()), "{item:?}: {standings:?}");
        }
    }

    #[test]
    fn nothing_is_passed_over_for_what_comes_after_it(test in any_board()) {
        let board = test.board();
        let offers = offers(&board, NOW);
        let mut made = 0;
        for item in ranked(&board, NOW) {
            if offers.get(made).is_some_and(|offer| offer.key == item.key) {
                made += 1;
                continue;
            }
            // It was its turn, and of all offers only those before it had been made.
            let standings = standings(&board, &item, &offers[..made]);
            prop_assert!(standings.iter().all(|(_, obstacle)| obstacle.is_some()), "{item:?}: {standings:?}");
        }
        prop_assert_eq!(made, offers.len(), "offers come in the order of the queue");
    }

    #[test]
    fn the_same_board_gives_the_same_offers_however_it_was_filled(
        (test, shuffled) in any_board().prop_flat_map(|test| {
            let states = Just(test.states.clone()).prop_shuffle();
            (Just(test), states)
        }),
    ) {
        let other = TestBoard { states: shuffled, ..test.clone() };
        prop_assert_eq!(offers(&test.board(), NOW), offers(&other.board(), NOW));
    }

    #[test]
    fn a_round_gives_offers_exactly_when_somebody_has_nothing_against_something(test in any_board()) {
        let board = test.board();
        let open = ranked(&board, NOW).iter().any(|item| {
            let standings = explain(&board, &item.key, NOW).expect("it waits");
            standings.iter().any(|standing| standing.obstacle.is_none())
        });
        prop_assert_eq!(!offers(&board, NOW).is_empty(), open);
    }
}
