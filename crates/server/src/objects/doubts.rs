//! Objects that do not fit the rest of the settings.

use super::{current::Current, wanted::WantedObjects};
use crate::{
    config::{CapacityEntries, Config, RequiredEntry},
    findings::Findings,
};
use domain::{
    MediumName, QueueName,
    centre::Centre,
    disposition::Policy,
    medium::{Media, voice},
    queue::Queue,
    user::{Role, User},
};
use std::collections::BTreeSet;

/// The section that desktops read, and the option in it that makes them ask for a disposition.
const WORKSPACE: &str = "interaction-workspace";
const IS_MANDATORY: &str = "interaction.disposition.is-mandatory";

/// Checks what a file wants.
pub(super) fn look(
    config: &Config,
    media: &Media,
    current: &Current,
    wanted: &WantedObjects,
    findings: &mut Findings,
) {
    media_named(config, media, findings);
    no_room(config, findings);
    strict_without_codes(wanted, current, findings);
    if config.disposition.required_timeout == Some(0) {
        findings.problem(
            "disposition.required_timeout: 0 would hold nobody; set disposition.required to \"ask\"",
        );
    }
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
    if let Some(centre) = wanted.centre.as_ref().or(current.centre.as_ref()) {
        is_mandatory(config, centre, &queues, &users, findings);
    }
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
    let required = config.disposition.required.iter();
    check("disposition.required", &mut required.flat_map(RequiredEntry::media));
    for queue in &config.queues {
        let place = format!("[[queues]] '{}': disposition.required", queue.name);
        check(&place, &mut queue.disposition.required.iter().flat_map(RequiredEntry::media));
    }
    let mut capacity = |place: &str, entries: &CapacityEntries| {
        check(place, &mut entries.keys());
        for (medium, entry) in entries {
            let others = entry.while_busy();
            check(&format!("{place}: {medium}: while_busy"), &mut others.into_iter().flatten());
        }
    };
    config.centre.capacity.iter().for_each(|entries| capacity("centre.capacity", entries));
    for user in &config.users {
        capacity(&format!("[[users]] '{}': 'capacity'", user.user_name), &user.capacity);
    }
}

/// Checks that agents may have anything at all.
fn no_room(config: &Config, findings: &mut Findings) {
    let users = config.users.iter();
    let users = users.map(|user| (format!("[[users]] '{}': 'max_total'", user.user_name), user.max_total));
    for (place, max_total) in users.chain([("centre.max_total".to_owned(), config.centre.max_total)]) {
        if max_total == Some(0) {
            findings.problem(format!(
                "{place}: 0 would leave no room for anything; leave it out for as many as the media allow"
            ));
        }
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

/// Checks that desktops are told what the server does. A centre that says nothing about what is required may have its
/// desktops ask all the same.
fn is_mandatory(
    config: &Config,
    centre: &Centre,
    queues: &[&Queue],
    users: &[&User],
    findings: &mut Findings,
) {
    let is_asked = centre.disposition.is_mandatory(queues.iter().copied());
    let is_said = config.disposition.required.is_some()
        || config.queues.iter().any(|queue| queue.disposition.required.is_some());
    let of_users =
        users.iter().map(|user| (format!("[[users]] '{}': settings", user.user_name), &user.settings));
    for (place, sections) in
        std::iter::once(("[centre.settings]".to_owned(), &centre.settings)).chain(of_users)
    {
        let Some(value) = sections.get(WORKSPACE).and_then(|options| options.get(IS_MANDATORY)) else {
            continue;
        };
        let is_set = value.as_bool().or_else(|| value.as_str().map(|value| value == "true")).unwrap_or(false);
        let why = match (is_asked, is_set) {
            (true, false) => "the server asks for dispositions (disposition.required): leave it out",
            (false, true) if is_said => {
                "the server asks for none (disposition.required): set that to \"ask\" instead"
            }
            _ => continue,
        };
        findings.problem(format!("{place} {WORKSPACE}: '{IS_MANDATORY}' = {value}: {why}"));
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
