//! `StartContactCenterSession` and `EndContactCenterSession` (spec: core-and-voice#4.4, #1.7).

use super::devices::why_not_registered;
use crate::{
    auth::{self, Caller, Ending},
    repeat::Repeat,
    state::Api,
    v2::feature,
};
use desk::ports::StoreFault;
use domain::{
    Command, MediumName, Refusal,
    command::AgentAct,
    medium::{VOICE, voice},
    user::User,
};
use gws::{Answer, MeStartContactCenterSessionRequest, Outcome, Problem, SessionStartedAnswer, find_device};

/// The most channels one request names.
const MAX_CHANNELS: usize = 32;

/// Starts every channel that can be started. If all fail, the answer is that of the first; if some do, `statusCode` 7
/// with what became of each (spec: client-requirements#11).
pub async fn start(
    api: &Api,
    caller: &Caller,
    repeat: &Repeat,
    asked: MeStartContactCenterSessionRequest,
) -> Outcome {
    let place = own_place(&caller.user, &asked)?;
    let names = asked.channels.0;
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
    let command = Command::Agent { agent: caller.user.id.clone(), act };
    let count = started.len() as u64;
    let answer = move |_| {
        if failed.is_empty() { Answer::done() } else { SessionStartedAnswer::partial(&started, &failed) }
    };
    let answer = api.perform(repeat, command, answer).await?;
    metrics::counter!("jackfield_channels_started_total").increment(count);
    Ok(answer)
}

type Failed = Vec<(String, Problem)>;

/// The place the session begins at. A user has one place with one phone on it, so `place`, `devicePath` and `loginCode`
/// can only name the user's own; there is no ACD queue to log in to (`queue`). Anything else is refused, since the
/// session would begin elsewhere than the client believes. An empty text counts as left out.
fn own_place(user: &User, asked: &MeStartContactCenterSessionRequest) -> Result<Option<String>, Problem> {
    fn given(text: Option<&String>) -> Option<&str> {
        text.map(String::as_str).filter(|text| !text.is_empty())
    }
    let other = |name: &str, what: &str| Problem::invalid(format!("'{name}' is not {what} of this user"));
    let place = given(asked.place.as_ref());
    if place.is_some() && place != user.place.as_deref() {
        return Err(other("place", "the place"));
    }
    let device = given(asked.device_path.as_ref()).map(|path| path.trim_end_matches('/').rsplit('/').next());
    if device.is_some_and(|id| id.is_none_or(|id| find_device(user, id).is_none())) {
        return Err(other("devicePath", "the path of a device"));
    }
    if given(asked.login_code.as_ref()).is_some_and(|code| code != user.user_name) {
        return Err(other("loginCode", "the employee id"));
    }
    if given(asked.queue.as_ref()).is_some() {
        return Err(Problem::invalid(
            "'queue' is not supported: calls are offered to whoever is ready for them",
        ));
    }
    Ok(place.map(str::to_owned))
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

/// Logs the agent out of all channels and ends the web session; a client's last request. Repeating it, or
/// ending what never began, is a quiet success.
pub async fn end(api: &Api, caller: &Caller, repeat: &Repeat) -> Outcome {
    let command = Command::Agent { agent: caller.user.id.clone(), act: AgentAct::LogOut };
    let answer = api.perform(repeat, command, |_| Answer::done()).await?;
    auth::end(api, &caller.login, Ending::Asked).await;
    Ok(answer)
}
