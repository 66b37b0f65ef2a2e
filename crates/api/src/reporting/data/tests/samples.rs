//! One event of each kind, at least.

use super::*;
use domain::{
    agent::SettledBy,
    disposition::{Required, Requirement},
    watch::{Monitoring, PartyWatch, Watch, WatchMode, WatchScope},
};

fn offered(invitation: Invitation) -> Fact {
    Fact::Offered {
        agent: "7f".into(),
        user_name: "agent1@demo".into(),
        participant: "00AB".into(),
        invitation,
        deadline: None,
        by: None,
    }
}

fn asked() -> domain::session::AskedBy {
    domain::session::AskedBy { from: "7f".into(), reference: 5, request: Some(1) }
}

fn following() -> domain::session::Following {
    domain::session::Following { target: "7f".into(), monitoring: Monitoring::Coach }
}

/// At least one of each; the compiler says in `data` when a fact is added, the test below when it is not here.
pub(super) fn session_facts() -> Vec<Fact> {
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
                idle_slot: 0,
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
            by: Some(agent()),
        },
        Fact::Offered {
            agent: agent(),
            user_name: "agent1@demo".into(),
            participant: "00AB".into(),
            invitation: Invitation::Transfer { from: "gone".into(), reference: 4 },
            deadline: None,
            by: None,
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
        Fact::Typed { index: 3, participant: "00AA".into(), on: true, visibility: Visibility::All },
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
        Fact::TakenAway { agent: "7f".into(), by: Some("7f".into()), barred_until: Some(1_700_000_010_000) },
        Fact::TakenAway { agent: "7f".into(), by: None, barred_until: None },
        Fact::Ended { closer: EndedBy::Customer, dispositioned: true },
        Fact::Erased,
        Fact::Preferred { agent: agent(), user_name: "ada".into(), until: 1_760_000_000_000 },
        Fact::FoundClosed { until: Some(1_760_000_000_000), told: true, refused: false },
        offered(Invitation::Consult(asked())),
        offered(Invitation::Invite(asked())),
        offered(Invitation::Watch(following())),
        Fact::Requested {
            request: 1,
            help: domain::request::Help::Consult,
            asks: "Sales".into(),
            priority: 0,
            agent: agent(),
            user_name: "agent1@demo".into(),
            reference: 7,
            deadline: 1_700_000_600_000,
        },
        Fact::RequestEnded {
            request: 1,
            agent: agent(),
            user_name: "agent1@demo".into(),
            closer: EndedBy::NoAnswer,
        },
        Fact::VisibilityChanged {
            agent: agent(),
            user_name: "agent1@demo".into(),
            visibility: Visibility::Agents,
            follows: Some(following()),
        },
        Fact::VisibilityChanged {
            agent: agent(),
            user_name: "agent1@demo".into(),
            visibility: Visibility::All,
            follows: None,
        },
        Fact::TookOver { agent: agent(), user_name: "agent1@demo".into(), from: "7f".into() },
        Fact::SlotsLeft,
    ]
}

/// The same of calls.
pub(super) fn call_facts() -> Vec<call::Fact> {
    let agent = || UserId::from("7f");
    let user = || call::Who::User { id: agent(), name: "agent1@demo".into() };
    let following = PartyWatch {
        target: 2,
        monitoring: Monitoring::Coach,
        scope: WatchScope::Interaction,
        stepped_in: false,
        hidden: false,
    };
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
        watch: (origin == call::PartyOrigin::Watch).then_some(following),
        request: None,
        by: None,
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
        supervisor: late,
    };
    let other = another([
        joined(1, call::Who::Outside, "+15550143", call::PartyOrigin::Caller, None),
        joined(2, user(), "5001", call::PartyOrigin::Called, None),
    ]);
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
        joined(4, user(), "5009", call::PartyOrigin::Watch, None),
        call::Fact::Watching { leg: 4, watch: following },
        call::Fact::Silenced { leg: 2, on: true, supervisor: Some(agent()) },
        call::Fact::Silenced { leg: 2, on: false, supervisor: None },
        call::Fact::LineBegan {
            line: 1,
            uuid: CALL.into(),
            conn_id: "0071027198180007".into(),
            by: 2,
            dialled: "5002".into(),
            purpose: call::Purpose::Transfer,
            answered_only: false,
        },
        call::Fact::Moved {
            leg: 4,
            line: 0,
            origin: call::PartyOrigin::Queue,
            handover: None,
            carrier: None,
        },
        call::Fact::Requested {
            request: 1,
            line: 1,
            help: domain::request::Help::Consult,
            asks: "Support".into(),
            priority: 1,
            deadline: 1_700_000_180_000,
            agent: agent(),
            user_name: "agent1@demo".into(),
            reference: 5,
        },
        call::Fact::RequestEnded {
            request: 1,
            line: 1,
            help: domain::request::Help::Consult,
            asks: "Support".into(),
            agent: agent(),
            user_name: "agent1@demo".into(),
            closer: EndedBy::NoAnswer,
            why: Some(call::Overflowing::Late),
        },
        call::Fact::Queued {
            priority: 1,
            since: 1_700_000_000_000,
            overflow_at: Some(1_700_000_060_000),
            party: None,
            after: 0,
            by: Some(agent()),
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
        call::Fact::UserEvent {
            leg: 2,
            agent: agent(),
            user_name: "agent1@demo".into(),
            this_dn: "5001".into(),
            call_uuid: CALL.into(),
            conn_id: "0071027198180006".into(),
            user_data: pairs(json!({"A": 1})),
        },
        call::Fact::Ended { closer: EndedBy::Customer, dispositioned: false, abandoned: true },
        call::Fact::Absorbed { call: Box::new(other), first: 5, user_data: pairs(json!({"Case": 9})) },
        call::Fact::AbsorbedInto { into: CALL.into(), closer: EndedBy::Agent },
        call::Fact::Erased,
    ]
}

pub(super) fn device_events() -> Vec<device::DeviceEvent> {
    let watch = Watch {
        supervisor: "7f".into(),
        target: "5001".into(),
        target_device: "d-5001".into(),
        monitoring: Monitoring::ListenIn,
        mode: WatchMode::All,
        scope: WatchScope::Agent,
    };
    let name = || "supervisor@demo".to_owned();
    vec![
        device::DeviceEvent::Watches { user_name: name(), watch: Some(watch.clone()), before: None },
        device::DeviceEvent::Watches { user_name: name(), watch: None, before: Some(watch) },
        device::DeviceEvent::WatchedBy { by: Some("5009".into()) },
        device::DeviceEvent::Assigned { owner: Some("7f".into()) },
        device::DeviceEvent::Assigned { owner: None },
        device::DeviceEvent::Occupied { by: device::Occupant::Guest("7f".into()) },
        device::DeviceEvent::Service { on: true, answers: true },
        device::DeviceEvent::Service { on: false, answers: false },
        device::DeviceEvent::DoNotDisturb { on: true },
        device::DeviceEvent::Forwarded { to: Some("5002".into()) },
        device::DeviceEvent::Forwarded { to: None },
        device::DeviceEvent::UserEvent {
            agent: "7f".into(),
            user_name: "agent1@demo".into(),
            user_data: pairs(json!({"A": 1})),
        },
    ]
}

fn hall() -> Device {
    Device { id: "d9".into(), phone_number: "5010".into() }
}

pub(super) fn agent_facts() -> Vec<agent::Fact> {
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
        agent::Fact::ChannelsLeft { channels: vec![medium()] },
        agent::Fact::ConnectionLost { since: 1_700_000_000_000, until: Some(1_700_000_180_000) },
        agent::Fact::ConnectionLost { since: 1_700_000_000_000, until: None },
        agent::Fact::ConnectionBack,
        agent::Fact::AbsenceUntil { until: None },
        agent::Fact::Seated { place: Some("Hall".into()), device: hall() },
        agent::Fact::Seated { place: None, device: hall() },
        agent::Fact::LeftDesk { device: hall(), place: Some("Place5001".into()) },
        agent::Fact::LeftDesk { device: hall(), place: None },
        agent::Fact::StateChanged {
            channels: vec![medium()],
            state: state.clone().into(),
            by_server: true,
            until: Some(1_700_000_060_000),
            after_call: Some(agent::AfterCall {
                ends: Some(1_700_000_060_000),
                extended: true,
                ..agent::AfterCall::default()
            }),
        },
        agent::Fact::StateChosen { state: state.into() },
        agent::Fact::DispositionOwed { medium: medium(), interaction: session(), until: 1_700_000_600_000 },
        agent::Fact::DispositionSettled { medium: medium(), interaction: session(), by: SettledBy::Code },
        agent::Fact::DispositionSettled { medium: medium(), interaction: session(), by: SettledBy::Timeout },
        agent::Fact::DispositionSettled {
            medium: medium(),
            interaction: session(),
            by: SettledBy::Supervisor("7f".into()),
        },
        agent::Fact::DoNotDisturb { channels: vec![medium()], on: true },
        agent::Fact::SlotTaken { medium: medium(), session: session() },
        agent::Fact::SlotFreed { medium: medium(), session: session(), completed: true },
        agent::Fact::WatchBegan {
            watch: domain::watch::AgentWatch {
                target: "7f".into(),
                medium: medium(),
                monitoring: Monitoring::Coach,
                mode: WatchMode::All,
            },
        },
        agent::Fact::WatchEnded { target: "7f".into(), medium: medium() },
        agent::Fact::WatchedBy { supervisor: "7f".into(), medium: medium(), on: true },
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
        across: domain::across::AcrossMedia {
            while_busy: BTreeMap::from([("chat".into(), BTreeSet::from(["smsession".into()]))]),
            max_total: Some(4),
        },
        queues: vec![QueueName::from("Support")],
        settings: BTreeMap::from([("s".into(), BTreeMap::from([("o".into(), json!(true))]))]),
    }
}

fn centre() -> Centre {
    let service = Service {
        medium: "chat".into(),
        queue: "Support".into(),
        inactivity: 300_000,
        idle_slot: 1_800_000,
        terms: domain::thread::Terms::default(),
    };
    Centre {
        id: "c0ffee00-0000-4000-8000-000000000001".into(),
        name: "Demo".into(),
        features: BTreeSet::from(["api-multimedia".into()]),
        agent_states: system_states(),
        disposition: Rule { policy: BTreeMap::from([("chat".into(), Policy::Warn)]), ..Rule::default() },
        capacity: BTreeMap::from([("chat".into(), 3)]),
        across: domain::across::AcrossMedia {
            while_busy: BTreeMap::from([("chat".into(), BTreeSet::from(["smsession".into()]))]),
            max_total: Some(4),
        },
        services: BTreeMap::from([("customer-support".into(), service)]),
        settings: BTreeMap::new(),
        transfers_answered_only: false,
        agent_groups: Vec::new(),
        places: BTreeMap::from([("Hall".into(), hall())]),
        wrap_up: domain::centre::WrapUp::default(),
        made_by_file: domain::centre::MadeByFile::default(),
    }
}

pub(super) fn provisioning() -> Vec<(Key, Event)> {
    let queue = Queue {
        name: "Support".into(),
        skills: BTreeMap::new(),
        priority: 0,
        ageing: 0,
        offer: 30_000,
        cool_down: 10_000,
        last_agent_wait: 0,
        max_waiting: 1000,
        reserve_percent: domain::share::RESERVE_PERCENT,
        service_level: domain::queue::SERVICE_LEVEL,
        short_abandon: domain::queue::SHORT_ABANDON,
        routing_point: None,
        hours: domain::hours::Hours {
            open: Some("Mo-Fr 08:00-18:00".into()),
            zone: Some("Europe/Berlin".into()),
            holidays: ["2026-12-25".to_owned()].into(),
        },
        closed: domain::hours::Closed::Reply("We are back at eight.".into()),
        calls: queue::Calls { full: queue::Overflow::Queue("Sales".into()), ..queue::Calls::default() },
        required: Requirement {
            every: None,
            media: BTreeMap::from([("voice".into(), Required::BeforeNext)]),
        },
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

/// Another call, in which these came in.
fn another(came: [call::Fact; 2]) -> call::Call {
    let began = call::Fact::Began {
        conn_id: "0071027198180009".into(),
        kind: call::CallKind::Inbound,
        from: call::CallerId { number: "+15550143".into(), name: "Otto".into() },
        dialled: "5001".into(),
        location: None,
        aim: None,
        user_data: pairs(json!({"Case": 9})),
        owner: Some("1".into()),
    };
    let event = |fact| call::CallEvent { queue: None, line_uuid: None, fact, elapsed_ms: None };
    let id = "01RCC3N118B1V0SL807GK2LAES000009";
    let mut another = call::Call::begin(id.into(), 1_700_000_000_000, &event(began)).expect("a call");
    for fact in came {
        another.apply(1_700_000_000_000, &event(fact));
    }
    another
}
