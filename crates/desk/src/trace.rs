//! What the log says of a command: a span around its decision and its commit. It holds ids and the words of this file,
//! nothing that anybody wrote.

use crate::{Refused, ports::Receipt};
use domain::{
    Command, Decision, InteractionId, Key, UserId,
    call::LegEvent,
    command::{AgentAct, Control, CustomerAct, DeviceAct, SuperviseAct, Unit},
};
use tracing::{Span, field::Empty};

/// The longest id that is told, in bytes. An agent may ask for anything.
const LONGEST: usize = 64;

/// The span of a command.
pub(crate) fn of(command: &Command) -> Span {
    tracing::info_span!(
        "command",
        kind = kind(command),
        interaction = interaction(command).map(InteractionId::as_str).filter(|id| id.len() <= LONGEST),
        entity = entity(command),
        agent = agent(command).map(UserId::as_str),
        reference = Empty,
    )
}

/// Says how a command ended.
pub(crate) fn ended(outcome: &Result<Receipt, Refused>) {
    match outcome {
        Ok(done) => {
            if let Some(reference) = done.reference {
                Span::current().record("reference", reference);
            }
            tracing::debug!("a command was committed");
        }
        // The words of a refusal may repeat those of the request.
        Err(Refused::Rule(_)) => tracing::debug!("a command was refused"),
        Err(Refused::Store(fault)) => tracing::debug!(%fault, "a command was not stored"),
    }
}

/// The spans that learn only from the decision which conversation they are about: a unit that a connector brings joins
/// one or begins another.
pub(crate) struct Unnamed(Option<[Span; 2]>);

impl Unnamed {
    /// The spans of a command; to be asked for before its own span is entered.
    pub fn of(command: &Command, own: &Span) -> Self {
        Self(matches!(command, Command::Receive(_)).then(|| [Span::current(), own.clone()]))
    }

    /// Tells them the conversation, once.
    pub fn name(&mut self, decision: &Decision) {
        let Some(spans) = self.0.take() else { return };
        let found = decision.changes.iter().find_map(|change| match &change.key {
            Key::Session(id) | Key::Call(id) => Some(id),
            _ => None,
        });
        if let Some(id) = found {
            for span in spans {
                span.record("interaction", id.as_str());
            }
        }
    }
}

/// The conversation or call that a command is about, as far as it is known before it is decided.
pub(crate) fn interaction(command: &Command) -> Option<&InteractionId> {
    match command {
        Command::Open(open) => Some(&open.session),
        Command::Begin { begin, .. } => Some(&begin.fresh.session),
        Command::Customer { session, .. }
        | Command::Session { session, .. }
        | Command::Offer { session, .. }
        | Command::OfferLapsed { session, .. }
        | Command::Report { session, .. }
        | Command::WindowClosing { session }
        | Command::RequestLapsed { session, .. }
        | Command::FellSilent { session }
        | Command::SlotsIdle { session }
        | Command::TakeOver { session, .. }
        | Command::Erase { session } => Some(session),
        Command::Supervise(asked) => match &asked.act {
            SuperviseAct::Intrude { session, .. } => Some(session),
            SuperviseAct::Arm { .. } | SuperviseAct::Cancel => None,
        },
        Command::Direct(asked) => Some(&asked.interaction),
        Command::Arrive(arrive) => Some(&arrive.leg.call),
        Command::Dial { dial, .. } => Some(&dial.call),
        Command::LegEvent { leg, .. }
        | Command::Diverted { leg, .. }
        | Command::AskByPhone { leg, .. }
        | Command::ReplaceLeg { leg, .. }
        | Command::Refer { leg, .. } => Some(&leg.call),
        Command::Call { call, .. }
        | Command::OfferCall { call, .. }
        | Command::CallDue { call, .. }
        | Command::CallLost { call } => Some(call),
        Command::Receive(_)
        | Command::Settle { .. }
        | Command::InService { .. }
        | Command::Device { .. }
        | Command::WrapUpOver { .. }
        | Command::RightsChanged { .. }
        | Command::Agent { .. }
        | Command::ReleaseFromDispositions { .. }
        | Command::Control { .. }
        | Command::ConnectionLost { .. }
        | Command::ConnectionBack { .. }
        | Command::Provision(_) => None,
    }
}

/// What else a command is about: the thread that a unit comes from, which is a digest, or a phone of ours.
fn entity(command: &Command) -> Option<String> {
    let key = match command {
        Command::Receive(unit) => Key::Thread(unit.address.thread.clone()),
        Command::InService { dn, .. } | Command::Device { dn, .. } => Key::Device(dn.clone()),
        _ => return None,
    };
    Some(key.to_string())
}

fn agent(command: &Command) -> Option<&UserId> {
    match command {
        Command::Offer { agent, .. }
        | Command::OfferLapsed { agent, .. }
        | Command::OfferCall { agent, .. }
        | Command::WrapUpOver { agent }
        | Command::Control { agent, .. }
        | Command::TakeOver { agent, .. }
        | Command::ConnectionLost { agent, .. }
        | Command::ConnectionBack { agent }
        | Command::RightsChanged { supervisor: agent }
        | Command::ReleaseFromDispositions { agent, .. } => Some(agent),
        other => other.actor(),
    }
}

const fn kind(command: &Command) -> &'static str {
    match command {
        Command::Open(_) => "open",
        Command::Customer { act, .. } => of_customer(act),
        Command::Session { act, .. } => act.kind(),
        Command::Offer { .. } | Command::OfferCall { .. } => "offer",
        Command::OfferLapsed { .. } => "offer-lapsed",
        Command::Receive(unit) => of_unit(&unit.unit),
        Command::Begin { .. } => "begin",
        Command::Report { .. } => "report",
        Command::Settle { .. } => "settle",
        Command::WindowClosing { .. } => "window-closing",
        Command::FellSilent { .. } => "fell-silent",
        Command::SlotsIdle { .. } => "slots-idle",
        Command::RequestLapsed { .. } => "request-lapsed",
        Command::Supervise(asked) => match asked.act {
            SuperviseAct::Arm { .. } => "supervise.arm",
            SuperviseAct::Cancel => "supervise.cancel",
            SuperviseAct::Intrude { .. } => "supervise.intrude",
        },
        Command::Arrive(_) => "arrive",
        Command::Dial { .. } => "dial",
        Command::Call { act, .. } => act.kind(),
        Command::LegEvent { heard, .. } => of_switch(heard),
        Command::Diverted { .. } => "leg.diverted",
        Command::AskByPhone { .. } => "leg.asks",
        Command::ReplaceLeg { .. } => "leg.replaces",
        Command::Refer { .. } => "leg.refers",
        Command::CallDue { .. } => "call-due",
        Command::CallLost { .. } => "call-lost",
        Command::InService { on: true, .. } => "device.in-service",
        Command::InService { on: false, .. } => "device.out-of-service",
        Command::Device { act, .. } => of_device(act),
        Command::WrapUpOver { .. } => "wrap-up-over",
        Command::RightsChanged { .. } => "rights-changed",
        Command::ReleaseFromDispositions { .. } => "agent.release-from-dispositions",
        Command::Control { control, .. } => of_control(control),
        Command::TakeOver { .. } => "session.take-over",
        Command::Direct(asked) => asked.act.kind(),
        Command::ConnectionLost { .. } => "agent.connection-lost",
        Command::ConnectionBack { .. } => "agent.connection-back",
        Command::Agent { act, .. } => of_agent(act),
        Command::Provision(_) => "provision",
        Command::Erase { .. } => "erase",
    }
}

const fn of_customer(act: &CustomerAct) -> &'static str {
    match act {
        CustomerAct::Say { .. } => "customer.say",
        CustomerAct::Type { .. } => "customer.type",
        CustomerAct::SendUrl(_) => "customer.send-url",
        CustomerAct::Notice(_) => "customer.notice",
        CustomerAct::Rename(_) => "customer.rename",
        CustomerAct::Data(_) => "customer.data",
        CustomerAct::Leave(_) => "customer.leave",
    }
}

const fn of_unit(unit: &Unit) -> &'static str {
    match unit {
        Unit::Said(_) => "receive.said",
        Unit::Notice(_) => "receive.notice",
        Unit::About { .. } => "receive.about",
        Unit::Unknown(_) => "receive.unknown",
        Unit::Foreign { .. } => "receive.foreign",
        Unit::Typing(_) => "receive.typing",
        Unit::Reached { .. } => "receive.reached",
        Unit::Echo { .. } => "receive.echo",
        Unit::Edited { .. } => "receive.edited",
        Unit::Unsent { .. } => "receive.unsent",
    }
}

const fn of_switch(heard: &LegEvent) -> &'static str {
    match heard {
        LegEvent::Ringing => "leg.ringing",
        LegEvent::Up => "leg.up",
        LegEvent::NotAnswered(_) => "leg.not-answered",
        LegEvent::HoldDone { .. } => "leg.hold-done",
        LegEvent::PhoneHold(_) => "leg.phone-hold",
        // The key that was pressed may be part of a number or a secret.
        LegEvent::Digit(_) | LegEvent::Key(_) => "leg.key",
        LegEvent::Played => "leg.played",
        LegEvent::Diverts { .. } => "leg.diverts",
        LegEvent::Refers(_) => "leg.refers",
        LegEvent::Gone { .. } => "leg.gone",
    }
}

const fn of_device(act: &DeviceAct) -> &'static str {
    match act {
        DeviceAct::DoNotDisturb(_) => "device.do-not-disturb",
        DeviceAct::Forward(_) => "device.forward",
        DeviceAct::Unforward => "device.unforward",
        DeviceAct::SendUserEvent(_) => "device.user-event",
        DeviceAct::Watch(_) => "device.watch",
        DeviceAct::Unwatch(_) => "device.unwatch",
        DeviceAct::SilenceWatched { .. } => "device.silence-watched",
    }
}

const fn of_control(control: &Control) -> &'static str {
    match control {
        Control::SetState { .. } => "agent.control.set-state",
        Control::DoNotDisturb { .. } => "agent.control.do-not-disturb",
        Control::Offline { .. } => "agent.control.offline",
    }
}

const fn of_agent(act: &AgentAct) -> &'static str {
    match act {
        AgentAct::LogIn { .. } => "agent.log-in",
        AgentAct::Sit(_) => "agent.sit",
        AgentAct::LogOut => "agent.log-out",
        AgentAct::SetState { .. } => "agent.set-state",
        AgentAct::DoNotDisturb { .. } => "agent.do-not-disturb",
    }
}
