//! Customers who find the queue closed (spec: decisions#hours).

use super::*;
use crate::{
    Millis, Refusal,
    command::{CustomerAct, DeliveryReport, Keyword, Provision},
    hours::Closed,
    message::PartyKind,
    session::Delivery,
    task::{Task, message_task},
};

const TEXT: &str = "We are back at eight.";

/// What the queue does while it is closed, which it is until a moment.
fn closed(what: Closed, until: Millis) -> TestCentre {
    with(TestCentre::new(), what).closes("Support", until)
}

fn with(world: TestCentre, closed: Closed) -> TestCentre {
    let queue = crate::queue::Queue { closed, ..test_centre::queue("Support") };
    world.then(Command::Provision(Provision::PutQueue(Box::new(queue))))
}

/// Whoever comes is told, and waits.
pub fn replies() -> TestCentre {
    closed(Closed::Reply(TEXT.into()), 100)
}

/// Nobody is taken in.
pub fn refuses() -> TestCentre {
    closed(Closed::Refuse(TEXT.into()), 100)
}

#[test]
fn who_comes_is_told_and_waits() {
    let world = check(
        replies(),
        open(),
        "created; said joined by customer; queued Support since 0; said text by another; closed until 100 told",
    );
    let told = world.log[&s1()].last().expect("a message");
    assert_eq!((told.from.kind, told.from.nickname.as_str()), (PartyKind::External, "system"));
    assert!(world.session().waiting && told.delivery.is_none());
}

#[test]
fn a_queue_that_says_nothing_takes_everybody_as_if_it_were_open() {
    let world = closed(Closed::Queue, 100);
    check(world, open(), "created; said joined by customer; queued Support since 0");
    let open_now = replies().after(100);
    check(open_now, open(), "created; said joined by customer; queued Support since 100");
}

#[test]
fn a_connector_carries_what_is_told() {
    let told = "created; thread: s1; said joined by customer; queued Support since 0; said text by customer; \
                said text by another; closed until 100 told";
    let world = check(replies(), text("m1", "Hello"), told);
    let tasks: Vec<_> = world.tasks.iter().map(Task::id).collect();
    assert_eq!(tasks, [message_task(&s1(), 3)]);
    let sent = DeliveryReport { settles: true, ..DeliveryReport::of(Delivery::Sent) };
    check(world, report(3, sent), "3 sent");
}

#[test]
fn it_is_told_once_in_each_closure() {
    let world = replies().then(text("m1", "Hello"));
    let world = check(world, text("m2", "Anybody?"), "said text by customer");
    let tomorrow = world.after(200).closes("Support", 300);
    let told = "said text by customer; said text by another; closed until 300 told";
    let world = check(tomorrow, text("m3", "Still nobody?"), told);
    check(world, text("m4", "Hm"), "said text by customer");
}

#[test]
fn a_customer_of_web_chat_who_waited_before_is_told_when_they_write() {
    let world = with(waiting(), Closed::Refuse(TEXT.into())).closes("Support", 100);
    let world = check(world, customer_types(true, None), "typed on");
    let told = "said text by customer; said text by another; closed until 100 told";
    let world = check(world, customer_says("Hello?"), told);
    check(world, customer(CustomerAct::SendUrl("https://a.example".into())), "said url by customer");
}

#[test]
fn who_is_served_or_offered_to_somebody_is_not_told() {
    let late = |world| with(world, Closed::Reply(TEXT.into())).closes("Support", 100);
    check(late(texting()), text("m2", "Thanks"), "said text by customer");
    check(late(invited()), customer_says("Hello?"), "said text by customer");
}

#[test]
fn a_closed_door_refuses_a_chat_with_its_text() {
    let refused = refuses().ask(&open()).expect_err("refused");
    assert_eq!(refused, Refusal::Closed { text: TEXT.into(), until: Some(100) });
    check(refuses(), open(), "no: We are back at eight.");
}

#[test]
fn a_message_to_a_closed_door_is_kept_and_nobody_waits() {
    let told = "created; thread: s1; said joined by customer; queued Support since 0; said text by customer; \
                said text by another; closed until 100 told, refused; said left by customer; \
                talk-ended by closed; ended by closed";
    let world = check(refuses(), text("m1", "Hello"), told);
    let again = "created; thread: s2; said joined by customer; queued Support since 0; said text by customer; \
                 closed until 100 not told, refused; said left by customer; talk-ended by closed; ended by closed";
    let world = check(world, anew(&text("m2", "Hello?"), 0, "s2"), again);
    // The third conversation knows it from the second.
    let world = check(world, anew(&text("m3", "Hello??"), 0, "s3"), &again.replace("s2", "s3"));
    let open_again =
        "created; thread: s4; said joined by customer; queued Support since 100; said text by customer";
    check(world.after(100), anew(&text("m4", "Morning"), 100, "s4"), open_again);
}

#[test]
fn who_may_not_be_written_to_is_not() {
    let world = replies().then(keyword("k1", Keyword::OptOut, None));
    let told = "created; thread: s1; said joined by customer; queued Support since 0; said text by customer; \
                closed until 100 not told";
    let world = check(world, text("m1", "Hello"), told);
    check(world, text("m2", "Hello?"), "said text by customer");
}

#[test]
fn a_word_of_consent_is_no_visit() {
    let world = replies().then(text("m1", "Hello")).after(100).closes("Support", 300);
    let told = world.clone().perform(&keyword("k1", Keyword::Help, Some("Call us")));
    assert!(!told.contains("closed until"), "{told}");
}
