//! `POST /me/{collection}/{id}`: an operation of an agent on a conversation (spec: digital-channels#2.6).

use super::part::{gated, gone};
use crate::{asked::asked, auth::Caller, body::Posted, repeat::Repeat, state::Api};
use axum::{
    Extension,
    extract::{Path, State},
};
use desk::session_of;
use domain::{
    Command, InteractionId, QueueName, UserId,
    command::{HandoverTarget, SessionAct},
    medium::Medium,
    user::Role,
};
use gws::{Accepted, Answer, Outcome, Problem, SessionRequest};
use std::sync::Arc;

/// Accepts the operation and commits it; what follows is told by notification. `SetDisposition` answers
/// `{"statusCode":0}` and nothing else, the others with the `referenceId` that their notification repeats.
pub async fn post(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    Path(id): Path<String>,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    gated(&api, &medium)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let request: SessionRequest = asked(&api, &body, &format!("/me/{}/{{id}}", medium.collection))?;
    let act = request.act(&|id| contact(&api, id))?;
    let silent = matches!(act, SessionAct::SetDisposition { .. });
    let session = InteractionId::from(id.as_str());
    in_collection(&api, &medium, &session).await?;
    let command = Command::Session { session, agent: caller.user.id.clone(), act };
    let answer = move |reference| if silent { Answer::done() } else { Accepted::of(reference) };
    Ok(api.perform(&repeat, command, answer).await?)
}

/// Refuses a conversation of another medium, as a GET at the same address does. The medium of a conversation never
/// changes, so looking before the commit is as good as in it.
async fn in_collection(api: &Api, medium: &Medium, id: &InteractionId) -> Result<(), Problem> {
    let state = api.desk.session(id).await?;
    let found = state.as_deref().and_then(session_of).is_some_and(|session| session.medium == medium.name);
    if !found {
        return Err(gone(id.as_str()));
    }
    edge::span::interaction(id.as_str());
    Ok(())
}

/// The kind of an entry of the directory: a user by their id, else a queue by its name, which is its id there.
fn contact(api: &Api, id: &str) -> HandoverTarget {
    let queue = QueueName::from(id);
    if api.desk.directory().user(&UserId::from(id)).is_none() && api.desk.queue(&queue).is_some() {
        HandoverTarget::Queue(queue)
    } else {
        HandoverTarget::Agent(id.into())
    }
}
