//! A centre in memory, with everybody who works in it and all that was said: what a commit changes, and what is told of it.

use crate::Notes;
use desk::ports::{CommandOrigin, NewNote, Render, SavedResult, TxView};
use domain::{
    Command, DecideError, Decision, InteractionId, Key, Message, Millis, ProviderKey, QueueName, Snapshots,
    State, UniqueName, UserId, command::AgentAct, decide, medium::Media, session::Session,
    share::WaitingCounts, task::KnownProviderKey, user::User,
};
use gws::Links;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// Two who lead, and three whom they lead.
pub const SUPERVISORS: [&str; 2] = ["sasha", "otto"];
pub const PEOPLE: [&str; 5] = ["tom", "mei", "ada", SUPERVISORS[0], SUPERVISORS[1]];
/// The name by which somebody is known in a conversation, and nowhere else.
pub fn nickname(user: &UserId) -> String {
    format!("<{user}>")
}

/// How everything stands.
#[derive(Clone, Default)]
pub struct People {
    pub states: BTreeMap<Key, Arc<State>>,
    pub log: BTreeMap<InteractionId, Vec<Message>>,
    known: BTreeMap<String, KnownProviderKey>,
    /// How many commands each has given.
    pub heads: BTreeMap<UserId, u64>,
    pub now: Millis,
}

/// What one command did.
pub struct Done {
    pub before: People,
    pub decision: Decision,
    pub notes: Vec<NewNote>,
    pub cause: Option<CommandOrigin>,
}

impl People {
    /// Everybody is at work and ready, on every medium.
    pub fn at_work() -> Self {
        static BEGINNING: LazyLock<People> = LazyLock::new(People::come);
        BEGINNING.clone()
    }

    fn come() -> Self {
        let mut people = Self::default();
        let whole = testkit::centre::TestCentre::whole();
        let mut centre = whole.centre;
        centre.features.extend([domain::watch::FEATURE, domain::command::CONTROL_FEATURE].map(str::to_owned));
        people.put(Key::Centre, State::Centre(centre));
        for mut queue in whole.queues {
            queue.skills.clear();
            people.put(Key::Queue(queue.name.clone()), State::Queue(Some(queue)));
        }
        let of = |name: &str| if SUPERVISORS.contains(&name) { "supervisor@demo" } else { "agent1@demo" };
        for name in PEOPLE {
            let like =
                whole.users.iter().find(|user| user.user_name == of(name)).expect("somebody like them");
            let user =
                User { id: name.into(), user_name: format!("{name}@demo"), device: None, ..like.clone() };
            people.put(Key::User(name.into()), State::User(Some(Arc::new(user))));
            for act in begins() {
                people.perform(&Command::Agent { agent: name.into(), act }).expect("they come to work");
            }
        }
        people
    }

    fn put(&mut self, key: Key, state: State) {
        self.states.insert(key, Arc::new(state));
    }

    /// Performs a command as the desk does: decides, tells, and takes in what changed. `None` where it is refused.
    pub fn perform(&mut self, command: &Command) -> Option<Done> {
        static NOTES: LazyLock<Notes> =
            LazyLock::new(|| Notes::new(Media::default(), Links::new("http://localhost:8080")));
        let decision = decide(&mut Seen(self), command, self.now).ok()?;
        let cause = by(command).map(|agent| {
            let reference = self.heads.get(agent).copied().unwrap_or(0) + 1;
            CommandOrigin { agent: agent.clone(), reference }
        });
        let notes =
            NOTES.notes(&mut Seen(self), &decision, cause.as_ref(), self.now).expect("it can be told");
        let before = self.clone();
        for change in &decision.changes {
            self.states.insert(change.key.clone(), change.after.clone());
        }
        for (session, message) in &decision.messages {
            let log = self.log.entry(session.clone()).or_default();
            log.retain(|old| old.index != message.index);
            log.push(message.clone());
            log.sort_by_key(|message| message.index);
        }
        for known in &decision.known {
            self.known.insert(known.key.to_string(), known.clone());
        }
        if let Some(cause) = &cause {
            self.heads.insert(cause.agent.clone(), cause.reference);
        }
        Some(Done { before, decision, notes, cause })
    }

    pub fn session(&self, id: &InteractionId) -> Option<&Session> {
        match self.states.get(&Key::Session(id.clone())).map(|state| &**state) {
            Some(State::Session(session)) => Some(session),
            _ => None,
        }
    }

    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.states.values().filter_map(|state| match &**state {
            State::Session(session) => Some(session),
            _ => None,
        })
    }
}

/// What somebody does when they come to work.
pub fn begins() -> [AgentAct; 2] {
    let channels = Media::default().rows().iter().map(|row| row.name.clone()).collect();
    let ready = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
    [AgentAct::LogIn { channels, place: None }, ready]
}

/// Who gives a command.
pub const fn by(command: &Command) -> Option<&UserId> {
    match command {
        Command::Session { agent, .. } | Command::Agent { agent, .. } => Some(agent),
        Command::TakeOver { by, .. } | Command::Control { by, .. } => Some(by),
        Command::Supervise(asked) => Some(&asked.supervisor),
        _ => None,
    }
}

/// What a decision, and whoever tells of it, may look at.
struct Seen<'a>(&'a People);

impl Snapshots for Seen<'_> {
    fn state(&mut self, key: &Key) -> Result<Option<Arc<State>>, DecideError> {
        Ok(self.0.states.get(key).cloned())
    }

    fn head(&mut self, agent: &UserId) -> Result<u64, DecideError> {
        Ok(self.0.heads.get(agent).copied().unwrap_or(0))
    }

    fn known(&mut self, key: &ProviderKey) -> Result<Option<KnownProviderKey>, DecideError> {
        Ok(self.0.known.get(&key.to_string()).cloned())
    }

    fn message(&mut self, session: &InteractionId, index: u32) -> Result<Option<Message>, DecideError> {
        let log = self.0.log.get(session).into_iter().flatten();
        Ok(log.into_iter().find(|message| message.index == index).cloned())
    }
}

impl TxView for Seen<'_> {
    fn newest(&mut self, session: &InteractionId, _: usize) -> Result<Vec<Message>, DecideError> {
        Ok(self.0.log.get(session).cloned().unwrap_or_default())
    }

    fn result(&mut self, _: &str) -> Result<Option<SavedResult>, DecideError> {
        Ok(None)
    }

    fn bearer(&mut self, _: &UniqueName) -> Result<Option<Key>, DecideError> {
        Ok(None)
    }

    fn waiting(&mut self, _: &QueueName) -> Result<WaitingCounts, DecideError> {
        Ok(WaitingCounts::new())
    }
}
