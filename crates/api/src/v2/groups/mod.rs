//! `/groups`: the business unit, and the tree of disposition codes (admin-and-reporting §2.8, §6.3).

mod code;
mod codes;
mod group;
mod list;

pub use code::read as read_code;
pub use codes::list as list_codes;
pub use group::read;

use crate::{
    answer::{Outcome, Problem},
    app::Api,
    auth::{ADMINS, Caller},
    v2::feature,
};
use domain::{
    Command,
    book::{Book, Event, Group},
    command::Provision,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The addresses below `/groups`, and `/me/groups`.
pub fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list::list, list::add))
        .routes(routes!(list::list_own))
        .routes(routes!(group::read, group::change, group::remove))
        .routes(routes!(codes::list, codes::add))
        .routes(routes!(code::read, code::rename, code::remove))
}

/// A group of codes by its id.
fn find<'b>(book: &'b Book, id: &str) -> Result<&'b Group, Problem> {
    book.group(id).ok_or_else(|| Problem::not_found(&format!("Group '{id}'")))
}

/// Refuses a centre that cannot be changed by the API, and a caller who may not.
fn may_write(api: &Api, caller: &Caller) -> Result<(), Problem> {
    feature::allows(api, feature::WRITE)?;
    Ok(caller.needs(ADMINS)?)
}

async fn commit(api: &Api, change: Event) -> Outcome {
    api.desk.perform(Command::Provision(Provision::Book(change))).await?;
    Ok(crate::answer::Answer::done())
}
