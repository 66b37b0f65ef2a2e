//! The contents of the demo centre (spec: decisions#4).

use domain::{
    MediumName, QueueName, UserId,
    agent::{AgentState, Readiness},
    call::Dn,
    centre::{Centre, Service, system_states},
    command::Provision,
    disposition::Rule,
    disposition_tree::{self, Code, DispositionGroup},
    medium::Media,
    queue::{Calls, Overflow, Queue},
    thread::Terms,
    user::{Device, Role, User},
};
use std::{collections::BTreeMap, sync::Arc};

/// The password of every demo user. A server refuses it outside the demo.
pub const PASSWORD: &str = "demo";
/// The `contactCenterId`.
pub const CONTACT_CENTER: &str = "c0ffee00-0000-4000-8000-000000000001";
/// The one queue, and the one skill.
pub const QUEUE: &str = "Support";
/// The number that customers call, the queue's routing point.
pub const ROUTING_POINT: &str = "9000";
/// The customer-facing chat service.
pub const SERVICE: &str = "customer-support";
/// The SMS account, which is a service too.
pub const SMS_SERVICE: &str = "demo-sms";
/// The Messenger account, which is a service too.
pub const MESSENGER_SERVICE: &str = "demo-page";
/// The media of these services.
pub(crate) const MEDIUM: &str = "chat";
const SMS_MEDIUM: &str = "smsession";
const MESSENGER_MEDIUM: &str = "facebooksession";
/// On media where people answer when they like, a conversation without a word for so long is over.
const ASYNCHRONOUS_INACTIVITY: domain::Millis = 24 * HOUR;
const HOUR: domain::Millis = 3_600_000;
/// The longest text message, in characters (spec: channel-connectors#1B.1).
const SMS_CHARS: u32 = 1_600;
/// The end of every demo login.
pub const DOMAIN: &str = "@demo";
/// A scripted colleague whom agents ask about their chats. They have no skill, so no queue gives them customers.
pub const EXPERT: &str = "expert@demo";
/// A scripted supervisor who follows chats of scripted agents.
pub const COACH: &str = "coach@demo";
/// How many agents there are; the last four are scripted.
pub const AGENTS: u32 = 8;
/// The first DN; `agent1@demo` has it.
pub(crate) const FIRST_DN: u32 = 5001;
/// The place with a phone that is nobody's own, and its number.
pub(crate) const FREE_PLACE: (&str, u32) = ("Place5010", FIRST_DN + AGENTS + 1);
/// The numbers of all phones: those of the agents, the supervisor's, and one that is nobody's own. The password of each is [`PASSWORD`].
pub fn numbers() -> impl Iterator<Item = Dn> {
    (FIRST_DN..=FREE_PLACE.1).map(|dn| Dn::from(dn.to_string().as_str()))
}

/// How long an offer stands, in milliseconds.
pub const OFFER: domain::Millis = 30_000;
/// The same where people live in the centre: they read before they accept.
pub const PATIENT_OFFER: domain::Millis = 600_000;
/// How long an agent who refused is not offered the same customer, in milliseconds.
const COOL_DOWN: domain::Millis = 30_000;
/// A customer without any request for so long has left (spec: digital-channels#8), in milliseconds.
const INACTIVITY: domain::Millis = 300_000;

/// Features that the API knows and this build serves (spec: core-and-voice#2.5). Voice
pub const FEATURES: [&str; 8] = [
    "api-agent-control",
    "api-multimedia",
    "api-multimedia-chat",
    "api-provisioning-read",
    "api-provisioning-write",
    "api-supervisor-agent-control",
    "api-supervisor-monitoring",
    "api-voice",
];

const FIRST_NAMES: [&str; 8] = ["Ada", "Ben", "Carla", "David", "Elena", "Farid", "Greta", "Hugo"];

/// The login of an agent, from 1.
pub fn agent_name(number: u32) -> String {
    format!("agent{number}{DOMAIN}")
}

/// The demo centre, in an order in which each part finds what it refers to. `password_hash` is the PHC string of
/// [`PASSWORD`], the same for all; `offer` is how long an offer stands, in milliseconds.
pub fn centre(password_hash: &str, offer: domain::Millis) -> Vec<Provision> {
    let mut all =
        vec![Provision::PutQueue(Box::new(queue(offer))), Provision::PutCentre(Box::new(the_centre()))];
    all.extend(users(password_hash).into_iter().map(|user| Provision::PutUser(Box::new(user))));
    all.extend(
        dispositions()
            .into_iter()
            .map(|group| Provision::Book(disposition_tree::DispositionTreeEvent::GroupAdded(group))),
    );
    all
}

fn the_centre() -> Centre {
    let service = |medium: &str, inactivity, terms| Service {
        medium: medium.into(),
        queue: QueueName::from(QUEUE),
        inactivity,
        terms,
    };
    let sms = Terms { max_chars: Some(SMS_CHARS), ..Terms::default() };
    // The demo's page has the feature that lets people answer for a week (spec: channel-connectors#2.6).
    let messenger = Terms {
        reply: Some(24 * HOUR),
        person: Some(7 * 24 * HOUR),
        tells_reading: true,
        ..Terms::default()
    };
    let services = [
        (SERVICE, service(MEDIUM, INACTIVITY, Terms::default())),
        (SMS_SERVICE, service(SMS_MEDIUM, ASYNCHRONOUS_INACTIVITY, sms)),
        (MESSENGER_SERVICE, service(MESSENGER_MEDIUM, ASYNCHRONOUS_INACTIVITY, messenger)),
    ];
    Centre {
        id: CONTACT_CENTER.into(),
        name: "Demo centre".into(),
        features: FEATURES.into_iter().map(Into::into).collect(),
        agent_states: system_states().into_iter().chain(pauses().map(Arc::new)).collect(),
        disposition: Rule::default(),
        capacity: digital_media().map(|medium| (medium, 3)).collect(),
        across: domain::across::AcrossMedia::default(),
        services: services.map(|(name, service)| (name.into(), service)).into(),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: BTreeMap::from([(FREE_PLACE.0.into(), device(FREE_PLACE.1))]),
        wrap_up: domain::centre::WrapUp::default(),
        made_by_file: domain::centre::MadeByFile::default(),
    }
}

fn digital_media() -> impl Iterator<Item = MediumName> {
    let media = Media::default();
    media.rows().iter().map(|row| row.name.clone()).collect::<Vec<_>>().into_iter()
}

/// States with a reason, as every centre has its own.
fn pauses() -> impl Iterator<Item = AgentState> {
    let pause = |number: u32, name: &str| AgentState {
        id: format!("DE300057-0000-4000-8000-{number:012}"),
        operation: name.into(),
        display: name.into(),
        state: Readiness::NotReady,
        work_mode: None,
        reason: Some(name.into()),
    };
    [pause(1, "Break"), pause(2, "Lunch")].into_iter()
}

fn queue(offer: domain::Millis) -> Queue {
    Queue {
        name: QUEUE.into(),
        skills: BTreeMap::from([(QUEUE.into(), 1)]),
        priority: 0,
        ageing: 0,
        offer,
        cool_down: COOL_DOWN,
        last_agent_wait: 0,
        max_waiting: 10_000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        service_level: domain::queue::SERVICE_LEVEL,
        short_abandon: domain::queue::SHORT_ABANDON,
        routing_point: Some(ROUTING_POINT.into()),
        hours: domain::hours::Hours::default(),
        closed: domain::hours::Closed::default(),
        calls: Calls {
            greeting: Some("welcome".into()),
            closed: Overflow::Announce("closed".into()),
            full: Overflow::Announce("busy".into()),
            ..Calls::default()
        },
        required: domain::disposition::Requirement::default(),
    }
}

fn users(password_hash: &str) -> Vec<User> {
    let user = |number: u32, name: &str, first: &str, last: &str, roles: Vec<Role>| User {
        id: UserId::new(format!("de30{number:028}")),
        user_name: format!("{name}{DOMAIN}"),
        first_name: first.into(),
        last_name: last.into(),
        email: String::new(),
        password_hash: password_hash.into(),
        roles,
        enabled: true,
        skills: BTreeMap::new(),
        device: None,
        place: None,
        capacity: BTreeMap::new(),
        across: domain::across::AcrossMedia::default(),
        queues: Vec::new(),
        settings: BTreeMap::new(),
    };
    let seated =
        |user: User, dn: u32| User { device: Some(device(dn)), place: Some(format!("Place{dn}")), ..user };
    let agents = (1..=AGENTS).zip(FIRST_NAMES).map(|(number, first)| {
        let dn = FIRST_DN + number - 1;
        let agent = user(number, &format!("agent{number}"), first, "Agent", vec![Role::Agent]);
        User { skills: BTreeMap::from([(QUEUE.into(), 10)]), ..seated(agent, dn) }
    });
    let mut all: Vec<User> = agents.collect();
    let supervisor = user(9, "supervisor", "Sasha", "Supervisor", vec![Role::Agent, Role::Supervisor]);
    all.push(seated(supervisor, FIRST_DN + AGENTS));
    all.push(user(10, "admin", "Alex", "Admin", vec![Role::Admin]));
    all.push(user(11, "reporting", "Reporting", "Feed", vec![Role::Apiuser]));
    all.push(user(12, "expert", "Emil", "Expert", vec![Role::Agent]));
    all.push(user(13, "coach", "Cleo", "Coach", vec![Role::Agent, Role::Supervisor]));
    all
}

fn device(dn: u32) -> Device {
    Device {
        id: format!("de3000de-0000-4000-8000-{dn:012}"),
        phone_number: Dn::from(dn.to_string().as_str()),
    }
}

fn dispositions() -> Vec<DispositionGroup> {
    let code = |number: u32, name: &str, display: &str| Code {
        id: format!("de30c0de{number:024}"),
        name: name.into(),
        display: display.into(),
    };
    let root = "de3060000000000000000000000000a1";
    vec![
        DispositionGroup {
            id: root.into(),
            name: "DispositionCode".into(),
            parent: None,
            codes: vec![
                code(1, "IssueResolved", "Issue resolved"),
                code(2, "Referred", "Referred"),
                code(3, "CallbackRequested", "Callback requested"),
                code(4, "WrongNumber", "Wrong number"),
            ],
        },
        DispositionGroup {
            id: "de3060000000000000000000000000a2".into(),
            name: "Complaint".into(),
            parent: Some(root.into()),
            codes: vec![code(5, "Billing", "Billing"), code(6, "Quality", "Quality")],
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<T>(pick: impl Fn(Provision) -> Option<T>) -> Vec<T> {
        centre("hash", OFFER).into_iter().filter_map(pick).collect()
    }

    fn all_users() -> Vec<User> {
        of(|change| match change {
            Provision::PutUser(user) => Some(*user),
            _ => None,
        })
    }

    #[test]
    fn agents_are_those_of_the_table() {
        let users = all_users();
        for number in 1..=8_u32 {
            let agent = users.iter().find(|user| user.user_name == format!("agent{number}@demo")).unwrap();
            let dn = (5000 + number).to_string();
            assert_eq!(agent.device.as_ref().map(|device| device.phone_number.as_str()), Some(dn.as_str()));
            assert_eq!(agent.place.as_deref(), Some(format!("Place{dn}").as_str()));
            assert!(agent.skills.contains_key("Support"));
            assert_eq!(agent.roles, [Role::Agent]);
        }
        let supervisor = users.iter().find(|user| user.user_name == "supervisor@demo").unwrap();
        assert_eq!(supervisor.device.as_ref().unwrap().phone_number.as_str(), "5009");
        assert!(supervisor.has(&[Role::Supervisor]));
        assert!(users.iter().any(|user| user.user_name == "admin@demo" && user.has(&[Role::Admin])));
        assert!(users.iter().any(|user| user.user_name == "reporting@demo" && user.has(&[Role::Apiuser])));
        let expert = users.iter().find(|user| user.user_name == EXPERT).unwrap();
        assert!(expert.skills.is_empty() && expert.device.is_none(), "no queue gives them customers");
        assert!(users.iter().any(|user| user.user_name == COACH && user.has(&[Role::Supervisor])));
        assert_eq!(users.len(), 13);
        assert!(users.iter().all(|user| {
            let id = user.id.as_str();
            id.len() == 32 && id.chars().all(|digit| digit.is_ascii_hexdigit())
        }));
    }

    #[test]
    fn the_centre_and_its_queue_are_those_of_the_table() {
        let centre = of(|change| match change {
            Provision::PutCentre(centre) => Some(*centre),
            _ => None,
        });
        let [centre] = centre.as_slice() else { panic!("one centre") };
        assert_eq!(centre.id, "c0ffee00-0000-4000-8000-000000000001");
        assert!(centre.capacity.values().all(|slots| *slots == 3));
        assert_eq!(centre.services["customer-support"].queue.as_str(), "Support");
        let free: Vec<_> =
            centre.places.iter().map(|(name, phone)| (&**name, phone.phone_number.as_str())).collect();
        assert_eq!(free, [("Place5010", "5010")]);
        assert!(numbers().any(|dn| dn.as_str() == "5010") && numbers().count() == 10);
        let queue = of(|change| match change {
            Provision::PutQueue(queue) => Some(*queue),
            _ => None,
        });
        let [queue] = queue.as_slice() else { panic!("one queue") };
        assert_eq!((queue.name.as_str(), queue.offer), ("Support", 30_000));
        assert_eq!(queue.routing_point.as_ref().map(Dn::as_str), Some("9000"));
        assert_eq!(queue.skills.keys().map(String::as_str).collect::<Vec<_>>(), ["Support"]);
        let custom = centre.agent_states.iter().filter(|state| state.reason.is_some());
        assert_eq!(custom.map(|state| state.operation.as_str()).collect::<Vec<_>>(), ["Break", "Lunch"]);
    }

    #[test]
    fn dispositions_are_those_of_the_table() {
        let names =
            |group: &DispositionGroup| group.codes.iter().map(|code| code.name.clone()).collect::<Vec<_>>();
        let groups = dispositions();
        assert_eq!(groups[0].name, "DispositionCode");
        assert_eq!(names(&groups[0]), ["IssueResolved", "Referred", "CallbackRequested", "WrongNumber"]);
        assert_eq!(groups[1].name, "Complaint");
        assert_eq!(groups[1].parent.as_ref(), Some(&groups[0].id));
        assert_eq!(names(&groups[1]), ["Billing", "Quality"]);
    }
}
