//! The demo centre beside a server.

/// How much of the demo centre there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Populace {
    /// Nothing: the objects are those of the settings.
    None,
    /// What is provisioned in it.
    Provisioned,
    /// That, and its scripted agents and simulated customers.
    Alive,
}
