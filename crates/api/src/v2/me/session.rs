//! `StartContactCenterSession` and `EndContactCenterSession` (core-and-voice §4.4, §1.7).

use super::devices::why_not_registered;
use crate::{
    answer::{Answer, Outcome, Problem, json},
    app::Api,
    auth::{self, Caller, Ending},
    body::Body,
    v2::feature,
};
use axum::response::{IntoResponse, Response};
use desk::ports::StoreFault;
use domain::{
    Command, MediumName, Refusal,
    command::AgentAct,
    medium::{VOICE, voice},
    user::{Role, User},
};
use http::StatusCode;
use serde_json::{Value, json as value};

/// The most channels one request names.
const MAX_CHANNELS: usize = 32;

/// Starts every channel that can be started. All failed: the answer is that of the first. Some: `statusCode` 7
/// with what became of each (client-requirements 11).
pub async fn start(api: &Api, caller: &Caller, body: &Body) -> Response {
    match try_start(api, caller, body).await {
        Ok((started, failed)) if failed.is_empty() => {
            metrics::counter!("jackfield_channels_started_total").increment(started.len() as u64);
            Answer::done().into_response()
        }
        Ok((started, failed)) => partial(&started, &failed),
        Err(problem) => problem.into_response(),
    }
}

type Failed = Vec<(String, Problem)>;

async fn try_start(api: &Api, caller: &Caller, body: &Body) -> Result<(Vec<String>, Failed), Problem> {
    caller.needs(&[Role::Agent, Role::Supervisor])?;
    let names = body.texts("channels")?;
    let place = body.maybe_text("place")?.map(str::to_owned);
    if names.is_empty() || names.len() > MAX_CHANNELS {
        return Err(Problem::invalid(format!("'channels' must name 1 to {MAX_CHANNELS} channels")));
    }
    let (mut started, mut channels, mut failed) = (Vec::new(), Vec::new(), Failed::new());
    for name in names {
        match channel(api, &caller.user, &name).await? {
            Ok(channel) => {
                channels.push(channel);
                started.push(name);
            }
            Err(refusal) => failed.push((name, refusal.into())),
        }
    }
    match failed.first() {
        Some((_, problem)) if channels.is_empty() => return Err(problem.clone()),
        _ => {}
    }
    let act = AgentAct::LogIn { channels, place };
    api.desk.perform(Command::Agent { agent: caller.user.id.clone(), act }).await?;
    Ok((started, failed))
}

/// The medium a channel name means, if it can be started.
async fn channel(api: &Api, user: &User, name: &str) -> Result<Result<MediumName, Refusal>, StoreFault> {
    let why = match api.desk.media().channel(name) {
        _ if name == VOICE => {
            let reached = match &user.device {
                Some(device) => api.desk.device(&device.phone_number).await?.in_service,
                None => false,
            };
            match (reached, feature::has(api, feature::VOICE)) {
                (true, true) => return Ok(Ok(voice())),
                (true, false) => NO_FEATURE.to_owned(),
                (false, _) => why_not_registered(user.device.as_ref()),
            }
        }
        None => "There is no such channel here.".to_owned(),
        Some(medium) if api.desk.centre().is_some_and(|centre| centre.has(medium.features)) => {
            return Ok(Ok(medium.name.clone()));
        }
        Some(_) => NO_FEATURE.to_owned(),
    };
    Ok(Err(Refusal::ChannelUnavailable { channel: name.to_owned(), why }))
}

const NO_FEATURE: &str = "The contact center does not have its feature.";

fn partial(started: &[String], failed: &Failed) -> Response {
    let succeeded: Vec<Value> =
        started.iter().map(|channel| value!({"statusCode": 0, "channel": channel})).collect();
    let failed: Vec<Value> = failed
        .iter()
        .map(|(channel, problem)| {
            value!({"statusCode": problem.code, "statusMessage": problem.message, "channel": channel})
        })
        .collect();
    let body = value!({
        "statusCode": 7,
        "statusMessage": "Operation partially succeeded",
        "succeeded": succeeded,
        "failed": failed,
    });
    json(StatusCode::OK, &body)
}

/// Logs the agent out of all channels and ends the web session; a client's last request. Repeating it, or
/// ending what never began, is a quiet success.
pub async fn end(api: &Api, caller: &Caller) -> Outcome {
    let act = AgentAct::LogOut;
    api.desk.perform(Command::Agent { agent: caller.user.id.clone(), act }).await?;
    auth::end(api, &caller.login, Ending::Asked).await;
    Ok(Answer::done())
}
