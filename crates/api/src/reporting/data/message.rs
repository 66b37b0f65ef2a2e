//! Events within a conversation: what is said in it, what became of messages that a connector carries, and what customers
//! want to be sent. The words stay in its log: reporting counts messages, it does not read them.

use super::{
    row::{Actor, Conversation, Names, Row, json, schema, time},
    words,
};
use domain::{
    session::Fact,
    thread::{self, ThreadEvent},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[
    ("session.message", schema::<Message<'_>>),
    ("session.renamed", schema::<Renamed<'_>>),
    ("session.user-data", schema::<DataChanged<'_>>),
    ("session.comment", schema::<Commented<'_>>),
    ("session.delivery", schema::<Delivery<'_>>),
    ("session.resent", schema::<Resent<'_>>),
    ("session.amended", schema::<Amended<'_>>),
    ("session.found-closed", schema::<FoundClosed<'_>>),
    ("session.slots-left", schema::<SlotsLeft<'_>>),
    ("session.window-closing", schema::<WindowClosing<'_>>),
    ("thread.consent", schema::<Consent<'_>>),
];

/// Something was said.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    who: Actor<'a>,
    /// Its place in the log of the conversation.
    index: u32,
    /// Who said it, as a kind.
    #[serde(with = "words::PartyKind")]
    by: domain::message::PartyKind,
    /// What kind of entry: `text`, `joined`, `rejoined`, `left`, `url`, `custom-notice`, `notice`, `renamed`.
    kind: &'a str,
    /// Who sees it.
    #[serde(with = "words::Visibility")]
    visibility: domain::message::Visibility,
}

/// A party changed its name.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Renamed<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// The agent; null when it was the customer.
    #[serde(flatten)]
    who: Actor<'a>,
    /// The new name.
    nickname: &'a str,
}

/// User data changed, disposition keys excepted.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DataChanged<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    who: Actor<'a>,
    /// Pairs added or replaced.
    set: &'a Map<String, Value>,
    /// Keys taken away.
    removed: &'a [String],
    /// By which operation.
    #[serde(with = "words::Via")]
    via: domain::session::Via,
}

/// The agents' note changed. As with messages, the words themselves are not told.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Commented<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    who: Actor<'a>,
}

/// A message of ours came further on its way to the customer, or did not.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Delivery<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// Its place in the log of the conversation.
    index: u32,
    /// How far it has come.
    #[serde(with = "words::Delivery")]
    state: domain::session::Delivery,
    /// The provider's code for what went wrong; null when nothing did, or when it named none.
    code: Option<&'a str>,
}

/// An agent has a message sent again that did not arrive.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Resent<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    #[serde(flatten)]
    by: Actor<'a>,
    /// Its place in the log of the conversation.
    index: u32,
}

/// The customer changed something they had written.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Amended<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// Its place in the log of the conversation.
    index: u32,
    /// How it was changed.
    #[serde(with = "words::Amendment")]
    how: domain::session::Amendment,
}

/// The customer came, or wrote while they waited, and the queue is closed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct FoundClosed<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// When the queue opens; null when nobody knows.
    #[schemars(extend("format" = "date-time"))]
    opens_at: Option<String>,
    /// Whether the customer was told so now; they are told once for each closure.
    told: bool,
    /// Whether the queue takes nobody in now, so that the conversation ends.
    refused: bool,
}

/// Nobody wrote for so long that the conversation takes no slot of its agents any more. They keep it, and it takes their slots
/// again with the next `session.message`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SlotsLeft<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
}

/// The time in which the customer can be answered runs out soon.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WindowClosing<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// When it has run out.
    #[schemars(extend("format" = "date-time"))]
    closes_at: String,
}

/// Whether a customer wants to hear from us became known, or changed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Consent<'a> {
    /// A digest of the service and both addresses.
    thread: &'a str,
    /// The service.
    service: &'a str,
    /// What the customer wants.
    #[serde(with = "words::Consent")]
    wants: thread::Consent,
    /// How it became known.
    #[serde(with = "words::Source")]
    source: thread::ConsentSource,
}

/// The data of a fact of what is said or of the way of messages; `None` for typing, and for the facts of other families.
pub(super) fn data(of: Conversation<'_>, fact: &Fact, names: Names<'_>) -> Option<Value> {
    match fact {
        Fact::Said { index, by, agent, kind, visibility, sent_at: _, posted: _ } => json(Message {
            of,
            who: Actor::maybe(agent.as_ref(), names),
            index: *index,
            by: *by,
            kind,
            visibility: *visibility,
        }),
        Fact::Renamed { agent, nickname } => {
            json(Renamed { of, who: Actor::maybe(agent.as_ref(), names), nickname })
        }
        Fact::DataChanged { set, removed, agent, via } => json(DataChanged {
            of,
            who: Actor::maybe(agent.as_ref(), names),
            set: set.pairs(),
            removed,
            via: *via,
        }),
        Fact::Commented { agent, comment: _ } => json(Commented { of, who: Actor::of(agent, names) }),
        Fact::Delivery { index, state, code } => {
            json(Delivery { of, index: *index, state: *state, code: code.as_deref() })
        }
        Fact::Resent { index, agent, reference: _ } => {
            json(Resent { of, by: Actor::of(agent, names), index: *index })
        }
        Fact::Amended { index, how } => json(Amended { of, index: *index, how: *how }),
        Fact::FoundClosed { until, told, refused } => {
            json(FoundClosed { of, opens_at: until.map(time), told: *told, refused: *refused })
        }
        Fact::SlotsLeft => json(SlotsLeft { of }),
        Fact::WindowClosing { at } => json(WindowClosing { of, closes_at: time(*at) }),
        Fact::Typed { .. }
        | Fact::Created { .. }
        | Fact::Queued { .. }
        | Fact::Preferred { .. }
        | Fact::Offered { .. }
        | Fact::Requested { .. }
        | Fact::RequestEnded { .. }
        | Fact::VisibilityChanged { .. }
        | Fact::TookOver { .. }
        | Fact::OfferEnded { .. }
        | Fact::Accepted { .. }
        | Fact::JoinFailed { .. }
        | Fact::TalkEnded { .. }
        | Fact::Disposition { .. }
        | Fact::PartyClosed { .. }
        | Fact::TakenAway { .. }
        | Fact::Ended { .. }
        | Fact::Erased => None,
    }
}

/// The data of a fact of a thread; `None` for the beginning of a conversation, which has an event of its own.
pub(super) fn of_thread(id: &str, event: &ThreadEvent) -> Option<Value> {
    match &event.fact {
        thread::Fact::Began { .. } => None,
        thread::Fact::Consent { consent, source } => {
            json(Consent { thread: id, service: event.service.as_str(), wants: *consent, source: *source })
        }
    }
}
