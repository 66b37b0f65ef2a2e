//! Dispositions: the events reporting is guaranteed to receive (DESIGN §4, admin-and-reporting §10.2).

use super::{Row, json, schema, session::Conversation, words};
use crate::reporting::cloud_event::time;
use domain::{Millis, session::Fact};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[("disposition", schema::<Disposed<'_>>)];

/// A disposition was set, changed or cleared. No other event has a member `disposition`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Disposed<'a> {
    #[serde(flatten)]
    of: Conversation<'a>,
    /// The part of the conversation it belongs to: the joining of the agent, or of the customer.
    leg: &'a str,
    /// The agent's user name; null when the customer's application wrote the key.
    agent: Option<&'a str>,
    /// By which operation.
    #[serde(with = "words::Via")]
    via: domain::session::Via,
    /// Whether the agent's part was over.
    phase: Phase,
    /// Whether the disposition book knows the value; a cleared one counts as known.
    known: bool,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    occurred_at: String,
    /// What.
    disposition: Change<'a>,
    /// After release only: the event under which such data is known in the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "&str", extend("const" = "EventUserEvent"))]
    event: Option<&'static str>,
    /// After release only: exactly the pair that was sent. The conversation's own data is not touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>")]
    user_data: Option<Map<String, Value>>,
}

/// Whether the agent's part was over when the disposition was set.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Phase {
    /// It was not.
    Live,
    /// It was.
    Released,
}

/// The pair, and what stood there before.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    /// The key of the user data.
    key: &'a str,
    /// The value: empty when cleared, null when the pair was taken away.
    value: &'a Value,
    /// The value before; null when there was none.
    previous: &'a Value,
}

/// What a disposition tells; `None` for any other fact.
pub(super) fn data(of: Conversation<'_>, at: Millis, fact: &Fact) -> Option<Value> {
    let Fact::Disposition { agent: _, user_name, leg, key, value, previous, via, late, known } = fact else {
        return None;
    };
    json(Disposed {
        of,
        leg: leg.as_str(),
        agent: user_name.as_deref(),
        via: *via,
        phase: if *late { Phase::Released } else { Phase::Live },
        known: *known,
        occurred_at: time(at),
        disposition: Change { key, value, previous },
        event: late.then_some("EventUserEvent"),
        user_data: late.then(|| Map::from_iter([(key.clone(), value.clone())])),
    })
}
