//! The demo centre beside a server.

/// How much of the demo centre there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoMode {
    /// None: the objects are those of the settings.
    None,
    /// Its provisioned objects.
    Provisioned,
    /// Its provisioned objects, and its scripted agents and simulated customers.
    Alive,
}
