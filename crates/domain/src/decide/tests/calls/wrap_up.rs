//! Work after a call (spec: admin-and-reporting#7.5).

use super::*;
use crate::{Millis, agent::Readiness, call::Cause, command::AgentAct, medium};

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
fn who_was_not_ready_stays_as_he_chose() {
    let world = busy().then(state("ann", "AuxWork")).then(ann(CallAct::Hangup));
    assert_eq!(world.agent("ann").ready_again(), None);
    let gone = busy().then(log_out("ann")).then(ann(CallAct::Hangup));
    assert_eq!(gone.agent("ann").ready_again(), None);
}

#[test]
fn the_agent_changes_or_cancels_its_time() {
    let longer = check(wrapping_up(), after_call_work(Some(120_000)), "ann: NotReady until 121000");
    check(longer.clone().after(60_000), over("ann"), "");
    check(longer.after(120_000), over("ann"), "ann: Ready by server");
    let endless = check(wrapping_up(), after_call_work(Some(0)), "ann: NotReady");
    check(endless.after(600_000), over("ann"), "");
    check(wrapping_up(), after_call_work(None), "ann: NotReady");
    let ready = check(wrapping_up(), state("ann", "Ready"), "ann: Ready");
    check(ready.after(60_000), over("ann"), "");
}
