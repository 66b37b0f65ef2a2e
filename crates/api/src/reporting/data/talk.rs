//! Events within a conversation. The words stay in its log: reporting counts messages, it does not read them.

use super::{
    conversation::{Actor, Conversation},
    row::{Names, Row, json, schema},
    words,
};
use domain::session::Fact;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[
    ("session.message", schema::<Message<'_>>),
    ("session.renamed", schema::<Renamed<'_>>),
    ("session.user-data", schema::<DataChanged<'_>>),
    ("session.comment", schema::<Commented<'_>>),
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
    /// What kind of entry: `text`, `joined`, `left`, `url`, `custom-notice`, `notice`, `renamed`.
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

/// The data of a fact of a talk; `None` for typing, and for the facts of other families.
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
        Fact::Typed { .. }
        | Fact::Delivery { .. }
        | Fact::Resent { .. }
        | Fact::Amended { .. }
        | Fact::WindowClosing { .. }
        | Fact::Created { .. }
        | Fact::Queued { .. }
        | Fact::Offered { .. }
        | Fact::OfferEnded { .. }
        | Fact::Accepted { .. }
        | Fact::JoinFailed { .. }
        | Fact::TalkEnded { .. }
        | Fact::Disposition { .. }
        | Fact::PartyClosed { .. }
        | Fact::Ended { .. }
        | Fact::Erased => None,
    }
}
