//! The groups of agents of the file, with those who lead them.

use super::reading::ReadContext;
use crate::{
    config::{AgentGroupEntry, Config, SupervisionVisible},
    findings::Findings,
};
use domain::{centre::AgentGroup, user::Role};
use std::collections::{BTreeMap, BTreeSet};

/// The groups that the file has: nothing else makes any.
pub(super) fn wanted(config: &Config, reading: &ReadContext<'_>, findings: &mut Findings) -> Vec<AgentGroup> {
    let kept = reading.current.users.iter().map(|user| (user.user_name.as_str(), user.roles.as_slice()));
    let named = config.users.iter().map(|entry| (entry.user_name.as_str(), entry.roles.as_slice()));
    let users: BTreeMap<&str, &[Role]> = kept.chain(named).collect();
    let mut names = BTreeSet::new();
    for entry in &config.agent_groups {
        let name = entry.name.as_str();
        if name.trim().is_empty() {
            findings.problem("[[agent_groups]]: a 'name' is empty");
        }
        if !names.insert(name) {
            findings.problem(format!("[[agent_groups]] '{name}': there is another group with this name"));
        }
        check(entry, &users, findings);
    }
    config.agent_groups.iter().map(group).collect()
}

fn check(entry: &AgentGroupEntry, users: &BTreeMap<&str, &[Role]>, findings: &mut Findings) {
    let AgentGroupEntry { name, leaders, members, .. } = entry;
    for user in leaders.iter().chain(members).filter(|user| !users.contains_key(user.as_str())) {
        findings.problem(format!("[[agent_groups]] '{name}': there is no user '{user}'"));
    }
    for leader in leaders {
        let roles = users.get(leader.as_str());
        if roles.is_some_and(|roles| !roles.contains(&Role::Supervisor)) {
            findings.problem(format!("[[agent_groups]] '{name}': '{leader}' is no supervisor"));
        }
    }
}

fn group(entry: &AgentGroupEntry) -> AgentGroup {
    AgentGroup {
        name: entry.name.clone(),
        leaders: entry.leaders.clone(),
        members: entry.members.clone(),
        hidden: entry.supervision_visible == SupervisionVisible::Hidden,
    }
}
