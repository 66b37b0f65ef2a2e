//! What those who look inside are shown.

use crate::{links::Links, time::timestamp};
use base64::{Engine, engine::general_purpose::STANDARD};
use desk::{
    ports::Quarantined,
    routing::{AgentObstacle, WaitingItem},
};
use domain::hours::Closure;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// How much of a unit a list shows, in bytes.
const SHOWN: usize = 4_096;

/// Requests of clients that this server does not know (spec: decisions#8): an address, or an operation at one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnknownRequest {
    /// The HTTP method.
    pub method: String,
    /// The path; of an operation, the address it was posted to.
    pub path: String,
    /// The operation, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// How often it came since the start.
    pub count: u64,
}

/// A unit of a connector that could not be understood (spec: channel-connectors#0.2.5).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuarantinedUnit {
    /// Its number.
    id: i64,
    /// The service that it came to.
    service: String,
    /// When it came: `2026-02-03 10:11:12.345+0100`.
    received_date: String,
    /// Why it was not understood.
    why: String,
    /// How long it is, in bytes.
    length: usize,
    /// What came, at most 4096 bytes of it.
    raw: String,
    /// The same bytes in Base64, where characters of `raw` had to be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
}

/// A unit as a list shows it.
pub fn quarantined_unit(unit: &Quarantined) -> QuarantinedUnit {
    let shown = &unit.raw[..unit.raw.len().min(SHOWN)];
    let text = String::from_utf8_lossy(shown);
    let is_replaced = matches!(text, Cow::Owned(_));
    QuarantinedUnit {
        id: unit.id,
        service: unit.service.clone(),
        received_date: timestamp(unit.at),
        why: unit.why.clone(),
        length: unit.raw.len(),
        raw: text.into_owned(),
        raw_base64: is_replaced.then(|| STANDARD.encode(shown)),
    }
}

/// A customer who waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingInteraction {
    /// The interaction's id.
    interaction_id: String,
    /// The number of a request for help in it; left out for the customer's own place.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<u32>,
    /// Its channel.
    channel: String,
    /// The queue that it waits in.
    queue: String,
    /// Its priority; the higher is served first.
    priority: i64,
    /// Since when it waits: `2026-02-03 10:11:12.345+0100`.
    waiting_since: String,
    /// Whether that is closed: who waits is offered to agents who are ready all the same.
    queue_closed: bool,
    /// When it opens: `2026-02-03 10:11:12.345+0100`; absent while it is open, and where nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_opens_at: Option<String>,
    /// Everybody who is logged in, with what stands against offering it to them.
    agents: Vec<AgentStanding>,
}

/// What stands against offering something to an agent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentStanding {
    /// The login name.
    user_name: String,
    /// The first thing that stands against it; absent for an agent who is about to be offered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<String>,
    /// The address of the user.
    uri: String,
    /// The path of the user.
    path: String,
}

/// Somebody who waits, and how agents stand to it.
pub fn waiting_interaction(
    links: &Links,
    item: &WaitingItem,
    agents: &[AgentObstacle],
    closure: Option<Closure>,
) -> WaitingInteraction {
    WaitingInteraction {
        interaction_id: item.key.interaction.to_string(),
        request: item.key.request,
        channel: item.medium.to_string(),
        queue: item.queue.to_string(),
        priority: item.priority.into(),
        waiting_since: timestamp(item.since),
        queue_closed: closure.is_some(),
        queue_opens_at: closure.and_then(|closure| closure.until).map(timestamp),
        agents: agents.iter().map(|agent| standing(links, agent)).collect(),
    }
}

/// How one agent stands to something that waits.
pub(super) fn standing(links: &Links, agent: &AgentObstacle) -> AgentStanding {
    let path = format!("/users/{}", agent.agent);
    AgentStanding {
        user_name: agent.user_name.clone(),
        obstacle: agent.obstacle.as_ref().map(ToString::to_string),
        uri: links.uri(&path),
        path,
    }
}
