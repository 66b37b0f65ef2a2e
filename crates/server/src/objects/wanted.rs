//! What the settings want.

use super::Current;
use crate::config::{
    AgentStateEntry, Config, MessengerEntry, OverflowEntry, Password, Pause, QueueEntry, UserEntry,
};
use anyhow::{Context, Result, anyhow, bail};
use desk::ports::Ids;
use domain::{
    Millis, UserId,
    agent::{AgentState, Readiness},
    book::Book,
    call::Dn,
    centre::{Centre, Service, system_states},
    command::Provision,
    disposition::Rule,
    medium::{Connector, Media},
    queue::{Calls, Overflow, Queue},
    thread::Terms,
    user::{Device, User},
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// For so long a person may answer where the page has the feature *Human Agent* (channel-connectors §2.6), in
/// seconds.
const HUMAN_AGENT: u32 = 7 * 86_400;

/// The objects as they shall be. `None` means that the settings do not speak of this kind.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The centre.
    pub centre: Option<Centre>,
    /// Users.
    pub users: Option<Vec<User>>,
    /// Queues.
    pub queues: Option<Vec<Queue>>,
    /// The disposition book.
    pub book: Option<Book>,
    /// Whether what is there besides shall go.
    pub only: bool,
}

impl Wanted {
    /// What a file wants, given what there is: ids and unchanged passwords are kept. Slow when it holds
    /// passwords: each costs a hash.
    pub fn of(config: &Config, current: &Current, fresh: &dyn Ids) -> Result<Self> {
        let users: Vec<User> =
            config.users.iter().map(|entry| user(entry, current)).collect::<Result<_>>()?;
        let mut names = BTreeSet::new();
        if let Some(twice) = users.iter().find(|user| !names.insert(&user.user_name)) {
            bail!("[[users]]: '{}' stands there twice", twice.user_name);
        }
        let queues: Vec<Queue> = config.queues.iter().map(queue).collect::<Result<_>>()?;
        check_queues(&queues)?;
        let media = config.media_table()?;
        let centre = centre(config, &media, current, fresh);
        check_services(&centre, &media, config, current)?;
        Ok(Self {
            centre: Some(centre),
            users: (!users.is_empty()).then_some(users),
            queues: (!queues.is_empty()).then_some(queues),
            book: (!config.dispositions.is_empty())
                .then(|| super::book::wanted(&config.dispositions, &current.book)),
            only: true,
        })
    }

    /// What the demo centre consists of.
    pub fn demo() -> Result<Self> {
        let hash = hashed(demo::centre::PASSWORD)?;
        let mut wanted = Self::default();
        for change in demo::centre(&hash) {
            match change {
                Provision::PutCentre(centre) => wanted.centre = Some(*centre),
                Provision::PutUser(user) => wanted.users.get_or_insert_default().push(*user),
                Provision::PutQueue(queue) => wanted.queues.get_or_insert_default().push(*queue),
                Provision::Book(change) => wanted.book.get_or_insert_default().apply(&change),
                Provision::RemoveUser(_) | Provision::RemoveQueue(_) | Provision::All(_) => {}
            }
        }
        Ok(wanted)
    }
}

/// An id that follows from a name, so that the same file means the same objects everywhere: 32 hex digits.
pub fn stable_id(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("jackfield {kind} {name}"));
    digest.iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn stable_guid(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("jackfield {kind} {name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn hashed(password: &str) -> Result<String> {
    api::hash_password(password).context("the password is empty or longer than argon2 takes")
}

fn user(entry: &UserEntry, current: &Current) -> Result<User> {
    let name = &entry.user_name;
    let known = current.user(name);
    let stored = known.map(|user| user.password_hash.as_str());
    let password_hash = match (&entry.password, &entry.password_hash) {
        (Some(_), Some(_)) => bail!("[[users]] '{name}': 'password' and 'password_hash' exclude each other"),
        (Some(Password(password)), None) => match stored {
            Some(hash) if api::verify_password(password, hash) => hash.to_owned(),
            _ => hashed(password).with_context(|| format!("[[users]] '{name}'"))?,
        },
        (None, Some(hash)) if hash.starts_with("$argon2") => hash.clone(),
        (None, Some(_)) => bail!("[[users]] '{name}': 'password_hash' is no argon2 hash in PHC form"),
        (None, None) => match stored {
            Some(hash) => hash.to_owned(),
            None => bail!("[[users]] '{name}': a new user needs 'password' or 'password_hash'"),
        },
    };
    let id = match (&entry.id, known) {
        (Some(id), _) if !is_user_id(id) => bail!("[[users]] '{name}': 'id' is not 32 lower-case hex digits"),
        (Some(id), Some(known)) if known.id.as_str() != id => {
            bail!("[[users]] '{name}': the journal knows this user under id {}", known.id)
        }
        (Some(id), _) => UserId::from(id.as_str()),
        (None, Some(known)) => known.id.clone(),
        (None, None) => UserId::new(stable_id("user", name)),
    };
    let device = entry.phone_number.as_ref().map(|number| {
        let kept = known.and_then(|user| user.device.as_ref());
        Device {
            id: kept.map_or_else(|| stable_guid("device", name), |device| device.id.clone()),
            phone_number: Dn::from(number.as_str()),
        }
    });
    Ok(User {
        id,
        user_name: name.clone(),
        first_name: entry.first_name.clone(),
        last_name: entry.last_name.clone(),
        email: entry.email.clone(),
        password_hash,
        roles: entry.roles.clone(),
        enabled: entry.enabled,
        skills: entry.skills.clone(),
        device,
        place: entry.place.clone(),
        capacity: entry.capacity.clone(),
        queues: entry.queues.clone(),
        settings: entry.settings.clone(),
    })
}

fn is_user_id(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn queue(entry: &QueueEntry) -> Result<Queue> {
    let calls = &entry.calls;
    if let Some(hours) = &calls.hours {
        desk::hours::check(hours)
            .map_err(|why| anyhow!("[[queues]] '{}': calls.hours '{hours}': {why}", entry.name))?;
    }
    if entry.reserve_percent > 100 {
        bail!("[[queues]] '{}': reserve_percent is more than 100", entry.name);
    }
    Ok(Queue {
        name: entry.name.clone(),
        skills: entry.skills.clone(),
        priority: entry.priority,
        ageing: seconds(entry.ageing_seconds),
        offer: seconds(entry.offer_seconds),
        cool_down: seconds(entry.cool_down_seconds),
        max_waiting: entry.max_waiting,
        reserve_percent: entry.reserve_percent,
        routing_point: entry.routing_point.as_deref().map(Dn::from),
        calls: Calls {
            greeting: calls.greeting.clone(),
            hours: calls.hours.clone(),
            closed: overflow(calls.closed.as_ref()),
            full: overflow(calls.full.as_ref()),
            patience: seconds(calls.patience_seconds),
            late: overflow(calls.late.as_ref()),
            wrap_up: seconds(calls.wrap_up_seconds),
        },
    })
}

fn check_queues(queues: &[Queue]) -> Result<()> {
    let mut points = BTreeSet::new();
    for queue in queues {
        if let Some(point) = &queue.routing_point
            && !points.insert(point)
        {
            bail!("[[queues]]: routing_point '{point}' belongs to two queues");
        }
        for to in [&queue.calls.closed, &queue.calls.full, &queue.calls.late] {
            if let Overflow::Queue(name) = to
                && !queues.iter().any(|queue| queue.name == *name)
            {
                bail!("[[queues]] '{}': there is no queue '{name}' for its calls to go to", queue.name);
            }
        }
    }
    Ok(())
}

fn overflow(entry: Option<&OverflowEntry>) -> Overflow {
    match entry {
        None => Overflow::Close,
        Some(OverflowEntry::Announce(prompt)) => Overflow::Announce(prompt.clone()),
        Some(OverflowEntry::Queue(name)) => Overflow::Queue(name.clone()),
    }
}

fn seconds(count: u32) -> Millis {
    Millis::from(count) * 1_000
}

/// The centre of the journal, or a plain one, with what the file says written over it.
fn centre(config: &Config, media: &Media, current: &Current, fresh: &dyn Ids) -> Centre {
    let mut centre = current.centre.clone().unwrap_or_else(|| plain_centre(media, fresh.guid()));
    let entry = &config.centre;
    overwrite(&mut centre.id, entry.id.as_ref());
    overwrite(&mut centre.name, entry.name.as_ref());
    overwrite(&mut centre.features, entry.features.as_ref());
    overwrite(&mut centre.capacity, entry.capacity.as_ref());
    overwrite(&mut centre.settings, entry.settings.as_ref());
    overwrite(&mut centre.disposition.key, config.disposition_key().map(str::to_owned).as_ref());
    overwrite(&mut centre.disposition.late, config.disposition.late_seconds.map(seconds).as_ref());
    overwrite(&mut centre.disposition.policy, config.disposition.policy.as_ref());
    if !config.agent_states.is_empty() {
        centre.agent_states = system_states();
        centre.agent_states.extend(config.agent_states.iter().map(|entry| agent_state(entry).into()));
    }
    if !config.services.is_empty() {
        centre.services =
            config.services.iter().map(|entry| (entry.name.clone(), service(entry, media, config))).collect();
    }
    centre
}

/// A service; what the file does not say follows from what carries the medium's messages
/// (channel-connectors §1B.1, §2.5, §2.6).
fn service(entry: &crate::config::ServiceEntry, media: &Media, config: &Config) -> Service {
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

/// What a centre is before anyone has said anything about it.
fn plain_centre(media: &Media, id: String) -> Centre {
    Centre {
        id,
        name: "Contact centre".into(),
        features: demo::centre::FEATURES.into_iter().map(Into::into).collect(),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: media.rows().iter().map(|row| (row.name.clone(), 3)).collect(),
        services: BTreeMap::new(),
        settings: BTreeMap::new(),
        made_by_file: domain::centre::MadeByFile::default(),
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

fn check_services(centre: &Centre, media: &Media, config: &Config, current: &Current) -> Result<()> {
    for (name, service) in &centre.services {
        if media.named(&service.medium).is_none() {
            let known: Vec<&str> = media.rows().iter().map(|row| row.name.as_str()).collect();
            bail!("[[services]] '{name}': unknown medium '{}'; known: {}", service.medium, known.join(", "));
        }
        let there = if config.queues.is_empty() {
            current.queues.iter().any(|queue| queue.name == service.queue)
        } else {
            config.queues.iter().any(|queue| queue.name == service.queue)
        };
        if !there {
            bail!("[[services]] '{name}': there is no queue '{}'", service.queue);
        }
    }
    Ok(())
}
