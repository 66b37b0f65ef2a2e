//! `POST /me/{collection}`: an agent begins a conversation (spec: digital-channels#3, last paragraph).

use super::part::gated;
use crate::{asked::asked, auth::Caller, body::Posted, repeat::Repeat, state::Api};
use axum::{Extension, extract::State};
use desk::ports::Channel;
use domain::{
    Command, Refusal, ServiceName, command::Begin, medium::Medium, task::NewConversationIds, user::Role,
};
use gws::{BegunAnswer, Outcome, Problem, SessionsRequest};
use std::sync::Arc;

/// Begins one with `to`, from the address `from` of ours, which may be left out when we have only one. `text` is the
/// first message, `nickname` the name the customer should see; the agent's own when left out.
pub async fn post(
    State(api): State<Arc<Api>>,
    Extension(medium): Extension<Arc<Medium>>,
    caller: Caller,
    repeat: Repeat,
    Posted(body): Posted,
) -> Outcome {
    gated(&api, &medium)?;
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let SessionsRequest::Create(create) = asked(&api, &body, &format!("/me/{}", medium.collection))?;
    let (service, channel) = service(&api, &medium, create.from.as_deref())?;
    let to = channel.theirs(&create.to).map_err(Problem::invalid)?;
    let ids = api.desk.ids();
    let begin = Begin {
        address: desk::address(service.as_str(), channel.ours(), &to),
        service,
        nickname: create.nickname.unwrap_or_else(|| name(&caller)),
        text: create.text,
        user_data: create.user_data.unwrap_or_default().0,
        fresh: NewConversationIds { session: ids.session(), participant: ids.participant() },
    };
    let id = begin.fresh.session.clone();
    edge::span::interaction(id.as_str());
    let command = Command::Begin { agent: caller.user.id.clone(), begin: Box::new(begin) };
    let path = format!("/{}/{id}", medium.collection);
    let uri = api.links.uri(&path);
    let answer = move |reference| BegunAnswer::of(reference, id.as_str(), &uri, &path);
    Ok(api.perform(&repeat, command, answer).await?)
}

/// The service of a medium that sends from an address of ours; when none is named, the only one.
fn service(
    api: &Api,
    medium: &Medium,
    from: Option<&str>,
) -> Result<(ServiceName, Arc<dyn Channel>), Problem> {
    let centre = api.desk.centre();
    let carries = |service: &ServiceName| {
        let service = centre.as_ref().and_then(|centre| centre.services.get(service));
        service.is_some_and(|service| service.medium == medium.name)
    };
    let mut found = api.desk.connected();
    found.retain(|(service, channel)| {
        carries(service) && from.is_none_or(|from| channel.ours() == from || service.as_str() == from)
    });
    match (found.pop(), found.is_empty(), from) {
        (Some(only), true, _) => Ok(only),
        (Some(_), false, None) => Err(Refusal::Missing("from").into()),
        (Some(first), false, Some(_)) => Ok(first),
        (None, _, Some(from)) => Err(Problem::invalid(format!("'{from}' is no address of this centre's"))),
        (None, _, None) => Err(Refusal::Invalid("No conversation can be begun on this medium".into()).into()),
    }
}

fn name(caller: &Caller) -> String {
    let first = caller.user.first_name.trim();
    if first.is_empty() { caller.user.user_name.clone() } else { first.to_owned() }
}
