//! What became of messages that a connector carries.

use super::{
    conversation::{Actor, Conversation},
    row::{Names, Row, json, schema},
    words,
};
use crate::reporting::time::time;
use domain::session::Fact;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

pub(super) const KINDS: &[Row] = &[
    ("session.delivery", schema::<Delivery<'_>>),
    ("session.resent", schema::<Resent<'_>>),
    ("session.amended", schema::<Amended<'_>>),
    ("session.window-closing", schema::<WindowClosing<'_>>),
];

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

/// The data of a fact about the way of messages; `None` for the facts of other families.
pub(super) fn data(of: Conversation<'_>, fact: &Fact, names: Names<'_>) -> Option<Value> {
    match fact {
        Fact::Delivery { index, state, code } => {
            json(Delivery { of, index: *index, state: *state, code: code.as_deref() })
        }
        Fact::Resent { index, agent, reference: _ } => {
            json(Resent { of, by: Actor::of(agent, names), index: *index })
        }
        Fact::Amended { index, how } => json(Amended { of, index: *index, how: *how }),
        Fact::WindowClosing { at } => json(WindowClosing { of, closes_at: time(*at) }),
        Fact::Created { .. }
        | Fact::Queued { .. }
        | Fact::Offered { .. }
        | Fact::OfferEnded { .. }
        | Fact::Accepted { .. }
        | Fact::JoinFailed { .. }
        | Fact::Said { .. }
        | Fact::Typed { .. }
        | Fact::Renamed { .. }
        | Fact::TalkEnded { .. }
        | Fact::DataChanged { .. }
        | Fact::Disposition { .. }
        | Fact::Commented { .. }
        | Fact::PartyClosed { .. }
        | Fact::Ended { .. }
        | Fact::Erased => None,
    }
}
