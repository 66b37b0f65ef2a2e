//! The contact centre of these tests: one queue, one agent, two services that text.

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

/// The media of this build, and one that the installation added.
pub fn media() -> Media {
    let added = Medium::added("whatsapp", Connector::Sms).expect("a word");
    Media::with(vec![added]).expect("nobody else has these names")
}

pub fn provisions() -> Vec<Provision> {
    let media = media();
    let rows: Vec<&Medium> = media.rows().iter().filter(|row| row.connector == Connector::Sms).collect();
    let service = |medium: &Medium| Service {
        medium: medium.name.clone(),
        queue: "Help".into(),
        inactivity: 0,
        terms: Terms { max_chars: Some(1_600), ..Terms::default() },
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
        features: rows[0].features.iter().map(|feature| (*feature).to_owned()).collect(),
        agent_states: system_states(),
        disposition: domain::disposition::Rule::default(),
        capacity: rows.iter().map(|row| (row.name.clone(), 9)).collect(),
        services: BTreeMap::from([("texts".into(), service(rows[0])), ("whats".into(), service(rows[1]))]),
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
        Self { begun: Instant::now(), ahead: AtomicI64::new(1_770_109_862_000) }
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
