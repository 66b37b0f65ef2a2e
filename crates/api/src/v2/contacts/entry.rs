//! The entries of the directory.

use crate::{state::Api, v2::calls};
use domain::user::User;
use gws::{Contact, Problem};

/// The entry of a user, with the channels they are logged in on now.
pub async fn user_contact(api: &Api, user: &User) -> Result<Contact, Problem> {
    let centre = api.desk.centre().ok_or_else(|| Problem::not_found("The contact center"))?;
    let agent = api.desk.agent(user).await?;
    Ok(gws::user_contact(&api.links, &centre, user, &agent, calls::activity(api, &agent).await?))
}
