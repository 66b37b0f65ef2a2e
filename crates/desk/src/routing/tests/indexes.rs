//! The indexes of the board change nothing: what a plain look at everything would give is what is given, whatever came in
//! in whatever order.

use super::{
    properties::{AGENTS, NOW, QUEUES, agent, any_board, item, ranked},
    test_board::{MEDIUM, TestAgent, TestBoard, What, offers, test_board, what, who},
};
use crate::routing::{
    Board, ItemKey, Offer, WaitingItem, explain::obstacle, next_change, preferred::kept_for,
};
use domain::{
    Key, Millis, State, UserId,
    across::{AcrossMedia, Taken},
    medium,
};
use proptest::{collection::vec, option, prelude::*};
use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

/// The rule without any index: everything that waits in its order, and everybody for each of it.
fn plain(board: &Board, now: Millis) -> Vec<Offer> {
    let mut given: BTreeMap<UserId, Taken> = BTreeMap::new();
    let mut offers = Vec::new();
    for item in ranked(board, now) {
        let queue = board.queue(&item.queue).expect("it exists");
        let none = Taken::new();
        let kept = kept_for(board, &item, queue, now);
        let free =
            board.seats().filter(|seat| kept.is_none_or(|agent| *agent == seat.agent)).filter(|seat| {
                let extra = given.get(&seat.agent).unwrap_or(&none);
                obstacle(board, seat, &item, queue, extra, now).is_none()
            });
        let best = free.min_by_key(|seat| {
            let extra = given.get(&seat.agent).and_then(|by| by.get(&item.medium)).copied().unwrap_or(0);
            (seat.taken(&item.medium) + extra, Reverse(seat.suits(queue)), seat.idle_since(), &seat.agent)
        });
        if let Some(agent) = best.map(|seat| seat.agent.clone()) {
            *given.entry(agent.clone()).or_default().entry(item.medium.clone()).or_default() += 1;
            let is_call = item.medium == medium::voice();
            offers.push(Offer { key: item.key, is_call, agent });
        }
    }
    offers
}

fn plain_next_change(board: &Board, now: Millis) -> Option<Millis> {
    board.waiting().flat_map(WaitingItem::ends).filter(|until| *until > now).min()
}

/// What a commit may bring.
#[derive(Clone, Debug)]
enum Change {
    /// An agent with everything about them, perhaps at a phone; the number tells whose it is.
    Agent(Box<TestAgent>),
    Gone(usize),
    Demoted(usize),
    Item(usize, Box<What>),
    GiveUp(usize, usize),
    Queue(usize, Option<(i64, u8)>),
    Phone(usize, bool),
    Across(AcrossMedia),
}

fn across() -> impl Strategy<Value = AcrossMedia> {
    let media = ["voice", MEDIUM, "post"];
    let others = proptest::sample::subsequence(media.to_vec(), 0..3);
    let said = proptest::collection::btree_map(proptest::sample::select(media.to_vec()), others, 0..3);
    (said, option::of(1_u8..5)).prop_map(|(said, max_total)| AcrossMedia {
        while_busy: said
            .into_iter()
            .map(|(medium, others)| (medium.into(), others.into_iter().map(Into::into).collect()))
            .collect(),
        max_total,
    })
}

fn any_agent() -> impl Strategy<Value = TestAgent> {
    let own = option::weighted(0.2, across());
    ((0..AGENTS.len()).prop_flat_map(|who| agent(AGENTS[who])), any::<bool>(), own).prop_map(
        |(agent, has_phone, own)| {
            let name = agent.user.user_name.clone();
            let mut agent = if has_phone { agent.at(&format!("dn-{name}")) } else { agent };
            agent.user.across = own.unwrap_or_default();
            agent
        },
    )
}

fn any_item() -> impl Strategy<Value = What> {
    (item(), prop::bool::weighted(0.3))
        .prop_map(|(item, is_call)| if is_call { item.medium(medium::VOICE) } else { item })
}

fn change() -> impl Strategy<Value = Change> {
    let who = 0..AGENTS.len();
    prop_oneof![
        6 => any_agent().prop_map(|agent| Change::Agent(agent.into())),
        1 => who.clone().prop_map(Change::Gone),
        1 => who.clone().prop_map(Change::Demoted),
        8 => (0_usize..12, any_item()).prop_map(|(number, item)| Change::Item(number, item.into())),
        1 => (0_usize..12, who.clone()).prop_map(|(item, who)| Change::GiveUp(item, who)),
        1 => (0..QUEUES.len(), option::of((prop_oneof![Just(0_i64), Just(7)], 0_u8..3)))
            .prop_map(|(queue, made)| Change::Queue(queue, made)),
        2 => (who, any::<bool>()).prop_map(|(who, in_service)| Change::Phone(who, in_service)),
        1 => across().prop_map(Change::Across),
    ]
}

fn make(board: &mut Board, change: Change) {
    let put = |board: &mut Board, test: TestBoard| {
        for (key, state) in test.states {
            board.take(&key, &state);
        }
    };
    let nothing = || TestBoard { states: Vec::new(), now: NOW };
    match change {
        Change::Agent(agent) => put(board, nothing().seat(*agent)),
        Change::Gone(agent) => {
            let gone = who(AGENTS[agent]).gone().agent;
            board.take(&Key::Agent(AGENTS[agent].into()), &Arc::new(State::Agent(gone)));
        }
        Change::Demoted(who) => {
            board.take(&Key::User(AGENTS[who].into()), &Arc::new(State::User(None)));
        }
        Change::Item(number, mut item) => {
            item.0.id = format!("{number:02}").as_str().into();
            put(board, nothing().waits(*item));
        }
        Change::GiveUp(item, who) => {
            let key = ItemKey::of(format!("{item:02}").as_str());
            board.give_up(&key, &AGENTS[who].into());
        }
        Change::Queue(queue, None) => {
            board.take(&Key::Queue(QUEUES[queue].into()), &Arc::new(State::Queue(None)));
        }
        Change::Queue(queue, Some((ageing, level))) => put(
            board,
            nothing().queue(QUEUES[queue], |queue| {
                queue.ageing = ageing;
                queue.skills.insert("french".into(), level);
            }),
        ),
        Change::Phone(who, in_service) => {
            put(board, nothing().phone(&format!("dn-{}", AGENTS[who]), AGENTS[who], in_service, false));
        }
        Change::Across(across) => {
            let mut centre = board.centre().expect("the board has one").clone();
            centre.across = across;
            board.take(&Key::Centre, &Arc::new(State::Centre(centre)));
        }
    }
}

proptest! {
    #[test]
    fn what_is_given_is_what_a_plain_look_at_everything_gives(
        test in any_board(),
        changes in vec(change(), 0..40),
    ) {
        let mut board = test.board();
        for (step, change) in changes.into_iter().enumerate() {
            make(&mut board, change);
            let now = NOW + Millis::try_from(step).expect("few") - 20;
            prop_assert_eq!(offers(&board, now), plain(&board, now));
            prop_assert_eq!(next_change(&board, now), plain_next_change(&board, now));
        }
    }
}

#[test]
fn nobody_is_left_in_an_index_when_everything_is_gone() {
    let test =
        test_board().seat(who("ann").slots(3)).waits(what("1").barred("ann", 9).priority(3)).waits(what("2"));
    let mut board = test.board();
    assert_eq!(board.free().crews(&MEDIUM.into()).count(), 1);
    assert_eq!(board.lines().all().count(), 1);
    for id in ["1", "2"] {
        let What(served) = what(id).served();
        board.take(&Key::Session(id.into()), &Arc::new(State::Session(served)));
    }
    make(&mut board, Change::Demoted(0));
    assert_eq!(board.free().crews(&MEDIUM.into()).count(), 0);
    assert_eq!(board.lines().all().count(), 0);
    assert_eq!(next_change(&board, 0), None);
}
