//! The centre that tests work in.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::SaltString};
use domain::{
    UserId,
    agent::{AgentState, Readiness},
    book::{self, Code, Group},
    centre::{Centre, Service, system_states},
    command::Provision,
    disposition::Rule,
    medium::{Connector, Media, Medium},
    queue::{Calls, Queue},
    user::{Device, Role, User},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// Everybody's password.
pub const PASSWORD: &str = "demo";
/// The service customers come in through.
pub const SERVICE: &str = "help";
/// The root group of the book.
pub const ROOT: &str = "1-root";

/// The centre before a test changes it: every medium of the table, no calls.
pub fn centre() -> Centre {
    let media = Media::default();
    let chat = media.rows().first().expect("a medium");
    let service = Service {
        medium: chat.name.clone(),
        queue: "Support".into(),
        inactivity: 300_000,
        terms: domain::thread::Terms::default(),
    };
    let mut features: BTreeSet<String> =
        ["api-agent-control", "api-provisioning-read", "api-provisioning-write"].map(str::to_owned).into();
    features.extend(media.rows().iter().flat_map(|row| row.features).map(|id| (*id).to_owned()));
    Centre {
        id: "c0ffee00-0000-4000-8000-000000000001".into(),
        name: "Test centre".into(),
        features,
        agent_states: system_states().into_iter().chain([lunch().into()]).collect(),
        disposition: Rule::default(),
        capacity: media.rows().iter().map(|row| (row.name.clone(), 3)).collect(),
        services: carried(media.rows(), &service),
        settings: BTreeMap::from([(
            "workspace-tab".to_owned(),
            BTreeMap::from([("tab.title".to_owned(), "Work".into())]),
        )]),
        made_by_file: domain::centre::MadeByFile::default(),
    }
}

/// The service of web chat, and one that bears the name of its medium for each that a connector carries.
fn carried(media: &[Medium], chat: &Service) -> BTreeMap<String, Service> {
    let carried = media.iter().filter(|row| row.connector != Connector::WebChat);
    let service = |row: &Medium| Service { medium: row.name.clone(), inactivity: 86_400_000, ..chat.clone() };
    let mut services: BTreeMap<String, Service> =
        carried.map(|row| (row.name.to_string(), service(row))).collect();
    services.insert(SERVICE.to_owned(), chat.clone());
    services
}

/// What is set up besides the centre.
pub fn rest() -> Vec<Provision> {
    let mut all = vec![Provision::PutQueue(Box::new(queue("Support", Some("9000"))))];
    all.push(Provision::PutQueue(Box::new(queue("Sales: north/south", None))));
    all.extend(users().into_iter().map(|user| Provision::PutUser(Box::new(user))));
    all.extend(groups().into_iter().map(|group| Provision::Book(book::Event::GroupAdded(group))));
    all
}

fn lunch() -> AgentState {
    AgentState {
        id: "5A000000-0000-4000-8000-000000000001".into(),
        operation: "Lunch".into(),
        display: "At lunch".into(),
        state: Readiness::NotReady,
        work_mode: None,
        reason: Some("Lunch".into()),
    }
}

fn queue(name: &str, routing_point: Option<&str>) -> Queue {
    Queue {
        name: name.into(),
        skills: BTreeMap::from([("Support".to_owned(), 1)]),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 30_000,
        max_waiting: 100,
        reserve_percent: domain::share::RESERVE_PERCENT,
        routing_point: routing_point.map(Into::into),
        calls: Calls::default(),
    }
}

fn users() -> Vec<User> {
    let agent = |number: u32, first: &str, last: &str| {
        let mut agent = user(number, &format!("agent{number}"), first, last, &[Role::Agent]);
        agent.skills = BTreeMap::from([("Support".to_owned(), 10)]);
        agent.device = Some(device(5000 + number));
        agent
    };
    let mut mei = agent(2, "Mei", "Ito");
    mei.skills.insert("Billing".to_owned(), 4);
    let mut supervisor = user(8, "supervisor", "Sasha", "Supervisor", &[Role::Agent, Role::Supervisor]);
    supervisor.device = Some(device(5008));
    let nobody = user(7, "nobody", "", "", &[]);
    let admin = user(9, "admin", "Alex", "Admin", &[Role::Admin]);
    let program = user(10, "reporting", "", "", &[Role::Apiuser]);
    vec![agent(1, "Tom", "Agent"), mei, agent(3, "Ada", "Agent"), nobody, supervisor, admin, program]
}

fn user(number: u32, name: &str, first: &str, last: &str, roles: &[Role]) -> User {
    User {
        id: UserId::new(format!("{number:032x}")),
        user_name: format!("{name}@demo"),
        first_name: first.into(),
        last_name: last.into(),
        email: String::new(),
        password_hash: password_hash().into(),
        roles: roles.to_vec(),
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    }
}

fn device(dn: u32) -> Device {
    Device { id: format!("de000000-0000-4000-8000-{dn:012}"), phone_number: dn.to_string().as_str().into() }
}

/// Hashed as cheaply as can be: what it costs is no matter of these tests.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let params = Params::new(Params::MIN_M_COST, 1, 1, None).expect("parameters");
        let salt = SaltString::encode_b64(b"a salt for tests").expect("a salt");
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        hasher.hash_password(PASSWORD.as_bytes(), &salt).expect("a hash").to_string()
    })
}

fn groups() -> Vec<Group> {
    let code = |id: &str, name: &str, display: &str| Code {
        id: id.into(),
        name: name.into(),
        display: display.into(),
    };
    let group = |id: &str, name: &str, parent: Option<&str>, codes| Group {
        id: id.into(),
        name: name.into(),
        parent: parent.map(str::to_owned),
        codes,
    };
    vec![
        group(
            ROOT,
            "DispositionCode",
            None,
            vec![code("d1", "IssueResolved", "Issue resolved"), code("d2", "Referred", "Referred")],
        ),
        group("1-complaint", "Complaint", Some(ROOT), vec![code("d3", "Billing", "Billing")]),
        group("1-deep", "Late", Some("1-complaint"), vec![code("d4", "TooLate", "Too late")]),
        group("1-other", "CallOutcome", None, vec![code("d5", "Sold", "Sold")]),
    ]
}
