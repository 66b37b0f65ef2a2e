//! Routing: who waits, who is free, and who gets what.

mod board;
mod explain;
mod preferred;
mod route;
#[cfg(test)]
mod tests;

pub use board::{Board, BoardAgent, WaitingItem};
pub use domain::offer::Obstacle;
pub use explain::{AgentObstacle, explain};
pub use route::{Offer, effective_priority, next_change, route};
