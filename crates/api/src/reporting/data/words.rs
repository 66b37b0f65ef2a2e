//! The words of the feed for the closed lists of the domain. Each list is repeated here and checked by the
//! compiler, so that renaming one inside does not rename it in the archives of those who read the feed.

use schemars::JsonSchema;
use serde::Serialize;

/// Who ended something.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::session::EndedBy", rename_all = "kebab-case")]
pub enum EndedBy {
    /// The agent, by an operation.
    Agent,
    /// The customer.
    Customer,
    /// A supervisor.
    Supervisor,
    /// Nobody: the customer fell silent for too long.
    Idle,
    /// Nobody: the agent did not answer the offer.
    NoAnswer,
    /// Nobody: the queue was closed and takes nobody in.
    Closed,
    /// The server, taking up after a restart what could no longer go on.
    Restart,
    /// An administrator or a program, by the API.
    Api,
    /// Nobody: the agent's client fell silent.
    ConnectionLost,
}

/// Whether a disposition is required.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::disposition::Required", rename_all = "snake_case")]
pub enum Required {
    /// It is not.
    Off,
    /// Desktops are told to ask for one.
    Ask,
    /// It has to be set before the agent is offered the next interaction of the medium.
    BeforeNext,
}

/// Where an agent is in a conversation.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::session::AgentPartyState")]
pub enum PartyState {
    /// Offered to the agent.
    Invited,
    /// The agent talks with the customer.
    Chatting,
    /// The agent accepted, but the customer's side was over already.
    JoinFailed,
    /// The talk is over, the agent still has work to do on it.
    LeftChat,
    /// The agent is done with it.
    Completed,
    /// It was taken away from the agent.
    Revoked,
}

/// The operation by which user data or a disposition was changed.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::session::Via")]
pub enum Via {
    /// The operation that names a disposition.
    SetDisposition,
    /// The operation that names a disposition of a call.
    SetCallDisposition,
    /// Pairs added.
    AttachUserData,
    /// Pairs replaced.
    UpdateUserData,
    /// Pairs taken away.
    DeleteUserData,
    /// One pair taken away.
    DeleteUserDataPair,
    /// An event that an agent sent from their phone.
    SendUserEvent,
    /// The customer's application.
    CustomerData,
    /// The server itself: last agent and the like.
    System,
}

/// Who sees something.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::message::Visibility", rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone.
    All,
    /// Agents and supervisors.
    Agents,
    /// Supervisors only.
    Supervisors,
}

/// What kind of party.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::message::PartyKind", rename_all = "lowercase")]
pub enum PartyKind {
    /// The customer.
    Customer,
    /// An agent or a supervisor.
    Agent,
    /// A bot or the server itself.
    External,
}

/// Whether a channel takes work.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::agent::Readiness")]
pub enum Readiness {
    /// Logged in, no state chosen yet.
    LoggedIn,
    /// Takes work.
    Ready,
    /// Takes none.
    NotReady,
    /// Not logged in.
    LoggedOut,
}

/// Which values a disposition may have.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::disposition::Policy", rename_all = "lowercase")]
pub enum Policy {
    /// Any.
    Open,
    /// Any; those not in the book are marked.
    Warn,
    /// Only those of the book.
    Strict,
}

/// How far a message of ours has come.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::session::Delivery", rename_all = "kebab-case")]
pub enum Delivery {
    /// It waits for the provider.
    Queued,
    /// Nobody knows whether the provider has it.
    Unknown,
    /// The provider has it.
    Sent,
    /// The customer's device has it.
    Delivered,
    /// The customer has seen it.
    Read,
    /// It was refused, and nothing was sent.
    Failed,
    /// It was sent and did not arrive.
    Undelivered,
}

/// How a customer changed something they had written.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::session::Amendment", rename_all = "kebab-case")]
pub enum Amendment {
    /// The customer wrote something else in its place.
    Edited,
    /// The customer took it back.
    Unsent,
}

/// What a customer wants.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::thread::Consent", rename_all = "kebab-case")]
pub enum Consent {
    /// To hear from us.
    In,
    /// Not to.
    Out,
}

/// How that is known.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::thread::ConsentSource", rename_all = "kebab-case")]
pub enum Source {
    /// A word the customer sent.
    Keyword,
    /// The provider told so.
    Provider,
}

/// Where a call comes from and goes to.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::call::CallKind")]
pub enum CallKind {
    /// Between phones of the switch.
    Internal,
    /// From outside.
    Inbound,
    /// To the outside.
    Outbound,
    /// A question to a colleague beside another call.
    Consult,
}

/// Where a party of a call is.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::call::PartyState")]
pub enum CallState {
    /// Calls, and nobody has answered yet.
    Dialing,
    /// Is called.
    Ringing,
    /// Talks, or waits in a queue that has answered.
    Established,
    /// Holds the others.
    Held,
    /// Is not in the call any more.
    Released,
}

/// How a party came into a call.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::call::PartyOrigin", rename_all = "kebab-case")]
pub enum Origin {
    /// It called.
    Caller,
    /// It asked over the API to call.
    Dial,
    /// It was called by number.
    Called,
    /// The queue offered it the call.
    Queue,
    /// It asks somebody beside its call.
    Consult,
    /// Its user follows somebody in it.
    Watch,
}

/// How a supervisor follows.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::watch::Monitoring", rename_all = "kebab-case")]
pub enum Monitoring {
    /// Hears everybody, and is heard by nobody.
    ListenIn,
    /// Is heard by whom they follow alone.
    Coach,
    /// Takes part.
    BargeIn,
}

/// Which interactions a supervisor follows.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::watch::WatchMode", rename_all = "kebab-case")]
pub enum WatchMode {
    /// The next one, or the one that is there.
    Next,
    /// Every one.
    All,
}

/// How long a supervisor stays in an interaction.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::watch::WatchScope", rename_all = "kebab-case")]
pub enum WatchScope {
    /// While the user is in it whom they follow.
    Agent,
    /// While anybody is in it whom they lead.
    Interaction,
}

/// What an agent calls somebody into a call for.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::call::Purpose", rename_all = "kebab-case")]
pub enum Purpose {
    /// To hand the call over.
    Transfer,
    /// To talk together.
    Conference,
}

/// Why waiting led nowhere.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::call::Overflowing", rename_all = "kebab-case")]
pub enum Overflowing {
    /// It is outside of the opening hours.
    Closed,
    /// As many wait as the queue takes.
    Full,
    /// It has waited for too long.
    Late,
}

/// Why a party's part in a call ended.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::call::Cause", rename_all = "kebab-case")]
pub enum Cause {
    /// Somebody hung up: the ordinary end.
    Normal,
    /// The caller hung up before it was answered.
    Cancelled,
    /// The other end is busy.
    Busy,
    /// The other end refused.
    Refused,
    /// Nobody answered in time.
    NoAnswer,
    /// There is no such number.
    NoSuchNumber,
    /// The number cannot be reached.
    Unreachable,
    /// The ends have no codec in common.
    Incompatible,
    /// A connection was lost.
    Lost,
    /// The server was started again, or the switch failed.
    Failed,
    /// The service is closed or full.
    Closed,
    /// The phone sends its calls elsewhere. It is not followed.
    Diverted,
    /// The phone takes no calls now, as it says itself.
    Unavailable,
}

/// What help a queue is asked for.
#[derive(Serialize, JsonSchema)]
#[serde(remote = "domain::request::Help", rename_all = "kebab-case")]
pub enum Help {
    /// Advice, of which the customer sees nothing.
    Consult,
    /// To talk with the customer as well.
    Invite,
}
