//! `POST /me/{collection}/{id}`: an operation of an agent on a conversation (digital-channels §2.6).

use super::gated;
use crate::{
    answer::{Answer, Outcome, Problem},
    app::Api,
    auth::Caller,
    body::Body,
    wire::session_act,
};
use axum::{
    Extension,
    extract::{Path, State},
};
use domain::{Command, InteractionId, Refusal, command::SessionAct, medium::Medium, user::Role};
use std::sync::Arc;

/// Accepts the operation and commits it; what follows is told by notification. `SetDisposition` answers
/// `{"statusCode":0}` and nothing else, the others with the `referenceId` that their notification repeats.
pub async fn post(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Outcome {
    gated(&api, &medium)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let act = session_act(&body).inspect_err(|problem| count_unknown(&api, &medium, &body, problem))?;
    let silent = matches!(act, SessionAct::SetDisposition { .. });
    let session = InteractionId::from(id.as_str());
    let done = api.desk.perform(Command::Session { session, agent: caller.user.id.clone(), act }).await?;
    Ok(if silent { Answer::done() } else { Answer::referenced(done.reference) })
}

fn count_unknown(api: &Api, medium: &Medium, body: &Body, problem: &Problem) {
    if let Ok(operation) = body.operation()
        && *problem == Refusal::UnknownOperation(operation.to_owned()).into()
    {
        api.unknown.count("POST", &format!("/me/{}/{{id}}", medium.collection), Some(operation));
    }
}
