//! Which agents of the centre are scripted.

use crate::centre::{AGENTS, agent_name};
use domain::user::User;

/// The first scripted agent; those before are for people.
pub(crate) const FIRST: u32 = 5;

/// Whether a user is one of them.
pub(crate) fn is_scripted(user: &User) -> bool {
    (FIRST..=AGENTS).any(|number| agent_name(number) == user.user_name)
}
