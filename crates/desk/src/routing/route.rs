//! The routing rule: pure and deterministic.

use super::{
    board::Board,
    explain::obstacle,
    item::{ItemKey, WaitingItem, aged},
    lines::{Line, Row},
    preferred::kept_for,
    seat::BoardAgent,
};
use domain::{MediumName, Millis, UserId, across::Taken, offer::Obstacle, queue::Queue};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, btree_set},
};

/// A conversation and the agent it should be offered to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// What waits.
    pub key: ItemKey,
    /// Whether it is a call.
    pub is_call: bool,
    /// The agent.
    pub agent: UserId,
}

/// Who gets what now. Conversations go by effective priority, then by waiting time, then by id; each takes, of
/// the agents nothing stands against, the one with the fewest of that medium, then the best suited, then the
/// one idle longest, then by id. A slot given here counts as taken for the rest of the round.
///
/// Each offer is made out when it is asked for. What nobody is free for is not looked at.
pub fn route(board: &Board, now: Millis) -> impl Iterator<Item = Offer> {
    Round::begin(board, now)
}

/// The next moment at which an offer becomes possible by the passing of time only: the end of a cool-down, or of the time
/// for which something is kept for an agent.
pub fn next_change(board: &Board, now: Millis) -> Option<Millis> {
    board.lines().next_bar(now)
}

struct Round<'a> {
    board: &'a Board,
    now: Millis,
    rows: Vec<OpenRow<'a>>,
    /// What comes next of each row.
    turns: BinaryHeap<Turn<'a>>,
    /// The slots that were given in this round.
    given: HashMap<&'a UserId, Taken>,
}

/// The next of a row: its effective priority, since when it waits and what it is, and the row's place in `rows`.
type Turn<'a> = (i64, Reverse<&'a (Millis, ItemKey)>, usize);

/// What still waits of a row.
struct OpenRow<'a> {
    medium: &'a MediumName,
    queue: &'a Queue,
    line: &'a Line,
    priority: i32,
    rest: btree_set::Iter<'a, (Millis, ItemKey)>,
}

/// Agents in the order in which they are asked: how many they have, how well they suit, since when they are idle, who.
type Rank<'a> = (usize, Reverse<u32>, Millis, &'a UserId);

/// Who is asked for an item.
struct Asked<'a> {
    /// The first whom nothing stands against.
    best: Option<Rank<'a>>,
    /// Whether anybody could take other items of the line.
    is_open: bool,
}

impl<'a> Round<'a> {
    fn begin(board: &'a Board, now: Millis) -> Self {
        let mut round =
            Self { board, now, rows: Vec::new(), turns: BinaryHeap::new(), given: HashMap::new() };
        for (medium, name, line) in board.lines().all() {
            let Some(queue) = board.queue(name).filter(|_| !line.crews.is_empty()) else { continue };
            for (Reverse(priority), row) in &line.rows {
                let (priority, rest) = (*priority, Row::iter(row));
                round.rows.push(OpenRow { medium, queue, line, priority, rest });
                round.await_turn(round.rows.len() - 1);
            }
        }
        round
    }

    /// The next of a row waits for its turn among the other rows.
    fn await_turn(&mut self, place: usize) {
        let Some(row) = self.rows.get_mut(place) else { return };
        if let Some(entry) = row.rest.next() {
            let priority = aged(row.priority, entry.0, row.queue, self.now);
            self.turns.push((priority, Reverse(entry), place));
        }
    }

    /// The agent for an item.
    fn ask(&self, row: &OpenRow<'a>, item: &WaitingItem) -> Asked<'a> {
        let mut asked = Asked { best: None, is_open: false };
        let kept = kept_for(self.board, item, row.queue, self.now);
        let mut take = |rank: Rank<'a>| {
            asked.is_open = true;
            let may = item.may_go_to(rank.3, self.now) && kept.is_none_or(|agent| agent == rank.3);
            if may && asked.best.as_ref().is_none_or(|best| rank < *best) {
                asked.best = Some(rank);
            }
            may
        };
        for crew in &row.line.crews {
            let suits = Reverse(crew.suits(row.queue));
            for standing in self.board.free().members(row.medium, crew) {
                // Of a crew, the first who may is the best.
                if !self.given.contains_key(&standing.agent)
                    && take((standing.load, suits, standing.idle_since, &standing.agent))
                {
                    break;
                }
            }
        }
        for (agent, extra) in &self.given {
            let Some(seat) = self.board.seat(agent) else { continue };
            if self.could_take(seat, item, row.queue, extra) {
                let load = seat.taken(row.medium) + extra.get(row.medium).copied().unwrap_or(0);
                take((load, Reverse(seat.suits(row.queue)), seat.idle_since(), agent));
            }
        }
        asked
    }

    /// Whether an agent could take others like an item.
    fn could_take(&self, seat: &BoardAgent, item: &WaitingItem, queue: &Queue, extra: &Taken) -> bool {
        matches!(
            obstacle(self.board, seat, item, queue, extra, self.now),
            None | Some(Obstacle::Refused { .. } | Obstacle::Impossible | Obstacle::TakesPart)
        )
    }
}

impl Iterator for Round<'_> {
    type Item = Offer;

    fn next(&mut self) -> Option<Offer> {
        loop {
            let (_, Reverse((_, key)), place) = self.turns.pop()?;
            let (Some(row), Some(item)) = (self.rows.get(place), self.board.item(key)) else { continue };
            let Asked { best, is_open } = self.ask(row, item);
            let medium = row.medium;
            // Where nobody has room any more, nobody will have in this round.
            if is_open {
                self.await_turn(place);
            }
            if let Some((.., agent)) = best {
                *self.given.entry(agent).or_default().entry(medium.clone()).or_default() += 1;
                let is_call = *medium == domain::medium::voice();
                return Some(Offer { key: key.clone(), is_call, agent: agent.clone() });
            }
        }
    }
}
