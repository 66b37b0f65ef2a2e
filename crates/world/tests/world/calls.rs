//! Calls in a world of two desks: what holds of them at any moment, and the walk of a call that is handed over.

use desk::{Desk, call_of};
use domain::{
    Command, EntityKind, Event, InteractionId, UserData, UserId,
    agent::Agent,
    call::{
        Call, CallAct, CallIn, Cause, Destination, Fact, LegEvent, LegId, PartyOrigin, PartyState, Purpose,
        consultation,
    },
    command::AgentAct,
    medium,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use world::{Faults, Phones, World};

/// The UUIDs under which a user knows their live parts in a call.
pub fn parts(call: &Call, user: &UserId) -> Vec<InteractionId> {
    call.live_parts(user).map(|party| call.uuid(party).clone()).collect()
}

/// What holds of all calls at any moment: each customer on the line has a person, a queue, a treatment or an end, and
/// slots are live parts.
pub async fn hold(desk: &Desk, seed: u64) {
    let open = desk.store().open(EntityKind::Call).await.expect("the journal");
    let calls: Vec<Call> = open.iter().filter_map(|found| call_of(&found.state).cloned()).collect();
    for call in &calls {
        let customer = call.customer().filter(|customer| customer.is_live());
        for line in 0..u16::try_from(call.lines.len()).expect("few lines") {
            let here = call.live_in(line).count();
            let waits = call.is_waiting() && customer.is_some_and(|customer| customer.line == line);
            let mut coming =
                call.live_in(line).filter(|party| party.origin == PartyOrigin::Dial && !party.up);
            let cared_for = here != 1 || waits || call.turned_away || coming.next().is_some();
            assert!(cared_for, "seed {seed}: somebody is left alone: {call:?}");
        }
    }
    for user in desk.directory().all() {
        let agent = desk.agent(&user).await.expect("the journal");
        let held: BTreeSet<InteractionId> =
            agent.slots.get(&medium::voice()).into_iter().flatten().cloned().collect();
        let live: BTreeSet<InteractionId> = calls.iter().flat_map(|call| parts(call, &user.id)).collect();
        assert_eq!(held, live, "seed {seed}: slots of {}", user.user_name);
    }
}

/// Counts what calls went through, as the journal acknowledged it.
pub fn count(world: &World, told: &mut BTreeMap<&'static str, usize>) {
    let (mut purposes, mut set): (_, BTreeMap<_, BTreeSet<_>>) = (BTreeMap::new(), BTreeMap::new());
    for (key, _, event) in &world.record().events {
        let Event::Call(event) = event else { continue };
        *told.entry(event.fact.kind()).or_default() += 1;
        match &event.fact {
            Fact::LineBegan { line, purpose, .. } => {
                purposes.insert((key.clone(), *line), *purpose);
            }
            Fact::Moved { handover: None, .. } => *told.entry("taken in").or_default() += 1,
            Fact::Moved { handover: Some(_), .. } => *told.entry("handed over").or_default() += 1,
            Fact::Disposition { user_name, .. } => {
                set.entry(key.clone()).or_default().insert(user_name.clone());
            }
            _ => {}
        }
    }
    *told.entry("dispositions of both").or_default() += set.values().filter(|users| users.len() > 1).count();
    *told.entry("to talk together").or_default() +=
        purposes.values().filter(|purpose| **purpose == Purpose::Conference).count();
}

/// Whether what was counted is a walk of calls at all.
pub fn are_handed_over(told: &BTreeMap<&'static str, usize>) {
    for what in [
        "handed over",
        "taken in",
        "to talk together",
        "dispositions of both",
        "call.line-began",
        "call.ended",
    ] {
        assert!(told.get(what).is_some_and(|times| *times > 2), "{what}: {told:?}");
    }
}

/// A customer and agents 5 to 7 at two desks. The call comes in at the first.
struct TwoDesks {
    world: World,
    phones: Arc<Phones>,
}

impl TwoDesks {
    async fn open() -> Self {
        let mut world = World::of_nodes(2, 1, Faults::none(), "hash").await.expect("a world");
        let phones = Phones::new(1, 0);
        world.connect_phones(&phones).await.expect("telephones");
        let mut desks = Self { world, phones };
        for (number, desk) in [(5, 1), (6, 0), (7, 1)] {
            let channels = vec![medium::voice()];
            desks.at(desk, number, AgentAct::LogIn { channels, place: None }).await;
        }
        desks
    }

    async fn at(&mut self, desk: usize, number: u32, act: AgentAct) {
        let desk = self.world.desk_at(desk);
        let agent = user(&desk, number);
        desk.perform(Command::Agent { agent, act }).await.expect("done");
    }

    /// An agent works on a call, by a request at one of the desks.
    async fn asks(&mut self, desk: usize, number: u32, call: &InteractionId, act: CallAct) {
        let desk = self.world.desk_at(desk);
        let agent = user(&desk, number);
        let command = desk.operating(&agent, call.clone(), act.clone(), None).await.expect("a command");
        let done = desk.perform(command).await;
        assert!(done.is_ok(), "{act:?} by agent {number}: {done:?}");
        self.world.pass(Duration::from_secs(1)).await;
    }

    async fn agent(&mut self, desk: usize, number: u32) -> Agent {
        let desk = self.world.desk_at(desk);
        let user = desk.directory().user(&user(&desk, number)).expect("a user");
        desk.agent(&user).await.expect("the journal")
    }

    /// The calls of an agent, which both desks know alike.
    async fn calls(&mut self, number: u32) -> Vec<InteractionId> {
        let of = |agent: Agent| agent.slots.get(&medium::voice()).cloned().unwrap_or_default();
        let (here, there) = (of(self.agent(0, number).await), of(self.agent(1, number).await));
        assert_eq!(here, there);
        here
    }

    async fn call(&mut self, id: &InteractionId) -> Call {
        let state = self.world.desk_at(1).call(id).await.expect("the journal").expect("a call");
        call_of(&state).expect("a call").clone()
    }

    fn hears(&self, call: &InteractionId, leg: u16) -> Vec<u16> {
        self.phones.hears(&LegId { call: call.clone(), number: leg }).into_iter().collect()
    }

    /// Agent 5 talks with a customer who came in at the first desk; all that they do they ask of the second.
    async fn talking(&mut self) -> InteractionId {
        let ready = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
        self.at(1, 5, ready).await;
        let desk = self.world.desk_at(0);
        let call = self.phones.calls_in(0, &desk, None).await.expect("taken in");
        self.world.pass(Duration::from_secs(3)).await;
        self.asks(1, 5, &call, CallAct::Answer).await;
        assert_eq!((self.hears(&call, 1), self.hears(&call, 2)), (vec![2], vec![1]));
        call
    }

    /// Agent 5 asks agent 6, who answers at the other desk; the consultation.
    async fn consulting(
        &mut self,
        call: &InteractionId,
        purpose: Purpose,
        target: u32,
        leg: u16,
    ) -> InteractionId {
        let asker = if target == 6 { 5 } else { 6 };
        let known_as = self.calls(asker).await[0].clone();
        self.asks(1, asker, &known_as, CallAct::Initiate(purpose, Box::new(call_in(target)))).await;
        let asked = self.calls(target).await[0].clone();
        self.asks(0, target, &asked, CallAct::Answer).await;
        assert!(self.hears(call, 1).is_empty(), "the customer waits");
        assert_eq!(self.hears(call, leg).len(), 1, "and the two talk");
        asked
    }
}

fn user(desk: &Desk, number: u32) -> UserId {
    desk.directory().named(&demo::centre::agent_name(number)).expect("an agent").id.clone()
}

fn call_in(number: u32) -> CallIn {
    CallIn {
        dialled: (5_000 + number).to_string().as_str().into(),
        to: Destination::Nowhere,
        conn_id: "".into(),
        user_data: UserData::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_handed_over_by_requests_at_either_desk() {
    let mut desks = TwoDesks::open().await;
    let call = desks.talking().await;
    let consult = desks.consulting(&call, Purpose::Transfer, 6, 4).await;
    assert_eq!(desks.calls(5).await, [call.clone(), consult.clone()]);

    desks.asks(0, 5, &consult, CallAct::Swap(call.clone())).await;
    assert_eq!((desks.hears(&call, 1), desks.hears(&call, 4)), (vec![2], vec![]));
    desks.asks(1, 5, &call, CallAct::Swap(consult.clone())).await;
    assert_eq!((desks.hears(&call, 1), desks.hears(&call, 4)), (vec![], vec![2]));

    let referred = CallAct::SetDisposition { value: "Referred".into(), key: None };
    desks.asks(1, 5, &call, referred).await;
    desks.asks(1, 5, &call, CallAct::Complete { purpose: Purpose::Transfer, consult: None }).await;
    assert_eq!((desks.hears(&call, 1), desks.hears(&call, 4)), (vec![4], vec![1]));
    assert_eq!((desks.calls(5).await, desks.calls(6).await), (vec![], vec![consult.clone()]));
    let solved = CallAct::SetDisposition { value: "IssueResolved".into(), key: None };
    desks.asks(0, 6, &consult, solved).await;
    let set: Vec<_> =
        desks.call(&call).await.dispositions.iter().map(|set| (set.party, set.value.clone())).collect();
    assert_eq!(set, [(2, "Referred".into()), (4, "IssueResolved".into())], "one of each");
    assert_eq!(
        desks.call(&call).await.owner,
        Some("1".into()),
        "the node that carries it is the first all the time"
    );
    desks.phones.happens(
        &LegId { call: call.clone(), number: 1 },
        Duration::ZERO,
        LegEvent::Gone { cause: Cause::Normal, code: None },
    );
    desks.world.pass(Duration::from_secs(1)).await;
    assert!(desks.call(&call).await.ended.is_some());
    assert!(desks.calls(6).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn three_talk_together_by_requests_at_either_desk_until_one_is_taken_out() {
    let mut desks = TwoDesks::open().await;
    let call = desks.talking().await;
    let consult = desks.consulting(&call, Purpose::Conference, 6, 4).await;
    desks.asks(0, 5, &consult, CallAct::Complete { purpose: Purpose::Conference, consult: None }).await;
    for (leg, others) in [(1, [2, 4]), (2, [1, 4]), (4, [1, 2])] {
        assert_eq!(desks.hears(&call, leg), others, "leg {leg}");
    }
    let state = desks.call(&call).await;
    assert!(
        state
            .live()
            .all(|party| party.state == PartyState::Established && consultation(&state, party).is_none())
    );
    hold(&desks.world.desk_at(1), 1).await;
    desks.asks(0, 5, &call, CallAct::Remove("5006".into())).await;
    assert_eq!((desks.hears(&call, 1), desks.hears(&call, 4)), (vec![2], vec![]));
    assert!(desks.calls(6).await.is_empty());
    desks.asks(1, 5, &call, CallAct::SingleStep(Purpose::Transfer, Box::new(call_in(7)))).await;
    assert!(desks.calls(5).await.is_empty(), "it rings, so agent 5 has left");
    let taken = desks.calls(7).await[0].clone();
    desks.asks(0, 7, &taken, CallAct::Answer).await;
    assert_eq!(desks.hears(&call, 1).len(), 1);
    hold(&desks.world.desk_at(0), 1).await;
}
