//! A disposition that is required before the next (spec: decisions#6), of calls.

use super::{
    super::required::{let_off, over, owed, required, supervised},
    *,
};
use crate::{
    agent::{AgentState, Readiness},
    call::Cause,
    command::{AgentAct, Destination},
    disposition::Required,
    medium,
};

/// Ann talks with a caller of a queue that gives twenty seconds for work after a call; who owes a code is held for a
/// minute.
fn busy() -> TestCentre {
    let queue = queue_with("Support", |queue| queue.calls.wrap_up = 20_000);
    talking().then(queue).then(required(Required::BeforeNext))
}

/// Ann has hung up without a code.
fn owing() -> TestCentre {
    busy().then(ann(CallAct::Hangup))
}

fn code() -> Command {
    ann(CallAct::SetDisposition { value: "Billing".into(), key: None })
}

fn work(time: Option<crate::Millis>) -> Command {
    let operation = "AfterCallWork".to_owned();
    let act = AgentAct::SetState { channel: Some(medium::voice()), operation, wrap_up: time };
    Command::Agent { agent: "ann".into(), act }
}

fn chooses(operation: &str) -> Command {
    let act =
        AgentAct::SetState { channel: Some(medium::voice()), operation: operation.into(), wrap_up: None };
    Command::Agent { agent: "ann".into(), act }
}

fn phone_of(world: &TestCentre, agent: &str) -> AgentState {
    let channel = world.agent(agent).channel(&medium::voice()).cloned().expect("a channel");
    channel.state.as_deref().cloned().expect("a state")
}

const CODE: &str = "disposition DispositionCode='Billing' was null by ann via SetCallDisposition late; ann: settled C100 by code";

#[test]
fn who_hangs_up_without_a_code_stays_in_after_call_work() {
    let world = check(
        busy(),
        ann(CallAct::Hangup),
        "2 Released by agent normal talked; ann: -slot kept; ann: owes C100 until 60000; ann: NotReady by server; \
         1 Released by agent normal talked; ended by agent => 2 release normal; 1 release normal",
    );
    assert_eq!(phone_of(&world, "ann").operation, "AfterCallWork");
    check(world.clone().after(20_000), over("ann"), "");
    let next = world.then(arrive_next()).after(20_000);
    check(
        next,
        offer_of("C200", "ann"),
        "no: The agent is not available for voice: the agent owes a disposition",
    );
}

/// Another caller waits.
fn arrive_next() -> Command {
    let Command::Arrive(mut arrive) = arrive_at("Support") else { unreachable!() };
    arrive.leg.call = "C200".into();
    Command::Arrive(arrive)
}

#[test]
fn a_code_lets_the_time_run_out_that_is_left_or_makes_them_ready() {
    let within = check(owing().after(5_000), code(), &format!("{CODE}; ann: NotReady by server until 20000"));
    check(within.after(15_000), over("ann"), "ann: Ready by server");
    check(owing().after(20_000), code(), &format!("{CODE}; ann: Ready by server"));
    check(owing().after(40_000), code(), &format!("{CODE}; ann: Ready by server"));
}

#[test]
fn it_holds_where_the_queue_gives_no_time() {
    let world = talking().then(required(Required::BeforeNext)).then(ann(CallAct::Hangup));
    assert_eq!(phone_of(&world, "ann").operation, "AfterCallWork");
    check(world, code(), &format!("{CODE}; ann: Ready by server"));
}

#[test]
fn a_state_chosen_meanwhile_applies_afterwards_and_closes_nothing() {
    let chosen = check(owing(), chooses("Ready"), "ann: Ready afterwards");
    assert_eq!(owed(&chosen, "ann"), ["C100"]);
    assert_eq!(phone_of(&chosen, "ann").state, Readiness::NotReady);
    check(chosen, code(), &format!("{CODE}; ann: Ready by server"));
    let away = owing().then(chooses("AuxWork")).then(code());
    assert_eq!(phone_of(&away, "ann").operation, "AuxWork");
    let all = state("ann", "AuxWork");
    check(owing(), all, "ann: AuxWork afterwards; ann: NotReady");
    let during = busy().then(chooses("AuxWork")).then(ann(CallAct::Hangup)).after(20_000).then(code());
    assert_eq!(phone_of(&during, "ann").operation, "AuxWork");
}

#[test]
fn its_time_can_be_extended_once_as_well() {
    let longer = check(owing(), work(Some(50_000)), "ann: NotReady");
    check(longer.clone(), work(None), "no: The work after this call was extended already");
    check(longer, code(), &format!("{CODE}; ann: NotReady by server until 50000"));
    let endless = owing().then(work(Some(0))).then(code());
    assert_eq!(phone_of(&endless, "ann").operation, "AfterCallWork");
    assert_eq!(endless.agent("ann").next_due(), None);
    let without = talking().then(required(Required::BeforeNext)).then(ann(CallAct::Hangup));
    check(without, work(None), "");
}

#[test]
fn they_are_let_off_when_its_time_is_over_and_by_a_supervisor() {
    let timeout = "ann: settled C100 by timeout; ann: Ready by server";
    check(owing().after(60_000), over("ann"), timeout);
    let supervisor = "ann: settled C100 by sue; ann: NotReady by server until 20000";
    check(supervised(owing()), let_off("ann", "sue"), supervisor);
}

#[test]
fn whose_code_came_before_the_end_owes_nothing() {
    let world = busy().then(code()).then(ann(CallAct::Hangup));
    assert_eq!((owed(&world, "ann").len(), world.agent("ann").ready_again()), (0, Some(20_000)));
}

#[test]
fn of_several_each_needs_a_code() {
    let two = centre_with(|centre| {
        centre.capacity.insert(medium::voice(), 2);
        centre.disposition.required.every = Some(Required::BeforeNext);
    });
    let world = busy().then(two).then(arrive_next()).then(offer_of("C200", "ann"));
    let up = |leg| Command::LegEvent {
        leg: crate::call::LegId { call: "C200".into(), number: leg },
        heard: crate::call::LegEvent::Up,
    };
    let world = world.then(up(2)).then(ann(CallAct::Hangup));
    let other = |act| Command::Call { call: "C200".into(), agent: "ann".into(), act };
    let world = world.then(other(CallAct::Hangup));
    assert_eq!(owed(&world, "ann"), ["C100", "C200"]);
    let world = check(world.after(20_000), code(), CODE);
    let second = CallAct::SetDisposition { value: "Billing".into(), key: None };
    let world = world.then(other(second));
    assert_eq!((owed(&world, "ann").len(), phone_of(&world, "ann").state), (0, Readiness::Ready));
}

#[test]
fn parts_that_ended_by_themselves_owe_nothing() {
    let rule = || required(Required::BeforeNext);
    assert_eq!(owed(&busy().then(lost()), "ann"), [""; 0], "a restart");
    let unanswered = offered().then(rule()).after(30_000).then(unanswered(2));
    assert_eq!(owed(&unanswered, "ann"), [""; 0]);
    assert_eq!(owed(&offered().then(rule()).then(ann(CallAct::Reject)), "ann"), [""; 0]);
    let home = busy().then(log_out("ann")).then(ann(CallAct::Hangup)).then(log_in("ann"));
    assert_eq!(owed(&home, "ann"), [""; 0]);
    let home = owing().then(log_out("ann")).then(takes_calls("ann")).then(state("ann", "Ready"));
    assert_eq!((owed(&home, "ann").len(), phone_of(&home, "ann").state), (0, Readiness::Ready));
}

#[test]
fn each_agent_to_whom_the_customer_was_handed_owes_their_own() {
    let handed = busy().then(ann(single_step(Purpose::Transfer, "5002"))).then(up(3));
    assert_eq!((owed(&handed, "ann"), owed(&handed, "bob")), (vec!["C100".to_owned()], vec![]));
    let over = handed.then(code()).after(1_000).then(bob(CallAct::Hangup));
    assert_eq!((owed(&over, "ann").len(), owed(&over, "bob").len()), (0, 1), "what ann made of it is ann's");
    let asked = consulting().then(required(Required::BeforeNext)).then(ann(complete(Purpose::Transfer)));
    assert_eq!(owed(&asked, "ann"), ["C100"], "the consultation itself asks for none");
}

#[test]
fn a_call_that_comes_back_is_owed_once() {
    let handed = asking().then(required(Required::BeforeNext)).then(ann(complete(Purpose::Transfer)));
    assert_eq!(owed(&handed, "ann"), ["C100"]);
    let back = handed.then(refuses(4, Cause::Busy, 486)).then(up(5));
    let again = back.clone().then(ann(CallAct::Hangup));
    assert_eq!(owed(&again, "ann"), ["C100"]);
    let live = back.then(code());
    assert_eq!(owed(&live, "ann"), [""; 0]);
    assert_eq!(owed(&live.then(ann(CallAct::Hangup)), "ann"), [""; 0]);
}

#[test]
fn calls_with_the_outside_are_asked_for_and_those_with_colleagues_are_not() {
    let rule = || required(Required::BeforeNext);
    let dialled = phones().then(rule()).then(dial("0049301", Destination::Nowhere)).then(up(1));
    assert_eq!(owed(&dialled.clone().then(up(2)).then(ann(CallAct::Hangup)), "ann"), ["C100"]);
    assert_eq!(owed(&dialled.then(refuses(2, Cause::Busy, 486)), "ann"), [""; 0], "nobody talked");
    assert_eq!(owed(&direct().then(rule()).then(ann(CallAct::Hangup)), "ann"), ["C100"]);
    assert_eq!(owed(&internal().then(rule()).then(ann(CallAct::Hangup)), "ann"), [""; 0]);
}

#[test]
fn who_takes_the_channel_in_later_is_held_when_they_would_be_ready() {
    let log_in_again = log_in("ann");
    let world = talking().then(required(Required::BeforeNext)).then(log_out("ann")).then(log_in_again);
    let world = world.then(ann(CallAct::Hangup)).then(takes_calls("ann"));
    assert_eq!(owed(&world, "ann"), ["C100"]);
    let world = check(world, chooses("Ready"), "ann: NotReady by server");
    check(world, code(), &format!("{CODE}; ann: Ready by server"));
}
