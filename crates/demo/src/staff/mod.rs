//! The scripted staff: whatever they are offered they take within a second or two.
//!
//! Agents 5 to 8 talk, set a disposition of the book and complete. They ask for no more than they can serve, and leave the
//! next customer to a person who is free. A caller who asks for somebody else is handed to a colleague. Now and then they
//! ask the expert about a chat, who advises, or talks with the customer, and goes on alone if need be. The coach follows
//! the chats of some of them, coaches, and steps in at times.

mod advice;
mod asking;
mod calls;
mod colleague;
mod course;
mod following;
pub(crate) mod guests;
mod heard;
mod scripted;
mod talk;
mod watching;

use course::Course;
use heard::Heard;
use scripted::Duty;
pub(crate) use scripted::{FIRST, is_scripted};

use crate::chance::Chance;
use desk::{Desk, Refused};
use domain::{
    Command, InteractionId, MediumName,
    agent::{Agent, ChannelState, Readiness},
    command::AgentAct,
    medium,
    user::User,
};
use std::{collections::HashSet, ops::Range, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// How many chats one of them serves at a time, and how many calls.
const AT_ONCE: usize = 1;
/// The same where people answer when they like: most of these conversations wait for the customer.
const AT_ONCE_ASYNCHRONOUS: usize = 3;
/// How long to wait after something went wrong.
const RETRY: Duration = Duration::from_secs(2);
/// How long to wait at most before looking again.
const LOOK: Duration = Duration::from_secs(5);

/// Works as all of them, for as long as it is polled.
pub async fn staff(desk: Arc<Desk>) {
    share_of_staff(desk, 0, 1).await;
}

/// Works as one in so many of them, from one on: the others work at other desks.
pub async fn share_of_staff(desk: Arc<Desk>, first: u32, every: usize) {
    let first = usize::try_from(first).unwrap_or(usize::MAX);
    let mine = scripted::all().skip(first).step_by(every);
    let seats = mine.map(|(name, duty)| AgentAtWork::new(desk.clone(), name, duty).work());
    futures::future::join_all(seats).await;
}

/// An agent at work.
struct AgentAtWork {
    desk: Arc<Desk>,
    name: String,
    duty: Duty,
    chance: Chance,
    head: watch::Receiver<u64>,
    /// What is being served.
    served: HashSet<InteractionId>,
    /// How: each ends with what it served.
    work: JoinSet<InteractionId>,
}

impl AgentAtWork {
    fn new(desk: Arc<Desk>, name: String, duty: Duty) -> Self {
        let (chance, head) = (Chance::new(desk.ids()), desk.head());
        Self { desk, name, duty, chance, head, served: HashSet::new(), work: JoinSet::new() }
    }

    async fn work(mut self) {
        loop {
            self.head.mark_unchanged();
            let looked = self.look().await;
            if !told(&self.name, looked) {
                tokio::time::sleep(RETRY).await;
            }
            tokio::select! {
                // In this order, so that a world with one seed has one course.
                biased;
                Some(done) = self.work.join_next() => {
                    if let Ok(id) = done {
                        self.served.remove(&id);
                    }
                }
                _ = self.head.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Takes up what it is offered, and sets how much more may come.
    async fn look(&mut self) -> Result<(), Refused> {
        // Looked up each time: an administrator may have changed or removed the user.
        let Some(user) = self.desk.directory().named(&self.name) else { return Ok(()) };
        let agent = self.desk.agent(&user).await?;
        let mut channels: Vec<MediumName> =
            self.desk.media().rows().iter().map(|row| row.name.clone()).collect();
        if self.duty == Duty::Customers {
            // Calls come while the phone is registered.
            channels.push(medium::voice());
        }
        if channels.iter().any(|medium| agent.channel(medium).is_none()) {
            self.act(&user, AgentAct::LogIn { channels: channels.clone(), place: None }).await?;
        }
        for (medium, id) in
            agent.slots.iter().flat_map(|(medium, ids)| ids.iter().map(move |id| (medium, id)))
        {
            if self.served.insert(id.clone()) {
                let hands = ServedInteraction {
                    desk: self.desk.clone(),
                    user: user.clone(),
                    chance: self.chance.branch(),
                    head: self.desk.head(),
                    course: Course::new(),
                    heard: Heard::default(),
                };
                self.work.spawn(hands.serve(id.clone(), *medium == medium::voice()));
            }
        }
        if self.duty == Duty::Coaching {
            return watching::follow(&self.desk, &user, &agent).await;
        }
        for medium in channels {
            self.say_how_much(&user, &agent, medium).await?;
        }
        Ok(())
    }

    /// Is ready for a medium while there is room, and nobody else should have the next customer. Who gives advice always
    /// is: no customer is given to them.
    async fn say_how_much(&self, user: &User, agent: &Agent, medium: MediumName) -> Result<(), Refused> {
        let is_asynchronous = medium.as_str() != crate::centre::MEDIUM && medium != medium::voice();
        let room = if is_asynchronous { AT_ONCE_ASYNCHRONOUS } else { AT_ONCE };
        let wants = self.duty == Duty::Advice
            || agent.taken(&medium) < room && !guests::expect(&self.desk, &medium).await?;
        if agent.channel(&medium).is_some_and(ChannelState::takes_work) == wants {
            return Ok(());
        }
        let wanted = if wants { Readiness::Ready } else { Readiness::NotReady };
        let Some(operation) = self.desk.centre().and_then(|centre| {
            let plain =
                |state: &&Arc<domain::agent::AgentState>| state.state == wanted && state.work_mode.is_none();
            centre.agent_states.iter().find(plain).map(|state| state.operation.clone())
        }) else {
            return Ok(());
        };
        self.act(user, AgentAct::SetState { channel: Some(medium), operation, wrap_up: None }).await
    }

    async fn act(&self, user: &User, act: AgentAct) -> Result<(), Refused> {
        self.desk.perform(Command::Agent { agent: user.id.clone(), act }).await.map(drop)
    }
}

/// Serves one interaction, beside others of the same agent.
struct ServedInteraction {
    desk: Arc<Desk>,
    user: Arc<User>,
    chance: Chance,
    head: watch::Receiver<u64>,
    course: Course,
    heard: Heard,
}

impl ServedInteraction {
    /// Serves until it is over, or until something goes wrong: then the seat finds it again, after a while.
    async fn serve(mut self, id: InteractionId, is_call: bool) -> InteractionId {
        let served = if is_call { self.take_call(&id).await } else { self.talk(&id).await };
        told(&self.user.user_name, served);
        tokio::time::sleep(RETRY).await;
        id
    }

    /// Waits for the journal to grow, or a while.
    async fn look(&mut self) {
        let _ = tokio::time::timeout(LOOK, self.head.changed()).await;
    }

    async fn rest(&mut self, range: Range<u64>) {
        tokio::time::sleep(self.chance.moment(range)).await;
    }
}

/// Whether it went well; the log is told when not.
fn told(agent: &str, outcome: Result<(), Refused>) -> bool {
    match outcome {
        Ok(()) => return true,
        // Somebody else was faster: the customer left, or a supervisor changed the state.
        Err(Refused::Rule(why)) => tracing::debug!(agent, %why, "a scripted agent was refused"),
        Err(Refused::Store(fault)) => tracing::warn!(agent, %fault, "a scripted agent could not work"),
    }
    false
}
