//! People at work besides the scripted agents: one who is free should have the next customer.

use crate::{centre::QUEUE, staff::is_scripted};
use desk::{Desk, ports::StoreFault};
use domain::{
    MediumName, Millis, QueueName,
    agent::{Agent, ChannelState},
    medium,
    user::User,
};
use std::sync::Arc;

/// How long somebody who has logged in may take to say that they are ready, in milliseconds.
const ABOUT_TO_BE_READY: Millis = 60_000;

/// The users who are no scripted agents.
pub(crate) fn people(desk: &Desk) -> Vec<Arc<User>> {
    desk.directory().all().into_iter().filter(|user| !is_scripted(user)).collect()
}

/// Whether somebody who has no customer of a medium could be offered the next one.
pub(crate) async fn expect(desk: &Desk, medium: &MediumName) -> Result<bool, StoreFault> {
    let now = desk.now();
    for user in people(desk) {
        let agent = desk.agent(&user).await?;
        if is_free(&user, &agent, medium, now)
            && (*medium != medium::voice() || has_phone(desk, &user, &agent).await?)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many people are at work on a medium, busy or not.
pub(crate) async fn at_work(desk: &Desk, medium: &MediumName) -> Result<usize, StoreFault> {
    let mut count = 0;
    for user in people(desk) {
        let agent = desk.agent(&user).await?;
        count += usize::from(agent.channel(medium).is_some_and(ChannelState::takes_work));
    }
    Ok(count)
}

fn is_free(user: &User, agent: &Agent, medium: &MediumName, now: Millis) -> bool {
    let queue = QueueName::from(QUEUE);
    let serves = user.enabled
        && user.skills.get(QUEUE).is_some_and(|level| *level > 0)
        && (user.queues.is_empty() || user.queues.contains(&queue));
    serves
        && agent.taken(medium) == 0
        && agent.channel(medium).is_some_and(|channel| match &channel.state {
            Some(_) => channel.takes_work(),
            None => !channel.do_not_disturb && now - channel.since < ABOUT_TO_BE_READY,
        })
}

/// Whether a user can be called now: the phone at which they work is registered and takes calls.
pub(super) async fn has_phone(desk: &Desk, user: &User, agent: &Agent) -> Result<bool, StoreFault> {
    let Some(device) = agent.device(user) else { return Ok(false) };
    let phone = desk.device(&device.phone_number).await?;
    Ok(phone.in_service && !phone.do_not_disturb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        InteractionId, UserId,
        agent::{AgentState, Login},
        centre::system_states,
    };
    use std::collections::BTreeMap;

    fn user(number: usize) -> User {
        let users =
            crate::centre("hash", crate::centre::OFFER).into_iter().filter_map(|change| match change {
                domain::command::Provision::PutUser(user) => Some(*user),
                _ => None,
            });
        users.into_iter().nth(number).expect("a user")
    }

    fn chat() -> MediumName {
        MediumName::from("chat")
    }

    fn agent(state: Option<&str>) -> Agent {
        let of = |operation: &str| -> Option<Arc<AgentState>> {
            system_states().into_iter().find(|state| state.operation == operation)
        };
        let channel = ChannelState { state: state.and_then(of), since: 0, do_not_disturb: false };
        let channels = BTreeMap::from([(chat(), channel)]);
        let login = Login {
            at: 0,
            place: None,
            channels,
            wrap_up: None,
            after_call: None,
            owed: Vec::new(),
            absence: None,
            desk: None,
        };
        Agent { login: Some(login), ..Agent::new(UserId::new("1".to_owned()), "agent1@demo".into()) }
    }

    #[test]
    fn who_is_ready_and_has_nothing_is_free() {
        assert!(is_free(&user(0), &agent(Some("Ready")), &chat(), 0));
        assert!(!is_free(&user(0), &agent(Some("NotReady")), &chat(), 0));
        assert!(!is_free(&user(0), &agent(Some("Ready")), &medium::voice(), 0), "not logged in there");
        let mut busy = agent(Some("Ready"));
        busy.slots.insert(chat(), vec![InteractionId::new("1".to_owned())]);
        assert!(!is_free(&user(0), &busy, &chat(), 0));
    }

    #[test]
    fn who_has_just_logged_in_is_about_to_be_ready() {
        assert!(is_free(&user(0), &agent(None), &chat(), ABOUT_TO_BE_READY - 1));
        assert!(!is_free(&user(0), &agent(None), &chat(), ABOUT_TO_BE_READY), "they have gone away again");
    }

    #[test]
    fn who_could_not_be_offered_anything_is_waited_for_by_nobody() {
        let unskilled = User { skills: BTreeMap::new(), ..user(0) };
        assert!(!is_free(&unskilled, &agent(Some("Ready")), &chat(), 0));
        let elsewhere = User { queues: vec![QueueName::from("Sales")], ..user(0) };
        assert!(!is_free(&elsewhere, &agent(Some("Ready")), &chat(), 0));
    }
}
