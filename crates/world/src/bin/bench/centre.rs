//! The centre that is measured: as many agents as a figure needs, one queue, one service.

use anyhow::Context;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::SaltString};
use domain::{
    Command, QueueName, UserId,
    centre::{Centre, Service, system_states},
    command::Provision,
    disposition::Rule,
    medium::Media,
    queue::{Calls, Queue},
    user::{Role, User},
};
use std::{collections::BTreeMap, fmt::Write as _};

/// Everybody's password.
pub const PASSWORD: &str = "bench";
/// The service customers come in through.
pub const SERVICE: &str = "bench";

/// The login name of an agent.
pub fn name(agent: usize) -> String {
    format!("agent{agent}@bench")
}

/// The id of an agent.
pub fn id(agent: usize) -> UserId {
    UserId::new(format!("{agent:032x}"))
}

/// A hash as weak as argon2 makes them: ten thousand agents log in, and hashing is not what is measured.
fn weak_hash() -> anyhow::Result<String> {
    hash(Params::new(Params::MIN_M_COST, 1, 1, None).map_err(|why| anyhow::anyhow!("{why}"))?)
}

/// A hash as the server makes them, for figures in which logins are measured.
pub fn strong_hash() -> anyhow::Result<String> {
    hash(Params::default())
}

fn hash(params: Params) -> anyhow::Result<String> {
    let salt = SaltString::from_b64("YmVuY2hiZW5jaA").map_err(|why| anyhow::anyhow!("{why}"))?;
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(hash.hash_password(PASSWORD.as_bytes(), &salt).map_err(|why| anyhow::anyhow!("{why}"))?.to_string())
}

/// The settings file of the centre, for the binary.
pub fn settings(agents: usize) -> anyhow::Result<String> {
    settings_with(agents, |_| String::new())
}

/// The same with further lines for each agent.
pub fn settings_with(agents: usize, more: impl Fn(usize) -> String) -> anyhow::Result<String> {
    settings_hashed(agents, &weak_hash()?, more)
}

/// The same with the hash of everybody's password.
pub fn settings_hashed(agents: usize, hash: &str, more: impl Fn(usize) -> String) -> anyhow::Result<String> {
    let medium = &Media::default().rows().first().context("no medium")?.name.clone();
    let mut text = String::new();
    writeln!(text, "[[queues]]\nname = \"Bench\"\nmax_waiting = 100000\noffer_seconds = 600\n")?;
    writeln!(text, "[[services]]\nname = \"{SERVICE}\"\nmedium = \"{medium}\"\nqueue = \"Bench\"")?;
    writeln!(text, "inactivity_seconds = 86400\n")?;
    for agent in 1..=agents {
        writeln!(
            text,
            "[[users]]\nuser_name = \"{}\"\nid = \"{}\"\npassword_hash = \"{hash}\"\n{}",
            name(agent),
            id(agent),
            more(agent)
        )?;
    }
    Ok(text)
}

/// The same centre as commands, for a desk in this process.
pub fn commands(agents: usize) -> anyhow::Result<Vec<Command>> {
    let hash = weak_hash()?;
    let medium = Media::default().rows().first().context("no medium")?.name.clone();
    let queue = QueueName::from("Bench");
    let service = Service {
        medium: medium.clone(),
        queue: queue.clone(),
        inactivity: 86_400_000,
        terms: domain::thread::Terms::default(),
    };
    let centre = Centre {
        id: "00000000-0000-4000-8000-000000000000".into(),
        name: "Bench".into(),
        features: ["api-multimedia".to_owned()].into(),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: BTreeMap::from([(medium, 3)]),
        across: domain::across::AcrossMedia::default(),
        services: BTreeMap::from([(SERVICE.into(), service)]),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: [].into(),
        wrap_up: domain::centre::WrapUp::default(),
        made_by_file: domain::centre::MadeByFile::default(),
    };
    let queue = Queue {
        name: queue,
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 600_000,
        cool_down: 1_000,
        last_agent_wait: 0,
        max_waiting: 100_000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        service_level: domain::queue::SERVICE_LEVEL,
        short_abandon: domain::queue::SHORT_ABANDON,
        routing_point: None,
        hours: domain::hours::Hours::default(),
        closed: domain::hours::Closed::default(),
        calls: Calls::default(),
        required: domain::disposition::Requirement::default(),
    };
    let user = |agent| User {
        id: id(agent),
        user_name: name(agent),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        password_hash: hash.clone(),
        roles: vec![Role::Agent],
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    };
    let mut all = vec![Provision::PutQueue(Box::new(queue)), Provision::PutCentre(Box::new(centre))];
    all.extend((1..=agents).map(|agent| Provision::PutUser(Box::new(user(agent)))));
    Ok(all.into_iter().map(Command::Provision).collect())
}
