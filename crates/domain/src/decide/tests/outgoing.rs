//! What connectors carry away (spec: channel-connectors#0.2, #2.6; decisions#1).

use super::*;
use crate::{
    command::{DeliveryReport, SessionAct, Unit},
    session::Delivery,
    task::Sign,
};
use test_centre::{DAY, HOUR};

fn tasks(world: &TestCentre) -> Vec<String> {
    world.tasks.iter().map(crate::Task::id).collect()
}

#[test]
fn what_an_agent_writes_to_everyone_is_a_task_of_its_commit() {
    assert_eq!(tasks(&texting().then(ann(say("Good day")))), ["s1/4"]);
    assert_eq!(tasks(&texting().then(ann(SessionAct::SendUrl("https://example.org".into())))), ["s1/4"]);
    let last = SessionAct::Complete { queue: None, save_last_agent: false, last: Some(words("Bye")) };
    assert_eq!(tasks(&texting().then(ann(last))), ["s1/4"]);
    assert!(tasks(&texting().then(ann(SessionAct::Notice("n".into())))).is_empty());
    assert!(tasks(&texting().then(ann(types(true)))).is_empty());
    assert!(tasks(&chatting().then(ann(say("A widget asks for it itself")))).is_empty());
}

#[test]
fn delivery_only_moves_forward() {
    let sent = texting().then(ann(say("Good day"))).then(report(4, settled(Delivery::Sent)));
    assert!(tasks(&sent).is_empty());
    check(sent.clone(), report(4, DeliveryReport::of(Delivery::Sent)), "");
    let delivered = check(sent, report(4, DeliveryReport::of(Delivery::Delivered)), "4 delivered");
    check(delivered.clone(), report(4, DeliveryReport::of(Delivery::Sent)), "");
    check(delivered, report(4, DeliveryReport::of(Delivery::Undelivered)), "");
}

#[test]
fn news_of_what_is_no_message_of_ours_changes_nothing() {
    check(texting(), report(2, DeliveryReport::of(Delivery::Delivered)), "");
    check(texting(), report(99, settled(Delivery::Delivered)), "");
    let elsewhere =
        Command::Report { session: "gone".into(), index: 1, report: DeliveryReport::of(Delivery::Read) };
    check(texting(), elsewhere, "");
}

#[test]
fn what_failed_may_be_sent_again() {
    let why =
        DeliveryReport { code: Some("30003".into()), why: Some("away".into()), ..settled(Delivery::Failed) };
    let failed = check(texting().then(ann(say("Good day"))), report(4, why), "4 failed (30003)");
    let again = check(failed, ann(resend(4)), "4 resent by ann");
    assert_eq!(tasks(&again), ["s1/4"]);
    check(again, ann(resend(4)), "no: ResendMessage is not valid in state Chatting");
}

#[test]
fn only_what_did_not_arrive_may_be_sent_again() {
    let failed =
        texting().then(ann(say("One"))).then(ann(say("Two"))).then(report(4, settled(Delivery::Unknown)));
    check(failed.clone(), ann(resend(5)), "no: Message 5 is none that can be sent again");
    check(failed.clone(), ann(resend(2)), "no: Message 2 is none that can be sent again");
    check(failed, ann(resend(4)), "4 resent by ann");
}

#[test]
fn a_later_success_mends_what_was_unknown_or_failed() {
    let unknown = texting().then(ann(say("Good day"))).then(report(4, settled(Delivery::Unknown)));
    check(unknown, report(4, DeliveryReport::of(Delivery::Delivered)), "4 delivered");
    let failed = texting().then(ann(say("Good day"))).then(report(4, settled(Delivery::Failed)));
    check(failed.clone(), report(4, DeliveryReport::of(Delivery::Sent)), "");
    check(failed, report(4, DeliveryReport::of(Delivery::Delivered)), "4 delivered");
}

#[test]
fn a_watermark_covers_all_that_was_sent_before_it() {
    let said =
        messaging().then(ann(say("One"))).after(10).then(ann(say("Two"))).after(10).then(ann(say("Three")));
    let sent =
        [4, 5, 6].into_iter().fold(said, |world, index| world.then(report(index, settled(Delivery::Sent))));
    let reached = |state, upto| Unit::Reached { state, upto: Some(upto), keys: Vec::new() };
    let world = check(
        sent,
        receive(unit("page", "w1", reached(Delivery::Delivered, 10))),
        "4 delivered; 5 delivered",
    );
    let world = check(world, receive(unit("page", "w2", reached(Delivery::Read, 5))), "4 read");
    check(world, receive(unit("page", "w3", reached(Delivery::Read, 5))), "");
}

#[test]
fn a_watermark_says_nothing_of_what_the_platform_may_not_have() {
    for state in [Delivery::Failed, Delivery::Unknown] {
        let world = messaging().then(ann(say("One"))).then(report(4, settled(state)));
        let read = Unit::Reached { state: Delivery::Read, upto: Some(10), keys: Vec::new() };
        check(world, receive(unit("page", "w1", read)), "");
    }
}

#[test]
fn a_provider_that_says_opted_out_is_believed() {
    let why = DeliveryReport { opted_out: true, ..settled(Delivery::Failed) };
    let world =
        check(texting().then(ann(say("Good day"))), report(4, why), "thread: out by provider; 4 failed");
    let no =
        "no: The customer has opted out of messages: nothing can be sent until the customer opts in again";
    check(world.clone(), ann(say("Are you there?")), no);
    check(world.clone(), ann(resend(4)), no);
    check(world.then(ann(complete())), begin("s2", None), no);
}

#[test]
fn what_is_too_long_is_refused_before_it_is_said() {
    check(
        texting(),
        ann(say(&"x".repeat(1_601))),
        "no: The message is longer than the 1600 characters that can be sent at once",
    );
    check(texting(), ann(say(&"ß".repeat(1_600))), "said text by ann");
}

#[test]
fn beyond_the_window_nothing_is_sent() {
    let no =
        "no: The time to answer this customer is over: nothing can be sent until the customer writes again";
    check(messaging().after(DAY), ann(say("Still here")), "said text by ann");
    check(messaging().after(7 * DAY), ann(say("Sorry it took a week")), "said text by ann");
    let closed = check(messaging().after(7 * DAY + 1), ann(say("Too late")), no);
    let wrote = anew(&on_page("m2", "Hello?"), 7 * DAY, "s2");
    check(closed.then(wrote), ann(say("Good to hear you")), "said text by ann");
}

#[test]
fn that_the_window_closes_is_told_an_hour_before_and_once() {
    let closing = Command::WindowClosing { session: s1() };
    check(messaging().after(23 * HOUR - 1), closing.clone(), "");
    let told = check(messaging().after(23 * HOUR), closing.clone(), &format!("closes at {DAY}"));
    check(told.clone(), closing.clone(), "");
    let wrote = told.then(anew(&on_page("m2", "Hello?"), 23 * HOUR, "s2"));
    check(wrote.after(23 * HOUR), closing, &format!("closes at {}", 47 * HOUR));
}

#[test]
fn an_agent_begins_a_conversation() {
    let world = check(
        TestCentre::new(),
        begin("s1", Some("Your parcel is here")),
        "created; thread: s1; said joined by customer; begun by ann; ann: +slot; accepted ann as Tom; \
         said joined by ann; said text by ann",
    );
    assert_eq!(tasks(&world), ["s1/3"]);
    let answer = anew(&text("m1", "Thanks"), 0, "s2");
    check(world, answer, "said text by customer");
}

#[test]
fn nobody_begins_what_is_open_already() {
    check(texted(), begin("s2", None), "no: An open conversation with this address, 's1', exists already");
    check(
        TestCentre::new().then(log_out("ann")),
        begin("s1", None),
        "no: The agent is not available for chat: not logged in on this channel",
    );
}

#[test]
fn the_customer_sees_that_he_is_read_and_answered() {
    let world = messaging().then(ann(types(true))).then(ann(types(true))).then(ann(types(false)));
    assert_eq!(world.signals, [Sign::Seen, Sign::Typing, Sign::Stopped]);
    assert!(chatting().then(ann(types(true))).signals.is_empty());
}
