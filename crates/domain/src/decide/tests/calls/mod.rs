//! The rules of calls, one line each. `check` compares events, and after an arrow what the switch is asked.

pub mod brief;
pub mod invariants;

mod across;
mod acts;
mod begin;
mod conference;
mod consult;
mod data;
mod devices;
mod dial;
mod dispositions;
mod divert;
mod elapsed;
mod erase;
mod handover;
mod hold;
mod hot_desk;
mod phone;
mod properties;
mod queue;
mod release;
mod request;
mod required;
mod restart;
mod takeover;
mod talk;
mod together;
mod user_event;
mod watch;
mod wrap_up;

use super::{
    TestCentre,
    acts::{centre_with, do_not_disturb, log_in, log_out, pairs, state},
    check, test_centre,
};
use crate::{
    Command,
    call::{CallIn, Overflowing, Purpose},
    centre::Centre,
    command::{CallAct, Destination, DeviceAct, WatchAsked},
    watch::{Monitoring, WatchMode, WatchScope},
};
use acts::*;
pub(super) use acts::{arrive_at, queue_with};

/// Ann, bob and cat have phones 5001 to 5003 that are registered; 5009 is a phone of nobody's, at the place `Hall`. Ann and bob take
/// calls. A caller of `Support` hears `welcome`, and has after an offer lapsed or was refused the same agent again
/// after 10 s.
pub(super) fn phones() -> TestCentre {
    let mut world = TestCentre::new();
    for (name, dn) in [("ann", "5001"), ("bob", "5002"), ("cat", "5003")] {
        world = world.then(has_phone(name, Some(dn))).then(in_service(dn, true)).then(takes_calls(name));
    }
    for name in ["ann", "bob"] {
        world = world.then(state(name, "Ready"));
    }
    let hall = |centre: &mut Centre| _ = centre.places.insert("Hall".into(), hot_desk::hall());
    world.then(in_service("5009", true)).then(centre_with(hall)).then(queue_with("Support", |_| ()))
}

/// Somebody outside waits in `Support`.
pub(super) fn waiting() -> TestCentre {
    phones().then(arrive_at("Support"))
}

/// The call rings at ann's phone.
pub(super) fn offered() -> TestCentre {
    waiting().then(offer("ann"))
}

/// Ann talks with the caller of the queue.
pub(super) fn talking() -> TestCentre {
    offered().then(up(2))
}

/// Ann has put the caller of the queue on hold.
fn held() -> TestCentre {
    talking().then(ann(CallAct::Hold)).then(hold_done(2, true))
}

/// Ann's part is over.
pub(super) fn released() -> TestCentre {
    talking().then(ann(CallAct::Hangup))
}

/// Somebody outside calls ann's number, and it rings.
fn ringing() -> TestCentre {
    phones().then(arrive(to_device("5001"))).then(ringing_at(2))
}

/// Somebody outside called ann's number, and they talk.
fn direct() -> TestCentre {
    ringing().then(up(2))
}

/// Ann dials bob's number: ann's own phone is called.
fn dialling() -> TestCentre {
    phones().then(dial("5002", to_device("5002")))
}

/// Ann dialled bob's number, and bob's phone rings.
fn calling() -> TestCentre {
    dialling().then(up(1))
}

/// Ann dialled bob's number, and they talk.
fn internal() -> TestCentre {
    calling().then(up(2))
}

/// Ann has asked bob beside the call with the caller, and bob's phone rings.
fn asking() -> TestCentre {
    talking().then(ann(initiate(Purpose::Transfer, "5002")))
}

/// Ann asks the queue `Support` beside the call with the caller, and waits there.
pub(super) fn asking_queue() -> TestCentre {
    talking().then(ann(initiate_queue(Purpose::Transfer, None)))
}

/// The request rings at bob's phone.
fn offered_request() -> TestCentre {
    asking_queue().then(offer_request("bob"))
}

/// Ann talks with bob, who took the request; the caller is on hold.
fn consulting_queue() -> TestCentre {
    offered_request().then(up(4))
}

/// Asks the queue `Support` beside a call.
fn initiate_queue(purpose: Purpose, turned_away: Option<Overflowing>) -> CallAct {
    CallAct::Initiate(purpose, Box::new(call_in_to(to_queue("Support", turned_away))))
}

/// Ann talks with bob, whom they asked; the caller is on hold.
fn consulting() -> TestCentre {
    asking().then(up(4))
}

/// Ann's phone holds the caller by its own key and calls bob on another leg, where it rings.
fn phone_asking() -> TestCentre {
    talking().then(phone_hold(2, true)).then(asks_by_phone(2, to_device("5002")))
}

/// Ann talks with bob, whom their phone called by its own keys; the caller is on hold.
fn phone_consulting() -> TestCentre {
    phone_asking().then(up(4))
}

/// Ann holds the caller of the queue and talks with another, who called their number: C200.
fn two_customers() -> TestCentre {
    held().then(of_second(arrive(to_device("5001")))).then(of_second(up(2)))
}

/// Ann holds the caller of the queue and talks with bob, whom they dialled: C200.
fn two_colleagues() -> TestCentre {
    let called = held().then(dials("C200")).then(of_second(up(1)));
    called.then(of_second(up(2)))
}

/// Ann's phone has called bob beside the caller of the queue without holding it: it mixes both itself. C200.
fn mixed_by_phone() -> TestCentre {
    talking().then(of_second(arrive_from("5001", to_device("5002")))).then(of_second(up(2)))
}

/// The same of the call C200.
fn of_second(mut command: Command) -> Command {
    match &mut command {
        Command::Arrive(arrive) => arrive.leg.call = "C200".into(),
        Command::LegEvent { leg, .. } | Command::Refer { leg, .. } => leg.call = "C200".into(),
        Command::Call { call, .. } => *call = "C200".into(),
        other => unreachable!("{other:?}"),
    }
    command
}

/// Brings the call together with another.
fn complete_with(purpose: Purpose, other: &str) -> CallAct {
    CallAct::Complete { purpose, consult: Some(other.into()) }
}

/// The caller, ann and bob talk together.
fn together() -> TestCentre {
    consulting().then(ann(complete(Purpose::Conference)))
}

/// An agent does something with the call that the consultation is.
fn consult(agent: &str, act: CallAct) -> Command {
    Command::Call { call: "C10G".into(), agent: agent.into(), act }
}

/// Cat listens to ann and the caller.
fn watched() -> TestCentre {
    talking().then(cat(listen("5001", Monitoring::ListenIn))).then(up(3))
}

/// Cat coaches ann, whom they follow through all calls.
fn coached() -> TestCentre {
    talking().then(cat(listen("5001", Monitoring::Coach))).then(up(3))
}

/// Cat follows the calls of a phone.
fn listen(target: &str, monitoring: Monitoring) -> DeviceAct {
    DeviceAct::Watch(Box::new(asked(target, monitoring)))
}

fn asked(target: &str, monitoring: Monitoring) -> WatchAsked {
    WatchAsked {
        target: target.into(),
        target_device: format!("device-{target}"),
        monitoring,
        mode: WatchMode::All,
        scope: WatchScope::Interaction,
    }
}

/// Cat, who is a supervisor, does something with their phone.
fn cat(act: DeviceAct) -> Command {
    Command::Device { dn: "5003".into(), agent: "cat".into(), act }
}

fn complete(purpose: Purpose) -> CallAct {
    CallAct::Complete { purpose, consult: None }
}

/// Calls a phone of ours beside a call.
fn initiate(purpose: Purpose, dn: &str) -> CallAct {
    CallAct::Initiate(purpose, Box::new(call_in(dn)))
}

/// Calls a phone of ours in.
fn single_step(purpose: Purpose, dn: &str) -> CallAct {
    CallAct::SingleStep(purpose, Box::new(call_in(dn)))
}

fn call_in(dn: &str) -> CallIn {
    call_in_to(to_device(dn))
}

fn call_in_to(to: Destination) -> CallIn {
    CallIn {
        dialled: match &to {
            Destination::Device(dn) => dn.clone(),
            _ => "+15550142".into(),
        },
        to,
        conn_id: "00a1030405060710".into(),
        user_data: pairs(&serde_json::json!({})),
    }
}

/// Ann dials bob's number, in a call of this id.
pub(super) fn dials(call: &str) -> Command {
    let dial = dialled(call, "5001", "5002", to_device("5002"));
    Command::Dial { agent: "ann".into(), dial: Box::new(dial) }
}

/// Ann's phone has rung for too long.
pub(super) fn lapses() -> Command {
    unanswered(2)
}
