//! The routing rule: pure and deterministic.

use super::{
    board::{Board, BoardAgent, WaitingItem},
    explain::obstacle,
    preferred::kept_for,
};
use domain::{InteractionId, Millis, QueueName, UserId, offer::Obstacle, queue::Queue};
use std::collections::{BTreeMap, HashMap};

/// A conversation and the agent it should be offered to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// The conversation or call.
    pub interaction: InteractionId,
    /// Whether it is a call.
    pub is_call: bool,
    /// The agent.
    pub agent: UserId,
}

/// The priority that counts now: what it came with, and one more for every ageing step it has waited.
pub fn effective_priority(item: &WaitingItem, queue: &Queue, now: Millis) -> i64 {
    let aged = if queue.ageing > 0 { (now - item.since).max(0) / queue.ageing } else { 0 };
    i64::from(item.priority) + aged
}

/// Who gets what now. Conversations go by effective priority, then by waiting time, then by id; each takes, of
/// the agents nothing stands against, the one with the fewest of that medium, then the best suited, then the
/// one idle longest, then by id. A slot given here counts as taken for the rest of the round.
pub fn route(board: &Board, now: Millis) -> Vec<Offer> {
    let mut items: Vec<(i64, &WaitingItem, &Queue)> = board
        .waiting()
        .filter_map(|item| {
            let queue = board.queue(&item.queue)?;
            Some((effective_priority(item, queue, now), item, queue))
        })
        .collect();
    if items.is_empty() {
        return Vec::new();
    }
    items.sort_by(|(a_priority, a, _), (b_priority, b, _)| {
        b_priority.cmp(a_priority).then(a.since.cmp(&b.since)).then(a.interaction.cmp(&b.interaction))
    });

    let voice = domain::medium::voice();
    let mut given: HashMap<&UserId, BTreeMap<&domain::MediumName, usize>> = HashMap::new();
    // The agents who could take anything of a queue and medium; the list shrinks as slots fill, so that a long
    // queue does not look at full agents again and again.
    let mut free: HashMap<(&QueueName, &domain::MediumName), Vec<&BoardAgent>> = HashMap::new();
    let mut offers = Vec::new();
    for (_, item, queue) in items {
        let seats = free.entry((&item.queue, &item.medium)).or_insert_with(|| {
            board.seats().filter(|seat| obstacle_besides_bar(seat, item, queue, 0, now).is_none()).collect()
        });
        seats.retain(|seat| {
            let extra = given.get(&seat.agent).and_then(|by| by.get(&item.medium)).copied().unwrap_or(0);
            seat.room(&item.medium) > extra
        });
        let kept = kept_for(board, item, queue, now);
        let best = seats
            .iter()
            .filter(|seat| kept.is_none_or(|agent| *agent == seat.agent))
            .filter(|seat| item.barred.get(&seat.agent).is_none_or(|until| *until <= now))
            .filter(|seat| !item.given_up.contains(&seat.agent))
            .min_by_key(|seat| {
                let extra = given.get(&seat.agent).and_then(|by| by.get(&item.medium)).copied().unwrap_or(0);
                let load = seat.taken(&item.medium) + extra;
                (load, std::cmp::Reverse(seat.suits(queue)), seat.idle_since(), &seat.agent)
            });
        if let Some(seat) = best {
            *given.entry(&seat.agent).or_default().entry(&item.medium).or_default() += 1;
            offers.push(Offer {
                interaction: item.interaction.clone(),
                is_call: item.medium == voice,
                agent: seat.agent.clone(),
            });
        }
    }
    offers
}

fn obstacle_besides_bar(
    seat: &BoardAgent,
    item: &WaitingItem,
    queue: &Queue,
    extra: usize,
    now: Millis,
) -> Option<Obstacle> {
    match obstacle(seat, item, queue, extra, now) {
        Some(Obstacle::Refused { .. } | Obstacle::Impossible) | None => None,
        other => other,
    }
}

/// The next moment at which an offer becomes possible by the passing of time only: the end of a cool-down, or of the time
/// for which something is kept for an agent.
pub fn next_change(board: &Board, now: Millis) -> Option<Millis> {
    let kept = |item: &WaitingItem| item.preferred.as_ref().map(|(_, until)| *until);
    let ends = board.waiting().flat_map(|item| item.barred.values().copied().chain(kept(item)));
    ends.filter(|until| *until > now).min()
}

impl BoardAgent {
    /// How many slots of a medium are free.
    pub fn room(&self, medium: &domain::MediumName) -> usize {
        self.capacity(medium).saturating_sub(self.taken(medium))
    }

    /// How well the agent's skills suit a queue: the sum of their levels in what it asks for.
    fn suits(&self, queue: &Queue) -> u32 {
        queue.skills.keys().map(|skill| u32::from(self.level(skill))).sum()
    }
}
