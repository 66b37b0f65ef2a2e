//! The centre of the file: its services, the states of agents, the disposition rule.

use super::{
    groups,
    names::{seconds, stable_guid},
    places,
    reading::ReadContext,
};
use crate::{
    config::{self, AgentStateEntry, Config, MessengerEntry, Pause, ServiceEntry},
    findings::Findings,
    objects::UnlistedObjects,
};
use domain::{
    ServiceName,
    agent::{AgentState, Readiness},
    centre::{Centre, MadeByFile, Service, WrapUp, system_states},
    disposition::{Requirement, Rule},
    medium::{Connector, Media},
    thread::Terms,
};
use std::collections::{BTreeMap, BTreeSet};

/// How long a person may answer where the page has the feature *Human Agent* (spec: channel-connectors#2.6), in
/// seconds.
const HUMAN_AGENT: u32 = 7 * 86_400;

/// The centre of the journal, or a plain one, with the values of the file written over it.
pub(super) fn wanted(
    config: &Config,
    reading: &ReadContext<'_>,
    kept: &mut Vec<String>,
    findings: &mut Findings,
) -> Centre {
    let ReadContext { media, current, fresh, .. } = *reading;
    let mut centre = current.centre.clone().unwrap_or_else(|| plain(media, fresh.guid()));
    let entry = &config.centre;
    overwrite(&mut centre.id, entry.id.as_ref());
    overwrite(&mut centre.name, entry.name.as_ref());
    overwrite(&mut centre.features, entry.features.as_ref());
    overwrite(&mut centre.capacity, entry.capacity.as_ref().map(config::slots).as_ref());
    let while_busy = entry.capacity.as_ref().map(config::while_busy);
    overwrite(&mut centre.across.while_busy, while_busy.as_ref());
    overwrite(&mut centre.across.max_total, entry.max_total.map(Some).as_ref());
    overwrite(&mut centre.settings, entry.settings.as_ref());
    let answered_only = entry.complete_while_ringing.map(|may| !may);
    overwrite(&mut centre.transfers_answered_only, answered_only.as_ref());
    overwrite(&mut centre.disposition.key, config.disposition_key().map(str::to_owned).as_ref());
    overwrite(&mut centre.disposition.late, config.disposition.late_seconds.map(seconds).as_ref());
    overwrite(&mut centre.disposition.policy, config.disposition.policy.as_ref());
    centre.agent_groups = groups::wanted(config, reading, findings);
    let required = config.disposition.required.clone().map(Requirement::from);
    overwrite(&mut centre.disposition.required, required.as_ref());
    let timeout = config.disposition.required_timeout.map(seconds);
    overwrite(&mut centre.disposition.required_timeout, timeout.as_ref());
    overwrite(&mut centre.wrap_up.length, entry.wrap_up_seconds.map(seconds).as_ref());
    overwrite(&mut centre.wrap_up.unanswered, entry.wrap_up_unanswered.as_ref());
    states(config, reading, &mut centre, kept, findings);
    services(config, reading, &mut centre, kept, findings);
    places::put(config, reading, &mut centre, kept, findings);
    centre
}

fn states(
    config: &Config,
    reading: &ReadContext<'_>,
    centre: &mut Centre,
    kept: &mut Vec<String>,
    findings: &mut Findings,
) {
    if config.agent_states.is_empty() {
        return;
    }
    let system = system_states();
    let mut operations: BTreeSet<&str> = system.iter().map(|state| state.operation.as_str()).collect();
    let mut states: Vec<_> = system.clone();
    for entry in &config.agent_states {
        let operation = &entry.operation;
        if operation.trim().is_empty() {
            findings.problem("[[agent_states]]: an 'operation' is empty");
        } else if operations.insert(operation) {
            states.push(agent_state(entry).into());
        } else {
            findings.problem(format!(
                "[[agent_states]] '{operation}': there is another state with this operation"
            ));
        }
    }
    let made = &reading.current.made_by_file().agent_states;
    let stays = |operation: &String| reading.besides.stays(made.contains(operation));
    for state in std::mem::take(&mut centre.agent_states) {
        if !operations.contains(state.operation.as_str()) && stays(&state.operation) {
            kept.push(format!("agent state {}", state.operation));
            states.push(state);
        }
    }
    centre.agent_states = states;
}

fn services(
    config: &Config,
    reading: &ReadContext<'_>,
    centre: &mut Centre,
    kept: &mut Vec<String>,
    findings: &mut Findings,
) {
    if config.services.is_empty() {
        return;
    }
    let mut services = BTreeMap::new();
    for entry in &config.services {
        let name = &entry.name;
        check_service(entry, config, reading, findings);
        let service = service(entry, reading.media, config);
        if services.insert(ServiceName::from(name.as_str()), service).is_some() {
            findings.problem(format!("[[services]]: '{name}' stands there twice"));
        }
    }
    let made = &reading.current.made_by_file().services;
    for (name, service) in std::mem::take(&mut centre.services) {
        if !services.contains_key(&name) && reading.besides.stays(made.contains(&name)) {
            kept.push(format!("service {name}"));
            services.insert(name, service);
        }
    }
    centre.services = services;
}

fn check_service(entry: &ServiceEntry, config: &Config, reading: &ReadContext<'_>, findings: &mut Findings) {
    let ServiceEntry { name, medium, queue, .. } = entry;
    if name.trim().is_empty() {
        findings.problem("[[services]]: a 'name' is empty");
    }
    if reading.media.named(medium).is_none() {
        let known: Vec<&str> = reading.media.rows().iter().map(|row| row.name.as_str()).collect();
        findings.problem(format!(
            "[[services]] '{name}': unknown medium '{medium}'; known: {}. A new [[media]] is known once the server is \
             started again",
            known.join(", ")
        ));
    }
    let is_carried = reading.media.named(medium).is_some_and(|row| row.connector != Connector::WebChat);
    if entry.idle_slot_minutes > 0 && !is_carried {
        findings.problem(format!(
            "[[services]] '{name}': 'idle_slot_minutes' is for conversations that a connector carries, not for web chat"
        ));
    }
    let in_file = config.queues.iter().any(|there| there.name == *queue);
    let current = reading.current;
    let in_journal = |besides: UnlistedObjects| {
        let made = current.made_by_file().queues.contains(queue);
        let stays = config.queues.is_empty() || besides.stays(made);
        stays && current.queues.iter().any(|there| there.name == *queue)
    };
    if !in_file && !in_journal(reading.besides) {
        findings.problem(format!("[[services]] '{name}': there is no queue '{queue}'"));
    }
}

/// A service; values that the file does not give follow from the connector of the medium
/// (spec: channel-connectors#1B.1, #2.5, #2.6).
fn service(entry: &ServiceEntry, media: &Media, config: &Config) -> Service {
    let connector = media.named(&entry.medium).map_or(Connector::WebChat, |row| row.connector);
    let (inactivity, max_chars, reply, tells_reading) = match connector {
        Connector::WebChat => (300, None, None, false),
        Connector::Sms => (86_400, Some(1_600), None, false),
        // A longer text is carried in pieces of 2,000 characters.
        Connector::Messenger => (86_400, Some(20_000), Some(86_400), true),
    };
    let has_human_agent = |page: &MessengerEntry| page.service == entry.name && page.human_agent;
    let person = config.messenger.iter().any(has_human_agent).then_some(HUMAN_AGENT);
    let reply = entry.reply_seconds.or(reply).filter(|time| *time > 0);
    Service {
        medium: entry.medium.clone(),
        queue: entry.queue.clone(),
        inactivity: seconds(entry.inactivity_seconds.unwrap_or(inactivity)),
        idle_slot: seconds(u32::from(entry.idle_slot_minutes) * 60),
        terms: Terms {
            max_chars: entry.max_chars.or(max_chars),
            reply: reply.map(seconds),
            person: entry.person_reply_seconds.or(person).map(seconds),
            reply_when_out: entry.reply_when_out,
            keywords_open: entry.keywords_open,
            tells_reading: entry.tells_reading.unwrap_or(tells_reading),
        },
    }
}

fn overwrite<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

/// A centre about which nothing has been said yet.
fn plain(media: &Media, id: String) -> Centre {
    Centre {
        id,
        name: "Contact centre".into(),
        features: demo::centre::FEATURES.into_iter().map(Into::into).collect(),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: media.rows().iter().map(|row| (row.name.clone(), 3)).collect(),
        across: domain::across::AcrossMedia::default(),
        services: BTreeMap::new(),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: BTreeMap::new(),
        wrap_up: WrapUp::default(),
        made_by_file: MadeByFile::default(),
    }
}

fn agent_state(entry: &AgentStateEntry) -> AgentState {
    AgentState {
        id: entry.id.clone().unwrap_or_else(|| stable_guid("agent state", &entry.operation).to_uppercase()),
        operation: entry.operation.clone(),
        display: entry.display.clone().unwrap_or_else(|| entry.operation.clone()),
        state: match entry.state {
            Pause::Ready => Readiness::Ready,
            Pause::NotReady => Readiness::NotReady,
        },
        work_mode: entry.work_mode.clone(),
        reason: entry.reason.clone(),
    }
}
