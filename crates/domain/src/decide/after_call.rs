//! Work after calls: it begins by itself, is extended once, ended early, and followed by the state that the agent was in
//! or has chosen meanwhile (spec: admin-and-reporting#7.5, decisions#6).

use super::{DecideError, Draft};
use crate::{
    Millis, Refusal, UserId,
    agent::{AfterCall, Agent, AgentState, Fact, Readiness},
    centre::{Centre, system_states},
    medium,
};
use std::sync::Arc;

/// The operation of the state.
const OPERATION: &str = "AfterCallWork";

/// An agent has work after a call, for so long; for 0 only until they set the disposition that they owe. Within such work
/// it begins anew.
pub(super) fn begin(draft: &mut Draft<'_>, id: &UserId, length: Millis) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    let Some(channel) = agent.channel(&medium::voice()) else { return Ok(()) };
    let own_time = agent.ready_again();
    let before = match agent.login.as_ref().and_then(|login| login.after_call.clone()) {
        Some(before) => before,
        // They began it themselves, with a time after which they are ready.
        None if own_time.is_some() => AfterCall { ends: own_time, ..AfterCall::default() },
        None => {
            AfterCall { then: following(&*draft.centre()?, channel.state.as_ref()), ..AfterCall::default() }
        }
    };
    let anew = (length > 0).then(|| draft.now.saturating_add(length));
    let extended = before.extended && anew.is_none();
    enter(draft, id, AfterCall { ends: before.ends.max(anew), extended, then: before.then }, true)
}

/// An agent chooses a state for the channel `voice`. Answers whether that is done with: it applies once work after a call
/// is over, or extends that.
pub(super) fn choose(
    draft: &mut Draft<'_>,
    id: &UserId,
    state: &Arc<AgentState>,
    time: Option<Millis>,
) -> Result<bool, DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(false) };
    let owes = agent.owes(&medium::voice());
    let after = agent.login.as_ref().and_then(|login| login.after_call.clone());
    let is_more = state.operation == OPERATION && time != Some(0);
    match after {
        None if !owes => Ok(false),
        None => {
            let after = AfterCall { then: Some(state.clone()), ..AfterCall::default() };
            enter(draft, id, after, true).map(|()| true)
        }
        Some(after) if is_more => extend(draft, id, &agent, after, time).map(|()| true),
        Some(_) if owes => {
            draft.tell_agent(id, Fact::StateChosen { state: state.clone() })?;
            Ok(true)
        }
        Some(_) => Ok(false),
    }
}

/// More time, or less: as much as is asked for, else as much again. Where it has no time there is nothing to extend.
fn extend(
    draft: &mut Draft<'_>,
    id: &UserId,
    agent: &Agent,
    after: AfterCall,
    time: Option<Millis>,
) -> Result<(), DecideError> {
    let now = draft.now;
    let again = || {
        let (ends, since) = (after.ends?, agent.channel(&medium::voice())?.since);
        Some(ends.max(now).saturating_add(ends.saturating_sub(since)))
    };
    let Some(ends) = time.map(|time| now.saturating_add(time)).or_else(again) else { return Ok(()) };
    let is_longer = after.ends.is_none_or(|before| ends > before);
    if is_longer && after.extended {
        return Err(Refusal::Invalid("The work after this call was extended already".into()).into());
    }
    enter(draft, id, AfterCall { ends: Some(ends), extended: after.extended || is_longer, ..after }, false)
}

/// An agent owes fewer dispositions of calls: when none is left, what is left of the time goes on, and else the state
/// follows that they chose.
pub(super) fn settled(draft: &mut Draft<'_>, id: &UserId) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    let after = agent.login.as_ref().and_then(|login| login.after_call.clone());
    let Some(after) = after.filter(|_| !agent.owes(&medium::voice())) else { return Ok(()) };
    if after.ends.is_some_and(|ends| ends > draft.now) {
        enter(draft, id, after, true)
    } else {
        follow(draft, id, after.then)
    }
}

/// The time for work after a call may be over: the state follows that the agent was in or chose.
pub(super) fn over(draft: &mut Draft<'_>, id: &UserId) -> Result<(), DecideError> {
    let Some(agent) = draft.agent(id)? else { return Ok(()) };
    if agent.owes(&medium::voice()) || agent.ready_again().is_none_or(|until| until > draft.now) {
        return Ok(());
    }
    let after = agent.login.as_ref().and_then(|login| login.after_call.clone());
    follow(draft, id, after.and_then(|after| after.then))
}

/// Enters the state. While a disposition is owed it has no end that is known.
fn enter(draft: &mut Draft<'_>, id: &UserId, after: AfterCall, by_server: bool) -> Result<(), DecideError> {
    let owes = draft.agent(id)?.is_some_and(|agent| agent.owes(&medium::voice()));
    let until = after.ends.filter(|_| !owes);
    let state = known(&*draft.centre()?, |state| state.operation == OPERATION);
    let Some(state) = state else { return Ok(()) };
    let channels = vec![medium::voice()];
    draft.tell_agent(id, Fact::StateChanged { channels, state, by_server, until, after_call: Some(after) })
}

fn follow(draft: &mut Draft<'_>, id: &UserId, then: Option<Arc<AgentState>>) -> Result<(), DecideError> {
    let state = match then {
        Some(state) => Some(state),
        None => known(&*draft.centre()?, |state| state.operation == "Ready"),
    };
    let Some(state) = state else { return Ok(()) };
    let channels = vec![medium::voice()];
    draft.tell_agent(
        id,
        Fact::StateChanged { channels, state, by_server: true, until: None, after_call: None },
    )
}

/// What follows when an agent is in a state: the same again; for one who has not chosen any, *Not Ready*.
fn following(centre: &Centre, state: Option<&Arc<AgentState>>) -> Option<Arc<AgentState>> {
    match state {
        Some(state) if state.operation == "Ready" => None,
        Some(state) => Some(state.clone()),
        None => known(centre, |state| state.state == Readiness::NotReady && state.work_mode.is_none()),
    }
}

/// The first such state of the centre, or of every installation.
fn known(centre: &Centre, is_it: impl Fn(&AgentState) -> bool) -> Option<Arc<AgentState>> {
    let found = centre.agent_states.iter().find(|state| is_it(state)).cloned();
    found.or_else(|| system_states().into_iter().find(|state| is_it(state)))
}
