//! What a command is known to look at, so that a store can lock and load it in one go.

use domain::{
    Command, Key, ProviderKey, UniqueName, Want,
    call::{Dn, interactions_of},
    command::{
        AgentAct, CallAct, Destination, DirectWaiting, HandoverTarget, Provision, ReferTo, SessionAct,
        SuperviseAct, TakeTo, Unit, WaitingAct,
    },
};

/// What a command is known to look at, sorted and each once; `request` is the idempotency key of its request. A rule
/// may turn out to need more; then it says so.
pub(crate) fn wants(command: &Command, request: Option<&str>) -> Vec<Want> {
    let mut wants: Vec<Want> = keys(command).into_iter().map(Want::State).collect();
    match command {
        Command::Receive(unit) => {
            wants.extend(unit.keys.iter().map(ProviderKey::to_string).map(Want::Known));
            match &unit.unit {
                Unit::Reached { keys, .. } => {
                    wants.extend(keys.iter().map(ProviderKey::to_string).map(Want::Known));
                }
                Unit::About { of, .. } | Unit::Edited { of, .. } | Unit::Unsent { of } => {
                    wants.push(Want::Known(of.to_string()));
                }
                _ => {}
            }
        }
        Command::Report { session, index, report } => {
            wants.push(Want::Message(session.clone(), *index));
            wants.extend(report.keys.iter().map(ProviderKey::to_string).map(Want::Known));
        }
        Command::Session { session, act: SessionAct::Resend { index }, .. } => {
            wants.push(Want::Message(session.clone(), *index));
        }
        Command::Arrive(arrive) => wants.extend(enters(&arrive.to)),
        Command::Dial { dial, .. } => wants.extend(enters(&dial.to)),
        Command::Diverted { to, .. } | Command::CallDue { late: to, .. } => wants.extend(enters(to)),
        Command::Refer { to: ReferTo::Number(call_in), .. } => wants.extend(enters(&call_in.to)),
        Command::Provision(change) => limits(change, &mut wants),
        _ => {}
    }
    wants.extend(command.actor().cloned().map(Want::Head));
    wants.extend(request.map(|key| Want::Result(key.to_owned())));
    wants.sort();
    wants.dedup();
    wants
}

/// The rows of limits that a change of the provisioning looks at: unique names, and queues that must be empty.
fn limits(change: &Provision, wants: &mut Vec<Want>) {
    match change {
        Provision::PutUser(user) => wants.push(Want::Bearer(UniqueName::User(user.user_name.clone()))),
        Provision::PutQueue(queue) => {
            let number = queue.routing_point.clone();
            wants.extend(number.map(|number| Want::Bearer(UniqueName::RoutingPoint(number))));
        }
        Provision::RemoveQueue(name) => wants.push(Want::Waiting(name.clone())),
        Provision::All(changes) => changes.iter().for_each(|change| limits(change, wants)),
        Provision::RemoveUser(_) | Provision::PutCentre(_) | Provision::Book(_) => {}
    }
}

/// The queue that a call enters.
fn enters(to: &Destination) -> Option<Want> {
    match to {
        Destination::Queue { queue, .. } => Some(Want::Waiting(queue.clone())),
        Destination::Device(_) | Destination::Announcement(_) | Destination::Nowhere => None,
    }
}

/// The entities that a command is known to look at, sorted and each once.
pub(crate) fn keys(command: &Command) -> Vec<Key> {
    let mut keys = vec![Key::Centre];
    match command {
        Command::Open(open) => keys.push(Key::Session(open.session.clone())),
        Command::Receive(unit) => {
            keys.extend([Key::Thread(unit.address.thread.clone()), Key::Session(unit.fresh.session.clone())]);
        }
        Command::Begin { agent, begin } => keys.extend([
            Key::Thread(begin.address.thread.clone()),
            Key::Session(begin.fresh.session.clone()),
            Key::Agent(agent.clone()),
            Key::User(agent.clone()),
        ]),
        Command::Settle { .. } => keys.clear(),
        Command::Customer { session, .. }
        | Command::Erase { session }
        | Command::Report { session, .. }
        | Command::WindowClosing { session }
        | Command::RequestLapsed { session, .. }
        | Command::FellSilent { session }
        | Command::SlotsIdle { session } => {
            keys.push(Key::Session(session.clone()));
        }
        Command::Session { session, agent, act } => {
            keys.extend([Key::Session(session.clone()), Key::Agent(agent.clone())]);
            match act {
                SessionAct::Transfer { to: HandoverTarget::Agent(target), .. }
                | SessionAct::Ask { of: HandoverTarget::Agent(target), .. }
                | SessionAct::Remove(target) => {
                    keys.extend([Key::Agent(target.clone()), Key::User(target.clone())]);
                }
                SessionAct::SetDisposition { .. } => keys.push(Key::Book),
                _ => {}
            }
        }
        Command::Offer { session, agent, .. } | Command::OfferLapsed { session, agent } => {
            keys.extend([Key::Session(session.clone()), Key::Agent(agent.clone()), Key::User(agent.clone())]);
        }
        Command::Supervise(asked) => {
            let of = [&asked.supervisor, &asked.target];
            keys.extend(of.into_iter().flat_map(|user| [Key::Agent(user.clone()), Key::User(user.clone())]));
            if let SuperviseAct::Intrude { session, .. } = &asked.act {
                keys.push(Key::Session(session.clone()));
            }
        }
        Command::Agent { agent, act } => {
            keys.extend([Key::Agent(agent.clone()), Key::User(agent.clone())]);
            if let AgentAct::Sit(place) | AgentAct::LogIn { place: Some(place), .. } = act {
                keys.extend(place.device.iter().map(|device| Key::Device(device.phone_number.clone())));
            }
        }
        Command::Arrive(arrive) => {
            keys.push(Key::Call(arrive.leg.call.clone()));
            keys.extend(arrive.device.iter().chain(leads_to(&arrive.to)).cloned().map(Key::Device));
        }
        Command::Dial { agent, dial } => {
            keys.extend([
                Key::Call(dial.call.clone()),
                Key::Agent(agent.clone()),
                Key::User(agent.clone()),
                Key::Device(dial.device.clone()),
            ]);
            keys.extend(leads_to(&dial.to).cloned().map(Key::Device));
        }
        Command::Call { call, agent, act } => {
            keys.push(Key::Agent(agent.clone()));
            keys.extend(interactions_of(call).map(Key::Call));
            if let CallAct::Complete { consult: Some(other), .. } = act {
                keys.extend(interactions_of(other).map(Key::Call));
            }
            if let CallAct::Initiate(_, call_in) | CallAct::SingleStep(_, call_in) = act {
                keys.extend(leads_to(&call_in.to).cloned().map(Key::Device));
            }
            if matches!(act, CallAct::SetDisposition { .. }) {
                keys.push(Key::Book);
            }
        }
        Command::OfferCall { call, agent, .. } => {
            keys.extend([Key::Call(call.clone()), Key::Agent(agent.clone()), Key::User(agent.clone())]);
        }
        Command::LegEvent { leg, .. } => keys.push(Key::Call(leg.call.clone())),
        Command::Refer { leg, to: ReferTo::Leg(other) } | Command::ReplaceLeg { leg, replaced: other } => {
            keys.extend([Key::Call(leg.call.clone()), Key::Call(other.call.clone())]);
        }
        Command::Diverted { leg, to, .. } => {
            keys.push(Key::Call(leg.call.clone()));
            keys.extend(leads_to(to).cloned().map(Key::Device));
        }
        Command::AskByPhone { leg, call_in, .. } | Command::Refer { leg, to: ReferTo::Number(call_in) } => {
            keys.push(Key::Call(leg.call.clone()));
            keys.extend(leads_to(&call_in.to).cloned().map(Key::Device));
        }
        Command::CallDue { call, .. } | Command::CallLost { call } => keys.push(Key::Call(call.clone())),
        Command::InService { dn, .. } => keys.push(Key::Device(dn.clone())),
        Command::Device { dn, agent, .. } => {
            keys.extend([Key::Device(dn.clone()), Key::Agent(agent.clone())]);
        }
        Command::WrapUpOver { agent }
        | Command::ConnectionLost { agent, .. }
        | Command::ConnectionBack { agent } => keys.push(Key::Agent(agent.clone())),
        Command::RightsChanged { supervisor } => {
            keys.extend([Key::Agent(supervisor.clone()), Key::User(supervisor.clone())]);
        }
        Command::TakeOver { session, agent, by, to } => {
            keys.extend([
                Key::Session(session.clone()),
                Key::Agent(agent.clone()),
                Key::User(agent.clone()),
                Key::User(by.clone()),
            ]);
            if let TakeTo::Agent(target) = to {
                keys.extend([Key::Agent(target.clone()), Key::User(target.clone())]);
            }
        }
        Command::ReleaseFromDispositions { agent, by, .. } | Command::Control { agent, by, .. } => {
            keys.extend([Key::Agent(agent.clone()), Key::User(agent.clone()), Key::User(by.clone())]);
        }
        Command::Direct(asked) => keys.extend(directed(asked)),
        Command::Provision(change) => provisioned(change, &mut keys),
    }
    keys.sort();
    keys.dedup();
    keys
}

/// What a decision about one that waits looks at, which may be a conversation or a call.
fn directed(asked: &DirectWaiting) -> Vec<Key> {
    let DirectWaiting { interaction, queue, by, leads, act, .. } = asked;
    let mut keys = vec![
        Key::Session(interaction.clone()),
        Key::Call(interaction.clone()),
        Key::Queue(queue.clone()),
        Key::User(by.clone()),
        Key::User(leads.clone()),
    ];
    match act {
        WaitingAct::Assign(agent) => keys.extend([Key::Agent(agent.clone()), Key::User(agent.clone())]),
        WaitingAct::Move(to) => keys.push(Key::Queue(to.clone())),
        WaitingAct::Raise(_) => {}
    }
    keys
}

fn provisioned(change: &Provision, keys: &mut Vec<Key>) {
    keys.push(match change {
        Provision::PutUser(user) => Key::User(user.id.clone()),
        Provision::RemoveUser(id) => Key::User(id.clone()),
        Provision::PutQueue(queue) => Key::Queue(queue.name.clone()),
        Provision::RemoveQueue(name) => Key::Queue(name.clone()),
        Provision::PutCentre(_) => Key::Centre,
        Provision::Book(_) => Key::Book,
        Provision::All(changes) => return changes.iter().for_each(|change| provisioned(change, keys)),
    });
}

/// The phone a number leads to.
fn leads_to(to: &Destination) -> Option<&Dn> {
    match to {
        Destination::Device(dn) => Some(dn),
        Destination::Queue { .. } | Destination::Announcement(_) | Destination::Nowhere => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        UserData,
        command::{AgentAct, CustomerAct, Open},
        session::EndedBy,
    };

    fn named(command: &Command) -> Vec<String> {
        keys(command).iter().map(Key::to_string).collect()
    }

    fn of_agent(act: SessionAct) -> Command {
        Command::Session { session: "s".into(), agent: "a".into(), act }
    }

    #[test]
    fn a_command_names_what_its_rule_is_sure_to_look_at() {
        let open = Open {
            session: "s".into(),
            service: "help".into(),
            participant: "p".into(),
            nickname: "Ina".into(),
            key_digest: String::new(),
            user_data: UserData::default(),
        };
        let leave = Command::Customer { session: "s".into(), act: CustomerAct::Leave(EndedBy::Customer) };
        let offer = Command::Offer { session: "s".into(), agent: "a".into(), request: None };
        let lapse = Command::OfferLapsed { session: "s".into(), agent: "a".into() };
        let log_out = Command::Agent { agent: "a".into(), act: AgentAct::LogOut };
        let transfer = of_agent(SessionAct::Transfer { to: HandoverTarget::Agent("b".into()), last: None });
        let dispose = of_agent(SessionAct::SetDisposition { value: String::new(), key: None });
        for (command, expected) in [
            (Command::Open(Box::new(open)), "session:s centre:"),
            (leave, "session:s centre:"),
            (of_agent(SessionAct::Reject), "session:s agent:a centre:"),
            (transfer, "session:s agent:a agent:b user:b centre:"),
            (dispose, "session:s agent:a book: centre:"),
            (offer, "session:s agent:a user:a centre:"),
            (lapse, "session:s agent:a user:a centre:"),
            (log_out, "agent:a user:a centre:"),
            (Command::Provision(Provision::RemoveQueue("q".into())), "queue:q centre:"),
        ] {
            assert_eq!(named(&command).join(" "), expected, "{command:?}");
        }
    }

    #[test]
    fn a_command_names_the_other_things_it_looks_at() {
        let all = |command: &Command, request| {
            let wants = wants(command, request);
            wants.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        let dispose = of_agent(SessionAct::SetDisposition { value: String::new(), key: None });
        assert_eq!(all(&dispose, Some("k")), "session:s agent:a book: centre: head:a result:k");
        let resend = of_agent(SessionAct::Resend { index: 4 });
        assert_eq!(all(&resend, None), "session:s agent:a centre: message:s/4 head:a");
        let remove = Command::Provision(Provision::RemoveQueue("q".into()));
        assert_eq!(all(&remove, None), "queue:q centre: waiting:q");
    }

    #[test]
    fn keys_are_sorted_and_none_comes_twice() {
        let to_himself = of_agent(SessionAct::Transfer { to: HandoverTarget::Agent("a".into()), last: None });
        let keys = keys(&to_himself);
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{keys:?}");
    }
}
