//! `/users`: the people of the centre (spec: admin-and-reporting#2.1).

mod devices;
mod list;
mod read;
mod resource;
mod user_skills;

pub use devices::list as devices_of;
pub use read::get as read;
pub use resource::{resource, skills};
pub use user_skills::{list as skills_of, read as skill_of};

use crate::state::Api;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/users`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::get))
        .routes(routes!(read::get))
        .routes(routes!(user_skills::list))
        .routes(routes!(user_skills::read))
        .routes(routes!(devices::list))
}
