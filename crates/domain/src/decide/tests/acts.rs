//! Words for commands, so that a rule reads as a line.

use super::test_centre::{centre, medium, user};
use crate::{
    Command, InteractionId, Millis, ProviderKey, UserData,
    centre::Centre,
    command::{
        AgentAct, Begin, ClosingMessage, Control, CustomerAct, CustomerMessage, DeliveryReport,
        DirectWaiting, HandoverTarget, Keyword, Open, Provision, Receive, SessionAct, Supervise,
        SuperviseAct, TakeTo, Unit, WaitingAct,
    },
    message::Content,
    request::Help,
    session::{Delivery, EndedBy},
    task::NewConversationIds,
    thread::Address,
    user::Role,
    watch::{Monitoring, WatchMode},
};
use serde_json::{Value, json};

/// The conversation that most rules are about.
pub fn s1() -> InteractionId {
    "s1".into()
}

pub fn open() -> Command {
    open_as("s1", &json!({"Subject": "Invoice"}))
}

pub fn open_as(session: &str, data: &Value) -> Command {
    Command::Open(Box::new(opening(session, data)))
}

pub fn opening(session: &str, data: &Value) -> Open {
    Open {
        session: session.into(),
        service: "support".into(),
        participant: "00C0000000000001".into(),
        nickname: "Ines".into(),
        key_digest: "digest".into(),
        user_data: pairs(data),
    }
}

/// Pairs from a JSON object.
pub fn pairs(data: &Value) -> UserData {
    UserData::new(data.as_object().cloned().unwrap_or_default())
}

pub fn does(session: &str, agent: &str, act: SessionAct) -> Command {
    Command::Session { session: session.into(), agent: agent.into(), act }
}

pub fn ann(act: SessionAct) -> Command {
    does("s1", "ann", act)
}

pub fn bob(act: SessionAct) -> Command {
    does("s1", "bob", act)
}

pub fn customer(act: CustomerAct) -> Command {
    Command::Customer { session: s1(), act }
}

pub fn customer_says(text: &str) -> Command {
    customer(CustomerAct::Say { text: text.into(), message_type: None })
}

pub fn customer_types(on: bool, text: Option<&str>) -> Command {
    customer(CustomerAct::Type { on, text: text.map(Into::into) })
}

pub fn customer_leaves() -> Command {
    customer(CustomerAct::Leave(EndedBy::Customer))
}

/// A unit that a connector brings, from `+1` to `+100`.
pub fn unit(service: &str, key: &str, unit: Unit) -> Receive {
    Receive {
        service: service.into(),
        address: Address {
            thread: format!("{service}-1").as_str().into(),
            ours: "+100".into(),
            theirs: "+1".into(),
        },
        keys: vec![named(key)],
        at: 0,
        nickname: String::new(),
        fresh: NewConversationIds { session: s1(), participant: "00C0000000000001".into() },
        unit,
    }
}

pub fn said(text: &str) -> CustomerMessage {
    let content = vec![Content::Text { text: text.into(), message_type: None }];
    CustomerMessage { content, opens: true, ..CustomerMessage::default() }
}

/// A text message comes.
pub fn text(key: &str, words: &str) -> Command {
    receive(unit("texts", key, Unit::Said(said(words))))
}

/// A message to the page comes.
pub fn on_page(key: &str, words: &str) -> Command {
    receive(unit("page", key, Unit::Said(said(words))))
}

pub fn receive(unit: Receive) -> Command {
    Command::Receive(Box::new(unit))
}

/// The same unit as it would come at a moment, for a conversation that may begin under another id.
pub fn anew(command: &Command, at: Millis, session: &str) -> Command {
    let Command::Receive(unit) = command else { panic!("no unit") };
    let fresh = NewConversationIds { session: session.into(), ..unit.fresh.clone() };
    receive(Receive { at, fresh, ..(**unit).clone() })
}

pub fn keyword(key: &str, keyword: Keyword, answer: Option<&str>) -> Command {
    let said = CustomerMessage { keyword: Some(keyword), answer: answer.map(Into::into), ..said("WORD") };
    receive(unit("texts", key, Unit::Said(said)))
}

/// The provider tells of an entry of the log.
pub fn report(index: u32, report: DeliveryReport) -> Command {
    Command::Report { session: s1(), index, report }
}

/// The outcome of a task.
pub fn settled(state: Delivery) -> DeliveryReport {
    DeliveryReport { settles: true, ..DeliveryReport::of(state) }
}

pub fn resend(index: u32) -> SessionAct {
    SessionAct::Resend { index }
}

/// Ann begins a conversation.
pub fn begin(session: &str, text: Option<&str>) -> Command {
    let begin = Begin {
        service: "texts".into(),
        address: unit("texts", "", Unit::Typing(true)).address,
        nickname: "Tom".into(),
        text: text.map(Into::into),
        user_data: UserData::default(),
        fresh: NewConversationIds { session: session.into(), participant: "00C0000000000001".into() },
    };
    Command::Begin { agent: "ann".into(), begin: Box::new(begin) }
}

pub fn offer(agent: &str) -> Command {
    offer_of("s1", agent)
}

pub fn offer_of(session: &str, agent: &str) -> Command {
    Command::Offer { session: session.into(), agent: agent.into(), request: None }
}

/// The router offers a request for help.
pub fn offer_request(request: u32, agent: &str) -> Command {
    Command::Offer { session: s1(), agent: agent.into(), request: Some(request) }
}

/// Asks a colleague to advise.
pub fn consult(agent: &str) -> SessionAct {
    SessionAct::Ask { help: Help::Consult, of: HandoverTarget::Agent(agent.into()) }
}

/// Asks a colleague to talk with the customer as well.
pub fn invite(agent: &str) -> SessionAct {
    SessionAct::Ask { help: Help::Invite, of: HandoverTarget::Agent(agent.into()) }
}

/// Says something to the agents alone.
pub fn to_agents(text: &str) -> SessionAct {
    SessionAct::SayToAgents(text.into())
}

/// Asks a queue for help.
pub fn ask_queue(help: Help, queue: &str) -> SessionAct {
    SessionAct::Ask { help, of: HandoverTarget::Queue(queue.into()) }
}

pub fn cat(act: SessionAct) -> Command {
    does("s1", "cat", act)
}

/// Cat, who is a supervisor, follows somebody.
pub fn supervises(target: &str, act: SuperviseAct) -> Command {
    let asked = Supervise { supervisor: "cat".into(), target: target.into(), medium: medium(), act };
    Command::Supervise(Box::new(asked))
}

pub fn monitors(monitoring: Monitoring, mode: WatchMode) -> SuperviseAct {
    SuperviseAct::Arm { monitoring, mode }
}

pub fn intrudes(monitoring: Monitoring) -> SuperviseAct {
    SuperviseAct::Intrude { session: s1(), monitoring: Some(monitoring) }
}

/// Makes a user a supervisor, or takes that from them.
pub fn is_supervisor(name: &str, on: bool) -> Command {
    let mut user = user(name);
    if on {
        user.roles.push(Role::Supervisor);
    }
    Command::Provision(Provision::PutUser(Box::new(user)))
}

pub fn lapse(agent: &str) -> Command {
    Command::OfferLapsed { session: s1(), agent: agent.into() }
}

pub fn desk(agent: &str, act: AgentAct) -> Command {
    Command::Agent { agent: agent.into(), act }
}

pub fn log_in(agent: &str) -> Command {
    desk(agent, AgentAct::LogIn { channels: vec![medium()], place: None })
}

pub fn log_out(agent: &str) -> Command {
    desk(agent, AgentAct::LogOut)
}

/// A supervisor changes the state of an agent.
pub fn control(agent: &str, by: &str, control: Control) -> Command {
    Command::Control { agent: agent.into(), by: by.into(), control }
}

pub fn puts(operation: &str) -> Control {
    Control::SetState { channel: None, operation: operation.into(), wrap_up: None }
}

/// A supervisor takes the conversation from an agent.
pub fn take(agent: &str, by: &str, to: TakeTo) -> Command {
    Command::TakeOver { session: s1(), agent: agent.into(), by: by.into(), to }
}

/// Sue, who leads everybody, decides about what waits in `Support`.
pub fn direct(interaction: &InteractionId, request: Option<u32>, act: WaitingAct) -> Command {
    Command::Direct(Box::new(DirectWaiting {
        interaction: interaction.clone(),
        request,
        queue: "Support".into(),
        by: "sue".into(),
        leads: "ann".into(),
        act,
    }))
}

/// An agent's client was last heard at a moment; what they hold is given back at another.
pub fn goes_silent(agent: &str, since: Millis, until: Option<Millis>) -> Command {
    Command::ConnectionLost { agent: agent.into(), since, until }
}

pub fn is_heard(agent: &str) -> Command {
    Command::ConnectionBack { agent: agent.into() }
}

pub fn state(agent: &str, operation: &str) -> Command {
    desk(agent, AgentAct::SetState { channel: None, operation: operation.into(), wrap_up: None })
}

pub fn do_not_disturb(agent: &str, on: bool) -> Command {
    desk(agent, AgentAct::DoNotDisturb { channel: None, on })
}

pub fn accept() -> SessionAct {
    SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false }
}

pub fn reject() -> SessionAct {
    SessionAct::Reject
}

pub fn say(text: &str) -> SessionAct {
    SessionAct::Say { text: text.into(), message_type: None }
}

pub fn types(on: bool) -> SessionAct {
    SessionAct::Type { on }
}

pub fn leave() -> SessionAct {
    SessionAct::Leave { last: None }
}

pub fn complete() -> SessionAct {
    SessionAct::Complete { queue: None, save_last_agent: false, last: None }
}

pub fn complete_into(queue: &str) -> SessionAct {
    SessionAct::Complete { queue: Some(queue.into()), save_last_agent: false, last: None }
}

pub fn to_agent(agent: &str) -> SessionAct {
    SessionAct::Transfer { to: HandoverTarget::Agent(agent.into()), last: None }
}

pub fn to_queue(queue: &str) -> SessionAct {
    SessionAct::Transfer { to: HandoverTarget::Queue(queue.into()), last: None }
}

pub fn words(text: &str) -> ClosingMessage {
    ClosingMessage { text: text.into(), message_type: None }
}

pub fn dispose(value: &str) -> SessionAct {
    SessionAct::SetDisposition { value: value.into(), key: None }
}

pub fn dispose_under(key: &str, value: &str) -> SessionAct {
    SessionAct::SetDisposition { value: value.into(), key: Some(key.into()) }
}

pub fn attach(data: &Value) -> SessionAct {
    SessionAct::AttachUserData(pairs(data))
}

pub fn update(data: &Value) -> SessionAct {
    SessionAct::UpdateUserData(pairs(data))
}

/// What the provider calls something.
pub fn named(id: &str) -> ProviderKey {
    ProviderKey::new("provider", id)
}

pub fn delete(keys: &[&str]) -> SessionAct {
    SessionAct::DeleteUserData(keys.iter().map(|key| (*key).to_owned()).collect())
}

/// Writes the centre as it is in every test but for what `change` does to it.
pub fn centre_with(change: impl FnOnce(&mut Centre)) -> Command {
    let mut centre = centre();
    change(&mut centre);
    Command::Provision(Provision::PutCentre(Box::new(centre)))
}
