//! Customers: coming, speaking, leaving (spec: digital-channels#2.7-D, #6).

use super::*;
use crate::{
    command::{CustomerAct, Open},
    session::{EndedBy, MAX_CUSTOMER_BYTES, MAX_CUSTOMER_MESSAGES, Written},
};
use serde_json::json;

#[test]
fn a_customer_comes_in_and_waits() {
    let world =
        check(TestCentre::new().after(9), open(), "created; said joined by customer; queued Support since 9");
    let session = world.session();
    assert_eq!((session.service.as_str(), session.joined, session.next_index), ("support", 1, 2));
    assert_eq!(session.user_data.get("Subject"), Some(&json!("Invoice")));
    assert!(session.waiting && session.customer.present);
}

#[test]
fn an_opening_is_held_to_the_rules() {
    let odd = |change: fn(&mut Open)| {
        let mut open = opening("s1", &json!({}));
        change(&mut open);
        Command::Open(Box::new(open))
    };
    check(
        TestCentre::new(),
        odd(|open| open.nickname.clear()),
        "no: Required parameter 'nickname' is missing",
    );
    check(
        TestCentre::new(),
        odd(|open| open.nickname = "x".repeat(256)),
        "no: 'nickname' is longer than 255 characters",
    );
    check(TestCentre::new(), odd(|open| open.service = "sales".into()), "no: Service 'sales' was not found");
    check(
        TestCentre::new(),
        odd(|open| open.user_data = pairs(&json!({"": 1}))),
        "no: 'userData' has an empty key",
    );
    check(waiting(), open(), "no: Interaction 's1' exists already");
}

#[test]
fn a_priority_comes_from_the_queue() {
    let mut urgent = test_centre::queue("Support");
    urgent.priority = 7;
    let put = Command::Provision(crate::command::Provision::PutQueue(Box::new(urgent)));
    assert_eq!(TestCentre::new().then(put).then(open()).session().place.priority, 7);
}

#[test]
fn a_customer_who_leaves_does_not_change_the_agents_state() {
    check(chatting(), customer_leaves(), "said left by customer; talk-ended by customer");
    check(waiting(), customer_leaves(), "said left by customer; talk-ended by customer; ended by customer");
    check(alone(), customer_leaves(), "no: The conversation has ended");
    check(
        chatting(),
        customer(CustomerAct::Leave(EndedBy::Idle)),
        "said left by customer; talk-ended by idle",
    );
}

#[test]
fn a_customer_sends_links_notices_and_a_new_name() {
    check(chatting(), customer(CustomerAct::SendUrl("https://x".into())), "said url by customer");
    check(chatting(), customer(CustomerAct::Notice("n".into())), "said custom-notice by customer");
    check(
        chatting(),
        customer(CustomerAct::Rename("Inés".into())),
        "renamed customer Inés; said renamed by customer",
    );
    check(
        chatting(),
        customer(CustomerAct::Rename(String::new())),
        "no: Required parameter 'nickname' is missing",
    );
    check(
        chatting(),
        customer(CustomerAct::SendUrl(String::new())),
        "no: Required parameter 'pushUrl' is missing",
    );
    check(chatting(), customer_says(""), "no: Required parameter 'message' is missing");
}

/// The conversation, as if its customer had written so much already.
fn written(messages: u32, bytes: u64) -> TestCentre {
    let mut world = chatting();
    let key = crate::Key::Session("s1".into());
    let mut state = crate::State::clone(&world.states[&key]);
    if let crate::State::Session(session) = &mut state {
        session.customer.written = Written { messages, bytes };
    }
    world.states.insert(key, std::sync::Arc::new(state));
    world
}

#[test]
fn a_customer_who_has_written_as_much_as_a_conversation_takes_is_refused() {
    let out = "no: This conversation takes no more from its customer: begin another one";
    let full = || written(MAX_CUSTOMER_MESSAGES, MAX_CUSTOMER_BYTES);
    check(full(), customer_says("more"), out);
    check(full(), customer(CustomerAct::Data(pairs(&json!({"a": 1})))), out);
    check(full(), customer(CustomerAct::Type { on: true, text: Some("mo".into()) }), out);
    check(full(), customer(CustomerAct::Rename("Inés".into())), out);
    check(written(MAX_CUSTOMER_MESSAGES - 1, 0), customer_says("last"), "said text by customer");
}

#[test]
fn a_customer_who_has_written_all_still_leaves_and_the_agent_still_writes() {
    let full = || written(MAX_CUSTOMER_MESSAGES, MAX_CUSTOMER_BYTES);
    check(full(), customer_leaves(), "said left by customer; talk-ended by customer");
    check(full(), ann(say("x")), "said text by ann");
}

#[test]
fn what_a_customer_writes_is_counted_and_what_an_agent_writes_is_not() {
    let of = |world: TestCentre| world.session().customer.written;
    let begun = of(chatting());
    assert_eq!(begun, Written::default());
    let one = of(chatting().then(customer_says("hello")));
    assert_eq!(one, Written { messages: 1, bytes: 256 + 7 });
    assert_eq!(of(chatting().then(ann(say("hello")))), begun);
    let data = of(chatting().then(customer(CustomerAct::Data(pairs(&json!({"a": "\u{1}"}))))));
    assert_eq!(data, Written { messages: 0, bytes: 256 + 14 });
    let named = of(chatting().then(customer(CustomerAct::Rename("Jo".into()))));
    assert_eq!(named, Written { messages: 0, bytes: 256 + 4 });
}
