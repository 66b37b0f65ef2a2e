//! The contact centre of these tests: one queue, one agent, two pages.

use domain::{
    InteractionId, Millis, UserId,
    centre::{Centre, Service, system_states},
    command::Provision,
    medium::{Connector, Media, Medium},
    message::ParticipantId,
    queue::{Calls, Queue},
    thread::Terms,
    user::{Role, User},
};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Instant,
};

pub const TOM: &str = "00000000000000000000000000000070";
pub const HOUR: Millis = 60 * 60 * 1_000;
pub const DAY: Millis = 24 * HOUR;
/// When the tests begin.
pub const START: Millis = 1_795_000_000_000;

pub fn medium() -> Medium {
    let media = Media::default();
    let mut rows = media.rows().iter();
    rows.find(|row| row.connector == Connector::Messenger).expect("a medium of Messenger").clone()
}

pub fn provisions() -> Vec<Provision> {
    let medium = medium();
    let service = Service {
        medium: medium.name.clone(),
        queue: "Help".into(),
        inactivity: 0,
        terms: Terms {
            max_chars: Some(20_000),
            reply: Some(DAY),
            person: Some(7 * DAY),
            tells_reading: true,
            ..Terms::default()
        },
    };
    let queue = Queue {
        name: "Help".into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 30_000,
        max_waiting: 1_000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        routing_point: None,
        calls: Calls::default(),
    };
    let centre = Centre {
        id: "c0".into(),
        name: "Test".into(),
        features: medium.features.iter().map(|feature| (*feature).to_owned()).collect(),
        agent_states: system_states(),
        disposition: domain::disposition::Rule::default(),
        capacity: BTreeMap::from([(medium.name, 9)]),
        services: BTreeMap::from([("page".into(), service.clone()), ("other".into(), service)]),
        settings: BTreeMap::new(),
        made_by_file: domain::centre::MadeByFile::default(),
    };
    let user = User {
        id: UserId::from(TOM),
        user_name: "tom@test".into(),
        first_name: "Tom".into(),
        last_name: String::new(),
        email: String::new(),
        password_hash: String::new(),
        roles: vec![Role::Agent],
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    };
    vec![
        Provision::PutQueue(Box::new(queue)),
        Provision::PutCentre(Box::new(centre)),
        Provision::PutUser(Box::new(user)),
    ]
}

/// A clock that goes by itself and can be put forward.
pub struct Clock {
    begun: Instant,
    ahead: AtomicI64,
}

impl Clock {
    pub fn new() -> Self {
        Self { begun: Instant::now(), ahead: AtomicI64::new(START) }
    }

    pub fn advance(&self, by: Millis) {
        self.ahead.fetch_add(by, Ordering::SeqCst);
    }
}

impl desk::ports::Clock for Clock {
    fn now(&self) -> Millis {
        let gone = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.ahead.load(Ordering::SeqCst) + gone
    }
}

/// Ids that are the same in every run.
#[derive(Default)]
pub struct Ids(AtomicU64);

impl Ids {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl desk::ports::Ids for Ids {
    fn session(&self) -> InteractionId {
        InteractionId::new(format!("{:016}", self.next()))
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(format!("{:016X}", self.next()))
    }

    fn secret(&self) -> String {
        format!("{:032x}", self.next())
    }

    fn guid(&self) -> String {
        format!("{:08x}-0000-4000-8000-000000000000", self.next())
    }
}
