//! `/settings/dispositions`: the codes of the default group as a flat list (spec: admin-and-reporting#6.2).

use super::sections::DEFAULT_GROUP;
use crate::{
    auth::{ADMINS, Caller},
    body::Posted,
    state::Api,
    v2::{
        feature,
        params::{Denied, Refused},
    },
};
use axum::extract::State;
use domain::{
    Command, Refusal,
    command::Provision,
    disposition_tree::{Code, DispositionGroup, DispositionTree, DispositionTreeEvent},
};
use gws::{
    Answer, CodesAnswer, DispositionCodeNameRequest, DispositionCodeRenameRequest, DispositionCodeRequest,
    Outcome, Problem, SettingKey, code_setting,
};
use std::sync::Arc;

/// The codes of the default group. `name` is what a disposition sends.
#[utoipa::path(
    get, path = "/settings/dispositions", tag = "settings",
    responses((status = 200, description = "`settings` of `name` and `displayName`, and the `key` name", body = gws::CodesAnswer), Denied)
)]
pub async fn list(State(api): State<Arc<Api>>, _: Caller) -> Outcome {
    let book = api.desk.book().await?;
    let codes = book.default_group().into_iter().flat_map(|group| &group.codes).map(code_setting);
    Ok(CodesAnswer::of(codes.collect(), SettingKey::Name))
}

/// Adds a code: `name`, and `displayName` where it differs. Makes the default group if there is none.
#[utoipa::path(
    post, path = "/settings/dispositions", tag = "settings", request_body = DispositionCodeRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn add(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    may_write(&api, &caller)?;
    let (name, display) = body.read::<DispositionCodeRequest>()?.named();
    let code = Code { id: api.desk.ids().guid(), name, display };
    let change = match api.desk.book().await?.default_group() {
        Some(group) => DispositionTreeEvent::CodeAdded { group: group.id.clone(), code },
        None => DispositionTreeEvent::GroupAdded(DispositionGroup {
            id: api.desk.ids().guid(),
            name: DEFAULT_GROUP.to_owned(),
            parent: None,
            codes: vec![code],
        }),
    };
    commit(&api, change).await
}

/// Changes what people read for a code: `name` names the code, `displayName` is the new text.
#[utoipa::path(
    put, path = "/settings/dispositions", tag = "settings", request_body = DispositionCodeRenameRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn rename(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    may_write(&api, &caller)?;
    // A code that is not there is told before what is missing.
    let DispositionCodeNameRequest { name } = body.read()?;
    let id = find(&api.desk.book().await?, &name)?;
    let DispositionCodeRenameRequest { display_name: display, .. } = body.read()?;
    commit(&api, DispositionTreeEvent::CodeRenamed { id, display }).await
}

/// Takes away the code that the body's `name` names.
#[utoipa::path(
    delete, path = "/settings/dispositions", tag = "settings", request_body = DispositionCodeNameRequest,
    responses((status = 200, description = "It was done", body = gws::Done), Refused)
)]
pub async fn remove(State(api): State<Arc<Api>>, caller: Caller, Posted(body): Posted) -> Outcome {
    may_write(&api, &caller)?;
    let DispositionCodeNameRequest { name } = body.read()?;
    let id = find(&api.desk.book().await?, &name)?;
    commit(&api, DispositionTreeEvent::CodeRemoved { id }).await
}

fn may_write(api: &Api, caller: &Caller) -> Result<(), Problem> {
    feature::allows(api, feature::WRITE)?;
    Ok(caller.needs(ADMINS)?)
}

/// The id of a code of the default group by its name.
fn find(book: &DispositionTree, name: &str) -> Result<String, Refusal> {
    let mut codes = book.default_group().into_iter().flat_map(|group| &group.codes);
    let code = codes.find(|code| code.name == name);
    code.map(|code| code.id.clone()).ok_or_else(|| Refusal::NotFound(format!("Disposition '{name}'")))
}

async fn commit(api: &Api, change: DispositionTreeEvent) -> Outcome {
    api.desk.perform(Command::Provision(Provision::Book(change))).await?;
    Ok(Answer::done())
}
