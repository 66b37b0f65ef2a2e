//! The meaning of an operation on the state of one channel, or of all.

use crate::state::Api;
use domain::{MediumName, Refusal, command::AgentAct, medium::VOICE};
use gws::{Body, Problem, quiet, work_mode, wrap_up};

/// What a state operation means: a state of the centre's list, or do-not-disturb.
pub fn state_act(
    api: &Api,
    channel: Option<MediumName>,
    operation: &str,
    body: &Body,
    place: &str,
) -> Result<AgentAct, Problem> {
    if let Some(on) = quiet(operation) {
        return Ok(AgentAct::DoNotDisturb { channel, on });
    }
    if api.desk.centre().is_none_or(|centre| centre.agent_state(operation).is_none()) {
        api.unknown.count("POST", place, Some(operation));
        return Err(Refusal::UnknownOperation(operation.to_owned()).into());
    }
    // Only on the phone there is work after a call.
    let wrap_up = wrap_up(body, operation)?;
    if wrap_up.is_some() && channel.as_ref().is_some_and(|channel| channel.as_str() != VOICE) {
        return Err(Problem::invalid("'wrapUpTime' is of the channel 'voice' alone"));
    }
    work_mode(body, operation)?;
    Ok(AgentAct::SetState { channel, operation: operation.to_owned(), wrap_up })
}
