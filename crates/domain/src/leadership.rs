//! Who leads a queue: one rule for whoever asks, and for the decision that judges it again (spec: decisions#leading).

use crate::{
    centre::Centre,
    offer::serves,
    queue::Queue,
    user::{Role, User},
};

/// Whether somebody leads a queue: an administrator, or a program with their reach, leads every one; a supervisor leads one
/// that any of `users` works for whom they lead, and every one where the centre has no groups.
pub fn leads_queue<'u>(
    centre: &Centre,
    leader: &User,
    queue: &Queue,
    users: impl IntoIterator<Item = &'u User>,
) -> bool {
    let works_for_it = |user: &User| user.has(&[Role::Agent, Role::Supervisor]) && serves(user, queue);
    leader.has(&[Role::Admin, Role::Apiuser])
        || leader.has(&[Role::Supervisor]) && centre.agent_groups.is_empty()
        || users.into_iter().any(|user| centre.leads(leader, user) && works_for_it(user))
}
