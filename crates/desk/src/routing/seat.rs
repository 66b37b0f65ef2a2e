//! An agent as the router sees them.

use super::free::{Crew, Standing};
use domain::{
    MediumName, Millis, State, UserId,
    across::Taken,
    agent::Agent,
    centre::Centre,
    offer::{Candidate, Work},
    queue::Queue,
};
use std::sync::Arc;

/// Where an agent stands among those who are free for a medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub medium: MediumName,
    pub crew: Crew,
    pub standing: Standing,
}

/// An agent as the router sees them: snapshot and provisioning, shared with the other readers.
#[derive(Clone, Debug)]
pub struct BoardAgent {
    /// The agent.
    pub agent: UserId,
    pub(super) state: Arc<State>,
    /// `None` for one who is not provisioned as an agent; they have no room.
    pub(super) crew: Option<Crew>,
    /// Whether the agent's phone is registered and takes calls.
    pub(super) has_phone: bool,
    /// Where they stand among those who are free.
    pub(super) stands: Vec<Stand>,
}

impl BoardAgent {
    pub(super) const fn new(agent: UserId, state: Arc<State>) -> Self {
        Self { agent, state, crew: None, has_phone: false, stands: Vec::new() }
    }

    /// The agent's user name.
    pub fn user_name(&self) -> &str {
        self.at_work().map_or("", |agent| &agent.user_name)
    }

    /// How many slots of a medium are taken.
    pub fn taken(&self, medium: &MediumName) -> usize {
        self.at_work().map_or(0, |agent| agent.taken(medium))
    }

    /// The agent as an offer finds them, when further slots are held to be taken.
    pub(super) fn candidate<'a>(&'a self, centre: Option<&'a Centre>, extra: &'a Taken) -> Candidate<'a> {
        let user = self.crew.as_ref().map(Crew::user);
        Candidate { agent: self.at_work(), user, centre, extra, has_phone: self.has_phone }
    }

    /// Where they stand among those who could take something at once if it suited them.
    pub(super) fn free(&self, centre: Option<&Centre>) -> Vec<Stand> {
        let (Some(crew), Some(agent)) = (&self.crew, self.at_work()) else { return Vec::new() };
        let extra = Taken::new();
        let candidate = self.candidate(centre, &extra);
        let is_free = |medium: &&MediumName| {
            let work =
                Work { medium, queue: None, takes_part: false, barred_until: None, is_given_up: false };
            // Only a bar, which is an item's, ends with time.
            candidate.obstacle(&work, Millis::MAX).is_none()
        };
        let stand = |medium: &MediumName| {
            let standing = Standing {
                load: agent.taken(medium),
                idle_since: agent.idle_since,
                agent: self.agent.clone(),
            };
            Stand { medium: medium.clone(), crew: crew.clone(), standing }
        };
        let media = agent.login.iter().flat_map(|login| login.channels.keys());
        media.filter(is_free).map(stand).collect()
    }

    /// Whether the agent works for a queue.
    pub(super) fn serves(&self, queue: &Queue) -> bool {
        self.crew.as_ref().is_some_and(|crew| crew.serves(queue))
    }

    /// How well the agent's skills suit a queue.
    pub(super) fn suits(&self, queue: &Queue) -> u32 {
        self.crew.as_ref().map_or(0, |crew| crew.suits(queue))
    }

    /// Since when the agent has been given nothing.
    pub fn idle_since(&self) -> Millis {
        self.at_work().map_or(0, |agent| agent.idle_since)
    }

    pub(super) fn at_work(&self) -> Option<&Agent> {
        match &*self.state {
            State::Agent(agent) => Some(agent),
            _ => None,
        }
    }
}
