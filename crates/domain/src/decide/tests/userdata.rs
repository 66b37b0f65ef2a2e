//! User data operations and the comment (spec: digital-channels#1.7, decisions#6).

use super::*;
use crate::command::{CustomerAct, SessionAct};
use serde_json::json;

#[test]
fn attaching_and_updating_write_pairs_and_the_last_value_wins() {
    for (act, via) in [(attach as fn(&_) -> _, "AttachUserData"), (update, "UpdateUserData")] {
        let world = check(
            chatting(),
            ann(act(&json!({"Subject": "Bill", "New": 1}))),
            &format!("data +New +Subject via {via}"),
        );
        assert_eq!(*world.session().user_data.pairs(), *pairs(&json!({"Subject": "Bill", "New": 1})).pairs());
    }
    check(chatting(), ann(update(&json!({}))), "");
}

#[test]
fn values_may_be_of_any_type() {
    let odd = json!({"n": null, "i": 17, "f": 0.1, "o": {"deep": [true, {"a": "b"}]}, "": 1});
    check(chatting(), ann(update(&odd)), "no: 'userData' has an empty key");
    let odd = json!({"n": null, "i": 17, "f": 0.1, "o": {"deep": [true, {"a": "b"}]}});
    let world = check(chatting(), ann(update(&odd)), "data +f +i +n +o via UpdateUserData");
    assert_eq!(world.session().user_data.get("o"), Some(&odd["o"]));
}

#[test]
fn deleting_takes_what_is_there_and_does_not_mind_what_is_not() {
    let world = check(chatting(), ann(delete(&["Subject", "Ghost"])), "data -Subject via DeleteUserData");
    assert!(world.session().user_data.is_empty());
    check(chatting(), ann(delete(&["Ghost"])), "");
    check(chatting(), ann(delete(&[])), "");
}

#[test]
fn agents_keep_changing_it_after_the_talk_but_not_after_completion() {
    let data = json!({"A": 1});
    for state in [chatting(), alone(), left()] {
        check(state, ann(update(&data)), "data +A via UpdateUserData");
    }
    check(join_failed(), bob(attach(&data)), "data +A via AttachUserData");
    check(invited(), ann(attach(&data)), "no: AttachUserData is not valid in state Invited");
    check(invited(), ann(delete(&["A"])), "no: DeleteUserData is not valid in state Invited");
    check(completed(), ann(update(&data)), "no: Interaction 's1' was not found");
}

#[test]
fn the_customers_application_writes_while_he_is_there() {
    let data = || customer(CustomerAct::Data(pairs(&json!({"A": 1}))));
    check(waiting(), data(), "data +A via CustomerData");
    check(chatting(), data(), "data +A via CustomerData");
    check(alone(), data(), "no: The conversation has ended");
}

#[test]
fn it_is_bounded() {
    let heavy = json!({"A": "x".repeat(crate::userdata::MAX_BYTES)});
    check(chatting(), ann(update(&heavy)), "no: User data would exceed 65536 bytes");
    let key = "k".repeat(256);
    check(chatting(), ann(update(&json!({key: 1}))), "no: 'userData' is longer than 255 characters");
}

#[test]
fn it_is_counted_as_json_has_it() {
    // {"Subject":"…"} takes 14 bytes besides the text.
    let of = |escapes: usize, more: usize| json!({"Subject": "\u{1}".repeat(escapes) + &"x".repeat(more)});
    let told = "data +Subject via UpdateUserData";
    check(chatting(), ann(update(&of(10_920, 2))), told);
    check(chatting(), ann(update(&of(10_920, 3))), "no: User data would exceed 65536 bytes");
    let too_long = "\u{1}".repeat(10_923);
    check(chatting(), ann(dispose(&too_long)), "no: 'disposition' is longer than 65536 bytes");
    let comment = "\u{1}".repeat(21_846);
    check(left(), ann(SessionAct::Comment(comment)), "no: 'comment' is longer than 131072 bytes");
}

/// Ann's conversation, with data of an earlier release that is heavier than the bound as JSON has it.
fn heavy() -> TestCentre {
    let mut world = chatting();
    let key = crate::Key::Session(s1());
    let fact = crate::session::Fact::DataChanged {
        set: pairs(&json!({"Old": "\u{1}".repeat(20_000), "Other": "x"})),
        removed: Vec::new(),
        agent: None,
        via: crate::session::Via::CustomerData,
    };
    let session = world.session();
    let event = crate::session::SessionEvent {
        medium: session.medium.clone(),
        queue: session.queue.clone(),
        written: 0,
        fact,
        elapsed_ms: None,
    };
    let state = world.states.get(&key).cloned().expect("a conversation");
    let state = crate::State::apply(Some((*state).clone()), &key, world.now, &crate::Event::Session(event));
    world.states.insert(key, std::sync::Arc::new(state.expect("folded")));
    world
}

#[test]
fn data_of_an_earlier_release_that_is_too_heavy_may_become_less() {
    assert_eq!(
        heavy().session().user_data.weight(),
        120_000 + r#"{"Old":"","Other":"x","Subject":"Invoice"}"#.len()
    );
    check(heavy(), ann(delete(&["Other"])), "data -Other via DeleteUserData");
    check(heavy(), ann(update(&json!({"Other": "y"}))), "data +Other via UpdateUserData");
    check(heavy(), ann(update(&json!({"Old": "\u{1}".repeat(19_999)}))), "data +Old via UpdateUserData");
    let no = "no: User data would exceed 65536 bytes";
    check(heavy(), ann(update(&json!({"Other": "yz"}))), no);
    check(heavy(), ann(update(&json!({"New": ""}))), no);
    check(heavy(), ann(say("Hello")), "said text by ann");
}

#[test]
fn a_comment_is_written_and_kept() {
    let world = check(left(), ann(SessionAct::Comment("call back".into())), "commented");
    assert_eq!(world.session().comment.as_deref(), Some("call back"));
    check(invited(), ann(SessionAct::Comment("x".into())), "no: SetComment is not valid in state Invited");
}
