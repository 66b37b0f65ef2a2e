//! Offers to agents, and waiting (spec: digital-channels#5.5 for the rule; voice-sip#5.2, #7).

use super::{super::acts as chat, *};
use crate::{
    call::{Cause, LegEvent, Overflowing, PartyState},
    command::{Destination, DeviceAct, Provision},
    medium,
    queue::Overflow,
    user::User,
};

const NOT: &str = "no: The agent is not available for voice:";
const OFFERED: &str = "2 ann 5001 Ringing answers until 30000; ann: +slot => 2 call 5001 as 100";

#[test]
fn an_offer_takes_the_slot_and_rings_while_the_caller_hears_on() {
    let world = check(waiting(), offer("ann"), OFFERED);
    assert!(!world.call().is_waiting());
    assert_eq!(slots(world.agent("ann")), 1);
    let world = check(world, ringing_at(2), "");
    check(world, up(2), "2 Established => 1 join 0; 2 join 0");
    check(offered(), ann(CallAct::Answer), "=> 2 answer");
    check(talking(), ann(CallAct::Answer), "no: Answer is not valid in state Established");
}

#[test]
fn a_phone_that_does_not_obey_is_answered_by_hand() {
    let world = check(offered(), hears(2, LegEvent::NotAnswered(489)), "2 refused Answer 489");
    check(world.clone(), ann(CallAct::Answer), "no: Answer is not valid in state Ringing");
    check(world, up(2), "2 Established => 1 join 0; 2 join 0");
    check(talking(), hears(2, LegEvent::NotAnswered(489)), "");
}

#[test]
fn one_agent_is_asked_at_a_time() {
    check(offered(), offer("bob"), &format!("{NOT} it does not wait any more"));
    check(talking(), offer("bob"), &format!("{NOT} it does not wait any more"));
    check(released(), offer("bob"), &format!("{NOT} it does not wait any more"));
    check(phones(), offer("bob"), "no: Call 'C100' was not found");
}

#[test]
fn only_who_can_take_it_is_asked() {
    let not = |why: &str| format!("{NOT} {why}");
    check(waiting(), offer("cat"), &not("not ready"));
    check(waiting().then(state("ann", "NotReady")), offer("ann"), &not("not ready"));
    check(waiting().then(do_not_disturb("ann", true)), offer("ann"), &not("not ready"));
    check(waiting().then(log_out("ann")), offer("ann"), &not("not logged in on this channel"));
    check(waiting(), offer("dan"), "no: User 'dan' was not found");
    check(waiting().then(in_service("5001", false)), offer("ann"), &not("no phone"));
    let quiet = device("ann", "5001", DeviceAct::DoNotDisturb(true));
    check(waiting().then(quiet), offer("ann"), &not("no phone"));
    check(waiting().then(has_phone("ann", None)), offer("ann"), &not("no phone"));
    let skilled = |level| queue_with("Support", |queue| _ = queue.skills.insert("French".into(), level));
    check(waiting().then(skilled(1)), offer("ann"), &not("the agent does not work for the queue"));
    check(waiting().then(skilled(0)), offer("ann"), OFFERED);
    let elsewhere = User { queues: vec!["Sales".into()], ..phone_user("ann", Some("5001")) };
    let elsewhere = Command::Provision(Provision::PutUser(Box::new(elsewhere)));
    check(waiting().then(elsewhere), offer("ann"), &not("the agent does not work for the queue"));
    let none = centre_with(|centre| _ = centre.capacity.insert(medium::voice(), 0));
    check(waiting().then(none), offer("ann"), &not("no free slot"));
}

#[test]
fn an_agent_in_a_call_is_asked_for_no_second() {
    let second = |world: TestCentre| {
        let mut arrive = arrival(to_queue("Support", None));
        arrive.leg.call = "C200".into();
        world.then(Command::Arrive(Box::new(arrive)))
    };
    for busy in [offered(), talking(), held(), ringing(), direct(), dialling(), internal()] {
        check(second(busy), offer_of("C200", "ann"), &format!("{NOT} no free slot"));
    }
    check(second(released()), offer_of("C200", "ann"), OFFERED);
    check(second(talking()), offer_of("C200", "bob"), &OFFERED.replace("ann", "bob").replace("5001", "5002"));
}

#[test]
fn calls_and_chats_do_not_take_each_others_slots() {
    let chats = ["s1", "s2", "s3"].into_iter().fold(waiting(), |world, id| {
        let world = world.then(chat::open_as(id, &serde_json::json!({}))).then(chat::offer_of(id, "ann"));
        world.then(chat::does(id, "ann", chat::accept()))
    });
    let world = check(chats, offer("ann"), OFFERED).then(up(2));
    assert_eq!((world.agent("ann").taken(&test_centre::medium()), slots(world.agent("ann"))), (3, 1));
    let world = world.then(chats_done("s1")).then(chat::open_as("s4", &serde_json::json!({})));
    let world = world.then(ann(CallAct::Hangup));
    check(world, chat::offer_of("s4", "ann"), "offered ann until 30000; ann: +slot");
}

fn chats_done(session: &str) -> Command {
    chat::does(session, "ann", chat::complete())
}

#[test]
fn who_does_not_answer_is_not_ready_and_the_caller_keeps_his_place() {
    let late = waiting().after(500).then(offer("ann"));
    check(late.clone().after(29_999), unanswered(2), "");
    let world = check(
        late.after(30_000),
        unanswered(2),
        "2 Released by no-answer no-answer barred until 40500; ann: -slot; queued Support since 0; \
         ann: NotReady (No answer) by server => 2 release no-answer",
    );
    check(world.clone(), unanswered(2), "");
    let world = world.then(state("ann", "Ready"));
    check(world.clone(), offer("ann"), &format!("{NOT} the agent did not take it a moment ago"));
    check(
        world.clone(),
        offer("bob"),
        "3 bob 5002 Ringing answers until 60500; bob: +slot => 3 call 5002 as 100",
    );
    check(
        world.after(10_000),
        offer("ann"),
        "3 ann 5001 Ringing answers until 70500; ann: +slot => 3 call 5001 as 100",
    );
}

#[test]
fn a_phone_that_is_gone_while_it_rings_is_one_that_does_not_answer() {
    for cause in [Cause::Lost, Cause::Unreachable, Cause::NoAnswer, Cause::NoSuchNumber] {
        let world = check(
            offered(),
            gone(2, cause),
            &format!(
                "2 Released by no-answer {} barred until 10000; ann: -slot; queued Support since 0; \
                 ann: NotReady (No answer) by server",
                cause.as_str()
            ),
        );
        assert!(world.call().is_waiting());
    }
}

#[test]
fn who_refuses_stays_ready_and_is_left_alone_for_a_while() {
    check(
        offered(),
        ann(CallAct::Reject),
        "2 Released by agent refused barred until 10000; ann: -slot; queued Support since 0 \
         => 2 release refused",
    );
    let world = check(
        offered(),
        refuses(2, Cause::Busy, 486),
        "2 Released by agent busy 486 barred until 10000; ann: -slot; queued Support since 0",
    );
    check(world, offer("ann"), &format!("{NOT} the agent did not take it a moment ago"));
    for (cause, code) in [(Cause::Diverted, 302), (Cause::Unavailable, 480)] {
        let told = format!(
            "2 Released by agent {} {code} barred until 10000; ann: -slot; queued Support since 0",
            cause.as_str()
        );
        check(offered(), refuses(2, cause, code), &told);
    }
    check(talking(), ann(CallAct::Reject), "no: Reject is not valid in state Established");
    let world = offered().then(ann(CallAct::Reject));
    check(world, ann(CallAct::Answer), "no: Answer is not valid in state Released");
}

#[test]
fn who_calls_and_gives_up_ends_it_and_withdraws_the_offer() {
    let world = check(
        waiting(),
        gone(1, Cause::Normal),
        "1 Released by customer normal; ended by customer abandoned",
    );
    check(world, offer("ann"), &format!("{NOT} it does not wait any more"));
    let world = check(
        offered(),
        gone(1, Cause::Normal),
        "1 Released by customer normal; 2 Released by customer cancelled; ann: -slot; \
         ended by customer abandoned => 2 release cancelled",
    );
    let spared = world.agent("ann").channel(&medium::voice()).cloned().expect("a channel");
    assert!(spared.takes_work(), "it was not ann's fault");
    check(
        talking(),
        gone(1, Cause::Normal),
        "1 Released by customer normal talked; 2 Released by customer normal talked; ann: -slot kept; \
         ended by customer => 2 release normal",
    );
    let own = phones().then(dial("9000", to_queue("Support", None))).then(up(1));
    let over = "1 Released by agent normal; ann: -slot kept; ended by agent abandoned => 1 release normal";
    check(own.clone(), ann(CallAct::Hangup), over);
    check(own.clone(), ann(CallAct::Clear), over);
    check(
        own.then(offer("bob")),
        bob(CallAct::Clear),
        "1 Released by agent normal; ann: -slot kept; 2 Released by agent cancelled; bob: -slot; \
         ended by agent => 1 release normal; 2 release cancelled",
    );
}

#[test]
fn waiting_ends_when_patience_does() {
    let patient = |late: Overflow| {
        let queue = queue_with("Support", |queue| (queue.calls.patience, queue.calls.late) = (60_000, late));
        phones().then(queue).then(arrive_at("Support"))
    };
    let world = patient(Overflow::Close);
    check(world.clone().after(59_999), overdue(Destination::Nowhere), "");
    let world = world.after(60_000);
    check(
        world.clone(),
        overdue(Destination::Nowhere),
        "overflowed late; 1 Released by idle closed; ended by idle => 1 release closed",
    );
    let shut = to_queue("Sales", Some(Overflowing::Closed));
    check(
        world.clone(),
        overdue(shut),
        "overflowed late; 1 Released by idle closed; ended by idle => 1 release closed",
    );
    let sorry = || Destination::Announcement("sorry".into());
    let told = check(world.clone(), overdue(sorry()), "overflowed late to sorry => 1 hears prompt sorry");
    check(told, overdue(sorry()), "");
    let moved = check(
        world.clone(),
        overdue(to_queue("Sales", None)),
        "overflowed late; queued Sales since 60000 => 1 hears hold",
    );
    assert!(moved.call().is_waiting());
    let lost = world.clone().then(Command::Provision(Provision::RemoveQueue("Sales".into())));
    check(
        lost,
        overdue(to_queue("Sales", None)),
        "overflowed late; 1 Released by no-answer no-such-number; ended by no-answer \
         => 1 release no-such-number",
    );
    check(world.clone().then(offer("ann")), overdue(Destination::Nowhere), "");
    let back = world.then(offer("ann")).then(ann(CallAct::Reject));
    check(
        back,
        overdue(Destination::Nowhere),
        "overflowed late; 1 Released by idle closed; ended by idle => 1 release closed",
    );
}

#[test]
fn who_holds_while_he_waits_hears_nothing_and_then_waits_on() {
    let own = phones().then(dial("9000", to_queue("Support", None))).then(up(1));
    let on_hold = check(own, phone_hold(1, true), "1 Held => 1 hears silence");
    check(on_hold.clone(), phone_hold(1, false), "1 Established => 1 hears hold");
    let met = on_hold.then(offer("bob"));
    let met = check(met, up(2), "2 Established => 1 hears silence; 2 hears hold");
    assert_eq!(met.call().parties[0].state, PartyState::Held);
    check(met, phone_hold(1, false), "1 Established => 1 join 0; 2 join 0");
}

#[test]
fn a_last_announcement_is_heard_to_its_end_and_nothing_else_disturbs_a_hold() {
    let patient = queue_with("Support", |queue| queue.calls.patience = 60_000);
    let own = phones().then(patient).then(dial("9000", to_queue("Support", None))).then(up(1));
    let on_hold = own.clone().then(phone_hold(1, true)).after(60_000);
    check(on_hold.clone(), overdue(to_queue("Sales", None)), "overflowed late; queued Sales since 60000");
    let sorry = || Destination::Announcement("sorry".into());
    let told = check(on_hold, overdue(sorry()), "overflowed late to sorry => 1 hears prompt sorry");
    let told = check(told, phone_hold(1, false), "1 Established");
    check(told.clone(), ann(CallAct::Hold), "1 asked to hold => 1 phone hold");
    check(
        told,
        hears(1, LegEvent::Played),
        "1 Released by idle closed; ann: -slot kept; ended by idle => 1 release closed",
    );
}

#[test]
fn an_offer_outlives_its_queue() {
    let gone = waiting().then(centre_with(|centre| centre.services.clear()));
    let gone = gone.then(Command::Provision(Provision::RemoveQueue("Support".into())));
    let world = check(gone, offer("ann"), OFFERED);
    check(
        world,
        ann(CallAct::Reject),
        "2 Released by agent refused barred until 1000; ann: -slot; queued Support since 0 => 2 release refused",
    );
}

#[test]
fn who_says_answer_in_time_is_given_the_time_his_phone_takes() {
    let late = offered().after(29_000);
    let world = check(late, ann(CallAct::Answer), "2 asked to answer until 41000 => 2 answer");
    check(world.clone().after(1_000), unanswered(2), "");
    assert!(world.after(13_000).then(unanswered(2)).call().is_waiting(), "the phone did not after all");
    check(offered(), ann(CallAct::Answer), "=> 2 answer");
}

#[test]
fn a_switch_that_is_stopped_is_nobody_giving_up() {
    check(
        waiting(),
        gone(1, Cause::Closed),
        "1 Released by restart closed; ended by restart => 1 release closed",
    );
    let world = offered().then(gone(2, Cause::Closed));
    assert!(
        !world.call().is_open()
            && world
                .agent("ann")
                .channel(&medium::voice())
                .is_some_and(crate::agent::ChannelState::takes_work)
    );
}
