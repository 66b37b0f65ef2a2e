//! Work after a call (spec: admin-and-reporting#7.5).

use super::*;
use crate::{
    Millis,
    agent::Readiness,
    call::Cause,
    centre::WrapUp,
    command::{AgentAct, Destination},
    medium,
};

/// Ann talks with a caller of a queue that gives a minute for work after a call.
fn busy() -> TestCentre {
    let queue = queue_with("Support", |queue| queue.calls.wrap_up = 60_000);
    phones().then(queue).then(arrive_at("Support")).then(offer("ann")).then(up(2))
}

fn wrapping_up() -> TestCentre {
    busy().after(1_000).then(ann(CallAct::Hangup))
}

fn over(agent: &str) -> Command {
    Command::WrapUpOver { agent: agent.into() }
}

fn after_call_work(wrap_up: Option<Millis>) -> Command {
    let operation = "AfterCallWork".to_owned();
    let act = AgentAct::SetState { channel: Some(medium::voice()), operation, wrap_up };
    Command::Agent { agent: "ann".into(), act }
}

fn readiness(world: &TestCentre) -> Option<Readiness> {
    world.agent("ann").channel(&medium::voice())?.state.as_ref().map(|state| state.state)
}

#[test]
fn it_begins_with_the_end_of_a_call_of_the_queue() {
    let world = check(
        busy().after(1_000),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; ann: NotReady by server until 61000; \
         1 Released by agent normal talked; ended by agent => 2 release normal; 1 release normal",
    );
    let channel = world.agent("ann").channel(&medium::voice()).cloned().expect("a channel");
    assert_eq!(channel.state.and_then(|state| state.work_mode.clone()).as_deref(), Some("AfterCallWork"));
    assert_eq!(world.agent("ann").ready_again(), Some(61_000));
    let chats = world.agent("ann").channel(&test_centre::medium()).cloned().expect("a channel");
    assert!(chats.takes_work(), "the call is no matter of the other channels");
    check(
        busy(),
        gone(1, Cause::Normal),
        "1 Released by customer normal talked; 2 Released by customer normal talked; ann: -slot kept; \
         ann: NotReady by server until 60000; ended by customer => 2 release normal",
    );
}

#[test]
fn it_ends_by_itself_once() {
    check(wrapping_up().after(59_999), over("ann"), "");
    let world = check(wrapping_up().after(60_000), over("ann"), "ann: Ready by server");
    assert_eq!(world.agent("ann").ready_again(), None);
    check(world, over("ann"), "");
    check(wrapping_up().after(60_000), over("bob"), "");
    check(wrapping_up().after(60_000), over("dan"), "");
    check(wrapping_up().then(log_out("ann")).after(60_000), over("ann"), "");
}

/// The centre gives half a minute after calls that no queue gave, perhaps also when nobody answered.
fn gives_time(unanswered: bool) -> Command {
    centre_with(|centre| centre.wrap_up = WrapUp { length: 30_000, unanswered })
}

/// Ann has dialled a number outside, and it rings there.
fn calling_outside() -> TestCentre {
    phones().then(dial("0049301", Destination::Nowhere)).then(up(1))
}

#[test]
fn there_is_none_without_a_talk_a_queue_or_a_time() {
    assert_eq!(readiness(&released()), Some(Readiness::Ready));
    let mut gave_up = waiting().then(queue_with("Support", |queue| queue.calls.wrap_up = 60_000));
    gave_up = gave_up.then(offer("ann")).then(gone(1, Cause::Normal));
    assert_eq!(readiness(&gave_up), Some(Readiness::Ready));
    let direct = direct().then(queue_with("Support", |queue| queue.calls.wrap_up = 60_000));
    assert_eq!(readiness(&direct.then(ann(CallAct::Hangup))), Some(Readiness::Ready));
}

#[test]
fn it_follows_calls_with_the_outside_as_the_centre_says() {
    let until = |world: TestCentre| world.agent("ann").ready_again();
    let talked = || calling_outside().then(up(2));
    assert_eq!(until(talked().then(ann(CallAct::Hangup))), None, "the centre gives no time");
    assert_eq!(until(talked().then(gives_time(false)).then(ann(CallAct::Hangup))), Some(30_000));
    let unanswered = |set| calling_outside().then(gives_time(set)).then(refuses(2, Cause::Busy, 486));
    assert_eq!((until(unanswered(false)), until(unanswered(true))), (None, Some(30_000)));
    assert_eq!(until(direct().then(gives_time(false)).then(gone(1, Cause::Normal))), Some(30_000));
    let colleague = internal().then(gives_time(true)).then(ann(CallAct::Hangup));
    assert_eq!(until(colleague), None, "a colleague is no customer");
    let not_picked_up = phones().then(gives_time(true)).then(dial("0049301", Destination::Nowhere));
    assert_eq!(until(not_picked_up.then(refuses(1, Cause::Busy, 486))), None, "nobody outside was called");
}

#[test]
fn it_follows_the_part_of_whom_a_call_was_handed_to() {
    let handed =
        |world: TestCentre| world.after(1_000).then(ann(single_step(Purpose::Transfer, "5002"))).then(up(3));
    let of_queue = handed(busy());
    assert_eq!(of_queue.agent("ann").ready_again(), Some(61_000));
    let over = of_queue.after(1_000).then(bob(CallAct::Hangup));
    assert_eq!(over.agent("bob").ready_again(), Some(62_000));
    let over = handed(direct().then(gives_time(false))).after(1_000).then(bob(CallAct::Hangup));
    assert_eq!(
        (over.agent("ann").ready_again(), over.agent("bob").ready_again()),
        (Some(31_000), Some(32_000))
    );
}

#[test]
fn who_helps_in_a_conference_has_none_of_their_own() {
    let helped = direct().then(gives_time(false)).then(ann(single_step(Purpose::Conference, "5002")));
    let over = helped.then(up(3)).after(1_000).then(gone(1, Cause::Normal)).then(ann(CallAct::Hangup));
    assert_eq!((over.agent("ann").ready_again(), over.agent("bob").ready_again()), (Some(31_000), None));
}

#[test]
fn it_begins_anew_with_a_call_that_comes_back_meanwhile() {
    let queue = queue_with("Support", |queue| queue.calls.wrap_up = 60_000);
    let handed = asking().then(queue).then(ann(complete(Purpose::Transfer)));
    assert_eq!(handed.agent("ann").ready_again(), Some(60_000));
    let back = handed.after(59_000).then(refuses(4, Cause::Busy, 486)).then(up(5)).after(500);
    let world = back.then(ann(CallAct::Hangup));
    assert_eq!(world.agent("ann").ready_again(), Some(119_500));
    check(world.after(119_500), over("ann"), "ann: Ready by server");
}

#[test]
fn a_state_chosen_during_the_call_applies_after_it() {
    let world = busy().then(state("ann", "AuxWork")).then(ann(CallAct::Hangup));
    assert_eq!(world.agent("ann").ready_again(), Some(60_000));
    let world = check(world.after(60_000), over("ann"), "ann: NotReady by server");
    let channel = world.agent("ann").channel(&medium::voice()).cloned().expect("a channel");
    assert_eq!(channel.state.map(|state| state.operation.clone()).as_deref(), Some("AuxWork"));
    let own = busy().then(after_call_work(None)).then(ann(CallAct::Hangup)).after(60_000);
    let own = check(own, over("ann"), "ann: NotReady by server");
    assert_eq!(own.agent("ann").ready_again(), None, "they said that they have work until they say so");
    let timed = busy().then(after_call_work(Some(90_000))).then(ann(CallAct::Hangup));
    check(timed.after(90_000), over("ann"), "ann: Ready by server");
}

#[test]
fn who_has_gone_has_none() {
    let gone = busy().then(log_out("ann")).then(ann(CallAct::Hangup));
    assert_eq!(gone.agent("ann").ready_again(), None);
}

#[test]
fn it_can_be_extended_once() {
    let longer = check(wrapping_up(), after_call_work(Some(120_000)), "ann: NotReady until 121000");
    check(longer.clone().after(60_000), over("ann"), "");
    check(longer.clone().after(120_000), over("ann"), "ann: Ready by server");
    let refused = "no: The work after this call was extended already";
    check(longer.clone(), after_call_work(Some(120_001)), refused);
    check(longer.clone(), after_call_work(None), refused);
    check(longer, after_call_work(Some(10_000)), "ann: NotReady until 11000");
    let again = check(wrapping_up().after(20_000), after_call_work(None), "ann: NotReady until 121000");
    check(again, after_call_work(None), refused);
    let shorter = check(wrapping_up(), after_call_work(Some(10_000)), "ann: NotReady until 11000");
    check(shorter, after_call_work(Some(20_000)), "ann: NotReady until 21000");
}

#[test]
fn the_agent_ends_it_or_its_time() {
    let endless = check(wrapping_up(), after_call_work(Some(0)), "ann: NotReady");
    check(endless.after(600_000), over("ann"), "");
    let ready = check(wrapping_up(), state("ann", "Ready"), "ann: Ready");
    check(ready.after(60_000), over("ann"), "");
    let away = check(wrapping_up(), state("ann", "AuxWork"), "ann: NotReady");
    check(away.after(60_000), over("ann"), "");
}
