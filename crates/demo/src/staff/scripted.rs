//! Which users of the centre are scripted, and what they are there for.

use crate::centre::{AGENTS, COACH, EXPERT, agent_name};
use domain::user::User;

/// The first scripted agent; those before are for people.
pub(crate) const FIRST: u32 = 5;

/// What somebody of the staff is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Serves customers whom queues give them.
    Customers,
    /// Is asked by colleagues.
    Advice,
    /// Supervises.
    Coaching,
}

/// The staff, by user name.
pub(super) fn all() -> impl Iterator<Item = (String, Duty)> {
    let agents = (FIRST..=AGENTS).map(|number| (agent_name(number), Duty::Customers));
    agents.chain([(EXPERT.to_owned(), Duty::Advice), (COACH.to_owned(), Duty::Coaching)])
}

/// Whether a user is one of them.
pub(crate) fn is_scripted(user: &User) -> bool {
    all().any(|(name, _)| name == user.user_name)
}
