//! `/users`: the people of the centre (admin-and-reporting §2.1).

mod devices;
mod list;
mod read;
mod resource;
mod user_skills;

pub use devices::list as devices_of;
pub use read::get as read;
pub use resource::{resource, skills};
pub use user_skills::{list as skills_of, read as skill_of};

use crate::{answer::Problem, app::Api, auth::Caller};
use domain::{
    UserId,
    user::{Role, User},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Roles that look after others, and so see what hangs below them.
pub const CARERS: &[Role] = &[Role::Supervisor, Role::Admin, Role::Apiuser];
/// Every role there is.
pub const ANYONE: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin, Role::Apiuser];

/// The addresses below `/users`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::get))
        .routes(routes!(read::get))
        .routes(routes!(user_skills::list))
        .routes(routes!(user_skills::read))
        .routes(routes!(devices::list))
}

/// A user by his id.
pub fn find(api: &Api, id: &str) -> Result<Arc<User>, Problem> {
    let user = api.desk.directory().user(&UserId::from(id));
    user.ok_or_else(|| Problem::not_found(&format!("User '{id}'")))
}

/// Whether the caller sees what hangs below a user: his own, or as one who looks after others.
pub fn sees(caller: &Caller, user: &User) -> bool {
    caller.user.id == user.id || caller.user.has(CARERS)
}

/// Refuses a caller who does not see what hangs below a user.
pub fn needs_sight(caller: &Caller, user: &User) -> Result<(), Problem> {
    if sees(caller, user) { Ok(()) } else { Err(domain::Refusal::RoleMissing.into()) }
}
