//! Places in a queue: who is let in, and who is counted.

use super::hall::{Hall, MEDIUM, QUEUE, hall, what};
use crate::routing::Board;
use domain::{
    Key, State,
    centre::{Centre, Service},
    medium,
    queue::Overflow,
    thread::Terms,
};

/// A queue that takes ten, of conversations and calls.
fn served() -> Hall {
    let service = |medium: &str| Service {
        medium: medium.into(),
        queue: QUEUE.into(),
        inactivity: 0,
        terms: Terms::default(),
    };
    let hall = hall().queue(QUEUE, |queue| {
        queue.max_waiting = 10;
        queue.routing_point = Some("9000".into());
    });
    let mut centre = match &*hall.states[0].1 {
        State::Centre(centre) => Centre::clone(centre),
        other => panic!("{other:?}"),
    };
    centre.services = [("texts".to_owned(), service(MEDIUM)), ("post".to_owned(), service("post"))].into();
    hall.put(Key::Centre, State::Centre(centre))
}

fn enters(board: &mut Board, service: &str, id: &str) -> bool {
    board.enter(service, &id.into()).is_ok()
}

fn takes_a_call(board: &Board) -> bool {
    board.admits(board.queue(&QUEUE.into()).expect("the queue"), &medium::voice())
}

#[test]
fn a_flood_of_one_medium_leaves_places_for_the_others() {
    let mut board = served().board();
    let came_in = (0..50).filter(|n| enters(&mut board, "texts", &n.to_string())).count();
    assert_eq!(came_in, 8, "one is kept for post, one for calls");
    assert!(takes_a_call(&board));
    assert!(enters(&mut board, "post", "p1"));
    assert!(!enters(&mut board, "post", "p2"));
    assert!(takes_a_call(&board));
}

#[test]
fn calls_have_a_place_where_only_another_queues_calls_lead() {
    let served = served().queue(QUEUE, |queue| queue.max_waiting = 10);
    let mut alone = served.clone().board();
    assert_eq!((0..50).filter(|n| enters(&mut alone, "texts", &n.to_string())).count(), 9);
    let other = served.queue("Other", |queue| queue.calls.full = Overflow::Queue(QUEUE.into()));
    let mut board = other.board();
    assert_eq!((0..50).filter(|n| enters(&mut board, "texts", &n.to_string())).count(), 8);
}

#[test]
fn who_is_on_the_way_in_is_counted_once_and_no_more_once_given_up() {
    let hall = served();
    let mut board = hall.board();
    assert_eq!((0..9).filter(|n| enters(&mut board, "texts", &n.to_string())).count(), 8);
    let committed = hall.waits(what("0"));
    let (key, state) = committed.states.last().expect("a conversation");
    board.take(key, state);
    assert!(!enters(&mut board, "texts", "9"), "the journal has it now, and it waits");
    board.entered(&"0".into());
    assert!(!enters(&mut board, "texts", "9"));
    board.entered(&"1".into());
    assert!(enters(&mut board, "texts", "9"), "one of them never came");
}
