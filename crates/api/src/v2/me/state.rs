//! The meaning of an operation on one channel, or on all.

use domain::{MediumName, command::AgentAct, medium::VOICE};
use gws::{ChannelRequest, Problem, StateRequest};

/// What an operation on a channel means: do-not-disturb, or a state to enter.
pub fn channel_act(channel: Option<MediumName>, request: ChannelRequest) -> Result<AgentAct, Problem> {
    match request {
        ChannelRequest::DoNotDisturbOn(_) => Ok(AgentAct::DoNotDisturb { channel, on: true }),
        ChannelRequest::DoNotDisturbOff(_) => Ok(AgentAct::DoNotDisturb { channel, on: false }),
        ChannelRequest::State(state) => state_act(channel, state),
    }
}

/// What it means to enter a state of the centre's list.
pub fn state_act(channel: Option<MediumName>, state: StateRequest) -> Result<AgentAct, Problem> {
    // Only on the phone there is work after a call.
    if state.wrap_up.is_some() && channel.as_ref().is_some_and(|channel| channel.as_str() != VOICE) {
        return Err(Problem::invalid("'wrapUpTime' is of the channel 'voice' alone"));
    }
    Ok(AgentAct::SetState { channel, operation: state.operation, wrap_up: state.wrap_up })
}
