//! Random histories of calls.

use super::super::*;
use super::MARKER;
use crate::{
    InteractionId, Refusal, UserId,
    call::{
        Call, CallIn, CallOperation, CallerId, Cause, Deadline, LegEvent, LegId, Overflowing, Party,
        PartyState, Purpose, capabilities,
    },
    centre::{AgentGroup, WrapUp},
    command::{AgentAct, Arrive, Destination, DeviceAct, Dial, Provision, ReferTo, WatchAsked},
    decide::tests::{
        required::{let_off, required, supervised},
        waiting::anything as directed,
    },
    disposition::{Policy, Required},
    medium,
    queue::Overflow,
    watch::{Monitoring, WatchMode, WatchScope},
};
use proptest::{collection::vec, prelude::*};
use serde_json::json;

pub const AGENTS: [&str; 3] = ["ann", "bob", "cat"];
pub const CALLS: [&str; 4] = ["C100", "C200", "C300", "C400"];
const PHONES: [&str; 4] = ["5001", "5002", "5003", "5009"];

/// A choice among what there is when its turn comes.
#[derive(Clone, Copy, Debug)]
pub struct Pick(pub usize);

impl Pick {
    fn get<T: Clone>(self, from: &[T]) -> T {
        from[self.0 % from.len()].clone()
    }

    fn of<T: Clone>(self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| self.get(from))
    }

    /// Another choice that depends on this one.
    const fn next(self) -> Self {
        Self(self.0 / 7)
    }
}

/// One move of a random history.
#[derive(Clone, Debug)]
pub enum Step {
    Arrive(Pick, Pick),
    Dial(Pick, Pick),
    Offer(Pick, Pick),
    /// A supervisor decides about what waits.
    Direct(Pick, Pick),
    /// Any agent tries anything.
    Try(Pick, Pick),
    /// An agent does something that is open to them.
    Do(Pick, Pick),
    Dispose(Pick, Pick),
    /// The switch tells anything, of any leg.
    Any(Pick, Pick),
    /// It tells something of a live leg.
    LegEvent(Pick, Pick),
    /// It tells that a phone sends its call elsewhere.
    Divert(Pick, Pick),
    /// A phone that holds a call by its own key calls somebody on another leg.
    AskByPhone(Pick, Pick),
    /// A phone hands its call to a number.
    Refer(Pick, Pick),
    /// A phone hands its call to whom it talks with on another leg.
    ReferToLeg(Pick, Pick),
    /// An agent, or their phone, brings two calls together.
    Join(Pick, Pick),
    /// A phone takes over what another of its number has.
    TakeOver(Pick),
    /// Something falls due, at its time or not.
    Due(Pick, Pick),
    Lost(Pick),
    Desk(Pick, Pick),
    Phone(Pick, Pick),
    /// A supervisor follows somebody, or no longer.
    Watch(Pick, Pick),
    Setting(Pick),
    Wait(i64),
    Erase(Pick),
}

/// A situation to begin in, and what is tried from there.
pub type History = (fn() -> TestCentre, Vec<Step>);

fn step() -> impl Strategy<Value = Step> {
    let one = || (0..10_000_usize).prop_map(Pick);
    let two = || (one(), one());
    prop_oneof![
        4 => two().prop_map(|(call, how)| Step::Arrive(call, how)),
        3 => two().prop_map(|(call, how)| Step::Dial(call, how)),
        8 => two().prop_map(|(call, agent)| Step::Offer(call, agent)),
        2 => two().prop_map(|(call, how)| Step::Direct(call, how)),
        2 => two().prop_map(|(call, how)| Step::Try(call, how)),
        9 => two().prop_map(|(party, how)| Step::Do(party, how)),
        1 => two().prop_map(|(call, how)| Step::Dispose(call, how)),
        3 => two().prop_map(|(leg, heard)| Step::Any(leg, heard)),
        16 => two().prop_map(|(leg, heard)| Step::LegEvent(leg, heard)),
        3 => two().prop_map(|(leg, how)| Step::Divert(leg, how)),
        4 => two().prop_map(|(leg, how)| Step::AskByPhone(leg, how)),
        3 => two().prop_map(|(leg, how)| Step::Refer(leg, how)),
        2 => two().prop_map(|(leg, how)| Step::ReferToLeg(leg, how)),
        4 => two().prop_map(|(one, two)| Step::Join(one, two)),
        2 => one().prop_map(Step::TakeOver),
        4 => two().prop_map(|(call, late)| Step::Due(call, late)),
        1 => one().prop_map(Step::Lost),
        3 => two().prop_map(|(agent, act)| Step::Desk(agent, act)),
        2 => two().prop_map(|(phone, act)| Step::Phone(phone, act)),
        4 => two().prop_map(|(target, how)| Step::Watch(target, how)),
        1 => one().prop_map(Step::Setting),
        3 => prop_oneof![1..2_000_i64, 10_000..70_000_i64, 3_000_000..4_000_000_i64].prop_map(Step::Wait),
        1 => one().prop_map(Step::Erase),
    ]
}

/// A caller has waited for too long, and hears so.
fn announced() -> TestCentre {
    let patient = queue_with("Support", |queue| queue.calls.patience = 60_000);
    let late = Destination::Announcement("sorry".into());
    let due = Command::CallDue { call: c1(), due: Deadline::Overflow, late };
    phones().then(patient).then(arrive_at("Support")).after(60_000).then(due)
}

/// Ann talks with a caller of a queue that gives time for work after a call, and a disposition is required.
fn asked() -> TestCentre {
    let queue = queue_with("Support", |queue| queue.calls.wrap_up = 30_000);
    supervised(talking().then(queue).then(required(Required::BeforeNext)))
}

pub fn history() -> impl Strategy<Value = History> {
    let begin: [fn() -> TestCentre; 24] = [
        phones,
        announced,
        asked,
        waiting,
        offered,
        talking,
        held,
        ringing,
        direct,
        calling,
        internal,
        asking,
        asking_queue,
        offered_request,
        consulting_queue,
        consulting,
        together,
        watched,
        coached,
        phone_asking,
        phone_consulting,
        two_customers,
        two_colleagues,
        mixed_by_phone,
    ];
    (proptest::sample::select(begin.to_vec()), vec(step(), 1..40))
}

/// Performs a history; `look` sees the centre after each command, and what came of it.
pub fn perform(
    (begin, steps): &History,
    mut look: impl FnMut(&TestCentre, &Command, &Result<(), Refusal>),
) -> TestCentre {
    let mut world = supervised(begin());
    for step in steps {
        if let Step::Wait(millis) = step {
            world.now += millis;
        } else if let Some(command) = command(&world, step) {
            let (before, asked) = (world.states.clone(), world.effects.len());
            let outcome = world.act(&command).map(|_| ());
            if outcome.is_err() {
                assert_eq!((&world.states, world.effects.len()), (&before, asked));
            }
            look(&world, &command, &outcome);
        }
    }
    world
}

/// The call a command is about.
pub fn subject(command: &Command) -> Option<&InteractionId> {
    match command {
        Command::Arrive(arrive) => Some(&arrive.leg.call),
        Command::Dial { dial, .. } => Some(&dial.call),
        Command::Call { call, .. }
        | Command::OfferCall { call, .. }
        | Command::CallDue { call, .. }
        | Command::CallLost { call }
        | Command::Erase { session: call } => Some(call),
        Command::Direct(asked) => Some(&asked.interaction),
        Command::LegEvent { leg, .. }
        | Command::Diverted { leg, .. }
        | Command::AskByPhone { leg, .. }
        | Command::ReplaceLeg { leg, .. }
        | Command::Refer { leg, .. } => Some(&leg.call),
        _ => None,
    }
}

fn command(world: &TestCentre, step: &Step) -> Option<Command> {
    let id = |which: Pick| InteractionId::from(which.get(&CALLS));
    let user = |which: Pick| UserId::from(which.get(&AGENTS));
    Some(match step {
        Step::Arrive(which, how) => {
            let device = how.next().next().get(&[None, None, None, Some("5001"), Some("5002"), Some("5009")]);
            let to = destination(*how);
            Command::Arrive(Box::new(Arrive {
                leg: LegId { call: id(*which), number: 1 },
                from: CallerId { number: MARKER.into(), name: MARKER.into() },
                device: device.map(Into::into),
                dialled: if device.is_some() { number(&to) } else { "9000" }.into(),
                user_data: pairs(&json!({"Subject": MARKER})),
                ..arrival(to)
            }))
        }
        Step::Dial(which, how) => {
            let agent = how.next().next().get(&AGENTS);
            let dn = PHONES[AGENTS.iter().position(|name| *name == agent)?];
            let to = destination(*how);
            let dial = dialled(which.get(&CALLS), dn, number(&to), to);
            let dial =
                Dial { location: Some(MARKER.into()), user_data: pairs(&json!({"A": MARKER})), ..dial };
            Command::Dial { agent: agent.into(), dial: Box::new(dial) }
        }
        Step::Offer(which, agent) => {
            let waiting = world.calls().flat_map(|call| {
                let own = call.is_waiting().then_some(None);
                let asked = call.requests.iter().filter(|request| request.waiting);
                own.into_iter().chain(asked.map(|request| Some(request.number))).map(move |of| (call, of))
            });
            let (call, request) = which.of(&waiting.collect::<Vec<_>>())?;
            Command::OfferCall { call: call.id.clone(), agent: user(*agent), request }
        }
        Step::Direct(which, how) => {
            let there: Vec<&Call> = world.calls().filter(|call| call.queued.is_some()).collect();
            let call = which.of(&there)?;
            directed(&call.id, &call.queued.as_ref()?.queue, how.0)
        }
        Step::Try(which, how) => {
            let calls: Vec<&Call> = world.calls().collect();
            let call = which.of(&calls)?;
            let party = how.next().of(&call.parties)?;
            let act = act_of(call, &party, how.get(&CallOperation::ALL), how.next());
            Command::Call { call: call.uuid(&party).clone(), agent: user(how.next().next()), act }
        }
        Step::Do(which, how) => {
            let (call, party) = which.of(&live(world, |party| party.user().is_some()))?;
            let agent = party.user()?.clone();
            let act = act_of(call, party, how.of(&capabilities(call, party))?, how.next());
            Command::Call { call: call.uuid(party).clone(), agent, act }
        }
        Step::Dispose(which, how) => {
            let act = CallAct::SetDisposition {
                value: how.get(&["IssueResolved", "Referred", "Billing", ""]).into(),
                key: how.next().get(&[None, None, Some("A".to_owned())]),
            };
            Command::Call { call: id(*which), agent: user(how.next().next()), act }
        }
        Step::Any(which, how) => {
            let number = u16::try_from(which.next().0 % 5).ok()?;
            Command::LegEvent { leg: LegId { call: id(*which), number }, heard: how.get(&anything()) }
        }
        Step::LegEvent(which, how) => {
            let (call, party) = which.of(&live(world, |_| true))?;
            Command::LegEvent { leg: call.leg_of(party), heard: likely(party, *how) }
        }
        Step::Divert(which, how) => {
            let (call, party) = which.of(&live(world, |party| !party.up))?;
            Command::Diverted { leg: call.leg_of(party), to: destination(*how), code: 302 }
        }
        Step::AskByPhone(which, how) => {
            // Seldom one that does not hold.
            let holds = |party: &Party| party.state == PartyState::Held;
            let any = how.next().0.is_multiple_of(5);
            let (call, party) = which.of(&live(world, |party| any || holds(party)))?;
            let call_in = Box::new(call_in_to(destination(*how)));
            // As the switch numbers them: each differently.
            let number = OWN + u16::try_from(world.effects.len()).ok()?;
            let leg = LegId { call: call.id.clone(), number };
            Command::AskByPhone { leg, held: call.leg_of(party), call_in }
        }
        Step::Refer(which, how) => {
            let (call, party) = which.of(&live(world, |_| true))?;
            let to = ReferTo::Number(Box::new(call_in_to(destination(*how))));
            Command::Refer { leg: call.leg_of(party), to }
        }
        Step::ReferToLeg(which, how) => {
            let (call, party) = which.of(&live(world, |_| true))?;
            let beside = call.beside(party).next();
            let (other, of) = how.of(&live(world, |_| true))?;
            let other = beside.map_or_else(|| other.leg_of(of), |beside| call.leg_of(beside));
            Command::Refer { leg: call.leg_of(party), to: ReferTo::Leg(other) }
        }
        Step::Join(which, how) => {
            let (call, party) = which.of(&live(world, Party::has_answered))?;
            let of_same = |(other, of): &(&Call, &Party)| {
                other.id != call.id && (of.dn == party.dn || how.next().0.is_multiple_of(5))
            };
            let others: Vec<_> = live(world, Party::has_answered).into_iter().filter(of_same).collect();
            let (other, of) = how.of(&others)?;
            match party.user().filter(|_| how.next().next().0 % 3 < 2) {
                Some(agent) => Command::Call {
                    call: call.uuid(party).clone(),
                    agent: agent.clone(),
                    act: CallAct::Complete {
                        purpose: how.next().get(&[Purpose::Transfer, Purpose::Conference]),
                        consult: Some(other.uuid(of).clone()),
                    },
                },
                None => Command::Refer { leg: call.leg_of(party), to: ReferTo::Leg(other.leg_of(of)) },
            }
        }
        Step::TakeOver(which) => {
            let (call, party) = which.of(&live(world, |_| true))?;
            let number = OWN + u16::try_from(world.effects.len()).ok()?;
            let leg = LegId { call: call.id.clone(), number };
            Command::ReplaceLeg { leg, replaced: call.leg_of(party) }
        }
        Step::Due(which, how) => {
            let calls: Vec<&Call> = world.calls().collect();
            let call = which.of(&calls)?;
            let deadlines: Vec<Deadline> = call.deadlines().map(|(due, _)| due).collect();
            let any = how.get(&[
                Deadline::Overflow,
                Deadline::Leg(1),
                Deadline::Leg(2),
                Deadline::Leg(3),
                Deadline::Handover(3),
                Deadline::Request(1),
            ]);
            let due = how.next().of(&deadlines).unwrap_or(any);
            Command::CallDue { call: call.id.clone(), due, late: overflow(how.next()) }
        }
        Step::Lost(which) => Command::CallLost { call: id(*which) },
        Step::Desk(agent, act) => match act.0 % 9 {
            0 => Command::WrapUpOver { agent: user(*agent) },
            1 if act.next().0.is_multiple_of(4) => let_off(&user(*agent).to_string(), "sue"),
            _ => Command::Agent { agent: user(*agent), act: act.next().get(&desk_acts()) },
        },
        Step::Phone(which, how) => {
            let dn = which.get(&PHONES);
            match how.0 % 6 {
                0 => in_service(dn, false),
                1..=3 => in_service(dn, true),
                4 => {
                    let act = DeviceAct::DoNotDisturb(how.next().get(&[true, false, false]));
                    Command::Device { dn: dn.into(), agent: user(*which), act }
                }
                // Somebody else gets it, or nobody.
                _ => has_phone(which.next().get(&AGENTS), how.next().get(&[Some(dn), Some(dn), None])),
            }
        }
        Step::Watch(which, how) => watch(*which, *how),
        Step::Setting(how) => setting(*how),
        Step::Wait(_) => return None,
        Step::Erase(which) => Command::Erase { session: id(*which) },
    })
}

/// Mostly the one who may follows, and sometimes one who may not.
fn watch(which: Pick, how: Pick) -> Command {
    let (dn, agent) = which.get(&[("5003", "cat"), ("5003", "cat"), ("5003", "cat"), ("5001", "ann")]);
    let target = which.next().get(&["5001", "5001", "5002", "5003", "5009"]);
    let act = match how.0 % 9 {
        8 => return Command::RightsChanged { supervisor: agent.into() },
        0 => DeviceAct::Unwatch(how.next().get(&[None, Some(target.into())])),
        1 => DeviceAct::SilenceWatched { target: None, on: how.next().get(&[true, false]) },
        _ => DeviceAct::Watch(Box::new(WatchAsked {
            target: target.into(),
            target_device: format!("device-{target}"),
            monitoring: how.next().get(&[Monitoring::ListenIn, Monitoring::Coach, Monitoring::BargeIn]),
            mode: how.next().next().get(&[WatchMode::All, WatchMode::Next]),
            scope: how.next().next().next().get(&[WatchScope::Interaction, WatchScope::Agent]),
        })),
    };
    Command::Device { dn: dn.into(), agent: agent.into(), act }
}

/// Live parties of calls.
fn live(world: &TestCentre, which: impl Fn(&Party) -> bool + Copy) -> Vec<(&Call, &Party)> {
    let calls = world.calls();
    calls
        .flat_map(|call| call.live().filter(move |party| which(party)).map(move |party| (call, party)))
        .collect()
}

fn destination(how: Pick) -> Destination {
    let queue = |why| to_queue("Support", why);
    how.get(&[
        queue(None),
        queue(None),
        queue(None),
        to_queue("Sales", None),
        queue(Some(Overflowing::Closed)),
        queue(Some(Overflowing::Full)),
        to_device("5001"),
        to_device("5002"),
        to_device("5003"),
        to_device("5009"),
        to_device(MARKER),
        Destination::Nowhere,
    ])
}

/// The number that leads there: one of ours, or one of somebody outside.
fn number(to: &Destination) -> &'static str {
    if *to == Destination::Nowhere { MARKER } else { "9000" }
}

fn overflow(how: Pick) -> Destination {
    how.get(&[
        Destination::Nowhere,
        Destination::Announcement("sorry".into()),
        to_queue("Sales", None),
        to_queue("Sales", Some(Overflowing::Full)),
    ])
}

/// What a leg in this state is likely to tell.
fn likely(party: &Party, how: Pick) -> LegEvent {
    let gone = |cause| LegEvent::Gone { cause, code: None };
    match (party.up, party.holding) {
        _ if how.next().0.is_multiple_of(10) => how.get(&anything()),
        (false, _) => how.get(&[
            LegEvent::Ringing,
            LegEvent::Up,
            LegEvent::Up,
            LegEvent::Up,
            LegEvent::NotAnswered(489),
            LegEvent::Gone { cause: Cause::Busy, code: Some(486) },
            gone(Cause::Unreachable),
        ]),
        (true, Some(on)) => how
            .get(&[LegEvent::HoldDone { on, refused: None }, LegEvent::HoldDone { on, refused: Some(488) }]),
        (true, None) => how.get(&[
            LegEvent::PhoneHold(true),
            LegEvent::PhoneHold(false),
            LegEvent::Digit('5'),
            LegEvent::Played,
            gone(Cause::Lost),
            gone(Cause::Normal),
        ]),
    }
}

fn anything() -> Vec<LegEvent> {
    vec![
        LegEvent::Ringing,
        LegEvent::Up,
        LegEvent::NotAnswered(489),
        LegEvent::HoldDone { on: true, refused: None },
        LegEvent::HoldDone { on: false, refused: None },
        LegEvent::HoldDone { on: true, refused: Some(488) },
        LegEvent::HoldDone { on: false, refused: Some(488) },
        LegEvent::PhoneHold(true),
        LegEvent::PhoneHold(false),
        LegEvent::Digit('5'),
        LegEvent::Played,
        LegEvent::Gone { cause: Cause::Normal, code: None },
        LegEvent::Gone { cause: Cause::Lost, code: Some(408) },
        LegEvent::Gone { cause: Cause::Busy, code: Some(486) },
        LegEvent::Gone { cause: Cause::NoAnswer, code: Some(480) },
    ]
}

fn desk_acts() -> Vec<AgentAct> {
    let state =
        |operation: &str, wrap_up| AgentAct::SetState { channel: None, operation: operation.into(), wrap_up };
    let log_in = AgentAct::LogIn { channels: vec![medium::voice()], place: None };
    let places = ["5001", "5002", "5003", "5009"].map(hot_desk::workplace);
    let sit = places.iter().cloned().map(AgentAct::Sit);
    let log_in_at = places
        .iter()
        .cloned()
        .map(|place| AgentAct::LogIn { channels: vec![medium::voice()], place: Some(place) });
    let mut acts = vec![
        log_in.clone(),
        log_in.clone(),
        log_in,
        state("Ready", None),
        state("Ready", None),
        state("Ready", None),
        state("NotReady", None),
        state("AfterCallWork", Some(30_000)),
        state("AfterCallWork", Some(0)),
        AgentAct::LogOut,
    ];
    acts.extend(sit.chain(log_in_at));
    acts
}

fn setting(how: Pick) -> Command {
    let capacity = |calls| centre_with(|centre| _ = centre.capacity.insert(medium::voice(), calls));
    let policy = |policy| centre_with(|centre| _ = centre.disposition.policy.insert(medium::voice(), policy));
    match how.0 % 11 {
        0 => queue_with("Support", |queue| (queue.calls.patience, queue.calls.wrap_up) = (20_000, 30_000)),
        1 => queue_with("Support", |queue| {
            queue.calls.closed = Overflow::Announce("sorry".into());
            queue.calls.greeting = None;
        }),
        2 => Command::Provision(Provision::RemoveQueue("Sales".into())),
        3 => queue_with("Sales", |_| ()),
        4 => capacity(2),
        5 => policy(Policy::Strict),
        6 => Command::Provision(Provision::RemoveUser(how.next().get(&AGENTS).into())),
        7 => required(how.next().get(&[Required::BeforeNext, Required::BeforeNext, Required::Off])),
        8 => centre_with(|centre| {
            centre.wrap_up = WrapUp { length: 30_000, unanswered: how.next().get(&[true, false]) };
        }),
        9 => centre_with(|centre| {
            let members = how.next().get(&[["ann", "bob"], ["ann", "cat"], ["bob", "cat"]]);
            centre.agent_groups = vec![AgentGroup {
                name: "One".into(),
                leaders: ["cat".to_owned()].into(),
                members: members.map(str::to_owned).into(),
                hidden: how.next().next().get(&[true, false]),
            }];
        }),
        _ => policy(Policy::Open),
    }
}

/// The operation of a party with parameters that are valid, whoever performs it. `n` chooses among them.
pub fn act_of(call: &Call, party: &Party, operation: CallOperation, n: Pick) -> CallAct {
    let data = || pairs(&n.get(&[json!({"A": MARKER}), json!({"DispositionCode": "Referred", "B": 0.3})]));
    let call_in = || {
        let to = n.get(&[
            to_device("5001"),
            to_device("5002"),
            to_device("5003"),
            to_device("5009"),
            Destination::Nowhere,
        ]);
        let asks = matches!(operation, CallOperation::InitiateTransfer | CallOperation::InitiateConference);
        let why = n.next().next().get(&[None, None, None, Some(Overflowing::Full)]);
        let to = if asks && n.next().0.is_multiple_of(2) { to_queue("Support", why) } else { to };
        let dialled = match &to {
            Destination::Device(dn) => dn.clone(),
            Destination::Queue { .. } => "9000".into(),
            _ => MARKER.into(),
        };
        let user_data = n.next().get(&[pairs(&json!({})), pairs(&json!({"A": MARKER}))]);
        Box::new(CallIn { dialled, to, conn_id: "00a1030405060710".into(), user_data })
    };
    match operation {
        CallOperation::Answer => CallAct::Answer,
        CallOperation::Reject => CallAct::Reject,
        CallOperation::Hangup => CallAct::Hangup,
        CallOperation::ClearCall => CallAct::Clear,
        CallOperation::Hold => CallAct::Hold,
        CallOperation::Retrieve => CallAct::Retrieve,
        CallOperation::SendDtmf => CallAct::SendDtmf(n.get(&["12#", "*,A"]).into()),
        CallOperation::InitiateTransfer => CallAct::Initiate(Purpose::Transfer, call_in()),
        CallOperation::InitiateConference => CallAct::Initiate(Purpose::Conference, call_in()),
        CallOperation::SingleStepTransfer => {
            let mut call_in = call_in();
            if n.next().next().0.is_multiple_of(3) && call.others(party).count() == 1 {
                (call_in.to, call_in.dialled) = (to_queue("Support", None), "9000".into());
            }
            CallAct::SingleStep(Purpose::Transfer, call_in)
        }
        CallOperation::SingleStepConference => CallAct::SingleStep(Purpose::Conference, call_in()),
        CallOperation::CompleteTransfer => CallAct::Complete { purpose: Purpose::Transfer, consult: None },
        CallOperation::CompleteConference => {
            CallAct::Complete { purpose: Purpose::Conference, consult: None }
        }
        CallOperation::SwapCalls => {
            let other = call.beside(party).next();
            CallAct::Swap(other.map_or(&call.id, |other| call.uuid(other)).clone())
        }
        CallOperation::RemoveParticipantFromConference => {
            let other = call.others(party).next();
            CallAct::Remove(other.map_or_else(|| "5002".into(), |other| other.dn.clone()))
        }
        CallOperation::MuteCall => CallAct::Mute(true),
        CallOperation::UnmuteCall => CallAct::Mute(false),
        CallOperation::SwitchToBargeIn => CallAct::Monitor(Monitoring::BargeIn),
        CallOperation::SwitchToListenIn => CallAct::Monitor(Monitoring::ListenIn),
        CallOperation::SwitchToCoach => CallAct::Monitor(Monitoring::Coach),
        CallOperation::MuteMonitoredUser => CallAct::Silence(true),
        CallOperation::UnmuteMonitoredUser => CallAct::Silence(false),
        CallOperation::AttachUserData => CallAct::AttachUserData(data()),
        CallOperation::UpdateUserData => CallAct::UpdateUserData(data()),
        CallOperation::DeleteUserData => CallAct::DeleteUserData,
        CallOperation::DeleteUserDataPair => {
            CallAct::DeleteUserDataPair(n.get(&["A", "DispositionCode", "Ghost"]).into())
        }
    }
}
