//! `/contacts`: the internal directory, whom an interaction can be handed to (admin-and-reporting §2.9).

mod list;
mod read;
mod search;

pub use read::get as read;

use crate::{answer::Problem, app::Api, v2::calls, wire};
use domain::user::User;
use serde_json::Value;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/contacts`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list::get)).routes(routes!(read::get))
}

/// The entry of a user, with the channels he is logged in on now.
async fn user_contact(api: &Api, user: &User) -> Result<Value, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let agent = api.desk.agent(user).await?;
    Ok(wire::user_contact(&api.links, &centre, user, &agent, calls::activity(api, &agent).await?))
}
