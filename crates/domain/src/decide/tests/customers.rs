//! Customers: coming, speaking, leaving (digital-channels §2.7 D, §6).

use super::*;
use crate::{
    command::{CustomerAct, Open},
    session::Closer,
};
use serde_json::json;

#[test]
fn a_customer_comes_in_and_waits() {
    let world =
        check(World::new().after(9), open(), "created; said joined by customer; queued Support since 9");
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
    check(World::new(), odd(|open| open.nickname.clear()), "no: Required parameter 'nickname' is missing");
    check(
        World::new(),
        odd(|open| open.nickname = "x".repeat(256)),
        "no: 'nickname' is longer than 255 bytes",
    );
    check(World::new(), odd(|open| open.service = "sales".into()), "no: Service 'sales' was not found");
    check(
        World::new(),
        odd(|open| open.user_data = pairs(&json!({"": 1}))),
        "no: 'userData' has an empty key",
    );
    check(waiting(), open(), "no: Interaction 's1' exists already");
}

#[test]
fn a_priority_comes_from_the_queue() {
    let mut urgent = world::queue("Support");
    urgent.priority = 7;
    let put = Command::Provision(crate::command::Provision::PutQueue(Box::new(urgent)));
    assert_eq!(World::new().then(put).then(open()).session().place.priority, 7);
}

#[test]
fn a_customer_who_leaves_does_not_change_the_agents_state() {
    check(chatting(), customer_leaves(), "said left by customer; talk-ended by customer");
    check(waiting(), customer_leaves(), "said left by customer; talk-ended by customer; ended by customer");
    check(alone(), customer_leaves(), "no: The conversation has ended");
    check(
        chatting(),
        customer(CustomerAct::Leave(Closer::Idle)),
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
