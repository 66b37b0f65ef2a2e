//! Which entities a command is known to look at, so that a store can lock them in one go.

use domain::{
    Command, Key,
    command::{Provision, SessionAct, Target},
};

/// The keys of a command, sorted and each once. A rule may turn out to need more; then it says so.
pub(crate) fn keys(command: &Command) -> Vec<Key> {
    let mut keys = vec![Key::Centre];
    match command {
        Command::Open(open) => keys.push(Key::Session(open.session.clone())),
        Command::Customer { session, .. } | Command::Erase { session } => {
            keys.push(Key::Session(session.clone()));
        }
        Command::Session { session, agent, act } => {
            keys.extend([Key::Session(session.clone()), Key::Agent(agent.clone())]);
            match act {
                SessionAct::Transfer { to: Target::Agent(target), .. } => {
                    keys.extend([Key::Agent(target.clone()), Key::User(target.clone())]);
                }
                SessionAct::SetDisposition { .. } => keys.push(Key::Book),
                _ => {}
            }
        }
        Command::Offer { session, agent } | Command::OfferLapsed { session, agent } => {
            keys.extend([Key::Session(session.clone()), Key::Agent(agent.clone()), Key::User(agent.clone())]);
        }
        Command::Agent { agent, .. } => {
            keys.extend([Key::Agent(agent.clone()), Key::User(agent.clone())]);
        }
        Command::Provision(change) => keys.push(match change {
            Provision::PutUser(user) => Key::User(user.id.clone()),
            Provision::RemoveUser(id) => Key::User(id.clone()),
            Provision::PutQueue(queue) => Key::Queue(queue.name.clone()),
            Provision::RemoveQueue(name) => Key::Queue(name.clone()),
            Provision::PutCentre(_) => Key::Centre,
            Provision::Book(_) => Key::Book,
        }),
    }
    keys.sort();
    keys.dedup();
    keys
}
