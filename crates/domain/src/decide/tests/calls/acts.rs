//! Words for commands about calls, so that a rule reads as a line.

use super::{pairs, test_centre};
use crate::{
    Command, InteractionId, NodeId, UserData,
    agent::Agent,
    call::{CallerId, Cause, Deadline, Dn, LegEvent, LegId, Overflowing},
    command::{AgentAct, Arrive, CallAct, Destination, DeviceAct, Dial, Provision, ReferTo},
    medium,
    queue::Queue,
    user::{Device, Role, User},
};
use serde_json::json;

/// The call that most rules are about.
pub fn c1() -> InteractionId {
    "C100".into()
}

pub fn leg(number: u16) -> LegId {
    LegId { call: c1(), number }
}

pub fn to_queue(name: &str, turned_away: Option<Overflowing>) -> Destination {
    Destination::Queue { queue: name.into(), turned_away }
}

pub fn to_device(dn: &str) -> Destination {
    Destination::Device(dn.into())
}

/// A call from outside, from 100 to the routing point 9000.
pub fn arrival(to: Destination) -> Arrive {
    Arrive {
        node: NodeId::default(),
        leg: leg(1),
        conn_id: "00a1030405060708".into(),
        from: CallerId { number: "100".into(), name: "Ines".into() },
        device: None,
        dialled: "9000".into(),
        to,
        user_data: pairs(&json!({"Subject": "Invoice"})),
    }
}

pub fn arrive(to: Destination) -> Command {
    Command::Arrive(Box::new(arrival(to)))
}

pub fn arrive_at(queue: &str) -> Command {
    arrive(to_queue(queue, None))
}

/// A call from a phone of ours.
pub fn arrive_from(dn: &str, to: Destination) -> Command {
    let from = CallerId { number: dn.into(), name: String::new() };
    Command::Arrive(Box::new(Arrive { device: Some(dn.into()), from, ..arrival(to) }))
}

/// Ann dials, so ann's own phone is called.
pub fn dial(number: &str, to: Destination) -> Command {
    dial_from("ann", "5001", number, to)
}

pub fn dial_from(agent: &str, dn: &str, number: &str, to: Destination) -> Command {
    Command::Dial { agent: agent.into(), dial: Box::new(dialled("C100", dn, number, to)) }
}

pub fn dialled(call: &str, dn: &str, number: &str, to: Destination) -> Dial {
    Dial {
        node: NodeId::default(),
        call: call.into(),
        conn_id: "00a1030405060709".into(),
        device: dn.into(),
        dialled: number.into(),
        to,
        location: None,
        user_data: UserData::default(),
    }
}

pub fn does(agent: &str, act: CallAct) -> Command {
    Command::Call { call: c1(), agent: agent.into(), act }
}

pub fn ann(act: CallAct) -> Command {
    does("ann", act)
}

pub fn bob(act: CallAct) -> Command {
    does("bob", act)
}

pub fn offer(agent: &str) -> Command {
    offer_of("C100", agent)
}

pub fn offer_of(call: &str, agent: &str) -> Command {
    Command::OfferCall { call: call.into(), agent: agent.into(), request: None }
}

/// The router offers an agent the first request of the call.
pub fn offer_request(agent: &str) -> Command {
    Command::OfferCall { call: c1(), agent: agent.into(), request: Some(1) }
}

/// Nobody has taken the first request of the call.
pub fn request_due(late: Destination) -> Command {
    due(Deadline::Request(1), late)
}

/// The switch tells of a leg.
pub fn hears(number: u16, heard: LegEvent) -> Command {
    Command::LegEvent { leg: leg(number), heard }
}

pub fn ringing_at(number: u16) -> Command {
    hears(number, LegEvent::Ringing)
}

pub fn up(number: u16) -> Command {
    hears(number, LegEvent::Up)
}

pub fn hold_done(number: u16, on: bool) -> Command {
    hears(number, LegEvent::HoldDone { on, refused: None })
}

pub fn hold_refused(number: u16, on: bool) -> Command {
    hears(number, LegEvent::HoldDone { on, refused: Some(488) })
}

pub fn phone_hold(number: u16, on: bool) -> Command {
    hears(number, LegEvent::PhoneHold(on))
}

pub fn gone(number: u16, cause: Cause) -> Command {
    hears(number, LegEvent::Gone { cause, code: None })
}

pub fn refuses(number: u16, cause: Cause, code: u16) -> Command {
    hears(number, LegEvent::Gone { cause, code: Some(code) })
}

/// A phone sends its call elsewhere.
pub fn diverts(number: u16, to: Destination) -> Command {
    Command::Diverted { leg: leg(number), to, code: 302 }
}

/// The number of a leg that a phone makes to ask somebody.
pub const OWN: u16 = 33_000;

/// The phone of a leg calls somebody on another, while it holds the call on this one.
pub fn asks_by_phone(held: u16, to: Destination) -> Command {
    let call_in = Box::new(super::call_in_to(to));
    Command::AskByPhone { leg: leg(OWN), held: leg(held), call_in }
}

/// The phone of a leg hands its call to where a number leads.
pub fn refers(number: u16, to: Destination) -> Command {
    Command::Refer { leg: leg(number), to: ReferTo::Number(Box::new(super::call_in_to(to))) }
}

/// The phone of a leg hands its call to whom it talks with on another leg of its own.
pub fn refers_to_leg(number: u16, other: LegId) -> Command {
    Command::Refer { leg: leg(number), to: ReferTo::Leg(other) }
}

/// A leg has not been answered in time.
pub fn unanswered(number: u16) -> Command {
    due(Deadline::Leg(number), Destination::Nowhere)
}

/// It has waited for too long.
pub fn overdue(late: Destination) -> Command {
    due(Deadline::Overflow, late)
}

fn due(due: Deadline, late: Destination) -> Command {
    Command::CallDue { call: c1(), due, late }
}

pub fn lost() -> Command {
    Command::CallLost { call: c1() }
}

pub fn in_service(dn: &str, on: bool) -> Command {
    Command::InService { dn: dn.into(), on, answers: on }
}

pub fn device(agent: &str, dn: &str, act: DeviceAct) -> Command {
    Command::Device { dn: dn.into(), agent: agent.into(), act }
}

/// Provisions a user with a phone, or with none.
pub fn has_phone(name: &str, dn: Option<&str>) -> Command {
    Command::Provision(Provision::PutUser(Box::new(phone_user(name, dn))))
}

pub fn phone_user(name: &str, dn: Option<&str>) -> User {
    let device = dn.map(|dn| Device { id: format!("device-{dn}"), phone_number: Dn::from(dn) });
    let mut user = User { device, ..test_centre::user(name) };
    if name == "cat" {
        user.roles.push(Role::Supervisor);
    }
    user
}

/// A user with a phone who is a supervisor as well.
pub fn has_supervisor(name: &str) -> Command {
    let mut user = phone_user(name, Some("5002"));
    user.roles.push(Role::Supervisor);
    Command::Provision(Provision::PutUser(Box::new(user)))
}

/// Takes the voice channel into the agent's session.
pub fn takes_calls(name: &str) -> Command {
    let log_in = AgentAct::LogIn { channels: vec![medium::voice()], place: None };
    Command::Agent { agent: name.into(), act: log_in }
}

/// Writes a queue that greets with `welcome`, but for what `change` does to it.
pub fn queue_with(name: &str, change: impl FnOnce(&mut Queue)) -> Command {
    let mut queue = test_centre::queue(name);
    queue.calls.greeting = Some("welcome".into());
    change(&mut queue);
    Command::Provision(Provision::PutQueue(Box::new(queue)))
}

/// How many calls an agent has.
pub fn slots(agent: &Agent) -> usize {
    agent.taken(&medium::voice())
}
