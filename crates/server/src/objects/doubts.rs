//! Objects that do not fit the rest of the settings.

use super::{current::Current, wanted::WantedObjects};
use crate::{config::Config, findings::Findings};
use domain::{
    MediumName, QueueName,
    disposition::Policy,
    medium::{Media, voice},
    queue::Queue,
    user::{Role, User},
};
use std::collections::BTreeSet;

/// Checks what a file wants.
pub(super) fn look(
    config: &Config,
    media: &Media,
    current: &Current,
    wanted: &WantedObjects,
    findings: &mut Findings,
) {
    media_named(config, media, findings);
    strict_without_codes(wanted, current, findings);
    let queues = after(
        wanted.queues.as_deref(),
        &current.queues,
        |queue, there| queue.name == there.name,
        |queue| wanted.besides.stays(current.made_by_file().queues.contains(&queue.name)),
    );
    let users = after(
        wanted.users.as_deref(),
        &current.users,
        |user, there| user.id == there.id,
        |user| wanted.besides.stays(current.made_by_file().users.contains(&user.id)),
    );
    skills(&queues, &users, findings);
    let names: BTreeSet<&QueueName> = queues.iter().map(|queue| &queue.name).collect();
    for entry in &config.users {
        for queue in entry.queues.iter().filter(|queue| !names.contains(queue)) {
            findings
                .warning(format!("[[users]] '{}': 'queues': there is no queue '{queue}'", entry.user_name));
        }
    }
}

/// The objects there will be: those that the file wants, and those that stay besides.
fn after<'a, T>(
    wanted: Option<&'a [T]>,
    current: &'a [T],
    same: impl Fn(&T, &T) -> bool,
    stays: impl Fn(&T) -> bool,
) -> Vec<&'a T> {
    let Some(wanted) = wanted else { return current.iter().collect() };
    let besides = current.iter().filter(|there| !wanted.iter().any(|one| same(one, there)) && stays(there));
    wanted.iter().chain(besides).collect()
}

/// Checks the media that policies and capacities name: an unknown name would have no effect.
fn media_named(config: &Config, media: &Media, findings: &mut Findings) {
    let voice = voice();
    let mut check = |place: &str, names: &mut dyn Iterator<Item = &MediumName>| {
        for name in names.filter(|name| **name != voice && media.named(name).is_none()) {
            let known: Vec<&str> = media.rows().iter().map(|row| row.name.as_str()).collect();
            findings
                .problem(format!("{place}: unknown medium '{name}'; known: {}, {voice}", known.join(", ")));
        }
    };
    check("disposition.policy", &mut config.disposition.policy.iter().flat_map(|policy| policy.keys()));
    check("centre.capacity", &mut config.centre.capacity.iter().flat_map(|capacity| capacity.keys()));
    for user in &config.users {
        check(&format!("[[users]] '{}': 'capacity'", user.user_name), &mut user.capacity.keys());
    }
}

fn strict_without_codes(wanted: &WantedObjects, current: &Current, findings: &mut Findings) {
    let book = wanted.book.as_ref().unwrap_or(&current.book);
    if book.groups.iter().any(|group| !group.codes.is_empty()) {
        return;
    }
    let policies = wanted.centre.iter().flat_map(|centre| &centre.disposition.policy);
    for (medium, _) in policies.filter(|(_, policy)| **policy == Policy::Strict) {
        findings.problem(format!(
            "disposition.policy: {medium} = \"strict\" takes only codes of the book, and there is none: add \
             [[dispositions]]"
        ));
    }
}

/// Checks that every queue can be served: a customer in one that nobody can serve waits forever.
fn skills(queues: &[&Queue], users: &[&User], findings: &mut Findings) {
    let agents: Vec<&&User> =
        users.iter().filter(|user| user.enabled && user.has(&[Role::Agent, Role::Supervisor])).collect();
    if agents.is_empty() {
        return;
    }
    for queue in queues {
        let name = &queue.name;
        let before = findings.warnings().len();
        for (skill, least) in &queue.skills {
            if !agents.iter().any(|user| user.skills.get(skill).is_some_and(|level| level >= least)) {
                findings.warning(format!(
                    "[[queues]] '{name}': nobody has the skill '{skill}' at level {least} or above: whoever waits there \
                     is never served"
                ));
            }
        }
        if findings.warnings().len() == before
            && !agents.iter().any(|user| domain::offer::serves(user, queue))
        {
            findings.warning(format!(
                "[[queues]] '{name}': no agent has all of its skills and takes its work: whoever waits there is never \
                 served"
            ));
        }
    }
}
