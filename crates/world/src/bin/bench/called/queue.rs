//! The queue that callers reach.

/// The number that leads to the queue.
pub const QUEUE: &str = "9000";
