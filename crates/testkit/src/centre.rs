//! The contact centres that tests work in.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version, password_hash::SaltString};
use domain::{
    Millis, ServiceName, UserId,
    agent::{AgentState, Readiness},
    centre::{Centre, Service, system_states},
    command::Provision,
    disposition::Rule,
    disposition_tree::{self, Code, DispositionGroup},
    medium::{Connector, Media, Medium},
    queue::{Calls, Queue},
    thread::Terms,
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

/// Tom, the agent of small centres.
pub const TOM: &str = "00000000000000000000000000000070";
/// The centre of [`whole`].
pub const CENTRE: &str = "c0ffee00-0000-4000-8000-000000000001";

/// A centre, and everything that is set up in it.
pub struct TestCentre {
    /// The centre itself.
    pub centre: Centre,
    /// Its queues.
    pub queues: Vec<Queue>,
    /// Everybody who works there.
    pub users: Vec<User>,
    /// Its disposition book.
    pub groups: Vec<DispositionGroup>,
}

impl TestCentre {
    /// What is to be provisioned, in order.
    pub fn provisions(self) -> Vec<Provision> {
        let Self { centre, queues, users, groups } = self;
        let mut all = vec![Provision::PutCentre(Box::new(centre))];
        all.extend(queues.into_iter().map(|queue| Provision::PutQueue(Box::new(queue))));
        all.extend(users.into_iter().map(|user| Provision::PutUser(Box::new(user))));
        all.extend(
            groups
                .into_iter()
                .map(|group| Provision::Book(disposition_tree::DispositionTreeEvent::GroupAdded(group))),
        );
        all
    }

    /// A centre with one queue, `Help`, one agent, Tom, no book, and these services of these media.
    pub fn small<'a>(
        media: impl IntoIterator<Item = &'a Medium>,
        services: impl IntoIterator<Item = (&'static str, Service)>,
    ) -> Self {
        let media: Vec<&Medium> = media.into_iter().collect();
        let mut centre = centre("c0", "Test");
        centre.features.extend(media.iter().flat_map(|row| row.features).map(|id| (*id).to_owned()));
        centre.capacity = media.iter().map(|row| (row.name.clone(), 9)).collect();
        centre.services = services.into_iter().map(|(name, service)| (name.into(), service)).collect();
        let mut tom = user(TOM, "tom@test", &[Role::Agent]);
        tom.first_name = "Tom".into();
        tom.password_hash = String::new();
        Self { centre, queues: vec![queue("Help")], users: vec![tom], groups: Vec::new() }
    }

    /// The centre that tests of the API work in: every medium of the table, two queues, agents, a supervisor, an
    /// administrator, a program, and a book of four groups. No calls.
    pub fn whole() -> Self {
        let media = Media::default();
        let chat = media.rows().first().expect("a medium");
        let chat = service(chat, "Support", 300_000);
        let mut centre = centre(CENTRE, "Test centre");
        centre.features = ["api-agent-control", "api-provisioning-read", "api-provisioning-write"]
            .map(str::to_owned)
            .into();
        centre.features.extend(media.rows().iter().flat_map(|row| row.features).map(|id| (*id).to_owned()));
        centre.agent_states = system_states().into_iter().chain([lunch().into()]).collect();
        centre.capacity = media.rows().iter().map(|row| (row.name.clone(), 3)).collect();
        centre.services = carried(media.rows(), &chat);
        let tab = BTreeMap::from([("tab.title".to_owned(), "Work".into())]);
        centre.settings = BTreeMap::from([("workspace-tab".to_owned(), tab)]);
        let mut support = queue("Support");
        support.routing_point = Some("9000".into());
        let mut queues = vec![support, queue("Sales: north/south")];
        for queue in &mut queues {
            queue.skills = BTreeMap::from([("Support".to_owned(), 1)]);
            queue.max_waiting = 100;
        }
        Self { centre, queues, users: users(), groups: groups() }
    }
}

/// A centre in which nothing is carried.
fn centre(id: &str, name: &str) -> Centre {
    Centre {
        id: id.into(),
        name: name.into(),
        features: BTreeSet::new(),
        agent_states: system_states(),
        disposition: Rule::default(),
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
        services: BTreeMap::new(),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: [].into(),
        wrap_up: domain::centre::WrapUp::default(),
        made_by_file: domain::centre::MadeByFile::default(),
    }
}

/// A service that leads to a queue, and lets customers go who were silent for so long, in milliseconds.
pub fn service(medium: &Medium, queue: &str, inactivity: Millis) -> Service {
    Service { medium: medium.name.clone(), queue: queue.into(), inactivity, terms: Terms::default() }
}

/// The service of web chat, and one that bears the name of its medium for each that a connector carries.
fn carried(media: &[Medium], chat: &Service) -> BTreeMap<ServiceName, Service> {
    let carried = media.iter().filter(|row| row.connector != Connector::WebChat);
    let service = |row: &Medium| Service { medium: row.name.clone(), inactivity: 86_400_000, ..chat.clone() };
    let mut services: BTreeMap<ServiceName, Service> =
        carried.map(|row| (row.name.as_str().into(), service(row))).collect();
    services.insert(SERVICE.into(), chat.clone());
    services
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

/// A queue that takes everybody: offers last 30 s.
pub fn queue(name: &str) -> Queue {
    Queue {
        name: name.into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 30_000,
        last_agent_wait: 0,
        max_waiting: 1_000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        service_level: domain::queue::SERVICE_LEVEL,
        short_abandon: domain::queue::SHORT_ABANDON,
        routing_point: None,
        hours: domain::hours::Hours::default(),
        closed: domain::hours::Closed::default(),
        calls: Calls::default(),
        required: domain::disposition::Requirement::default(),
    }
}

fn users() -> Vec<User> {
    let numbered = |number: u32, name: &str, first: &str, last: &str, roles: &[Role]| {
        let mut user = user(&format!("{number:032x}"), &format!("{name}@demo"), roles);
        (user.first_name, user.last_name) = (first.into(), last.into());
        user
    };
    let agent = |number: u32, first: &str, last: &str| {
        let mut agent = numbered(number, &format!("agent{number}"), first, last, &[Role::Agent]);
        agent.skills = BTreeMap::from([("Support".to_owned(), 10)]);
        agent.device = Some(device(5000 + number));
        agent
    };
    let mut mei = agent(2, "Mei", "Ito");
    mei.skills.insert("Billing".to_owned(), 4);
    let mut supervisor = numbered(8, "supervisor", "Sasha", "Supervisor", &[Role::Agent, Role::Supervisor]);
    supervisor.device = Some(device(5008));
    let nobody = numbered(7, "nobody", "", "", &[]);
    let admin = numbered(9, "admin", "Alex", "Admin", &[Role::Admin]);
    let program = numbered(10, "reporting", "", "", &[Role::Apiuser]);
    vec![agent(1, "Tom", "Agent"), mei, agent(3, "Ada", "Agent"), nobody, supervisor, admin, program]
}

/// A user with the password [`PASSWORD`] and without a phone.
pub fn user(id: &str, user_name: &str, roles: &[Role]) -> User {
    User {
        id: UserId::new(id.to_owned()),
        user_name: user_name.into(),
        first_name: String::new(),
        last_name: String::new(),
        email: String::new(),
        password_hash: password_hash().into(),
        roles: roles.to_vec(),
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
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

fn groups() -> Vec<DispositionGroup> {
    let code = |id: &str, name: &str, display: &str| Code {
        id: id.into(),
        name: name.into(),
        display: display.into(),
    };
    let group = |id: &str, name: &str, parent: Option<&str>, codes| DispositionGroup {
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
