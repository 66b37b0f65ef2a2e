//! A supervisor changes the working state of an agent whom they lead (spec: digital-channels#5.5). What follows is as if
//! the agent had done it, but for whom it is told to be by.

use super::{DecideError, Draft, calls, lead, work};
use crate::{
    UserId,
    command::{AgentAct, Control, DeviceAct},
    medium,
    session::EndedBy,
};

pub(super) fn act(
    draft: &mut Draft<'_>,
    agent: &UserId,
    by: &UserId,
    control: &Control,
) -> Result<(), DecideError> {
    lead::require(draft, by, agent)?;
    draft.by = Some(by.clone());
    match control {
        Control::SetState { channel, operation, wrap_up } => {
            let (channel, operation) = (channel.clone(), operation.clone());
            work::act(draft, agent, &AgentAct::SetState { channel, operation, wrap_up: *wrap_up })
        }
        Control::DoNotDisturb { channel, on } => {
            work::act(draft, agent, &AgentAct::DoNotDisturb { channel: channel.clone(), on: *on })?;
            let is_voice = channel.as_ref().is_none_or(|channel| *channel == medium::voice());
            if is_voice { disturb_phone(draft, agent, *on) } else { Ok(()) }
        }
        Control::Offline { channel: None } => work::log_out(draft, agent, EndedBy::Supervisor),
        Control::Offline { channel: Some(channel) } => {
            work::leave_channel(draft, agent, channel, EndedBy::Supervisor)
        }
    }
}

/// The phone of an agent who works with calls follows, where it can be reached: what is dialled rings there otherwise.
fn disturb_phone(draft: &mut Draft<'_>, agent: &UserId, on: bool) -> Result<(), DecideError> {
    let user = draft.user(agent)?;
    let works = draft.agent(agent)?.filter(|found| found.channel(&medium::voice()).is_some());
    let phone = works.and_then(|found| found.device(&user).map(|device| device.phone_number.clone()));
    let Some(dn) = phone else { return Ok(()) };
    let is_theirs =
        draft.device(&dn)?.is_some_and(|device| device.in_service && device.user() == Some(agent));
    if is_theirs { calls::operate(draft, &dn, agent, &DeviceAct::DoNotDisturb(on)) } else { Ok(()) }
}
