//! The differences of the centre: its services and states one by one, and the rest.

use super::{
    Current,
    difference::{Difference, line},
};
use domain::{
    agent::AgentState,
    centre::{Centre, MadeByFile},
    command::Provision,
};
use std::sync::Arc;

/// The change that leads to the wanted centre. `changes_besides` says whether anything else changes: then what would
/// only be noted as made by the file goes with that.
pub(super) fn difference(current: &Current, wanted: &Centre, changes_besides: bool) -> Option<Difference> {
    let there = current.centre.as_ref();
    let mut lines = Vec::new();
    lines.extend(line("centre", there.map(rest).as_ref(), &rest(wanted)));
    services(there, wanted, &mut lines);
    states(there, wanted, &mut lines);
    places(there, wanted, &mut lines);
    lines.extend(adopted(current, wanted));
    let is_needed = there.is_none_or(|there| there != wanted);
    (is_needed && (changes_besides || !lines.is_empty()))
        .then(|| Difference { lines, change: Provision::PutCentre(Box::new(wanted.clone())) })
}

/// The centre without the parts that are compared one by one.
fn rest(centre: &Centre) -> Centre {
    Centre {
        services: [].into(),
        agent_states: Vec::new(),
        places: [].into(),
        made_by_file: MadeByFile::default(),
        ..centre.clone()
    }
}

fn services(there: Option<&Centre>, wanted: &Centre, lines: &mut Vec<String>) {
    let before = there.map(|there| &there.services);
    for (name, service) in &wanted.services {
        let known = before.and_then(|before| before.get(name));
        lines.extend(line(&format!("service {name}"), known, service));
    }
    for name in before.iter().flat_map(|before| before.keys()) {
        if !wanted.services.contains_key(name) {
            lines.push(format!("- service {name}"));
        }
    }
}

fn states(there: Option<&Centre>, wanted: &Centre, lines: &mut Vec<String>) {
    let find = |states: &[Arc<AgentState>], operation: &str| {
        states.iter().find(|state| state.operation == operation).cloned()
    };
    let before: &[Arc<AgentState>] = there.map_or(&[], |there| &there.agent_states);
    let system = domain::centre::system_states();
    let is_system = |state: &AgentState| system.iter().any(|usual| usual.operation == state.operation);
    for state in wanted.agent_states.iter().filter(|state| !is_system(state)) {
        let known = find(before, &state.operation);
        lines.extend(line(&format!("agent state {}", state.operation), known.as_deref(), &**state));
    }
    for state in before.iter().filter(|state| !is_system(state)) {
        let operation = &state.operation;
        if find(&wanted.agent_states, operation).is_none() {
            lines.push(format!("- agent state {operation}"));
        }
    }
}

fn places(there: Option<&Centre>, wanted: &Centre, lines: &mut Vec<String>) {
    let before = there.map(|there| &there.places);
    for (name, phone) in &wanted.places {
        let known = before.and_then(|before| before.get(name));
        lines.extend(line(&format!("place {name}"), known, phone));
    }
    for name in before.iter().flat_map(|before| before.keys()) {
        if !wanted.places.contains_key(name) {
            lines.push(format!("- place {name}"));
        }
    }
}

/// Objects that the file did not make but names from now on, and which count as its own therefore.
fn adopted(current: &Current, wanted: &Centre) -> Option<String> {
    let (before, after) = (current.made_by_file(), &wanted.made_by_file);
    let mut names: Vec<String> = Vec::new();
    for user in &current.users {
        if after.users.contains(&user.id) && !before.users.contains(&user.id) {
            names.push(format!("user {}", user.user_name));
        }
    }
    for queue in &current.queues {
        if after.queues.contains(&queue.name) && !before.queues.contains(&queue.name) {
            names.push(format!("queue {}", queue.name));
        }
    }
    for name in current.centre.iter().flat_map(|centre| centre.services.keys()) {
        if after.services.contains(name) && !before.services.contains(name) {
            names.push(format!("service {name}"));
        }
    }
    for state in current.centre.iter().flat_map(|centre| &centre.agent_states) {
        let operation = &state.operation;
        if after.agent_states.contains(operation) && !before.agent_states.contains(operation) {
            names.push(format!("agent state {operation}"));
        }
    }
    for name in current.centre.iter().flat_map(|centre| centre.places.keys()) {
        if after.places.contains(name) && !before.places.contains(name) {
            names.push(format!("place {name}"));
        }
    }
    for group in &current.book.groups {
        if after.groups.contains(&group.id) && !before.groups.contains(&group.id) {
            names.push(format!("disposition group {}", group.name));
        }
        for code in &group.codes {
            if after.codes.contains(&code.id) && !before.codes.contains(&code.id) {
                names.push(format!("disposition {}", code.name));
            }
        }
    }
    (!names.is_empty()).then(|| format!("~ the file's from now on: {}", names.join(", ")))
}
