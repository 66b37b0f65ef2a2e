//! Commands: what can be asked of the model. Time, fresh ids and digests arrive inside; nothing is made here.

mod call;
mod control;
mod waiting;
mod weight;

pub use crate::call::Destination;
pub use crate::{
    call::{CallAct, CallIn},
    session::{ClosingMessage, HandoverTarget, SessionAct, Words},
};
pub use call::{Arrive, DeviceAct, Dial, ReferTo, WatchAsked};
pub use control::{CONTROL_FEATURE, Control, TakeTo};
pub use waiting::{DirectWaiting, WaitingAct};

use crate::{
    InteractionId, Millis, ProviderKey, QueueName, ServiceName, UserData, UserId,
    call::{Deadline as CallDeadline, LegEvent, LegId},
    centre::Centre,
    delivery::Delivery,
    disposition_tree,
    ids::{Dn, ParticipantId},
    interaction::EndedBy,
    medium::MediumName,
    message::Content,
    notice::Notice,
    queue::Queue,
    task::NewConversationIds,
    thread::Address,
    user::{Device, User},
    watch::{Monitoring, WatchMode},
};

/// A request to change something.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// A customer comes in.
    Open(Box<Open>),
    /// A customer does something in their conversation.
    Customer {
        /// The conversation.
        session: InteractionId,
        /// What the customer does.
        act: CustomerAct,
    },
    /// An agent works on a conversation.
    Session {
        /// The conversation.
        session: InteractionId,
        /// The agent.
        agent: UserId,
        /// What the agent does.
        act: SessionAct,
    },
    /// The router offers a waiting conversation to an agent, or a request for help in one.
    Offer {
        /// The conversation.
        session: InteractionId,
        /// The agent.
        agent: UserId,
        /// The number of the request; `None` for the conversation itself.
        request: Option<u32>,
    },
    /// Nobody took a request for help in time.
    RequestLapsed {
        /// The conversation.
        session: InteractionId,
        /// The number of the request.
        request: u32,
    },
    /// A supervisor follows the conversations of an agent.
    Supervise(Box<Supervise>),
    /// An offer's time is up.
    OfferLapsed {
        /// The conversation.
        session: InteractionId,
        /// The agent who did not answer.
        agent: UserId,
    },
    /// A connector brings something.
    Receive(Box<Receive>),
    /// An agent begins a conversation.
    Begin {
        /// The agent.
        agent: UserId,
        /// With whom.
        begin: Box<Begin>,
    },
    /// A connector tells what became of a message.
    Report {
        /// The conversation.
        session: InteractionId,
        /// Place in its log.
        index: u32,
        /// What became of it.
        report: DeliveryReport,
    },
    /// A task that belongs to no conversation is done with.
    Settle {
        /// Its id.
        task: String,
    },
    /// The time to answer a customer runs out soon.
    WindowClosing {
        /// The conversation.
        session: InteractionId,
    },
    /// Nobody wrote in a conversation for too long.
    FellSilent {
        /// The conversation.
        session: InteractionId,
    },
    /// Nobody wrote in a conversation for so long that it takes no slot any more.
    SlotsIdle {
        /// The conversation.
        session: InteractionId,
    },
    /// A call comes in.
    Arrive(Box<Arrive>),
    /// An agent calls somebody.
    Dial {
        /// The agent.
        agent: UserId,
        /// Whom and how.
        dial: Box<Dial>,
    },
    /// An agent works on a call.
    Call {
        /// The call.
        call: InteractionId,
        /// The agent.
        agent: UserId,
        /// What the agent does.
        act: CallAct,
    },
    /// The router offers a waiting call to an agent, or the consultation of an agent who waits in a queue.
    OfferCall {
        /// The call.
        call: InteractionId,
        /// The agent.
        agent: UserId,
        /// The number of the request; `None` for the call itself.
        request: Option<u32>,
    },
    /// The switch tells something of a leg.
    LegEvent {
        /// The leg.
        leg: LegId,
        /// What.
        heard: LegEvent,
    },
    /// The switch tells that a phone sends its call elsewhere.
    Diverted {
        /// The leg.
        leg: LegId,
        /// Where the number that it names leads.
        to: Destination,
        /// The SIP status code.
        code: u16,
    },
    /// A phone that holds the call on one of its legs calls somebody on another.
    AskByPhone {
        /// The leg that came in, of the call that is held; its number is no party's.
        leg: LegId,
        /// The leg that is held.
        held: LegId,
        /// Whom it calls.
        call_in: Box<CallIn>,
    },
    /// A phone takes over what another leg of its number carries.
    ReplaceLeg {
        /// The leg that came in, of the same call; its number is no party's.
        leg: LegId,
        /// The leg that it replaces.
        replaced: LegId,
    },
    /// A phone hands its call over by its own key.
    Refer {
        /// The leg.
        leg: LegId,
        /// To whom.
        to: ReferTo,
    },
    /// Something fell due in a call.
    CallDue {
        /// The call.
        call: InteractionId,
        /// What.
        due: CallDeadline,
        /// Where the queue that it, or the request, waits in sends what has waited for too long.
        late: Destination,
    },
    /// The process that carried a call is gone.
    CallLost {
        /// The call.
        call: InteractionId,
    },
    /// A phone registered under a number, or the last one went.
    InService {
        /// The number.
        dn: Dn,
        /// Whether there is one.
        on: bool,
        /// Whether it can be made to answer.
        answers: bool,
    },
    /// An agent changes what their phone does with calls.
    Device {
        /// The number.
        dn: Dn,
        /// The agent.
        agent: UserId,
        /// What the agent does.
        act: DeviceAct,
    },
    /// The time for work after a call is over, that for which an agent is held who owes a disposition, or that in which
    /// what they hold is kept while their client is silent.
    WrapUpOver {
        /// The agent.
        agent: UserId,
    },
    /// Roles, groups or features have changed: whom a supervisor may not follow any more, they follow no longer.
    RightsChanged {
        /// The supervisor.
        supervisor: UserId,
    },
    /// A supervisor lets an agent off the dispositions that they owe.
    ReleaseFromDispositions {
        /// The agent.
        agent: UserId,
        /// Who lets them off.
        by: UserId,
        /// Of one medium; of all when `None`.
        medium: Option<MediumName>,
    },
    /// A supervisor changes the working state of an agent whom they lead.
    Control {
        /// The agent.
        agent: UserId,
        /// The supervisor.
        by: UserId,
        /// How.
        control: Control,
    },
    /// A supervisor takes a conversation from an agent whom they lead.
    TakeOver {
        /// The conversation.
        session: InteractionId,
        /// The agent.
        agent: UserId,
        /// The supervisor.
        by: UserId,
        /// Where it goes.
        to: TakeTo,
    },
    /// Somebody who leads a queue decides about one that waits in it.
    Direct(Box<DirectWaiting>),
    /// An agent's client fell silent.
    ConnectionLost {
        /// The agent.
        agent: UserId,
        /// When it was last heard.
        since: Millis,
        /// When the conversations that they hold are given back; `None` is never.
        until: Option<Millis>,
    },
    /// An agent's client is heard again.
    ConnectionBack {
        /// The agent.
        agent: UserId,
    },
    /// An agent changes their working state.
    Agent {
        /// The agent.
        agent: UserId,
        /// What the agent does.
        act: AgentAct,
    },
    /// An administrator changes how the centre is set up.
    Provision(Provision),
    /// Personal values of a conversation or of a call are erased.
    Erase {
        /// The conversation, or the call.
        session: InteractionId,
    },
}

impl Command {
    /// The user who gave the command, when it was an agent or a supervisor.
    pub const fn actor(&self) -> Option<&UserId> {
        match self {
            Self::Session { agent, .. }
            | Self::Agent { agent, .. }
            | Self::Begin { agent, .. }
            | Self::Dial { agent, .. }
            | Self::Call { agent, .. }
            | Self::Device { agent, .. } => Some(agent),
            Self::ReleaseFromDispositions { by, .. }
            | Self::Control { by, .. }
            | Self::TakeOver { by, .. } => Some(by),
            Self::Supervise(asked) => Some(&asked.supervisor),
            Self::Direct(asked) => Some(&asked.by),
            _ => None,
        }
    }
}

/// A customer comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// Fresh id of the conversation.
    pub session: InteractionId,
    /// The service the customer came through.
    pub service: ServiceName,
    /// Fresh id for the customer as a participant.
    pub participant: ParticipantId,
    /// The customer's name.
    pub nickname: String,
    /// SHA-256 of the key that will open the conversation for the customer, in hex.
    pub key_digest: String,
    /// What the customer's application sent along.
    pub user_data: UserData,
}

/// A supervisor follows the conversations of an agent (spec: digital-channels#2.8).
#[derive(Clone, Debug, PartialEq)]
pub struct Supervise {
    /// The supervisor.
    pub supervisor: UserId,
    /// The agent.
    pub target: UserId,
    /// The medium.
    pub medium: MediumName,
    /// What they ask for.
    pub act: SuperviseAct,
}

/// What a supervisor asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum SuperviseAct {
    /// To be offered what the agent takes from now on.
    Arm {
        /// How to follow it.
        monitoring: Monitoring,
        /// The next one, or all.
        mode: WatchMode,
    },
    /// Not to be offered it any more; where they are already they stay.
    Cancel,
    /// To be offered a conversation that the agent has.
    Intrude {
        /// The conversation.
        session: InteractionId,
        /// How to follow it; as was asked for before when `None`.
        monitoring: Option<Monitoring>,
    },
}

/// What a customer does.
#[derive(Clone, Debug, PartialEq)]
pub enum CustomerAct {
    /// Says something.
    Say {
        /// The words.
        text: String,
        /// The word that the customer's application uses for this kind of message.
        message_type: Option<String>,
    },
    /// Starts or stops typing; with a preview, what stands in the input line.
    Type {
        /// Starts or stops.
        on: bool,
        /// The preview.
        text: Option<String>,
    },
    /// Sends a link.
    SendUrl(String),
    /// Sends a notice of the customer's application.
    Notice(String),
    /// Changes the customer's name.
    Rename(String),
    /// Writes pairs into the user data.
    Data(UserData),
    /// Leaves, or is held to have left.
    Leave(EndedBy),
}

/// A unit that a connector brings (spec: channel-connectors#0.1).
#[derive(Clone, Debug, PartialEq)]
pub struct Receive {
    /// The service it came through.
    pub service: ServiceName,
    /// From whom, and to which address of ours.
    pub address: Address,
    /// The provider's names for it. A unit whose name is known already is not taken
    /// again.
    pub keys: Vec<ProviderKey>,
    /// When it was written, by the clock of the platform.
    pub at: Millis,
    /// The customer's name, if the platform tells it; may be empty.
    pub nickname: String,
    /// Ids for a conversation that may begin with it.
    pub fresh: NewConversationIds,
    /// What it is.
    pub unit: Unit,
}

/// What a connector brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Unit {
    /// The customer says something.
    Said(CustomerMessage),
    /// The platform tells something about the conversation, for the agent's eyes.
    Notice(Notice),
    /// The platform tells something about a message, for the agent's eyes.
    About {
        /// The name of the message.
        of: ProviderKey,
        /// What it tells.
        text: Notice,
    },
    /// The customer did something that this server does not know, by the platform's word for it. It opens no
    /// conversation, and is refused when none is open, so that it is kept elsewhere.
    Unknown(String),
    /// Somebody wrote to the customer elsewhere, in the page's name.
    Foreign {
        /// What they wrote.
        content: Vec<Content>,
        /// Their name, as far as it is known.
        name: String,
    },
    /// The customer starts or stops typing.
    Typing(bool),
    /// The platform says how far messages of ours have come.
    Reached {
        /// How far.
        state: Delivery,
        /// All written up to this moment, when the platform tells one.
        upto: Option<Millis>,
        /// The messages that it names.
        keys: Vec<ProviderKey>,
    },
    /// The copy of a message of ours; our own note in it says which message it is.
    Echo {
        /// The conversation.
        session: InteractionId,
        /// Place in its log.
        index: u32,
    },
    /// The customer changed the words of a message.
    Edited {
        /// Its name.
        of: ProviderKey,
        /// The new words.
        text: String,
    },
    /// The customer took a message back.
    Unsent {
        /// Its name.
        of: ProviderKey,
    },
}

/// Something a customer says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerMessage {
    /// Its parts, in order.
    pub content: Vec<Content>,
    /// What else the platform tells, for the user data.
    pub user_data: UserData,
    /// Whether it opens a conversation when none is open.
    pub opens: bool,
    /// The name of the message that it answers, if it says so.
    pub answers: Option<ProviderKey>,
    /// What the platform tells about it, in a sentence for the agent's eyes.
    pub notice: Option<Notice>,
    /// The word of consent that it is, if it is one.
    pub keyword: Option<Keyword>,
    /// What the server answers to that word, if the account answers itself.
    pub answer: Option<String>,
}

/// A word of consent (spec: channel-connectors#1D).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// The customer does not want to hear from us.
    OptOut,
    /// The customer wants to hear from us.
    OptIn,
    /// The same as `OptIn` if the customer had opted out; otherwise an ordinary word.
    OptInIfOut,
    /// The customer asks what this is.
    Help,
}

/// A conversation that an agent begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Begin {
    /// The service it goes through.
    pub service: ServiceName,
    /// With whom.
    pub address: Address,
    /// The agent's name for the customer.
    pub nickname: String,
    /// The agent's first words.
    pub text: Option<String>,
    /// What the agent attaches.
    pub user_data: UserData,
    /// Its ids.
    pub fresh: NewConversationIds,
}

/// What a connector tells of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// How far it has come.
    pub state: Delivery,
    /// The provider's code for what went wrong.
    pub code: Option<String>,
    /// What went wrong, in a sentence for an agent.
    pub why: Option<String>,
    /// The provider's names for it.
    pub keys: Vec<ProviderKey>,
    /// Whether the provider refused because the customer opted out.
    pub opted_out: bool,
    /// Whether this is the outcome of the task that sends it.
    pub settles: bool,
}

impl DeliveryReport {
    /// A report that says only how far the message has come.
    pub const fn of(state: Delivery) -> Self {
        Self { state, code: None, why: None, keys: Vec::new(), opted_out: false, settles: false }
    }
}

/// What an agent does about their working state (spec: core-and-voice#4.3, #4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentAct {
    /// Begins a contact-centre session, or takes further channels into it.
    LogIn {
        /// The channels that could be started.
        channels: Vec<MediumName>,
        /// The place; where they are, or else their own, when `None`.
        place: Option<Workplace>,
    },
    /// Goes to another place within the session.
    Sit(Workplace),
    /// Ends the contact-centre session.
    LogOut,
    /// Enters the state that an operation names.
    SetState {
        /// One channel; all of the session when `None`.
        channel: Option<MediumName>,
        /// The operation.
        operation: String,
        /// For how long, in milliseconds: the time for work after a call, after which the agent is ready again; 0 ends
        /// the timer that runs (spec: admin-and-reporting#7.5). Work that the server began can be extended once.
        wrap_up: Option<Millis>,
    },
    /// Closes channels to work, or opens them again.
    DoNotDisturb {
        /// One channel; all of the session when `None`.
        channel: Option<MediumName>,
        /// Closes or opens.
        on: bool,
    },
}

/// Where an agent wants to work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workplace {
    /// The name of the place, if it has one.
    pub name: Option<String>,
    /// The phone there; `None` for a place of the agent's own at which there is none.
    pub device: Option<Device>,
}

/// What an administrator changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Provision {
    /// Writes a user.
    PutUser(Box<User>),
    /// Takes a user away.
    RemoveUser(UserId),
    /// Writes a queue.
    PutQueue(Box<Queue>),
    /// Takes a queue away.
    RemoveQueue(QueueName),
    /// Writes the centre.
    PutCentre(Box<Centre>),
    /// Changes the disposition book.
    Book(disposition_tree::DispositionTreeEvent),
    /// All of these, in order and as one: if one of them is refused, none is made.
    All(Vec<Self>),
}
