//! Who waits in a queue, and why nobody gets them, for those who lead the queue (spec: decisions#leading).

use super::diagnostics::{AgentStanding, standing};
use crate::{links::Links, time::timestamp};
use desk::routing::{AgentObstacle, WaitingItem};
use domain::{Millis, State, UserId, call::Call};
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum WaitingKind {
    /// A customer for an agent: the place of the interaction itself.
    Interaction,
    /// An agent who has the interaction, for help.
    Request,
}

/// One that waits in a queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueWaiting {
    /// The interaction's id.
    interaction_id: String,
    /// What it waits for.
    kind: WaitingKind,
    /// The number of the request for help in it; left out for its own place.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<u32>,
    /// The login name of the agent who asks for help; left out for its own place.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<String>,
    /// Its channel.
    channel: String,
    /// The customer's name as whoever is offered it sees it; of a call without one, the number. Null where it is not known.
    customer: Option<String>,
    /// Its place in the order in which the queue is served, from 1, whatever its channel.
    position: usize,
    /// The priority that it was given; the higher is served first, and waiting raises it where the queue says so.
    priority: i32,
    /// Since when it waits: `2026-02-03 10:11:12.345+0100`.
    waiting_since: String,
    /// For how many seconds.
    waiting_seconds: u64,
    /// Agents who are logged in and work for the queue, at most 20: first those who are about to be offered it, then those
    /// against whom something stands, by login name. Supervisors see those whom they lead.
    agents: Vec<AgentStanding>,
    /// How many more of these there are.
    agents_left_out: usize,
    /// How many are logged in who do not work for the queue: it is none of theirs, or they lack a skill that it asks for.
    agents_of_other_queues: usize,
}

/// How agents stand to one that waits, as far as somebody sees it.
#[derive(Debug, Default)]
pub struct Standings {
    /// Those whom they see, in order.
    pub seen: Vec<AgentObstacle>,
    /// How many more work for the queue.
    pub left_out: usize,
    /// How many do not work for it.
    pub of_other_queues: usize,
}

impl Standings {
    /// At most `most` of those who work for the queue and whom somebody sees; the others are counted.
    pub fn of(agents: Vec<AgentObstacle>, sees: impl Fn(&UserId) -> bool, most: usize) -> Self {
        let all = agents.len();
        let mut serve: Vec<AgentObstacle> = agents.into_iter().filter(|agent| agent.serves).collect();
        let of_other_queues = all - serve.len();
        let serving = serve.len();
        serve.retain(|agent| sees(&agent.agent));
        serve.sort_by(|one, other| {
            let rank = |agent: &AgentObstacle| agent.obstacle.is_some();
            (rank(one), &one.user_name).cmp(&(rank(other), &other.user_name))
        });
        serve.truncate(most);
        Self { left_out: serving - serve.len(), seen: serve, of_other_queues }
    }
}

/// One that waits, with its place in the order, from 1. `state` is its snapshot, as far as there still is one; `names`
/// answers the login name of a user.
pub fn queue_waiting(
    links: &Links,
    (position, item): (usize, &WaitingItem),
    state: Option<&State>,
    names: impl Fn(&UserId) -> Option<String>,
    agents: &Standings,
    now: Millis,
) -> QueueWaiting {
    let request = item.key.request;
    QueueWaiting {
        interaction_id: item.key.interaction.to_string(),
        kind: if request.is_some() { WaitingKind::Request } else { WaitingKind::Interaction },
        request,
        asked_by: request.and_then(|number| names(asker(state?, number)?)),
        channel: item.medium.to_string(),
        customer: state.and_then(customer).filter(|name| !name.is_empty()).map(str::to_owned),
        position,
        priority: item.priority,
        waiting_since: timestamp(item.since),
        waiting_seconds: u64::try_from((now - item.since) / 1_000).unwrap_or(0),
        agents: agents.seen.iter().map(|agent| standing(links, agent)).collect(),
        agents_left_out: agents.left_out,
        agents_of_other_queues: agents.of_other_queues,
    }
}

/// The customer of an interaction, as agents are shown them in an offer.
fn customer(state: &State) -> Option<&str> {
    match state {
        State::Session(session) => Some(&session.customer.nickname),
        State::Call(call) => Some(caller(call)),
        _ => None,
    }
}

fn caller(call: &Call) -> &str {
    let line = call.customer().map(|customer| call.line(customer)).or(call.lines.first());
    let from = line.map_or(&call.from, |line| call.from_of(line));
    if from.name.is_empty() { &from.number } else { &from.name }
}

/// Who asks for help with a request.
fn asker(state: &State, number: u32) -> Option<&UserId> {
    match state {
        State::Session(session) => session.request(number).map(|request| &request.from),
        State::Call(call) => call.request(number).map(|request| &request.from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::offer::Obstacle;

    fn agent(name: &str, serves: bool, obstacle: Option<Obstacle>) -> AgentObstacle {
        AgentObstacle { agent: name.into(), user_name: name.into(), serves, obstacle }
    }

    #[test]
    fn who_is_about_to_be_offered_it_comes_first_and_the_others_are_counted() {
        let busy = || Some(Obstacle::Full { capacity: 1 });
        let all = || {
            vec![
                agent("ann", true, busy()),
                agent("bob", true, busy()),
                agent("cat", true, None),
                agent("dan", false, Some(Obstacle::OtherQueues)),
                agent("eve", true, busy()),
            ]
        };
        let told = |sees: &dyn Fn(&UserId) -> bool, most| {
            let Standings { seen, left_out, of_other_queues } = Standings::of(all(), sees, most);
            let names: Vec<String> = seen.into_iter().map(|agent| agent.user_name).collect();
            (names.join(" "), left_out, of_other_queues)
        };
        assert_eq!(told(&|_| true, 9), ("cat ann bob eve".into(), 0, 1));
        assert_eq!(told(&|_| true, 2), ("cat ann".into(), 2, 1));
        assert_eq!(told(&|agent| agent.as_str() == "bob", 2), ("bob".into(), 3, 1));
    }
}
