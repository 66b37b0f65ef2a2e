//! Routing: who waits, who is free, and who gets what.

mod board;
mod explain;
mod first;
mod free;
mod item;
mod lines;
mod preferred;
mod route;
mod seat;
#[cfg(test)]
mod tests;

pub use board::Board;
pub use domain::offer::Obstacle;
pub use explain::{AgentObstacle, explain};
pub use first::priority_to_be_first;
pub use item::{ItemKey, WaitingItem, effective_priority};
pub use route::{Offer, next_change, route};
pub use seat::BoardAgent;
