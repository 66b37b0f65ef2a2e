//! Supervisors who follow somebody: whether they may is judged again as soon as roles, groups or features have changed
//! (spec: admin-and-reporting#3).

use domain::{Command, Key, State, UserId, command::Provision};
use std::collections::{BTreeSet, HashMap};

/// Who follows somebody, by the phone, the interaction or the agent that says so.
#[derive(Debug, Default)]
pub(crate) struct Supervisors(HashMap<Key, BTreeSet<UserId>>);

impl Supervisors {
    /// Takes in what a phone, an interaction or an agent has become.
    pub fn take(&mut self, key: &Key, state: &State) {
        let follow: BTreeSet<UserId> = match state {
            State::Device(device) => device.watches.iter().map(|watch| watch.supervisor.clone()).collect(),
            State::Call(call) => {
                let follow = call.live().filter(|party| party.watch.is_some());
                follow.filter_map(|party| party.user().cloned()).collect()
            }
            State::Session(session) => {
                let follow = session.live_agents().filter(|party| party.follows.is_some());
                follow.map(|party| party.user.clone()).collect()
            }
            State::Agent(agent) => {
                (!agent.watches.is_empty()).then(|| agent.id.clone()).into_iter().collect()
            }
            _ => return,
        };
        if follow.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.clone(), follow);
        }
    }

    /// All of them.
    pub fn all(&self) -> BTreeSet<UserId> {
        self.0.values().flatten().cloned().collect()
    }
}

/// Whether a command may change whom a supervisor may follow.
pub(crate) const fn changes_rights(command: &Command) -> bool {
    matches!(
        command,
        Command::Provision(
            Provision::PutUser(_) | Provision::RemoveUser(_) | Provision::PutCentre(_) | Provision::All(_)
        )
    )
}
