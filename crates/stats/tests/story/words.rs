//! The words of stories. The id of a call begins with `K`, that of a conversation with any other letter.

use crate::centre::at_work;
use domain::{
    Command, InteractionId, MediumName, Millis, NodeId, ProviderKey, UserData,
    call::{CallIn, CallerId, Cause, Deadline, Destination, LegEvent, LegId, Overflowing, Purpose},
    command::{
        AgentAct, Arrive, CallAct, Control, CustomerAct, CustomerMessage, DeviceAct, Dial, HandoverTarget,
        Open, Receive, SessionAct, Supervise, SuperviseAct, TakeTo, Unit, WatchAsked,
    },
    interaction::EndedBy,
    message::Content,
    request::Help,
    task::NewConversationIds,
    thread::Address,
    watch::{Monitoring, WatchMode, WatchScope},
};

/// Whose phone has which number.
pub const PHONES: &[(&str, &str)] = &[("ann", "5001"), ("bob", "5002"), ("cat", "5003")];

pub fn chat() -> MediumName {
    "chat".into()
}

/// Seconds, or `hh:mm:ss`, as a moment of the first day.
pub fn moment(text: &str) -> Millis {
    text.split(':').fold(0, |sum, part| sum * 60 + part.parse::<Millis>().expect("a number")) * 1000
}

/// What is to be done by a line.
#[track_caller]
pub fn commands(said: &[&str]) -> Vec<Command> {
    match *said {
        [agent, "works"] => at_work(agent).into(),
        [agent, "is", operation] => vec![state(agent, operation)],
        [agent, "stops"] => vec![Command::Agent { agent: agent.into(), act: AgentAct::LogOut }],
        [agent, "ends", channel] => {
            let control = Control::Offline { channel: Some(channel.into()) };
            vec![Command::Control { agent: agent.into(), by: "cat".into(), control }]
        }
        [agent, "loses-connection"] => {
            let agent: domain::UserId = agent.into();
            let lost = Command::ConnectionLost { agent: agent.clone(), since: 0, until: Some(0) };
            vec![lost, Command::WrapUpOver { agent }]
        }
        [agent, "after-call"] => vec![Command::WrapUpOver { agent: agent.into() }],
        [id, ref words @ ..] if id.starts_with('K') => vec![call(id, words)],
        [id, ref words @ ..] => vec![session(id, words)],
        [] => panic!("no words"),
    }
}

pub fn state(agent: &str, operation: &str) -> Command {
    let set = AgentAct::SetState { channel: None, operation: operation.into(), wrap_up: None };
    Command::Agent { agent: agent.into(), act: set }
}

#[track_caller]
fn session(id: &str, words: &[&str]) -> Command {
    let session: InteractionId = id.into();
    let act = |agent: &str, act| Command::Session { session: id.into(), agent: agent.into(), act };
    let to = |name: &str| {
        if name.chars().next().is_some_and(char::is_uppercase) {
            HandoverTarget::Queue(name.into())
        } else {
            HandoverTarget::Agent(name.into())
        }
    };
    let done = |queue: Option<&str>| SessionAct::Complete {
        queue: queue.map(Into::into),
        save_last_agent: false,
        last: None,
    };
    match *words {
        ["chats", queue] => Command::Open(Box::new(Open {
            session,
            service: queue.to_lowercase().as_str().into(),
            participant: "00C0000000000001".into(),
            nickname: "Ines".into(),
            key_digest: "digest".into(),
            user_data: UserData::default(),
        })),
        ["texts"] => texts(id),
        ["writes"] => {
            let say = CustomerAct::Say { text: "Hello?".into(), message_type: None };
            Command::Customer { session, act: say }
        }
        ["leaves"] => Command::Customer { session, act: CustomerAct::Leave(EndedBy::Customer) },
        ["is-silent"] => Command::Customer { session, act: CustomerAct::Leave(EndedBy::Idle) },
        ["offered", agent] => Command::Offer { session, agent: agent.into(), request: None },
        ["lapses", agent] => Command::OfferLapsed { session, agent: agent.into() },
        ["accepted", agent] => {
            act(agent, SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false })
        }
        ["rejected", agent] => act(agent, SessionAct::Reject),
        ["left", agent] => act(agent, SessionAct::Leave { last: None }),
        ["done", agent] => act(agent, done(None)),
        ["done-into", agent, queue] => act(agent, done(Some(queue))),
        ["handed", agent, whom] => act(agent, SessionAct::Transfer { to: to(whom), last: None }),
        ["advice", agent, whom] => act(agent, SessionAct::Ask { help: Help::Consult, of: to(whom) }),
        ["joins", agent, whom] => act(agent, SessionAct::Ask { help: Help::Invite, of: to(whom) }),
        ["code", agent, value] => act(agent, SessionAct::SetDisposition { value: value.into(), key: None }),
        ["clear", agent] => act(agent, SessionAct::SetDisposition { value: String::new(), key: None }),
        ["taken", agent, "back"] => taken(session, agent, TakeTo::Back),
        ["taken", agent, queue] => taken(session, agent, TakeTo::Queue(queue.into())),
        ["followed", agent] => Command::Supervise(Box::new(Supervise {
            supervisor: "cat".into(),
            target: agent.into(),
            medium: chat(),
            act: SuperviseAct::Intrude { session, monitoring: Some(Monitoring::ListenIn) },
        })),
        ["erased"] => Command::Erase { session },
        _ => panic!("{id} {words:?}"),
    }
}

fn taken(session: InteractionId, agent: &str, to: TakeTo) -> Command {
    Command::TakeOver { session, agent: agent.into(), by: "cat".into(), to }
}

fn texts(id: &str) -> Command {
    let content = vec![Content::Text { text: "Hello".into(), message_type: None }];
    Command::Receive(Box::new(Receive {
        service: "texts".into(),
        address: Address {
            thread: format!("texts-{id}").as_str().into(),
            ours: "+100".into(),
            theirs: "+1".into(),
        },
        keys: vec![ProviderKey::new("provider", id)],
        at: 0,
        nickname: String::new(),
        fresh: NewConversationIds { session: id.into(), participant: "00C0000000000001".into() },
        unit: Unit::Said(CustomerMessage { content, opens: true, ..CustomerMessage::default() }),
    }))
}

#[track_caller]
fn call(id: &str, words: &[&str]) -> Command {
    let call: InteractionId = id.into();
    let leg = |number: &str| LegId { call: id.into(), number: number.parse().expect("a number") };
    let hears = |number: &str, heard| Command::LegEvent { leg: leg(number), heard };
    let act = |agent: &str, act| Command::Call { call: id.into(), agent: agent.into(), act };
    let gone = |cause| LegEvent::Gone { cause, code: None };
    match *words {
        ["calls", whom] => arrives(id, whom, None),
        ["turned-away", queue, why] => arrives(id, queue, Some(overflowing(why))),
        ["sent-on", from, to] => {
            let Command::Arrive(mut arrive) = arrives(id, from, None) else { panic!("no call") };
            arrive.to = Destination::Queue { queue: to.into(), turned_away: None };
            Command::Arrive(arrive)
        }
        ["dials", agent, number] => Command::Dial {
            agent: agent.into(),
            dial: Box::new(Dial {
                node: NodeId::default(),
                call,
                conn_id: "00a1030405060709".into(),
                device: phone(agent).into(),
                dialled: number.into(),
                to: if number.len() > 4 { Destination::Nowhere } else { Destination::Device(number.into()) },
                location: None,
                user_data: UserData::default(),
            }),
        },
        ["offered", agent] => Command::OfferCall { call, agent: agent.into(), request: None },
        ["up", number] => hears(number, LegEvent::Up),
        ["rings", number] => hears(number, LegEvent::Ringing),
        ["hangs-up", number] => hears(number, gone(Cause::Normal)),
        ["refuses", number] => hears(number, LegEvent::Gone { cause: Cause::Refused, code: Some(603) }),
        ["unanswered", number] => {
            due(call, Deadline::Leg(number.parse().expect("a number")), Destination::Nowhere)
        }
        ["overdue"] => due(call, Deadline::Overflow, Destination::Nowhere),
        ["overdue", queue] => due(call, Deadline::Overflow, to(queue)),
        ["lost"] => Command::CallLost { call },
        ["rejected", agent] => act(agent, CallAct::Reject),
        ["done", agent] => act(agent, CallAct::Hangup),
        ["holds", number] => hears(number, LegEvent::PhoneHold(true)),
        ["resumes", number] => hears(number, LegEvent::PhoneHold(false)),
        ["asks", agent, whom] => act(agent, CallAct::Initiate(Purpose::Transfer, Box::new(call_in(whom)))),
        ["given", agent] => act(agent, CallAct::Complete { purpose: Purpose::Transfer, consult: None }),
        ["joined", agent] => act(agent, CallAct::Complete { purpose: Purpose::Conference, consult: None }),
        ["brought-to", agent, other] => {
            let consult = Some(other.into());
            act(agent, CallAct::Complete { purpose: Purpose::Transfer, consult })
        }
        ["handed", agent, whom] => {
            act(agent, CallAct::SingleStep(Purpose::Transfer, Box::new(call_in(whom))))
        }
        ["called-in", agent, whom] => {
            act(agent, CallAct::SingleStep(Purpose::Conference, Box::new(call_in(whom))))
        }
        ["followed", agent] => Command::Device {
            dn: phone("cat").into(),
            agent: "cat".into(),
            act: DeviceAct::Watch(Box::new(WatchAsked {
                target: phone(agent).into(),
                target_device: format!("device-{}", phone(agent)),
                monitoring: Monitoring::ListenIn,
                mode: WatchMode::Next,
                scope: WatchScope::Agent,
            })),
        },
        ["code", agent, value] => act(agent, CallAct::SetDisposition { value: value.into(), key: None }),
        _ => panic!("{id} {words:?}"),
    }
}

fn due(call: InteractionId, due: Deadline, late: Destination) -> Command {
    Command::CallDue { call, due, late }
}

fn overflowing(why: &str) -> Overflowing {
    match why {
        "closed" => Overflowing::Closed,
        "full" => Overflowing::Full,
        other => panic!("{other}"),
    }
}

fn phone(agent: &str) -> &'static str {
    PHONES.iter().find(|(name, _)| *name == agent).map_or("", |(_, dn)| dn)
}

/// Where a queue, an agent's phone or a number leads.
fn to(whom: &str) -> Destination {
    match (whom.chars().next().is_some_and(char::is_uppercase), phone(whom)) {
        (true, _) => Destination::Queue { queue: whom.into(), turned_away: None },
        (false, "") => Destination::Nowhere,
        (false, dn) => Destination::Device(dn.into()),
    }
}

fn call_in(whom: &str) -> CallIn {
    let dialled = match phone(whom) {
        "" => "0301234",
        dn => dn,
    };
    let conn_id = "00a1030405060710".into();
    CallIn { dialled: dialled.into(), to: to(whom), conn_id, user_data: UserData::default() }
}

fn arrives(id: &str, whom: &str, why: Option<Overflowing>) -> Command {
    let to = match to(whom) {
        Destination::Queue { queue, .. } => Destination::Queue { queue, turned_away: why },
        other => other,
    };
    let dialled = match whom {
        "Support" => "9000",
        "Sales" => "9001",
        agent => phone(agent),
    };
    Command::Arrive(Box::new(Arrive {
        node: NodeId::default(),
        leg: LegId { call: id.into(), number: 1 },
        conn_id: "00a1030405060708".into(),
        from: CallerId { number: "100".into(), name: "Ines".into() },
        device: None,
        dialled: dialled.into(),
        to,
        user_data: UserData::default(),
    }))
}
