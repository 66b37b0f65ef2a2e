//! Agents whose clients fell silent (spec: decisions#12).
//!
//! A client is watched from when it first listened; programs that only ask are not. It is heard by every request under a
//! login of its user, by every message of its notification sessions, and for as long as one of these waits for an answer.
//! Time is awake time: what the process could not hear is held against nobody, and after a start everybody is counted anew.

use crate::state::{Absence, Api};
use bayeux::Presence;
use desk::Refused;
use domain::{Command, Millis, UserId};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How often it is looked who is silent.
const LOOK: Duration = Duration::from_secs(1);
/// How many changes are written at once; the store groups them into few commits.
const AT_ONCE: usize = 64;

/// The clients of one user.
#[derive(Clone, Copy, Debug)]
struct Heard {
    /// When one was last heard, in awake time.
    at: Millis,
    /// What the hub counted then.
    activity: u64,
    /// Whether the agent is known to be lost.
    lost: bool,
}

impl Heard {
    /// Takes in what the hub knows now.
    fn by(&mut self, presence: Presence, now: Millis) {
        if presence.waits || presence.activity != self.activity {
            self.at = now;
        }
        self.activity = presence.activity;
    }
}

/// Sees whose clients fell silent, and whose are heard again. Never returns unless nobody is to be watched.
pub async fn watch(api: &Api) {
    let mut clients = HashMap::new();
    if let Err(fault) = take_up(api, &mut clients).await {
        tracing::error!(%fault, "agents whose clients were silent before the start could not be taken up");
    }
    if api.config.absence.not_ready_after == 0 {
        return;
    }
    let mut every = tokio::time::interval(LOOK);
    loop {
        every.tick().await;
        look(api, &mut clients).await;
    }
}

/// Agents whose clients were silent when an earlier process stopped have their whole time again; none is lost where nobody
/// is watched.
async fn take_up(api: &Api, clients: &mut HashMap<UserId, Heard>) -> Result<(), Refused> {
    let Absence { not_ready_after, .. } = api.config.absence;
    for user in api.desk.directory().all() {
        let agent = api.desk.agent(&user).await?;
        let Some(absence) = agent.absence() else { continue };
        if not_ready_after == 0 {
            api.desk.perform(Command::ConnectionBack { agent: agent.id }).await?;
            continue;
        }
        let (since, until) = (absence.since, until(api));
        let at = api.desk.awake() - not_ready_after;
        clients.insert(user.id.clone(), Heard { at, activity: 0, lost: true });
        api.desk.perform(Command::ConnectionLost { agent: agent.id, since, until }).await?;
    }
    Ok(())
}

async fn look(api: &Api, clients: &mut HashMap<UserId, Heard>) {
    let now = api.desk.awake();
    for (principal, presence) in api.notifications.presences() {
        listens(api, clients, &principal, presence, now).await;
    }
    let mut changed = Vec::new();
    for (user, heard) in clients.iter_mut() {
        if let Some(used) = api.logins.last_used(user) {
            heard.at = heard.at.max(used);
        }
        let is_silent = now - heard.at >= api.config.absence.not_ready_after;
        if is_silent != heard.lost {
            changed.push((user.clone(), is_silent, now - heard.at));
        }
    }
    for some in changed.chunks(AT_ONCE) {
        let outcomes = some.iter().map(|(user, is_silent, silence)| tell(api, user, *is_silent, *silence));
        let outcomes = futures::future::join_all(outcomes).await;
        for ((user, is_silent, _), outcome) in some.iter().zip(outcomes) {
            match outcome {
                Ok(true) => {
                    if let Some(heard) = clients.get_mut(user) {
                        heard.lost = *is_silent;
                    }
                }
                Ok(false) => drop(clients.remove(user)),
                Err(fault) => {
                    tracing::error!(%fault, agent = %user, "that a client fell silent could not be written");
                }
            }
        }
    }
}

/// A user's client listens. One who is new here may be lost elsewhere.
async fn listens(
    api: &Api,
    clients: &mut HashMap<UserId, Heard>,
    principal: &Arc<str>,
    presence: Presence,
    now: Millis,
) {
    let id = UserId::from(&**principal);
    if let Some(heard) = clients.get_mut(&id) {
        heard.by(presence, now);
        return;
    }
    let Some(user) = api.desk.directory().user(&id) else { return };
    let Ok(agent) = api.desk.agent(&user).await else { return };
    clients.insert(id, Heard { at: now, activity: presence.activity, lost: agent.absence().is_some() });
}

/// Tells that an agent's client fell silent or is heard again. Answers whether they are still at work.
async fn tell(api: &Api, id: &UserId, is_silent: bool, silence: Millis) -> Result<bool, Refused> {
    let Some(user) = api.desk.directory().user(id) else { return Ok(false) };
    let is_at_work = api.desk.agent(&user).await?.login.is_some();
    if !is_at_work {
        // Whoever is heard goes on being watched: they may come to work.
        return Ok(!is_silent);
    }
    let agent = id.clone();
    if is_silent {
        let since = api.desk.now() - silence;
        tracing::info!(agent = %id, "the client of an agent fell silent");
        metrics::counter!("jackfield_agents_lost_total").increment(1);
        api.desk.perform(Command::ConnectionLost { agent, since, until: until(api) }).await?;
    } else {
        api.desk.perform(Command::ConnectionBack { agent }).await?;
    }
    Ok(true)
}

/// When what somebody holds is given back whose client is found silent now.
fn until(api: &Api) -> Option<Millis> {
    let after = api.config.absence.give_back_after;
    (after > 0).then(|| api.desk.now() + after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_heard_while_it_waits_and_whenever_it_says_something() {
        let mut heard = Heard { at: 0, activity: 7, lost: false };
        heard.by(Presence { waits: true, activity: 7 }, 10);
        assert_eq!(heard.at, 10, "it waits for an answer");
        heard.by(Presence { waits: false, activity: 7 }, 20);
        assert_eq!(heard.at, 10, "nothing was heard");
        heard.by(Presence { waits: false, activity: 9 }, 30);
        assert_eq!((heard.at, heard.activity), (30, 9));
    }
}
