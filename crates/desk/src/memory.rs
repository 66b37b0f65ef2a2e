//! What memory learns from a commit.

use crate::{
    Directory, Mailboxes,
    deadlines::Deadlines,
    hours::Timetables,
    lock::lock,
    outbox::Outbox,
    pauses::Pauses,
    ports::{CommitObserver, Committed, Durable, EventRow, Local, Switch, Versioned},
    routing::Board,
    supervisors::Supervisors,
    versions::Versions,
};
use domain::{Event, InteractionId, Key, MediumName, ServiceName, State, Task, agent, centre::Centre};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tokio::sync::{Notify, watch};

/// Everything kept in memory because it is asked for often. All of it can be rebuilt from the journal.
pub(crate) struct Memory {
    pub directory: Directory,
    pub mailboxes: Mailboxes,
    /// The version of each entity that was taken in. Locked for as long as something is taken in.
    versions: Mutex<Versions>,
    pub board: Mutex<Board>,
    pub deadlines: Mutex<Deadlines>,
    /// When queues are open.
    pub timetables: Timetables,
    /// When nobody could be heard.
    pub pauses: Pauses,
    /// Conversations whose customer is still there, with their medium and service.
    pub present: Mutex<HashMap<InteractionId, (MediumName, ServiceName)>>,
    pub centre: RwLock<Option<Arc<Centre>>>,
    pub supervisors: Mutex<Supervisors>,
    pub head: watch::Sender<u64>,
    pub outbox: Outbox,
    /// Tasks that an earlier process had begun.
    pub doubtful: Mutex<Vec<Task>>,
    /// What carries calls.
    pub switch: RwLock<Option<Arc<dyn Switch>>>,
    pub work: Notify,
    pub clock: Notify,
}

impl Memory {
    pub fn new() -> Self {
        Self {
            directory: Directory::default(),
            mailboxes: Mailboxes::default(),
            versions: Mutex::default(),
            board: Mutex::default(),
            deadlines: Mutex::default(),
            timetables: Timetables::default(),
            pauses: Pauses::default(),
            present: Mutex::default(),
            centre: RwLock::default(),
            supervisors: Mutex::default(),
            head: watch::channel(0).0,
            outbox: Outbox::default(),
            doubtful: Mutex::default(),
            switch: RwLock::default(),
            work: Notify::new(),
            clock: Notify::new(),
        }
    }

    /// Takes snapshots in, from a commit or at start. One that is no newer than what was taken in before is ignored.
    pub fn take(&self, states: &[Versioned]) {
        self.take_newer(&mut lock(&self.versions), states);
    }

    fn take_newer(&self, versions: &mut Versions, states: &[Versioned]) {
        let (mut work, mut clock) = (false, false);
        for Versioned { key, version, state } in states {
            if !versions.take(key, *version, !state.is_open()) {
                continue;
            }
            match &**state {
                State::User(_) => self.directory.take(key, state),
                State::Centre(centre) => {
                    *self.centre.write().unwrap_or_else(PoisonError::into_inner) =
                        Some(Arc::new(centre.clone()));
                }
                State::Session(session) => {
                    let mut present = lock(&self.present);
                    if session.customer.present {
                        present
                            .entry(session.id.clone())
                            .or_insert_with(|| (session.medium.clone(), session.service.clone()));
                    } else {
                        present.remove(&session.id);
                    }
                    drop(present);
                    clock |= lock(&self.deadlines).take(key, state, &self.pauses);
                }
                State::Call(_) | State::Agent(_) => {
                    clock |= lock(&self.deadlines).take(key, state, &self.pauses);
                }
                _ => {}
            }
            lock(&self.supervisors).take(key, state);
            work |= lock(&self.board).take(key, state);
        }
        if work {
            self.work.notify_one();
        }
        if clock {
            self.clock.notify_one();
        }
    }
}

impl Memory {
    /// Tells how far the journal has grown, unless that is known already.
    pub fn grown(&self, newest: u64) {
        self.head.send_if_modified(|head| {
            let grown = newest > *head;
            *head = newest.max(*head);
            grown
        });
    }

    fn take_durable(&self, group: &Durable) {
        {
            let mut versions = lock(&self.versions);
            for EventRow { key, version, at, event, .. } in &group.events {
                let logged_in = matches!(
                    event,
                    Event::Agent(agent::AgentEvent { fact: agent::Fact::LoggedIn { .. }, .. })
                );
                if let (true, Key::Agent(agent)) = (logged_in, key)
                    && *version > versions.of(key)
                {
                    let before = self.mailboxes.of(agent).head();
                    self.mailboxes.logged_in(agent, before, self.pauses.awake(*at));
                }
            }
            self.take_newer(&mut versions, &group.states);
        }
        self.mailboxes.deliver(&group.notes);
        self.outbox.settled(&group.settled);
        self.outbox.take(group.tasks.iter().cloned(), []);
    }

    fn take_local(&self, local: &Local) {
        self.outbox.take([], local.signals.iter().cloned());
        if !local.effects.is_empty()
            && let Some(switch) = &*self.switch.read().unwrap_or_else(PoisonError::into_inner)
        {
            switch.perform(&local.effects);
        }
    }
}

impl CommitObserver for Memory {
    fn committed(&self, group: &Committed) {
        self.take_durable(&group.durable);
        self.take_local(&group.local);
        self.grown(group.durable.head);
    }
}
