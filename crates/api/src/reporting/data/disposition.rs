//! Dispositions: the events reporting is guaranteed to receive (spec: decisions#7, admin-and-reporting#10.2).

use super::{
    row::{CallConversation, Conversation, Row, json, schema, time},
    words,
};
use domain::Millis;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

pub(super) const KINDS: &[Row] = &[("disposition", schema::<Disposed<'_>>)];

/// A disposition was set, changed or cleared. No other event has a member `disposition`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Disposed<'a> {
    /// The interaction.
    interaction_id: &'a str,
    /// The name of its medium.
    media: &'a str,
    /// The queue it was last put into; null for a call that never was in one.
    queue: Option<&'a str>,
    /// The part of the conversation it belongs to: the participant id of the agent, or of the customer; of a call, the
    /// agent's leg.
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
    /// When it was set.
    #[schemars(extend("format" = "date-time"))]
    occurred_at: String,
    /// The change.
    disposition: Change<'a>,
    /// After release only: the name by which contact centres know such an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "&str", extend("const" = "EventUserEvent"))]
    event: Option<&'static str>,
    /// After release only: exactly the pair that was sent. The conversation's own data is not touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Map<String, Value>")]
    user_data: Option<Map<String, Value>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    call: Option<Telephony<'a>>,
}

/// Of a call only: what reporting matches it by.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Telephony<'a> {
    /// The UUID of the call.
    call_uuid: &'a str,
    /// Its connection id.
    conn_id: &'a str,
    /// The number of the agent's phone.
    this_dn: &'a str,
    /// True where the agent was in the call as a supervisor who follows somebody else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    supervisor: bool,
}

/// Whether the agent's part was over when the disposition was set.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Phase {
    /// The part was not over.
    Live,
    /// The part was over.
    Released,
}

/// The pair, and the value before.
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

/// The data of a disposition of a conversation; `None` for any other fact.
pub(super) fn data(of: Conversation<'_>, at: Millis, fact: &domain::session::Fact) -> Option<Value> {
    let domain::session::Fact::Disposition {
        agent: _,
        user_name,
        leg,
        key,
        value,
        previous,
        via,
        late,
        known,
        own: _,
    } = fact
    else {
        return None;
    };
    json(Disposed {
        interaction_id: of.interaction_id,
        media: of.media,
        queue: Some(of.queue),
        leg: leg.as_str(),
        agent: user_name.as_deref(),
        via: *via,
        phase: Phase::of(*late),
        known: *known,
        occurred_at: time(at),
        disposition: Change { key, value, previous },
        event: late.then_some(EVENT),
        user_data: late.then(|| pair(key, value)),
        call: None,
    })
}

/// The data of a disposition of a call; `None` for any other fact.
pub(super) fn of_call(of: CallConversation<'_>, at: Millis, fact: &domain::call::Fact) -> Option<Value> {
    let domain::call::Fact::Disposition {
        leg,
        agent: _,
        user_name,
        call_uuid,
        conn_id,
        this_dn,
        key,
        value,
        previous,
        via,
        late,
        known,
        supervisor,
    } = fact
    else {
        return None;
    };
    json(Disposed {
        interaction_id: of.interaction_id,
        media: of.media,
        queue: of.queue,
        leg: &leg.to_string(),
        agent: Some(user_name),
        via: *via,
        phase: Phase::of(*late),
        known: *known,
        occurred_at: time(at),
        disposition: Change { key, value, previous },
        event: late.then_some(EVENT),
        user_data: late.then(|| pair(key, value)),
        call: Some(Telephony {
            call_uuid: call_uuid.as_str(),
            conn_id: conn_id.as_str(),
            this_dn: this_dn.as_str(),
            supervisor: *supervisor,
        }),
    })
}

/// The name by which contact centres know the event of data that is set after release.
const EVENT: &str = "EventUserEvent";

fn pair(key: &str, value: &Value) -> Map<String, Value> {
    Map::from_iter([(key.to_owned(), value.clone())])
}

impl Phase {
    const fn of(late: bool) -> Self {
        if late { Self::Released } else { Self::Live }
    }
}
