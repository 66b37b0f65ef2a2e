//! Queues of the file.

use super::names::seconds;
use crate::{
    config::{Config, OverflowEntry, QueueEntry},
    findings::Findings,
};
use domain::{
    call::Dn,
    disposition::Requirement,
    hours::Hours,
    queue::{Calls, Overflow, Queue},
};
use std::collections::{BTreeMap, BTreeSet};

/// The longest text of a queue that is closed, in characters: as much as a provider carries in one message.
const LONGEST_TEXT: usize = 1_600;

/// The longest time in which a queue is to answer, in seconds: who means longer than a day means no service level.
const LONGEST_LEVEL: u32 = 86_400;

/// The queues that a file wants, each once.
pub(super) fn wanted(config: &Config, findings: &mut Findings) -> Vec<Queue> {
    let mut names = BTreeSet::new();
    let mut queues = Vec::new();
    for entry in &config.queues {
        if entry.name.as_str().trim().is_empty() {
            findings.problem("[[queues]]: a 'name' is empty");
        } else if names.insert(&entry.name) {
            queues.push(queue(entry, findings));
        } else {
            findings.problem(format!("[[queues]]: '{}' stands there twice", entry.name));
        }
    }
    fit_together(config, &queues, findings);
    queues
}

fn queue(entry: &QueueEntry, findings: &mut Findings) -> Queue {
    let calls = &entry.calls;
    if entry.reserve_percent > 100 {
        findings.problem(format!("[[queues]] '{}': reserve_percent is more than 100", entry.name));
    }
    if !(1..=LONGEST_LEVEL).contains(&entry.service_level_seconds) {
        findings.problem(format!(
            "[[queues]] '{}': service_level_seconds: {} is not from 1 to {LONGEST_LEVEL}",
            entry.name, entry.service_level_seconds
        ));
    }
    if entry.short_abandon_seconds > LONGEST_LEVEL {
        findings.problem(format!(
            "[[queues]] '{}': short_abandon_seconds is more than {LONGEST_LEVEL}",
            entry.name
        ));
    }
    let queue = Queue {
        name: entry.name.clone(),
        skills: entry.skills.clone(),
        priority: entry.priority,
        ageing: seconds(entry.ageing_seconds),
        offer: seconds(entry.offer_seconds),
        cool_down: seconds(entry.cool_down_seconds),
        last_agent_wait: seconds(entry.last_agent_wait_seconds),
        max_waiting: entry.max_waiting,
        reserve_percent: entry.reserve_percent,
        service_level: seconds(entry.service_level_seconds),
        short_abandon: seconds(entry.short_abandon_seconds),
        routing_point: entry.routing_point.as_deref().map(Dn::from),
        hours: Hours {
            open: entry.hours.clone(),
            zone: entry.zone.clone(),
            holidays: entry.holidays.iter().cloned().collect(),
        },
        closed: entry.closed.clone().into(),
        calls: Calls {
            greeting: calls.greeting.clone(),
            hours: calls.hours.clone(),
            closed: overflow(calls.closed.as_ref()),
            full: overflow(calls.full.as_ref()),
            patience: seconds(calls.patience_seconds),
            late: overflow(calls.late.as_ref()),
            wrap_up: seconds(calls.wrap_up_seconds),
        },
        required: entry.disposition.required.clone().map(Requirement::from).unwrap_or_default(),
    };
    times(entry, &queue, findings);
    queue
}

/// Checks when a queue is open, and what it says when it is not.
fn times(entry: &QueueEntry, queue: &Queue, findings: &mut Findings) {
    let name = &entry.name;
    let mut look = |key: &str, hours: &Hours| {
        if let Err(why) = desk::hours::check(hours) {
            let written = hours.open.as_ref().map(|open| format!(" '{open}'")).unwrap_or_default();
            findings.problem(format!("[[queues]] '{name}': {key}{written}: {why}"));
        }
    };
    look("hours", &queue.hours);
    if queue.calls.hours.is_some() {
        look("calls.hours", &queue.hours_of_calls());
    }
    if let Some(twice) = repeated(&entry.holidays) {
        findings.problem(format!("[[queues]] '{name}': holidays: '{twice}' stands there twice"));
    }
    if let Some(text) = queue.closed.text() {
        if text.trim().is_empty() {
            findings.problem(format!("[[queues]] '{name}': closed: its text is empty"));
        } else if text.chars().count() > LONGEST_TEXT {
            findings.problem(format!(
                "[[queues]] '{name}': closed: its text is longer than {LONGEST_TEXT} characters"
            ));
        }
        if queue.hours.is_always() {
            findings.problem(format!(
                "[[queues]] '{name}': closed: it is never closed, since it has neither hours nor holidays"
            ));
        }
    }
}

fn repeated(days: &[String]) -> Option<&String> {
    let mut seen = BTreeSet::new();
    days.iter().find(|day| !seen.insert(*day))
}

fn fit_together(config: &Config, queues: &[Queue], findings: &mut Findings) {
    let phones: BTreeSet<Dn> = config
        .users
        .iter()
        .filter_map(|user| user.phone_number.as_deref())
        .chain(config.places.iter().map(|place| &*place.phone_number))
        .chain(config.sip.phones.iter().map(|phone| &*phone.dn))
        .map(Dn::from)
        .collect();
    let mut points: BTreeMap<&Dn, &Queue> = BTreeMap::new();
    for queue in queues {
        let name = &queue.name;
        if let Some(point) = &queue.routing_point {
            if let Some(other) = points.insert(point, queue) {
                let other = &other.name;
                findings.problem(format!(
                    "[[queues]] '{name}': the routing_point '{point}' is that of '{other}', too: it belongs to two queues"
                ));
            }
            if phones.contains(point) {
                findings.problem(format!(
                    "[[queues]] '{name}': the routing_point '{point}' is the number of a phone, too"
                ));
            }
        }
        let calls = &queue.calls;
        for (key, to) in [("closed", &calls.closed), ("full", &calls.full), ("late", &calls.late)] {
            if let Overflow::Queue(to) = to
                && !queues.iter().any(|queue| queue.name == *to)
            {
                findings.problem(format!(
                    "[[queues]] '{name}': calls.{key}: there is no queue '{to}' for its calls to go to"
                ));
            }
        }
    }
}

fn overflow(entry: Option<&OverflowEntry>) -> Overflow {
    match entry {
        None => Overflow::Close,
        Some(OverflowEntry::Announce(prompt)) => Overflow::Announce(prompt.clone()),
        Some(OverflowEntry::Queue(name)) => Overflow::Queue(name.clone()),
    }
}
