//! How long what is over still takes a disposition.

use domain::Millis;

/// Until when a completed conversation takes a disposition (decisions §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until then.
    Moment(Millis),
    /// Until later ones have pushed it out of the agent's last.
    Crowded,
}
