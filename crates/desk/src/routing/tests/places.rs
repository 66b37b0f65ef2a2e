//! Places in a queue: who is let in, and who is counted.

use super::test_board::{MEDIUM, QUEUE, TestBoard, What, test_board, what};
use crate::routing::Board;
use domain::{
    Key, State,
    centre::{Centre, Service},
    medium,
    queue::Overflow,
    thread::Terms,
};
use std::sync::Arc;

/// A queue that takes ten, of conversations and calls.
fn served() -> TestBoard {
    let service = |medium: &str| Service {
        medium: medium.into(),
        queue: QUEUE.into(),
        inactivity: 0,
        idle_slot: 0,
        terms: Terms::default(),
    };
    let test = test_board().queue(QUEUE, |queue| {
        queue.max_waiting = 10;
        queue.routing_point = Some("9000".into());
    });
    let mut centre = match &*test.states[0].1 {
        State::Centre(centre) => Centre::clone(centre),
        other => panic!("{other:?}"),
    };
    centre.services = [("texts".into(), service(MEDIUM)), ("post".into(), service("post"))].into();
    test.put(Key::Centre, State::Centre(centre))
}

/// Whether somebody is let in by a service; then they wait.
fn enters(board: &mut Board, service: &str, id: &str) -> bool {
    let medium = if service == "texts" { MEDIUM } else { service };
    let lets_in = board.full(service).is_none();
    if lets_in {
        let What(session) = what(id).medium(medium);
        board.take(&Key::Session(id.into()), &Arc::new(State::Session(session)));
    }
    lets_in
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
fn who_does_not_wait_any_more_leaves_their_place_to_another() {
    let mut board = served().board();
    assert_eq!((0..9).filter(|n| enters(&mut board, "texts", &n.to_string())).count(), 8);
    let What(session) = what("1").served();
    board.take(&Key::Session("1".into()), &Arc::new(State::Session(session)));
    assert!(enters(&mut board, "texts", "9"));
    assert!(!enters(&mut board, "texts", "10"));
}
