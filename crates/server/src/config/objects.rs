//! The objects to provision, as the settings file has them.

use super::capacity::{CapacityEntries, CapacityEntry};
use domain::{
    MediumName, QueueName,
    disposition::{Required, Requirement},
    medium::Connector,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// The centre. What is not given stays as the journal has it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CentreEntry {
    /// GUID, the `contactCenterId`; made at first start when not given.
    #[schemars(example = &"0b7e6d5c-1111-4222-8333-444455556666")]
    pub id: Option<String>,
    /// Its name.
    #[schemars(example = &"Night desk")]
    pub name: Option<String>,
    /// Ids of the features it has; all of this build when not given.
    #[schemars(example = ["api-multimedia", "api-voice"])]
    pub features: Option<BTreeSet<String>>,
    /// Slots per agent, by medium; 3 each when not given, of calls one. A table in place of the number says beside which
    /// other media an agent is offered one more, by `while_busy`: `[]` is beside none. When that is not given, it is
    /// beside all but a call.
    #[schemars(
        with = "Option<BTreeMap<String, CapacityEntry>>",
        example = serde_json::json!({"voice": {"max": 1, "while_busy": []}})
    )]
    pub capacity: Option<CapacityEntries>,
    /// How many interactions of all media together an agent is offered; as many as the media allow when not given.
    #[schemars(example = 4)]
    pub max_total: Option<u8>,
    /// Whether agents may hand a call to a colleague whom they asked while that phone still rings; `true` when not given.
    #[schemars(example = &false)]
    pub complete_while_ringing: Option<bool>,
    /// For how many seconds an agent has work after a call with somebody outside that no queue gave: one that they dialled,
    /// that rang at their number, or that a colleague handed to them. 0 is none.
    #[schemars(example = 15)]
    pub wrap_up_seconds: Option<u32>,
    /// Whether that follows a call that the agent dialled and nobody answered, too.
    #[schemars(example = true)]
    pub wrap_up_unanswered: Option<bool>,
    /// Settings by section and option, as desktops read them.
    #[schemars(example = serde_json::json!({"workspace-tab": {"tab.title": "Work"}}))]
    pub settings: Option<BTreeMap<String, BTreeMap<String, Value>>>,
}

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserEntry {
    /// The login name.
    #[schemars(example = &"ada@desk.example")]
    pub user_name: String,
    /// 32 hex digits; follows from the login name when not given.
    #[serde(default)]
    #[schemars(example = &"00112233445566778899aabbccddeeff")]
    pub id: Option<String>,
    /// First name.
    #[serde(default)]
    #[schemars(example = &"Ada")]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    #[schemars(example = &"Lovelace")]
    pub last_name: String,
    /// E-mail address.
    #[serde(default)]
    #[schemars(example = &"ada@desk.example")]
    pub email: String,
    /// The password, hashed when it is applied.
    #[serde(default)]
    #[schemars(with = "Option<String>", example = &"change me")]
    pub password: Option<Password>,
    /// The argon2 hash of the password in PHC form, instead of the password.
    #[serde(default)]
    #[schemars(example = &"$argon2id$v=19$m=19456,t=2,p=1$…")]
    pub password_hash: Option<String>,
    /// What the user may do: `agent`, `supervisor`, `admin`, `apiuser` (a program with an administrator's reach).
    #[serde(default = "agent")]
    #[schemars(with = "Vec<String>", example = ["agent", "supervisor"])]
    pub roles: Vec<domain::user::Role>,
    /// Whether the user may log in.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Skills with levels.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"Support": 10}))]
    pub skills: BTreeMap<String, u8>,
    /// The DN of the user's phone, if any.
    #[serde(default)]
    #[schemars(example = &"7001")]
    pub phone_number: Option<String>,
    /// The place the user sits at by default.
    #[serde(default)]
    #[schemars(example = &"Desk 12")]
    pub place: Option<String>,
    /// Slots per medium, and beside which others, where it differs from the centre's.
    #[serde(default)]
    #[schemars(
        with = "BTreeMap<String, CapacityEntry>",
        example = serde_json::json!({"voice": {"max": 1, "while_busy": []}})
    )]
    pub capacity: CapacityEntries,
    /// How many interactions of all media together, where it differs from the centre's.
    #[serde(default)]
    #[schemars(example = 4)]
    pub max_total: Option<u8>,
    /// The queues whose work the user takes; empty means those whose skills they have.
    #[serde(default)]
    #[schemars(with = "Vec<String>", example = ["Support"])]
    pub queues: Vec<QueueName>,
    /// Settings of the user's own, by section and option.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"workspace-tab": {"tab.title": "Ada"}}))]
    pub settings: BTreeMap<String, BTreeMap<String, Value>>,
}

fn agent() -> Vec<domain::user::Role> {
    vec![domain::user::Role::Agent]
}

const fn yes() -> bool {
    true
}

/// A place with a phone that is nobody's own: whoever begins their session there works at it until that ends. The place
/// of a user's own phone stands with the user.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceEntry {
    /// Its name.
    #[schemars(example = &"Desk 40")]
    pub name: String,
    /// The DN of the phone there.
    #[schemars(example = &"7040")]
    pub phone_number: String,
}

/// A password as it stands in the file. It is never shown, and written only to this installation's own server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(pub String);

impl Password {
    /// Whether it is empty: a forgotten password would let everybody in.
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// A queue.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueEntry {
    /// Its name.
    #[schemars(with = "String", example = &"Support")]
    pub name: QueueName,
    /// Skills an agent must have, each with the least level.
    #[serde(default)]
    #[schemars(example = serde_json::json!({"Support": 1}))]
    pub skills: BTreeMap<String, u8>,
    /// Priority of what comes in; higher goes first.
    #[serde(default)]
    pub priority: i32,
    /// After how many seconds of waiting the priority rises by one; 0 is never.
    #[serde(default)]
    pub ageing_seconds: u32,
    /// How long an offer stands, in seconds.
    #[serde(default = "thirty")]
    pub offer_seconds: u32,
    /// For how long an agent who refused is not offered the same conversation again, in seconds.
    #[serde(default = "thirty")]
    pub cool_down_seconds: u32,
    /// For how many seconds a customer who comes back by a text message or Messenger is kept for the agent who served them
    /// last, if that is at work on the channel; 0 is not. Then, and when the agent goes home or refuses, it is anybody's.
    #[serde(default)]
    pub last_agent_wait_seconds: u32,
    /// The most conversations and calls that may wait.
    #[serde(default = "ten_thousand")]
    pub max_waiting: u32,
    /// How many of these places are kept for each medium that comes into the queue, in percent; one at least. No medium
    /// takes those of another.
    #[serde(default = "ten")]
    pub reserve_percent: u8,
    /// Within how many seconds it is to answer: what reports count as answered in time.
    #[serde(default = "service_level")]
    pub service_level_seconds: u32,
    /// Who gives up before they have waited for so many seconds is left out of the service level; 0 is nobody.
    #[serde(default = "short_abandon")]
    pub short_abandon_seconds: u32,
    /// The DN by which callers reach it, if any.
    #[serde(default)]
    #[schemars(example = &"9000")]
    pub routing_point: Option<String>,
    /// When it is open, as `OpenStreetMap` writes opening hours (`Mo-Fr 08:00-18:00; Dec 24 08:00-12:00`); always when
    /// not given. For conversations of every medium, and for calls unless `calls.hours` says otherwise. Whoever waits
    /// when it closes goes on waiting, and is served by agents who are ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Mo-Fr 08:00-18:00")]
    pub hours: Option<String>,
    /// The time zone of these hours and of `calls.hours`, by its IANA name; that of the server when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"Europe/Berlin")]
    pub zone: Option<String>,
    /// Days on which it is closed, unless the hours say by `PH` what they are on these (`PH 10:00-14:00`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(example = serde_json::json!(["2026-12-25", "2027-01-01"]))]
    pub holidays: Vec<String>,
    /// What becomes of somebody who writes while it is closed: `"queue"`, they wait and are told nothing;
    /// `{ reply = "TEXT" }`, they are told the text, once for each closure, and wait; `{ refuse = "TEXT" }`, they are
    /// told the text and do not wait. Calls have `calls.closed`.
    #[serde(default, skip_serializing_if = "ClosedEntry::is_queue")]
    #[schemars(with = "Option<ClosedEntry>", example = serde_json::json!({"reply": "We are back at eight."}))]
    pub closed: ClosedEntry,
    /// What callers hear and where they go.
    #[serde(default)]
    pub calls: CallsEntry,
    /// What it asks of its agents' dispositions.
    #[serde(default)]
    pub disposition: QueueDisposition,
}

/// What a queue asks of its agents' dispositions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QueueDisposition {
    /// Whether a disposition is required of the queue's work, where that differs from `disposition.required`: written the
    /// same way. Media that a table does not name are as there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"ask")]
    pub required: Option<RequiredEntry>,
}

/// Whether a disposition is required: of every medium, or by medium.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "it is \"off\", \"ask\" or \"before_next\", or a table of these by medium")]
pub enum RequiredEntry {
    /// Of every medium.
    #[schemars(with = "String")]
    Every(Required),
    /// Of the media that are named.
    #[schemars(with = "BTreeMap<String, String>")]
    Media(BTreeMap<MediumName, Required>),
}

impl RequiredEntry {
    /// The media that are named.
    pub fn media(&self) -> impl Iterator<Item = &MediumName> {
        let media = match self {
            Self::Every(_) => None,
            Self::Media(media) => Some(media.keys()),
        };
        media.into_iter().flatten()
    }
}

impl From<RequiredEntry> for Requirement {
    fn from(entry: RequiredEntry) -> Self {
        match entry {
            RequiredEntry::Every(required) => Self { every: Some(required), media: BTreeMap::new() },
            RequiredEntry::Media(media) => Self { every: None, media },
        }
    }
}

/// What a queue does with calls.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallsEntry {
    /// The prompt a caller hears first, by name.
    #[schemars(example = &"welcome")]
    pub greeting: Option<String>,
    /// When it takes calls, where that is not when the queue is open; written the same way, with the queue's `zone` and
    /// `holidays`.
    #[schemars(example = &"Mo-Fr 08:00-18:00")]
    pub hours: Option<String>,
    /// Where a call goes outside of these hours; it is released when not given.
    #[schemars(example = serde_json::json!({"announce": "closed"}))]
    pub closed: Option<OverflowEntry>,
    /// Where a call goes while as many wait as the queue takes; it is released when not given.
    #[schemars(example = serde_json::json!({"announce": "busy"}))]
    pub full: Option<OverflowEntry>,
    /// For how many seconds a call may wait; 0 is forever.
    pub patience_seconds: u32,
    /// Where a call goes that has waited for so long; it is released when not given.
    #[schemars(example = serde_json::json!({"queue": "Overflow"}))]
    pub late: Option<OverflowEntry>,
    /// For how many seconds an agent has work after a call of the queue before the state follows that they were in; 0 is
    /// none.
    pub wrap_up_seconds: u32,
}

/// What becomes of somebody who writes to a closed queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedEntry {
    /// They wait and are told nothing.
    #[default]
    Queue,
    /// They are told this text, and wait.
    Reply(String),
    /// They are told this text, and do not wait.
    Refuse(String),
}

impl ClosedEntry {
    fn is_queue(&self) -> bool {
        *self == Self::Queue
    }
}

impl From<ClosedEntry> for domain::hours::Closed {
    fn from(entry: ClosedEntry) -> Self {
        match entry {
            ClosedEntry::Queue => Self::Queue,
            ClosedEntry::Reply(text) => Self::Reply(text),
            ClosedEntry::Refuse(text) => Self::Refuse(text),
        }
    }
}

/// Where a call goes that a queue does not take: one of the two.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OverflowEntry {
    /// It hears a prompt, by name, and is released.
    Announce(String),
    /// It goes into another queue.
    #[schemars(with = "String")]
    Queue(QueueName),
}

const fn thirty() -> u32 {
    30
}

const fn ten() -> u8 {
    domain::share::RESERVE_PERCENT
}

const fn service_level() -> u32 {
    20
}

const fn short_abandon() -> u32 {
    5
}

const fn ten_thousand() -> u32 {
    10_000
}

/// A service that customers come in through.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceEntry {
    /// Its name, the last part of its address.
    #[schemars(example = &"website")]
    pub name: String,
    /// The medium.
    #[schemars(with = "String", example = &"whatsapp")]
    pub medium: MediumName,
    /// The queue its customers wait in.
    #[schemars(with = "String", example = &"Support")]
    pub queue: QueueName,
    /// A customer without any request for this long has left, in seconds; five minutes when not given. Where a
    /// connector carries the messages: a conversation in which nobody wrote for this long is over; a day when not
    /// given. 0 is never.
    #[serde(default)]
    #[schemars(example = 300)]
    pub inactivity_seconds: Option<u32>,
    /// The longest message, in characters; the connector's when not given.
    #[serde(default)]
    #[schemars(example = 1_600)]
    pub max_chars: Option<u32>,
    /// How long after a customer's last message they may be answered, in seconds; the connector's when not given, 0
    /// is always.
    #[serde(default)]
    #[schemars(example = 86_400)]
    pub reply_seconds: Option<u32>,
    /// How long after it a person may answer, in seconds, where the platform has granted that; no longer than anyone
    /// when not given.
    #[serde(default)]
    #[schemars(example = 604_800)]
    pub person_reply_seconds: Option<u32>,
    /// Whether customers who opted out are still answered in a conversation that they began.
    #[serde(default)]
    pub reply_when_out: bool,
    /// Whether a word of consent opens a conversation when none is open.
    #[serde(default)]
    pub keywords_open: bool,
    /// Whether the platform tells what was read; the connector's when not given.
    #[serde(default)]
    #[schemars(example = true)]
    pub tells_reading: Option<bool>,
}

/// A medium over a connector there is already.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MediumEntry {
    /// Its name, one word of lower-case letters and digits: the collection is `<name>sessions`.
    #[schemars(example = &"whatsapp")]
    pub name: String,
    /// What carries its messages: `web-chat`, `sms` or `messenger`.
    #[schemars(with = "String", example = &"sms")]
    pub connector: Connector,
}

/// Spellings that clients differ about (spec: decisions#8).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Compat {
    /// The key of conversations over SMS in messages: one spelling, or `both`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"both")]
    pub sms_keys: Option<String>,
    /// How the other parties of a call are written: `objects`, or `legacy`, a list of numbers beside
    /// `participantsInfo` (spec: core-and-voice#5.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"objects")]
    pub participants: Option<String>,
    /// Whether agents are shown the `messageType` of messages that were given one (spec: digital-channels#2.5); off
    /// unless set.
    pub include_message_type: bool,
}

/// A state agents can choose besides those every installation has.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentStateEntry {
    /// The operation that enters it.
    #[schemars(example = &"Lunch")]
    pub operation: String,
    /// What people read; the operation when not given.
    #[serde(default)]
    #[schemars(example = &"At lunch")]
    pub display: Option<String>,
    /// Whether an agent in it takes work.
    #[serde(default)]
    pub state: Pause,
    /// A finer word for it.
    #[serde(default)]
    #[schemars(example = &"AuxWork")]
    pub work_mode: Option<String>,
    /// The reason it stands for.
    #[serde(default)]
    #[schemars(example = &"Lunch")]
    pub reason: Option<String>,
    /// A GUID; follows from the operation when not given.
    #[serde(default)]
    #[schemars(example = &"DE300057-0000-4000-8000-000000000009")]
    pub id: Option<String>,
}

/// A group of agents.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentGroupEntry {
    /// Its name.
    #[schemars(example = &"Night shift")]
    pub name: String,
    /// The user names of the supervisors who lead it.
    #[schemars(example = ["grace@desk.example"])]
    pub leaders: BTreeSet<String>,
    /// The user names of those who are in it.
    #[schemars(example = ["ada@desk.example"])]
    pub members: BTreeSet<String>,
    /// Who is shown that a supervisor listens to a call of its members.
    #[serde(default)]
    pub supervision_visible: SupervisionVisible,
}

/// Who is shown that a supervisor listens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SupervisionVisible {
    /// The agent.
    #[default]
    Agent,
    /// Nobody.
    Hidden,
}

/// Whether a state takes work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pause {
    /// It does.
    Ready,
    /// It does not.
    #[default]
    NotReady,
}

/// A group of disposition codes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    /// Its name.
    #[schemars(example = &"DispositionCode")]
    pub name: String,
    /// Its codes, in order.
    #[serde(default)]
    #[schemars(example = serde_json::json!(["Resolved", {"name": "CallBack", "display": "Call back"}]))]
    pub codes: Vec<CodeEntry>,
    /// The groups inside it.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{"name": "Complaint", "codes": ["Late"]}]))]
    pub groups: Vec<GroupEntry>,
}

/// A disposition code: its value, or value and label.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CodeEntry {
    /// The value, which people read too.
    Name(String),
    /// Both.
    Labelled {
        /// The value that a disposition sends.
        name: String,
        /// What people read.
        display: String,
    },
}
