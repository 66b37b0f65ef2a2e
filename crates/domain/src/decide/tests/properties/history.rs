//! Random histories of conversations: what is tried, by whom, from which beginnings.

use crate::decide::tests::*;
use crate::{
    InteractionId, Millis, UserId,
    command::{
        AgentAct, Control, CustomerAct, CustomerMessage, DeliveryReport, HandoverTarget, Keyword, SessionAct,
        Supervise, SuperviseAct, TakeTo, Unit,
    },
    disposition::{Policy, Required},
    message::Content,
    session::{Delivery, EndedBy, Session, SessionOperation, capabilities, may_remove},
    task::message_task,
    watch::WatchMode,
};
use proptest::{collection::vec, prelude::*};
use serde_json::json;

pub(super) const AGENTS: [&str; 3] = ["ann", "bob", "cat"];
pub(super) const SESSIONS: [&str; 4] = ["s1", "s2", "s3", "s4"];
/// What no erased conversation may hold. It also is no code of the book.
pub(super) const MARKER: &str = "MARKER";

/// A choice among what there is when its turn comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pick(pub(super) usize);

impl Pick {
    fn get<T>(self, from: &[T]) -> &T {
        &from[self.0 % from.len()]
    }

    fn of<T>(self, from: &[T]) -> Option<&T> {
        (!from.is_empty()).then(|| self.get(from))
    }
}

/// One move of a random history.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Open(Pick),
    Customer(Pick, Pick),
    /// Any agent tries anything.
    Try(Pick, Pick, Pick, Pick),
    /// An agent does something that is open to them.
    Do(Pick, Pick, Pick),
    Offer(Pick, Pick),
    /// The router offers a request for help.
    OfferRequest(Pick, Pick),
    /// A supervisor follows somebody.
    Follow(Pick, Pick, Pick),
    Lapse(Pick, Pick),
    Desk(Pick, Pick),
    /// A supervisor takes something from an agent, changes their state, or decides about what waits.
    Supervise(Pick, Pick),
    /// An agent's client falls silent, or is heard again.
    Silence(Pick, Pick),
    /// A connector brings something.
    Receive(Pick, Pick, Pick),
    /// A connector tells of a message.
    Report(Pick, Pick),
    /// An agent begins a conversation.
    Begin(Pick, Pick),
    /// Time ran out in a conversation.
    Due(Pick, Pick),
    Wait(i64),
    Erase(Pick),
    Policy(Pick),
}

fn step() -> impl Strategy<Value = Step> {
    let some = || (0..1_000_usize).prop_map(Pick);
    prop_oneof![
        2 => some().prop_map(Step::Open),
        3 => (some(), some()).prop_map(|(session, act)| Step::Customer(session, act)),
        3 => (some(), some(), some(), some()).prop_map(|(s, a, op, n)| Step::Try(s, a, op, n)),
        12 => (some(), some(), some()).prop_map(|(party, op, n)| Step::Do(party, op, n)),
        6 => (some(), some()).prop_map(|(session, agent)| Step::Offer(session, agent)),
        2 => (some(), some()).prop_map(|(request, agent)| Step::OfferRequest(request, agent)),
        3 => (some(), some(), some()).prop_map(|(who, whom, how)| Step::Follow(who, whom, how)),
        1 => (some(), some()).prop_map(|(session, agent)| Step::Lapse(session, agent)),
        3 => (some(), some()).prop_map(|(agent, act)| Step::Desk(agent, act)),
        3 => (some(), some()).prop_map(|(agent, how)| Step::Supervise(agent, how)),
        2 => (some(), some()).prop_map(|(agent, how)| Step::Silence(agent, how)),
        2 => prop_oneof![1..6_000_i64, 10_000..60_000_i64, 3_000_000..4_000_000_i64, 82_000_000..90_000_000_i64].prop_map(Step::Wait),
        6 => (some(), some(), some()).prop_map(|(s, key, unit)| Step::Receive(s, key, unit)),
        4 => (some(), some()).prop_map(|(task, report)| Step::Report(task, report)),
        1 => (some(), some()).prop_map(|(session, agent)| Step::Begin(session, agent)),
        5 => (some(), some()).prop_map(|(session, due)| Step::Due(session, due)),
        1 => some().prop_map(Step::Erase),
        1 => some().prop_map(Step::Policy),
    ]
}

/// A situation to begin in, and what is tried from there.
pub(super) type History = (fn() -> TestCentre, Vec<Step>);

pub(super) fn history() -> impl Strategy<Value = History> {
    let begin: [fn() -> TestCentre; 16] = [
        TestCentre::new,
        invited,
        chatting,
        alone,
        handing_over,
        join_failed,
        texting,
        messaging,
        required::owing,
        consulting,
        conferring,
        asking_a_queue,
        monitored,
        coached,
        closed::replies,
        closed::refuses,
    ];
    (proptest::sample::select(begin.to_vec()), vec(step(), 1..40))
}

/// Performs a history; `look` sees the centre after each step, with the conversation the step was about.
pub(super) fn perform(
    (begin, steps): &History,
    mut look: impl FnMut(&TestCentre, Option<&InteractionId>),
) -> TestCentre {
    let mut world = required::supervised(begin());
    for step in steps {
        if let Step::Wait(millis) = step {
            world.now += millis;
            look(&world, None);
        } else if let Some(command) = command(&world, step) {
            let before = world.states.clone();
            if world.act(&command).is_err() {
                assert_eq!(world.states, before);
            }
            look(&world, subject(&command));
        }
    }
    world
}

fn subject(command: &Command) -> Option<&InteractionId> {
    match command {
        Command::Open(open) => Some(&open.session),
        Command::Customer { session, .. }
        | Command::Session { session, .. }
        | Command::TakeOver { session, .. }
        | Command::Offer { session, .. }
        | Command::OfferLapsed { session, .. }
        | Command::Erase { session }
        | Command::Report { session, .. }
        | Command::WindowClosing { session }
        | Command::RequestLapsed { session, .. }
        | Command::FellSilent { session }
        | Command::SlotsIdle { session } => Some(session),
        Command::Supervise(asked) => match &asked.act {
            SuperviseAct::Intrude { session, .. } => Some(session),
            _ => None,
        },
        Command::Direct(asked) => Some(&asked.interaction),
        Command::Receive(unit) => Some(&unit.fresh.session),
        Command::Begin { begin, .. } => Some(&begin.fresh.session),
        _ => None,
    }
}

fn command(world: &TestCentre, step: &Step) -> Option<Command> {
    let session = |index: Pick| InteractionId::from(*index.get(&SESSIONS));
    let agent = |index: Pick| UserId::from(*index.get(&AGENTS));
    Some(match step {
        Step::Open(which) => {
            let mut open = opening(which.get::<&str>(&SESSIONS), &json!({"Subject": MARKER, "f": 0.1}));
            open.nickname = MARKER.into();
            Command::Open(Box::new(open))
        }
        Step::Customer(which, act) => {
            Command::Customer { session: session(*which), act: act.get(&customer_acts()).clone() }
        }
        Step::Try(which, who, operation, n) => {
            let (session, agent) = (session(*which), agent(*who));
            let act = act_of(world, &session, &agent, *operation.get(&SessionOperation::ALL), *n);
            Command::Session { session, agent, act }
        }
        Step::Do(which, operation, n) => {
            let live: Vec<_> = world
                .sessions()
                .flat_map(|session| session.live_agents().map(move |party| (session, &party.user)))
                .collect();
            let (found, agent) = *which.of(&live)?;
            let open = capabilities(found, agent);
            let act = act_of(world, &found.id, agent, *operation.get(&open), *n);
            Command::Session { session: found.id.clone(), agent: agent.clone(), act }
        }
        Step::Offer(which, who) => {
            let waiting: Vec<_> = world.sessions().filter(|session| session.waiting).collect();
            let found = which.of(&waiting)?;
            Command::Offer { session: found.id.clone(), agent: agent(*who), request: None }
        }
        Step::OfferRequest(which, who) => {
            let open: Vec<_> = world
                .sessions()
                .flat_map(|session| session.requests.iter().map(move |request| (session, request.number)))
                .collect();
            let (found, request) = *which.of(&open)?;
            Command::Offer { session: found.id.clone(), agent: agent(*who), request: Some(request) }
        }
        Step::Follow(_, whom, how) if how.0 % 12 == 0 => {
            is_supervisor(whom.get::<&str>(&AGENTS), how.0 % 24 == 0)
        }
        Step::Follow(who, whom, how) => {
            let live: Vec<_> = world
                .sessions()
                .flat_map(|session| session.live_agents().map(move |party| (session, party)))
                .collect();
            let monitoring = *how.get(&[Monitoring::ListenIn, Monitoring::Coach, Monitoring::BargeIn]);
            let (act, target) = match (how.0 / 3 % 4, whom.of(&live)) {
                (0, _) => (monitors(monitoring, *who.get(&[WatchMode::Next, WatchMode::All])), agent(*whom)),
                (1, _) => (SuperviseAct::Cancel, agent(*whom)),
                (_, Some((session, party))) => {
                    let session = session.id.clone();
                    (SuperviseAct::Intrude { session, monitoring: Some(monitoring) }, party.user.clone())
                }
                (_, None) => return None,
            };
            let supervisor = if who.0 % 4 == 0 { agent(*who) } else { "cat".into() };
            let asked = Supervise { supervisor, target, medium: test_centre::medium(), act };
            Command::Supervise(Box::new(asked))
        }
        Step::Lapse(which, who) => Command::OfferLapsed { session: session(*which), agent: agent(*who) },
        Step::Desk(who, act) if act.0 % 5 == 4 => Command::WrapUpOver { agent: agent(*who) },
        Step::Desk(who, act) => Command::Agent { agent: agent(*who), act: act.get(&desk_acts()).clone() },
        Step::Supervise(who, how) => supervise(world, *who, *how),
        Step::Silence(who, how) => {
            let agent = agent(*who);
            match how.0 % 3 {
                0 => Command::ConnectionBack { agent },
                1 => Command::WrapUpOver { agent },
                _ => {
                    let until = *Pick(how.0 / 3).get(&[Some(world.now), Some(world.now + 5_000), None]);
                    Command::ConnectionLost { agent, since: world.now - 10, until }
                }
            }
        }
        Step::Erase(which) => Command::Erase { session: session(*which) },
        Step::Policy(which) => {
            let policy = *which.get(&[Policy::Open, Policy::Warn, Policy::Strict]);
            let required = *Pick(which.0 / 3).get(&[Required::BeforeNext, Required::Off, Required::Ask]);
            centre_with(|centre| {
                centre.disposition.policy.extend([(test_centre::medium(), policy)]);
                centre.disposition.required.every = Some(required);
            })
        }
        Step::Receive(which, key, what) => {
            let service = *what.get(&["texts", "page"]);
            let mut unit = unit(service, &format!("k{}", key.0 % 40), what.get(&units()).clone());
            unit.fresh.session = session(*which);
            unit.nickname = MARKER.into();
            unit.address.theirs = MARKER.into();
            unit.at = world.now - 10;
            receive(unit)
        }
        Step::Report(which, what) => {
            let posted: Vec<_> = world
                .sessions()
                .flat_map(|session| session.post.iter().map(move |post| (session, post)))
                .flat_map(|(session, post)| {
                    post.outgoing.keys().map(move |index| (session.id.clone(), *index))
                })
                .collect();
            let (session, index) = which.of(&posted)?.clone();
            // Only the outcome of a task comes while it waits.
            let settles = world.tasks.iter().any(|task| task.id() == message_task(&session, index));
            let report = DeliveryReport {
                settles,
                opted_out: what.0 % 13 == 0,
                ..DeliveryReport::of(*what.get(&OUTCOMES))
            };
            Command::Report { session, index, report }
        }
        Step::Begin(which, who) => {
            let Command::Begin { mut begin, .. } = begin("s1", Some(MARKER)) else { unreachable!() };
            begin.fresh.session = session(*which);
            begin.address.theirs = MARKER.into();
            Command::Begin { agent: agent(*who), begin }
        }
        Step::Due(which, what) => {
            let session = session(*which);
            match what.0 % 4 {
                0 => Command::FellSilent { session },
                2 => Command::SlotsIdle { session },
                1 => Command::RequestLapsed { session, request: 1 },
                _ => Command::WindowClosing { session },
            }
        }
        Step::Wait(_) => return None,
    })
}

/// Mostly a supervisor, who takes a conversation from whoever has it.
fn supervise(world: &TestCentre, who: Pick, how: Pick) -> Command {
    let by = UserId::from(*how.get(&["sue", "sue", "sue", "bob"]));
    let agent = UserId::from(*who.get(&AGENTS));
    let live = |session: &&Session| session.live_party(&agent).is_some();
    let waiting: Vec<_> = world.sessions().filter(|session| session.waiting).collect();
    if let (1, Some(found)) = (how.0 / 4 % 4, who.of(&waiting)) {
        return waiting::anything(&found.id, &found.queue, how.0 / 16);
    }
    match (how.0 / 4 % 4, world.sessions().find(live)) {
        (0, _) => {
            let control = [
                Control::Offline { channel: None },
                Control::Offline { channel: Some(test_centre::medium()) },
                puts("Ready"),
                Control::DoNotDisturb { channel: None, on: false },
            ];
            Command::Control { agent, by, control: Pick(how.0 / 16).get(&control).clone() }
        }
        (_, held) => {
            let colleague = UserId::from(*Pick(how.0 / 64).get(&AGENTS));
            let to = [TakeTo::Back, TakeTo::Queue("Sales".into()), TakeTo::Agent(colleague)];
            let session = held.map_or_else(|| "s1".into(), |held| held.id.clone());
            Command::TakeOver { session, agent, by, to: Pick(how.0 / 16).get(&to).clone() }
        }
    }
}

/// What may become of a message that a connector has.
const OUTCOMES: [Delivery; 6] = [
    Delivery::Sent,
    Delivery::Delivered,
    Delivery::Read,
    Delivery::Unknown,
    Delivery::Failed,
    Delivery::Undelivered,
];

fn units() -> Vec<Unit> {
    let word = |keyword| {
        Unit::Said(CustomerMessage { keyword: Some(keyword), answer: Some(MARKER.into()), ..said(MARKER) })
    };
    let content = vec![Content::Text { text: MARKER.into(), message_type: None }];
    let link = Content::Url { url: MARKER.into() };
    let many = CustomerMessage {
        content: vec![content[0].clone(), link],
        user_data: pairs(&json!({"A": MARKER})),
        ..said("")
    };
    vec![
        Unit::Said(said(MARKER)),
        Unit::Said(said(MARKER)),
        Unit::Said(many),
        Unit::Said(CustomerMessage { opens: false, ..said(MARKER) }),
        word(Keyword::OptOut),
        word(Keyword::OptIn),
        word(Keyword::OptInIfOut),
        word(Keyword::Help),
        Unit::Notice(MARKER.into()),
        Unit::About { of: named("k1"), text: MARKER.into() },
        Unit::Said(CustomerMessage { answers: Some(named("k1")), ..said(MARKER) }),
        Unit::Foreign { content, name: "Page".into() },
        Unit::Typing(true),
        Unit::Typing(false),
        Unit::Reached { state: Delivery::Delivered, upto: Some(Millis::MAX), keys: vec![named("k1")] },
        Unit::Reached { state: Delivery::Read, upto: Some(Millis::MAX), keys: Vec::new() },
        Unit::Edited { of: named("k2"), text: MARKER.into() },
        Unit::Unsent { of: named("k3") },
    ]
}

fn customer_acts() -> Vec<CustomerAct> {
    vec![
        CustomerAct::Say { text: MARKER.into(), message_type: Some(MARKER.into()) },
        CustomerAct::Type { on: true, text: Some(MARKER.into()) },
        CustomerAct::Type { on: true, text: None },
        CustomerAct::Type { on: false, text: None },
        CustomerAct::SendUrl(MARKER.into()),
        CustomerAct::Notice(MARKER.into()),
        CustomerAct::Rename(MARKER.into()),
        CustomerAct::Data(pairs(&json!({"A": MARKER, "DispositionCode": "Billing"}))),
        CustomerAct::Data(pairs(&json!({"B": {"deep": [MARKER]}, "DispositionCode": MARKER}))),
        CustomerAct::Leave(EndedBy::Customer),
        CustomerAct::Leave(EndedBy::Idle),
        CustomerAct::Leave(EndedBy::Api),
    ]
}

fn desk_acts() -> Vec<AgentAct> {
    let state =
        |operation: &str| AgentAct::SetState { channel: None, operation: operation.into(), wrap_up: None };
    let log_in = AgentAct::LogIn { channels: vec![test_centre::medium()], place: None };
    vec![
        log_in.clone(),
        log_in,
        state("Ready"),
        state("Ready"),
        state("Ready"),
        state("NotReady"),
        AgentAct::DoNotDisturb { channel: None, on: true },
        AgentAct::DoNotDisturb { channel: None, on: false },
        AgentAct::LogOut,
    ]
}

/// The operation with parameters that are valid, whoever performs it. `n` chooses among them.
pub(super) fn act_of(
    world: &TestCentre,
    session: &InteractionId,
    agent: &UserId,
    operation: SessionOperation,
    n: Pick,
) -> SessionAct {
    let last = || n.get(&[None, Some(words(MARKER))]).clone();
    // Last words need somebody to hear them.
    let heard = || last().filter(|_| found(world, session).is_some_and(|found| hears(found, agent)));
    let data = || n.get(&[json!({"A": MARKER}), json!({"DispositionCode": "Referred", "B": 0.3})]).clone();
    match operation {
        SessionOperation::Accept => {
            SessionAct::Accept { nickname: "Tom".into(), save_last_agent: *n.get(&[true, false]) }
        }
        SessionOperation::Reject => SessionAct::Reject,
        SessionOperation::Transfer => {
            let colleague = AGENTS.into_iter().find(|name| is_available(world, session, &(*name).into()));
            match (*n.get(&[true, true, false]), colleague.filter(|name| *name != agent.as_str())) {
                (true, Some(name)) => to_agent(name),
                _ => to_queue("Sales"),
            }
        }
        SessionOperation::Consult | SessionOperation::Invite => {
            let help = if operation == SessionOperation::Consult { Help::Consult } else { Help::Invite };
            let is_new = |name: &&str| is_available(world, session, &(*name).into());
            let is_asked = |name: &&str| {
                let party = found(world, session).and_then(|found| found.live_party(&(*name).into()));
                help == Help::Invite && party.is_some_and(crate::session::AgentParty::is_consulted)
            };
            let colleague = AGENTS.into_iter().find(|name| is_new(name) || is_asked(name));
            match (*n.get(&[true, true, false]), colleague.filter(|name| *name != agent.as_str())) {
                (true, Some(name)) => SessionAct::Ask { help, of: HandoverTarget::Agent(name.into()) },
                _ => ask_queue(help, "Sales"),
            }
        }
        SessionOperation::RemoveParticipant => {
            let session = found(world, session);
            let party = session.and_then(|session| session.party(agent));
            let other = session.zip(party).and_then(|(session, party)| {
                session.seen_by(party).find(|other| may_remove(party, other)).map(|other| &other.user)
            });
            SessionAct::Remove(other.unwrap_or(agent).clone())
        }
        SessionOperation::SendToAgents => SessionAct::SayToAgents(MARKER.into()),
        SessionOperation::StartTypingToAgents => SessionAct::TypeToAgents { on: true },
        SessionOperation::StopTypingToAgents => SessionAct::TypeToAgents { on: false },
        SessionOperation::SendCustomNoticeToAgents => SessionAct::NoticeToAgents(MARKER.into()),
        SessionOperation::SwitchToMonitor => SessionAct::Follow(Monitoring::ListenIn),
        SessionOperation::SwitchToCoach => SessionAct::Follow(Monitoring::Coach),
        SessionOperation::SwitchToBargeIn => SessionAct::Follow(Monitoring::BargeIn),
        SessionOperation::Leave => SessionAct::Leave { last: heard() },
        SessionOperation::Complete => SessionAct::Complete {
            queue: n.get(&[None, None, Some("Sales".into())]).clone(),
            save_last_agent: *n.get(&[true, false]),
            last: heard(),
        },
        SessionOperation::LeaveAndComplete => SessionAct::LeaveAndComplete {
            queue: n.get(&[None, None, Some("Sales".into())]).clone(),
            save_last_agent: *n.get(&[true, false]),
            last: heard(),
        },
        SessionOperation::SetInFocus => SessionAct::SetInFocus(*n.get(&[true, false])),
        SessionOperation::SetDisposition => n
            .get(&[dispose("IssueResolved"), dispose(""), dispose_under("A", "Referred"), dispose("Billing")])
            .clone(),
        SessionOperation::AttachUserData => attach(&data()),
        SessionOperation::UpdateUserData => update(&data()),
        SessionOperation::DeleteUserData => delete(&[*n.get(&["A", "DispositionCode", "Ghost"])]),
        SessionOperation::SetComment => SessionAct::Comment(MARKER.into()),
        SessionOperation::SendMessage => say(MARKER),
        SessionOperation::SendUrl => SessionAct::SendUrl(MARKER.into()),
        SessionOperation::StartTyping => types(true),
        SessionOperation::StopTyping => types(false),
        SessionOperation::SendCustomNotice => SessionAct::Notice(MARKER.into()),
        SessionOperation::ChangeNickname => SessionAct::Rename("Thomas".into()),
        SessionOperation::ResendMessage => resend(repeatable(world, session)),
    }
}

/// A message that may be sent again, or none there is.
fn repeatable(world: &TestCentre, session: &InteractionId) -> u32 {
    let post = found(world, session).and_then(|found| found.post.as_ref());
    let mut outgoing = post.iter().flat_map(|post| &post.outgoing);
    outgoing.find(|(_, sent)| sent.state.may_be_repeated()).map_or(0, |(index, _)| *index)
}

pub(super) fn found<'w>(world: &'w TestCentre, id: &InteractionId) -> Option<&'w Session> {
    world.sessions().find(|session| session.id == *id)
}

fn hears(session: &Session, agent: &UserId) -> bool {
    session.customer.present && session.party(agent).is_some_and(crate::session::AgentParty::talks)
}

fn is_available(world: &TestCentre, session: &InteractionId, agent: &UserId) -> bool {
    let seat = world.agent(agent.as_str());
    let ready = seat.channel(&test_centre::medium()).is_some_and(crate::agent::ChannelState::takes_work);
    let part = found(world, session).is_some_and(|session| session.live_party(agent).is_some());
    ready && !part && !seat.owes(&test_centre::medium()) && seat.taken(&test_centre::medium()) < 3
}
