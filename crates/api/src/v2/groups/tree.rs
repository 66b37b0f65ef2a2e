//! What every operation on the tree of codes needs: a group by its id, the right to change it, and the change.

use crate::{
    auth::{ADMINS, Caller},
    state::Api,
    v2::feature,
};
use domain::{
    Command,
    command::Provision,
    disposition_tree::{DispositionGroup, DispositionTree, DispositionTreeEvent},
};
use gws::{Answer, Outcome, Problem};

/// A group of codes by its id.
pub fn find<'b>(book: &'b DispositionTree, id: &str) -> Result<&'b DispositionGroup, Problem> {
    book.group(id).ok_or_else(|| Problem::not_found(&format!("Group '{id}'")))
}

/// Refuses a centre that cannot be changed by the API, and a caller who may not.
pub fn may_write(api: &Api, caller: &Caller) -> Result<(), Problem> {
    feature::allows(api, feature::WRITE)?;
    Ok(caller.needs(ADMINS)?)
}

pub async fn commit(api: &Api, change: DispositionTreeEvent) -> Outcome {
    api.desk.perform(Command::Provision(Provision::Book(change))).await?;
    Ok(Answer::done())
}
