//! What a user may see of other users.

use crate::{auth::Caller, state::Api};
use domain::{
    UserId,
    user::{Role, User},
};
use gws::Problem;
use std::sync::Arc;

/// Roles that look after others, and so see the sub-resources of those.
pub const CARERS: &[Role] = &[Role::Supervisor, Role::Admin, Role::Apiuser];

/// Every role there is.
pub const ANYONE: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin, Role::Apiuser];

/// A user by their id.
pub fn find(api: &Api, id: &str) -> Result<Arc<User>, Problem> {
    let user = api.desk.directory().user(&UserId::from(id));
    user.ok_or_else(|| Problem::not_found(&format!("User '{id}'")))
}

/// Whether the caller sees the sub-resources of a user: their own, or as one who looks after others.
pub fn sees(caller: &Caller, user: &User) -> bool {
    caller.user.id == user.id || caller.user.has(CARERS)
}

/// Refuses a caller who does not see the sub-resources of a user.
pub fn needs_sight(caller: &Caller, user: &User) -> Result<(), Problem> {
    if sees(caller, user) { Ok(()) } else { Err(domain::Refusal::RoleMissing.into()) }
}
