//! What an agent asks a queue for from within a call waits beside the place that the call itself has.

use super::test_board::{in_words, offers, test_board, who};
use crate::routing::{ItemKey, Obstacle, explain};
use domain::{
    Key, State,
    call::{Call, CallEvent, CallKind, CallerId, Fact, PartyOrigin, PartyState, Who},
    medium,
    request::Help,
};
use std::sync::Arc;

fn told(fact: Fact) -> CallEvent {
    CallEvent { queue: None, line_uuid: None, fact, elapsed_ms: None }
}

/// Ann is in a call and asks the queue.
fn asking() -> Call {
    let began = Fact::Began {
        conn_id: "0071027198180006".into(),
        kind: CallKind::Inbound,
        from: CallerId::default(),
        dialled: "9000".into(),
        location: None,
        aim: None,
        user_data: domain::UserData::default(),
        owner: None,
    };
    let mut call = Call::begin("C100".into(), 0, &told(began)).expect("a call");
    let joined = Fact::Joined {
        leg: 1,
        line: 0,
        who: Who::User { id: "ann".into(), name: "ann".into() },
        dn: "5001".into(),
        origin: PartyOrigin::Called,
        state: PartyState::Established,
        answers: false,
        deadline: None,
        carrier: None,
        handover: None,
        watch: None,
        request: None,
        by: None,
    };
    let requested = Fact::Requested {
        request: 1,
        line: 1,
        help: Help::Consult,
        asks: super::test_board::QUEUE.into(),
        priority: 0,
        deadline: 180_000,
        agent: "ann".into(),
        user_name: "ann".into(),
        reference: 1,
    };
    call.apply(0, &told(joined));
    call.apply(0, &told(requested));
    call
}

#[test]
fn a_request_of_a_call_is_offered_to_whoever_takes_calls_and_takes_no_part_in_it() {
    let mut board = test_board()
        .seat(who("ann").at("5001"))
        .phone("5001", "ann", true, false)
        .seat(who("bob").at("5002"))
        .phone("5002", "bob", true, false)
        .board();
    let key = ItemKey { interaction: "C100".into(), request: Some(1) };
    let mut call = asking();
    let queue = board.queue(&super::test_board::QUEUE.into()).expect("a queue").clone();
    assert!(
        board.take(&Key::Call("C100".into()), &Arc::new(State::Call(call.clone().into()))),
        "it opens the way"
    );
    let given = offers(&board, 0);
    assert_eq!(in_words(&given), "C100>bob");
    assert!(given[0].is_call && given[0].key == key);
    let why = explain(&board, &key, 0).expect("it waits");
    assert_eq!(why[0].obstacle, Some(Obstacle::TakesPart), "{why:?}");
    assert!(board.admits(&queue, &medium::voice()), "it takes no customer's place");
    let ended = Fact::RequestEnded {
        request: 1,
        line: 1,
        help: Help::Consult,
        asks: super::test_board::QUEUE.into(),
        agent: "ann".into(),
        user_name: "ann".into(),
        closer: domain::session::EndedBy::Agent,
        why: None,
    };
    call.apply(1, &told(ended));
    board.take(&Key::Call("C100".into()), &Arc::new(State::Call(call.into())));
    assert!(board.item(&key).is_none() && offers(&board, 0).is_empty());
}
