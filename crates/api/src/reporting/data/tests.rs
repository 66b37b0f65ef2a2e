//! Every kind of event against the schema that is committed for it.

use super::{data_schemas, kinds};
use crate::reporting::{cloud_event::CloudEvent, envelope_schema};
use desk::ports::EventRow;
use domain::{
    Event, InteractionId, Key, QueueName, UserData, UserId,
    agent::{self, AgentState, Readiness},
    call,
    centre::{self, Centre, Service, system_states},
    device,
    disposition::{Policy, Rule},
    disposition_tree::{self, Code, DispositionGroup},
    message::{PartyKind, Visibility},
    queue::{self, Queue},
    session::{self, AgentPartyState, Amendment, Delivery, EndedBy, Fact, Invitation, Route, Via},
    thread::{self, Address, Terms},
    user::{self, Device, Role, User},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// The call of the samples.
const CALL: &str = "01RCC3N118B1V0SL807GK2LAES000006";

/// The words of a customer and of an agent, a password's hash, a key's digest: none of it may be in the feed.
const SECRETS: [&str; 3] = ["the words of the note", "$argon2id$secret", "digest-of-a-key"];

fn pairs(value: Value) -> UserData {
    match value {
        Value::Object(pairs) => UserData::new(pairs),
        other => panic!("{other} is no object"),
    }
}

fn disposition(value: Value, previous: Value, late: bool, by_agent: bool) -> Fact {
    Fact::Disposition {
        agent: by_agent.then(|| "7f".into()),
        user_name: by_agent.then(|| "agent1@demo".into()),
        leg: "00AB".into(),
        key: "DispositionCode".into(),
        value,
        previous,
        via: if by_agent { Via::SetDisposition } else { Via::CustomerData },
        late,
        known: true,
    }
}

/// At least one of each; the compiler says in `data` when a fact is added, the test below when it is not here.
fn session_facts() -> Vec<Fact> {
    let agent = || UserId::from("7f");
    vec![
        Fact::Created {
            service: "customer-support".into(),
            participant: "00AA".into(),
            nickname: "Ada".into(),
            key_digest: SECRETS[2].into(),
            user_data: pairs(json!({"Account": 7, "Lines": ["a", {"b": null}]})),
            post: Some(Route {
                address: Address {
                    thread: "5e884898".into(),
                    ours: "+15550100".into(),
                    theirs: SECRETS[2].into(),
                },
                previous: Some("0001KaF7Q2M80C1D".into()),
                terms: Terms::default(),
                idle: 86_400_000,
                begun_by: Some(agent()),
            }),
        },
        Fact::Queued { priority: -1, since: 1_700_000_000_000, by: None, barred_until: None },
        Fact::Queued { priority: 9, since: 1_700_000_000_001, by: Some(agent()), barred_until: Some(1) },
        Fact::Offered {
            agent: agent(),
            user_name: "agent1@demo".into(),
            participant: "00AB".into(),
            invitation: Invitation::Queue,
            deadline: Some(1_700_000_030_000),
        },
        Fact::Offered {
            agent: agent(),
            user_name: "agent1@demo".into(),
            participant: "00AB".into(),
            invitation: Invitation::Transfer { from: "gone".into(), reference: 4 },
            deadline: None,
        },
        Fact::OfferEnded {
            agent: agent(),
            state: AgentPartyState::Revoked,
            closer: EndedBy::NoAnswer,
            barred_until: Some(1),
            dispositioned: false,
        },
        Fact::Accepted { agent: agent(), nickname: "Bo".into() },
        Fact::JoinFailed { agent: agent(), nickname: "Bo".into() },
        Fact::Said {
            index: 1,
            by: PartyKind::Customer,
            agent: None,
            kind: "text".into(),
            visibility: Visibility::All,
            sent_at: Some(1),
            posted: None,
        },
        Fact::Delivery { index: 2, state: Delivery::Undelivered, code: Some("30003".into()) },
        Fact::Resent { index: 2, agent: agent(), reference: 7 },
        Fact::Amended { index: 1, how: Amendment::Unsent },
        Fact::WindowClosing { at: 1_760_000_000_000 },
        Fact::Said {
            index: 2,
            by: PartyKind::Agent,
            agent: Some(agent()),
            kind: "url".into(),
            visibility: Visibility::Agents,
            sent_at: None,
            posted: Some(41),
        },
        Fact::Typed { index: 3, participant: "00AA".into(), on: true },
        Fact::Renamed { agent: None, nickname: "Ada B.".into() },
        Fact::TalkEnded { closer: EndedBy::Idle },
        Fact::DataChanged {
            set: pairs(json!({"Walk": "1"})),
            removed: vec!["Old".into()],
            agent: Some(agent()),
            via: Via::UpdateUserData,
        },
        disposition(json!("IssueResolved"), Value::Null, false, true),
        disposition(json!("Referred"), json!("IssueResolved"), true, true),
        disposition(Value::Null, json!(["a", 1]), false, false),
        Fact::Commented { agent: agent(), comment: SECRETS[0].into() },
        Fact::PartyClosed {
            agent: agent(),
            user_name: "agent1@demo".into(),
            state: AgentPartyState::Completed,
            closer: EndedBy::Agent,
            dispositioned: true,
            to: Some("gone".into()),
        },
        Fact::Ended { closer: EndedBy::Customer, dispositioned: true },
        Fact::Erased,
    ]
}

/// The same of calls.
fn call_facts() -> Vec<call::Fact> {
    let agent = || UserId::from("7f");
    let user = || call::Who::User { id: agent(), name: "agent1@demo".into() };
    let joined = |leg, who, dn: &str, origin, deadline| call::Fact::Joined {
        leg,
        line: 0,
        who,
        dn: dn.into(),
        origin,
        state: call::PartyState::Ringing,
        answers: true,
        deadline,
        carrier: None,
        handover: None,
    };
    let released = |agent: Option<UserId>, code| call::Fact::Released {
        leg: 2,
        user_name: agent.is_some().then(|| "agent1@demo".into()),
        agent,
        dn: "5001".into(),
        closer: EndedBy::Agent,
        cause: call::Cause::NoAnswer,
        code,
        talked: true,
        dispositioned: true,
        barred_until: Some(1),
    };
    let disposed = |value: Value, late| call::Fact::Disposition {
        leg: 2,
        agent: agent(),
        user_name: "agent1@demo".into(),
        call_uuid: CALL.into(),
        conn_id: "0071027198180006".into(),
        this_dn: "5001".into(),
        key: "DispositionCode".into(),
        value,
        previous: Value::Null,
        via: Via::SetCallDisposition,
        late,
        known: true,
    };
    vec![
        call::Fact::Began {
            conn_id: "0071027198180006".into(),
            kind: call::CallKind::Inbound,
            from: call::CallerId { number: "+15550142".into(), name: "Ines".into() },
            dialled: "9000".into(),
            location: Some("Branch".into()),
            aim: Some(call::PendingDestination::Queue("Support".into())),
            user_data: pairs(json!({"Account": 7})),
            owner: Some("1".into()),
        },
        joined(1, call::Who::Outside, "+15550142", call::PartyOrigin::Caller, None),
        joined(2, user(), "5001", call::PartyOrigin::Queue, Some(1_700_000_030_000)),
        joined(3, call::Who::Phone, "5099", call::PartyOrigin::Called, None),
        call::Fact::LineBegan {
            line: 1,
            uuid: CALL.into(),
            conn_id: "0071027198180007".into(),
            by: 2,
            dialled: "5002".into(),
            purpose: call::Purpose::Transfer,
        },
        call::Fact::Moved { leg: 4, line: 0, origin: call::PartyOrigin::Queue, handover: None },
        call::Fact::Queued {
            priority: 1,
            since: 1_700_000_000_000,
            overflow_at: Some(1_700_000_060_000),
            party: None,
        },
        call::Fact::Overflowed { why: call::Overflowing::Late, announcement: Some("sorry".into()) },
        call::Fact::LegUp { leg: 2 },
        call::Fact::Established { leg: 2 },
        call::Fact::HoldAsked { leg: 2, on: true },
        call::Fact::Held { leg: 2, parked: false },
        call::Fact::Muted { leg: 2, on: true },
        call::Fact::Refused { leg: 2, operation: call::RefusedOperation::Hold, code: 488 },
        released(Some(agent()), Some(480)),
        released(None, None),
        call::Fact::DataChanged {
            line: 0,
            set: pairs(json!({"Walk": {"a": 1}})),
            removed: vec!["Old".into()],
            agent: Some(agent()),
            via: Via::DeleteUserDataPair,
        },
        disposed(json!("IssueResolved"), false),
        disposed(json!("Referred"), true),
        call::Fact::Ended { closer: EndedBy::Customer, dispositioned: false, abandoned: true },
        call::Fact::Erased,
    ]
}

fn device_events() -> Vec<device::DeviceEvent> {
    vec![
        device::DeviceEvent::Assigned { owner: Some("7f".into()) },
        device::DeviceEvent::Assigned { owner: None },
        device::DeviceEvent::Service { on: true, answers: true },
        device::DeviceEvent::Service { on: false, answers: false },
        device::DeviceEvent::DoNotDisturb { on: true },
        device::DeviceEvent::Forwarded { to: Some("5002".into()) },
        device::DeviceEvent::Forwarded { to: None },
    ]
}

fn agent_facts() -> Vec<agent::Fact> {
    let state = AgentState {
        id: "X".into(),
        operation: "Lunch".into(),
        display: "Lunch".into(),
        state: Readiness::NotReady,
        work_mode: None,
        reason: Some("Lunch".into()),
    };
    let medium = || "chat".into();
    let session = || InteractionId::from("0001KaF7Q2M80C1D");
    vec![
        agent::Fact::LoggedIn { place: Some("Place5001".into()), channels: vec![medium()] },
        agent::Fact::LoggedIn { place: None, channels: Vec::new() },
        agent::Fact::LoggedOut,
        agent::Fact::StateChanged {
            channels: vec![medium()],
            state: state.into(),
            by_server: true,
            until: Some(1_700_000_060_000),
        },
        agent::Fact::DoNotDisturb { channels: vec![medium()], on: true },
        agent::Fact::SlotTaken { medium: medium(), session: session() },
        agent::Fact::SlotFreed { medium: medium(), session: session(), completed: true },
        agent::Fact::Focused { session: Some(session()) },
        agent::Fact::Focused { session: None },
    ]
}

fn user() -> User {
    User {
        id: "7f".into(),
        user_name: "agent1@demo".into(),
        first_name: "Ann".into(),
        last_name: "One".into(),
        email: "ann@example.test".into(),
        password_hash: SECRETS[1].into(),
        roles: vec![Role::Agent, Role::Supervisor],
        enabled: true,
        skills: BTreeMap::from([("Support".into(), 5)]),
        device: Some(Device { id: "d1".into(), phone_number: "5001".into() }),
        place: None,
        capacity: BTreeMap::from([("chat".into(), 3)]),
        queues: vec![QueueName::from("Support")],
        settings: BTreeMap::from([("s".into(), BTreeMap::from([("o".into(), json!(true))]))]),
    }
}

fn centre() -> Centre {
    let service = Service {
        medium: "chat".into(),
        queue: "Support".into(),
        inactivity: 300_000,
        terms: domain::thread::Terms::default(),
    };
    Centre {
        id: "c0ffee00-0000-4000-8000-000000000001".into(),
        name: "Demo".into(),
        features: BTreeSet::from(["api-multimedia".into()]),
        agent_states: system_states(),
        disposition: Rule { policy: BTreeMap::from([("chat".into(), Policy::Warn)]), ..Rule::default() },
        capacity: BTreeMap::from([("chat".into(), 3)]),
        services: BTreeMap::from([("customer-support".into(), service)]),
        settings: BTreeMap::new(),
        made_by_file: domain::centre::MadeByFile::default(),
    }
}

fn provisioning() -> Vec<(Key, Event)> {
    let queue = Queue {
        name: "Support".into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 10_000,
        max_waiting: 1000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        routing_point: None,
        calls: queue::Calls { full: queue::Overflow::Queue("Sales".into()), ..queue::Calls::default() },
    };
    let code = || Code { id: "c1".into(), name: "IssueResolved".into(), display: "Resolved".into() };
    let group = DispositionGroup {
        id: "g1".into(),
        name: "DispositionCode".into(),
        parent: None,
        codes: vec![code()],
    };
    let removed = user::UserAccountEvent::Removed { user_name: "agent1@demo".into() };
    let book = [
        disposition_tree::DispositionTreeEvent::GroupAdded(group),
        disposition_tree::DispositionTreeEvent::GroupRemoved { id: "g1".into() },
        disposition_tree::DispositionTreeEvent::CodeAdded { group: "g1".into(), code: code() },
        disposition_tree::DispositionTreeEvent::CodeRenamed { id: "c1".into(), display: "Done".into() },
        disposition_tree::DispositionTreeEvent::CodeRemoved { id: "c1".into() },
    ];
    let mut all = vec![
        (Key::User("7f".into()), Event::User(user::UserAccountEvent::Put(Box::new(user())))),
        (Key::User("7f".into()), Event::User(removed)),
        (Key::Queue("Support".into()), Event::Queue(queue::QueueEvent::Put(Box::new(queue)))),
        (Key::Queue("Support".into()), Event::Queue(queue::QueueEvent::Removed)),
        (Key::Centre, Event::Centre(centre::CentreEvent::Put(Box::new(centre())))),
    ];
    all.extend(book.map(|event| (Key::Book, Event::Book(event))));
    let fact =
        thread::Fact::Consent { consent: thread::Consent::Out, source: thread::ConsentSource::Keyword };
    let consent = thread::ThreadEvent { service: "sms".into(), fact };
    all.push((Key::Thread("5e884898".into()), Event::Thread(consent)));
    all
}

fn rows() -> Vec<EventRow> {
    let session = |fact| {
        let event = session::SessionEvent {
            medium: "chat".into(),
            queue: "Support".into(),
            fact,
            written: 0,
            elapsed_ms: None,
        };
        (Key::Session("0001KaF7Q2M80C1D".into()), Event::Session(event))
    };
    let agent = |fact| {
        let event = agent::AgentEvent { user_name: "agent1@demo".into(), fact, elapsed_ms: None };
        (Key::Agent("7f".into()), Event::Agent(event))
    };
    let call = |fact| {
        let event = call::CallEvent { queue: Some("Support".into()), fact, elapsed_ms: None };
        (Key::Call(CALL.into()), Event::Call(event))
    };
    let device = |event| (Key::Device("5001".into()), Event::Device(event));
    let all = session_facts().into_iter().map(session).chain(agent_facts().into_iter().map(agent));
    let all = all.chain(call_facts().into_iter().map(call)).chain(device_events().into_iter().map(device));
    let direct =
        call::CallEvent { queue: None, fact: call::Fact::Established { leg: 1 }, elapsed_ms: Some(1_500) };
    let all = all.chain([(Key::Call(CALL.into()), Event::Call(direct))]);
    let numbered = all.chain(provisioning()).zip(1..);
    numbered
        .map(|((key, event), seq)| EventRow { seq, key, version: seq, at: 1_700_000_000_123, event })
        .collect()
}

fn told(row: &EventRow) -> Option<Value> {
    let names = |id: &UserId| (id.as_str() == "7f").then(|| "agent1@demo".to_owned());
    let event = CloudEvent::of("urn:uuid:c0ffee00-0000-4000-8000-000000000001", row, &names)?;
    Some(serde_json::to_value(event).expect("json"))
}

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas")
}

/// The committed schema, with no room for members it does not tell of. Archives keep what they were written with,
/// so the published one leaves that room.
fn closed(name: &str) -> Value {
    fn close(schema: &mut Value) {
        match schema {
            Value::Object(members) => {
                members.values_mut().for_each(close);
                if members.get("properties").is_some_and(Value::is_object) {
                    members.insert("additionalProperties".into(), false.into());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    let file = directory().join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    let mut schema = serde_json::from_str(&text).expect("json");
    close(&mut schema);
    schema
}

#[test]
fn the_committed_schemas_are_those_of_the_code() {
    let regenerate = std::env::var_os("REGENERATE").is_some();
    let mut wanted: BTreeMap<String, Value> =
        data_schemas().into_iter().map(|(name, schema)| (name, schema.to_value())).collect();
    wanted.insert("jackfield.event".into(), envelope_schema().to_value());
    if regenerate {
        fs::create_dir_all(directory()).expect("the directory");
        for (name, schema) in &wanted {
            let text = serde_json::to_string_pretty(schema).expect("json") + "\n";
            fs::write(directory().join(format!("{name}.json")), text).expect("written");
        }
    }
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory()).expect("docs/schemas") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("text");
        found.insert(name, serde_json::from_str::<Value>(&text).expect("json"));
    }
    let differ: Vec<&String> =
        wanted.keys().chain(found.keys()).filter(|name| wanted.get(*name) != found.get(*name)).collect();
    assert!(
        differ.is_empty(),
        "docs/schemas is not what the code writes: {differ:?}. Readers of the feed rely on these schemas: members \
         may be added, never renamed or taken away. Write them again with `REGENERATE=1 cargo test -p api schemas` \
         and commit them; delete the file of a type that is gone."
    );
}

#[test]
fn every_event_has_the_shape_that_is_committed_for_it() {
    let envelope = jsonschema::options().should_validate_formats(true).build(&closed("jackfield.event"));
    let envelope = envelope.expect("a schema");
    for row in rows() {
        let Some(event) = told(&row) else { continue };
        let name = event["type"].as_str().expect("a type");
        let schema = jsonschema::options().should_validate_formats(true).build(&closed(name));
        let faults: Vec<String> = schema
            .expect("a schema")
            .iter_errors(&event["data"])
            .chain(envelope.iter_errors(&event))
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{event:#}: {faults:#?}");
    }
}

#[test]
fn the_feed_tells_of_what_is_reported_and_of_nothing_else() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert_eq!(told(&row).is_some(), row.event.is_reported(), "{:?}", row.event);
        if row.event.is_reported() {
            seen.insert(row.event.kind());
        }
    }
    assert_eq!(seen, kinds().collect(), "each kind has a sample in this test and a schema");
}

#[test]
fn one_kind_of_event_has_a_disposition_and_names_all_about_it() {
    let dispositions: Vec<Value> = rows()
        .iter()
        .filter_map(told)
        .filter(|event| {
            let is = event["type"] == "jackfield.disposition";
            assert_eq!(event["data"].get("disposition").is_some(), is, "{event:#}");
            is
        })
        .collect();
    assert_eq!(
        dispositions[0]["data"],
        json!({
            "interactionId": "0001KaF7Q2M80C1D", "media": "chat", "queue": "Support", "leg": "00AB",
            "agent": "agent1@demo", "via": "SetDisposition", "phase": "live", "known": true,
            "occurredAt": "2023-11-14T22:13:20.123Z",
            "disposition": {"key": "DispositionCode", "value": "IssueResolved", "previous": null},
        })
    );
    let late = &dispositions[1]["data"];
    assert_eq!(late["phase"], "released");
    assert_eq!(late["event"], "EventUserEvent");
    assert_eq!(late["userData"], json!({"DispositionCode": "Referred"}));
    assert_eq!(late["disposition"]["previous"], "IssueResolved");
    assert_eq!(dispositions[2]["data"]["agent"], Value::Null);
}

#[test]
fn the_example_of_the_api_document_is_an_event_as_it_is_told() {
    let example: Value = serde_json::from_str(include_str!("../../v2/openapi/event.json")).expect("json");
    let told = rows().iter().filter_map(told).find(|event| event["type"] == "jackfield.disposition");
    assert_eq!(told, Some(example));
}

#[test]
fn a_disposition_of_a_call_names_what_reporting_matches_it_by() {
    let of_calls: Vec<Value> = rows()
        .iter()
        .filter(|row| matches!(row.key, Key::Call(_)))
        .filter_map(told)
        .filter(|event| event["type"] == "jackfield.disposition")
        .collect();
    assert_eq!(
        of_calls[0]["data"],
        json!({
            "interactionId": CALL, "media": "voice", "queue": "Support", "leg": "2", "agent": "agent1@demo",
            "via": "SetCallDisposition", "phase": "live", "known": true,
            "occurredAt": "2023-11-14T22:13:20.123Z",
            "disposition": {"key": "DispositionCode", "value": "IssueResolved", "previous": null},
            "callUuid": CALL, "connId": "0071027198180006", "thisDn": "5001",
        })
    );
    let late = &of_calls[1]["data"];
    assert_eq!((&late["phase"], &late["event"]), (&json!("released"), &json!("EventUserEvent")));
    assert_eq!(late["userData"], json!({"DispositionCode": "Referred"}));
}

#[test]
fn conversations_name_their_medium_and_queue_and_agents_their_user() {
    for row in rows() {
        let Some(event) = told(&row) else { continue };
        match row.event {
            Event::Session(_) => {
                for member in ["interactionId", "media", "queue"] {
                    assert!(event["data"][member].is_string(), "{member} of {event:#}");
                }
            }
            Event::Call(call) => {
                assert_eq!(
                    (&event["data"]["interactionId"], &event["data"]["media"]),
                    (&json!(CALL), &json!("voice"))
                );
                assert_eq!(event["data"]["queue"], json!(call.queue));
            }
            Event::Device(_) => assert_eq!(event["data"]["thisDn"], "5001"),
            Event::Agent(_) => assert_eq!(event["data"]["agent"], "agent1@demo"),
            _ => {}
        }
    }
}

#[test]
fn what_ends_names_who_ended_it_and_whether_it_was_dispositioned() {
    for kind in
        ["session.offer-ended", "session.party-closed", "session.ended", "call.released", "call.ended"]
    {
        let row = rows().into_iter().find(|row| row.event.kind() == kind).expect("a sample");
        let data = &told(&row).expect("told")["data"];
        assert!(data["closer"].is_string() && data["dispositioned"].is_boolean(), "{kind}: {data:#}");
    }
}

#[test]
fn nothing_secret_is_told() {
    for event in rows().iter().filter_map(told) {
        let text = event.to_string();
        for secret in SECRETS {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(!text.to_lowercase().contains("password"), "{text}");
    }
}
