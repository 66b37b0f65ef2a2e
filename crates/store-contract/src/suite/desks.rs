//! Two desks on one journal.

use super::{
    Shared, counting,
    fixture::{self, StoreFixture, TOPIC, agent, session_command, user},
    post::{SERVICE, says},
};
use desk::{
    Desk, DeskSetup, Refused,
    ports::{
        Arrival, Channel, Clock, CommandOrigin, Ids, Measure, NewNote, NotReplayed, OutboundMessage,
        Quarantined, Render, SendOutcome, Switch, TxView,
    },
};
use domain::{
    Command, DecideError, Decision, Event, InteractionId, Millis, NodeId, Refusal, State, UserData,
    call::{CallerId, Dn, LegId, Overflowing, SwitchCommand},
    command::{Arrive, CustomerAct, Destination, Open, Provision, SessionAct},
    medium::Media,
    message::ParticipantId,
    queue::{Calls, Overflow, Queue},
    session::{Delivery, EndedBy},
    task::Signal,
    user::User,
};
use futures::future::{BoxFuture, ready};
use stats::{Fold, Table};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// The runtime's time, paused or not.
struct Runtime(Instant);

impl Clock for Runtime {
    fn now(&self) -> Millis {
        2_000 + Millis::try_from(self.0.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }
}

/// Ids that no other node gives.
struct Numbered(NodeId, AtomicU64);

impl Numbered {
    fn next(&self, digits: usize) -> String {
        let number = self.1.fetch_add(1, Ordering::Relaxed);
        format!("{}{number:0digits$}", self.0)
    }
}

impl Ids for Numbered {
    fn session(&self) -> InteractionId {
        InteractionId::new(self.next(15))
    }

    fn participant(&self) -> ParticipantId {
        ParticipantId::new(self.next(15))
    }

    fn secret(&self) -> String {
        self.next(31)
    }

    fn guid(&self) -> String {
        self.next(31)
    }
}

struct Notes;

impl Render for Notes {
    fn notes(
        &self,
        _: &mut dyn TxView,
        decision: &Decision,
        _: Option<&CommandOrigin>,
        _: Millis,
    ) -> Result<Vec<NewNote>, DecideError> {
        Ok(fixture::notes(decision, TOPIC))
    }
}

/// Writes down what it is asked.
#[derive(Default)]
struct RecordingSwitch(Mutex<Vec<SwitchCommand>>);

impl Switch for RecordingSwitch {
    fn perform(&self, effects: &[SwitchCommand]) {
        self.0.lock().expect("lock").extend_from_slice(effects);
    }

    fn answers(&self, _: &Dn) -> Option<bool> {
        None
    }
}

/// Takes its time over each message, and writes down who sent what.
struct Slow(&'static str, Arc<Mutex<Vec<(&'static str, String)>>>);

impl Channel for Slow {
    fn ours(&self) -> &'static str {
        "+4930111"
    }

    fn theirs(&self, given: &str) -> Result<String, String> {
        Ok(given.to_owned())
    }

    fn measure(&self, _: &str) -> Option<Measure> {
        None
    }

    fn fits(&self, _: &str) -> Result<(), Refusal> {
        Ok(())
    }

    fn send(&self, outbound: OutboundMessage) -> BoxFuture<'_, SendOutcome> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(700)).await;
            self.1.lock().expect("lock").push((self.0, outbound.id.clone()));
            SendOutcome::Sent { id: Some(outbound.id), state: Delivery::Sent }
        })
    }

    fn signal(&self, _: Signal) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn replay(&self, _: Quarantined) -> BoxFuture<'_, Result<(), NotReplayed>> {
        Box::pin(ready(Ok(())))
    }
}

async fn desk(shared: &dyn Shared, node: &str) -> Arc<Desk> {
    let setup = DeskSetup {
        store: shared.on(node.into()),
        render: Arc::new(Notes),
        clock: Arc::new(Runtime(Instant::now())),
        ids: Arc::new(Numbered(node.into(), AtomicU64::new(0))),
        media: Media::default(),
        node: node.into(),
    };
    Desk::open(setup).await.expect("a desk")
}

/// A centre with so many agents, who are ready, and two desks.
async fn two(shared: &dyn Shared, agents: u32) -> (StoreFixture, Arc<Desk>, Arc<Desk>) {
    let fixture = StoreFixture::set_up(shared.on("a".into()), agents).await;
    (fixture, desk(shared, "a").await, desk(shared, "b").await)
}

fn open(id: &str) -> Open {
    Open {
        session: id.into(),
        service: "support".into(),
        participant: "00000000000000AA".into(),
        nickname: "Mary".into(),
        key_digest: "0".repeat(64),
        user_data: UserData::default(),
    }
}

async fn put_queue(desk: &Desk, name: &str, change: impl FnOnce(&mut Queue)) -> Result<(), Refused> {
    let mut queue = Queue { name: name.into(), ..fixture::queue() };
    change(&mut queue);
    desk.perform(Command::Provision(Provision::PutQueue(Box::new(queue)))).await.map(drop)
}

fn arrival(call: &str) -> Arrival {
    Arrival {
        leg: LegId { call: call.into(), number: 1 },
        from: CallerId { number: "+1".into(), name: String::new() },
        dialled: "9000".into(),
        device: None,
        beside: None,
        replaces: None,
        headers: Vec::new(),
    }
}

fn waiting(desk: &Desk) -> Vec<String> {
    desk.waiting_items().iter().map(|item| item.key.interaction.to_string()).collect()
}

/// The outcomes that each caller was told, decided by a rule.
fn told<T>(outcomes: impl IntoIterator<Item = Result<T, Refused>>) -> (usize, Vec<Refusal>) {
    let (mut done, mut refused) = (0, Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(_) => done += 1,
            Err(Refused::Rule(why)) => refused.push(why),
            Err(Refused::Store(fault)) => panic!("{fault}"),
        }
    }
    (done, refused)
}

/// A desk, of node `a`, that has seen much, and its memory: who waits, who works, who is there, what falls
/// due, what is to be sent, and where each mailbox stands.
pub async fn busy(shared: &dyn Shared) -> (Arc<Desk>, impl Fn() -> String + use<>) {
    let (fixture, a, b) = two(shared, 2).await;
    put_queue(&a, "Support", |queue| queue.routing_point = Some("9000".into())).await.expect("put");
    for (number, desk) in [&a, &b, &b, &a].into_iter().enumerate() {
        desk.open_session(open(&format!("s{number}"))).await.expect("let in");
    }
    b.arrive(arrival("c1"), UserData::default()).await.expect("taken in");
    fixture.take("s0", 1).await;
    fixture.take("s1", 1).await;
    fixture.complete("s1", 1).await;
    fixture.text("one", "+1", 2).await;
    for words in ["a", "b"] {
        a.perform(says("one", 2, words)).await.expect("said");
    }
    fixture.done(super::post::outcome("one", 4, Delivery::Sent, "p1")).await;
    let renamed = User { user_name: "anna".into(), ..user(1) };
    b.perform(Command::Provision(Provision::PutUser(Box::new(renamed)))).await.expect("provisioned");
    b.perform(Command::Provision(Provision::RemoveUser(agent(3)))).await.expect_err("there is none");
    let desk = a.clone();
    let seen = move || {
        let mut heads = desk.mailboxes().heads();
        heads.sort();
        let mut present = desk.present();
        present.sort();
        let names = desk.directory().all().iter().map(|user| user.user_name.clone()).collect::<Vec<_>>();
        let ended = desk.directory().endings(&agent(1));
        let seats = desk.standings(&desk::routing::ItemKey::of("s2"));
        let waiting = waiting(&desk);
        let head = *desk.head().borrow();
        format!(
            "waiting {waiting:?} seats {seats:?} {present:?} {names:?} {ended} {heads:?} {head} to send {}",
            desk.to_send()
        )
    };
    (a, seen)
}

pub async fn what_one_desk_commits_the_other_knows(shared: &dyn Shared) {
    let (_scene, a, b) = two(shared, 1).await;
    let mut head = a.head();
    head.borrow_and_update();
    b.open_session(open("one")).await.expect("let in");
    assert!(head.has_changed().expect("it is watched"));
    assert_eq!((waiting(&a), a.present().len()), (vec!["one".to_owned()], 1));
    b.perform(Command::Offer { session: "one".into(), agent: agent(1), request: None })
        .await
        .expect("offered");
    assert!(waiting(&a).is_empty());
    let (here, there) = (a.mailboxes().of(&agent(1)), b.mailboxes().of(&agent(1)));
    assert_eq!((here.head(), here.head() > 0), (there.head(), true));
    let after = here.head() - 1;
    let notes = a.mailboxes().after(&**a.store(), &agent(1), after, 10, usize::MAX).await.expect("notes");
    assert_eq!(notes.len(), 1);
    b.perform(Command::Provision(Provision::PutUser(Box::new(user(2))))).await.expect("provisioned");
    assert_eq!(a.directory().named("agent2@demo").map(|user| user.id.clone()), Some(agent(2)));
}

pub async fn what_is_asked_of_the_switch_is_asked_by_the_node_that_committed(shared: &dyn Shared) {
    let (_scene, a, b) = two(shared, 1).await;
    put_queue(&a, "Support", |queue| queue.routing_point = Some("9000".into())).await.expect("put");
    let (here, there) = (Arc::new(RecordingSwitch::default()), Arc::new(RecordingSwitch::default()));
    a.connect_switch(here.clone());
    b.connect_switch(there.clone());
    a.arrive(arrival("c1"), UserData::default()).await.expect("taken in");
    assert_eq!(waiting(&b), ["c1"]);
    assert!(!here.0.lock().expect("lock").is_empty() && there.0.lock().expect("lock").is_empty());
}

pub async fn a_start_beside_a_living_desk_leaves_its_calls_and_tasks_alone(shared: &dyn Shared) {
    let fixture = StoreFixture::set_up(shared.on("a".into()), 1).await;
    let a = desk(shared, "a").await;
    put_queue(&a, "Support", |queue| queue.routing_point = Some("9000".into())).await.expect("put");
    a.arrive(arrival("c1"), UserData::default()).await.expect("taken in");
    fixture.text("one", "+1", 1).await;
    fixture.done(says("one", 1, "Good day")).await;
    a.store().start("one/4".into(), "a".into()).await.expect("begun");
    let sent = Arc::<Mutex<Vec<_>>>::default();

    let b = desk(shared, "b").await;
    b.connect(SERVICE, Arc::new(Slow("b", sent.clone())));
    let post = tokio::spawn(b.clone().post());
    tokio::time::sleep(Duration::from_secs(60)).await;
    post.abort();
    assert!(fixture.call("c1").await.ended.is_none(), "its media are at the other node");
    assert_eq!(fixture.tasks().await, [("one/4".into(), true)]);
    assert!(sent.lock().expect("lock").is_empty());

    // The node itself begins again: what it had is over, or unknown.
    drop(a);
    let a = desk(shared, "a").await;
    assert!(fixture.call("c1").await.ended.is_some());
    let parties = fixture.call("c1").await.parties;
    assert!(parties.iter().all(|party| !party.is_live()), "{parties:?}");
    let post = tokio::spawn(a.clone().post());
    tokio::time::sleep(Duration::from_secs(1)).await;
    post.abort();
    assert_eq!(fixture.tasks().await, []);
    let state = fixture.log("one").await[3].delivery.as_ref().map(|progress| progress.state);
    assert_eq!(state, Some(Delivery::Unknown));
}

pub async fn a_task_is_sent_by_one_desk(shared: &dyn Shared) {
    let (fixture, a, b) = two(shared, 1).await;
    let sent = Arc::<Mutex<Vec<_>>>::default();
    fixture.text("one", "+1", 1).await;
    let posts = [(a.clone(), "a"), (b.clone(), "b")].map(|(desk, name)| {
        desk.connect(SERVICE, Arc::new(Slow(name, sent.clone())));
        tokio::spawn(desk.post())
    });
    for (number, desk) in [&a, &b, &b, &a, &b].into_iter().enumerate() {
        desk.perform(says("one", 1, &number.to_string())).await.expect("said");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    posts.iter().for_each(tokio::task::JoinHandle::abort);
    let sent: Vec<String> = sent.lock().expect("lock").iter().map(|(_, id)| id.clone()).collect();
    assert_eq!(sent, (4..9).map(|index| format!("one/{index}")).collect::<Vec<_>>());
    assert_eq!(fixture.tasks().await, []);
}

pub async fn of_two_that_take_one_login_name_one_does(shared: &dyn Shared) {
    let (_scene, a, b) = two(shared, 0).await;
    let put = |number| {
        let user = User { user_name: "ann".into(), ..user(number) };
        Command::Provision(Provision::PutUser(Box::new(user)))
    };
    let (first, second) = futures::join!(a.perform(put(1)), b.perform(put(2)));
    let (done, refused) = told([first, second]);
    assert_eq!((done, refused), (1, vec![Refusal::Exists("User 'ann'".into())]));
    let bearer = a.directory().named("ann").expect("one of them").id.clone();
    assert_eq!(b.directory().named("ann").expect("the same").id, bearer);
    let everybody = Provision::All(vec![
        Provision::PutUser(Box::new(User { user_name: "bob".into(), ..user(8) })),
        Provision::PutUser(Box::new(User { user_name: "bob".into(), ..user(9) })),
    ]);
    let both = a.perform(Command::Provision(everybody)).await;
    assert_eq!(told([both]).1, [Refusal::Exists("User 'bob'".into())]);
}

pub async fn of_two_queues_that_take_one_number_one_does(shared: &dyn Shared) {
    let (_scene, a, b) = two(shared, 0).await;
    let point = |queue: &mut Queue| queue.routing_point = Some("9000".into());
    let (first, second) = futures::join!(put_queue(&a, "North", point), put_queue(&b, "South", point));
    let (done, refused) = told([first, second]);
    assert_eq!((done, refused.len()), (1, 1));
    assert!(
        matches!(&refused[0], Refusal::InUse(what) if what.starts_with("The routing point")),
        "{refused:?}"
    );
}

pub async fn of_two_customers_who_come_for_the_last_place_one_waits(shared: &dyn Shared) {
    let (_scene, a, b) = two(shared, 0).await;
    put_queue(&a, "Support", |queue| queue.max_waiting = 3).await.expect("put");
    let ids: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
    let come = ids.iter().zip([&a, &b].into_iter().cycle()).map(|(id, desk)| desk.open_session(open(id)));
    let (done, refused) = told(futures::future::join_all(come).await);
    // One place is kept for the other medium of the queue.
    assert_eq!((done, refused.len()), (2, 18));
    assert!(refused.iter().all(|why| *why == Refusal::QueueFull("Support".into())), "{refused:?}");
    assert_eq!((waiting(&a).len(), waiting(&a)), (2, waiting(&b)));
}

pub async fn a_call_that_finds_its_queue_full_goes_where_it_sends_what_it_does_not_take(shared: &dyn Shared) {
    let (fixture, a, b) = two(shared, 0).await;
    put_queue(&a, "Support", |queue| {
        queue.max_waiting = 1;
        queue.calls = Calls { full: Overflow::Queue("Spare".into()), ..Calls::default() };
    })
    .await
    .expect("put");
    put_queue(&a, "Spare", |queue| queue.max_waiting = 1).await.expect("put");
    // Each was led there while there was room.
    let comes = |id: &str| {
        let Arrival { leg, from, dialled, device, .. } = arrival(id);
        let to = Destination::Queue { queue: "Support".into(), turned_away: None };
        let (node, conn_id, user_data) = ("a".into(), String::new(), UserData::default());
        Command::Arrive(Box::new(Arrive {
            node,
            leg,
            conn_id: conn_id.into(),
            from,
            device,
            dialled,
            to,
            user_data,
        }))
    };
    let (one, two, three) =
        futures::join!(a.perform(comes("c1")), b.perform(comes("c2")), a.perform(comes("c3")));
    assert_eq!(told([one, two, three]).0, 3, "a call is never refused");
    let mut queues = Vec::new();
    let mut turned_away = Vec::new();
    for id in ["c1", "c2", "c3"] {
        let call = fixture.call(id).await;
        queues.extend(
            call.queued.iter().filter(|queued| queued.waiting).map(|queued| queued.queue.to_string()),
        );
        turned_away.extend(call.ended.is_some().then_some(id));
    }
    queues.sort();
    assert_eq!((queues, turned_away.len()), (vec!["Spare".to_owned(), "Support".to_owned()], 1));
    let rows =
        a.events(desk::ports::FeedQuery { limit: 1_000, ..Default::default() }).await.expect("events").rows;
    let full = |event: &Event| matches!(event, Event::Call(call) if matches!(call.fact, domain::call::Fact::Overflowed { why: Overflowing::Full, .. }));
    assert_eq!(rows.iter().filter(|row| full(&row.event)).count(), 1);
}

pub async fn a_queue_is_taken_away_or_somebody_comes_into_it(shared: &dyn Shared) {
    let (fixture, a, b) = two(shared, 1).await;
    for id in ["one", "two"] {
        put_queue(&a, "Spare", |_| {}).await.expect("put");
        fixture.talk(id, 1).await;
        let act = SessionAct::Complete { queue: Some("Spare".into()), save_last_agent: false, last: None };
        let hand_over = a.perform(session_command(id, 1, act));
        let remove = b.perform(Command::Provision(Provision::RemoveQueue("Spare".into())));
        let (come, gone) = if id == "one" {
            futures::join!(hand_over, remove)
        } else {
            let (gone, come) = futures::join!(remove, hand_over);
            (come, gone)
        };
        assert!(come.is_ok() != gone.is_ok(), "{come:?} {gone:?}");
        let (_, refused) = told([come, gone]);
        assert!(
            matches!(&refused[..], [Refusal::InUse(what) | Refusal::NotFound(what)] if what == "Queue 'Spare'"),
            "{refused:?}"
        );
        // The customer who waits there leaves, so that the queue can be taken away.
        if fixture.session(id).await.waiting {
            fixture.customer(id, CustomerAct::Leave(EndedBy::Customer)).await;
        }
    }
}

pub async fn two_routers_offer_everybody_once(shared: &dyn Shared) {
    let (fixture, a, b) = two(shared, 3).await;
    let mut tasks = tokio::task::JoinSet::new();
    for desk in [&a, &b] {
        tasks.spawn(desk.clone().route());
        tasks.spawn(desk.clone().keep_time());
    }
    for number in 0..20 {
        let desk = if number % 2 == 0 { &a } else { &b };
        desk.open_session(open(&format!("s{number}"))).await.expect("let in");
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(waiting(&a).is_empty() && waiting(&b).is_empty());
    for number in 0..20 {
        let session = fixture.session(&format!("s{number}")).await;
        let live: Vec<_> = session.agents.iter().filter(|party| party.is_live()).collect();
        assert_eq!((live.len(), session.agents.len()), (1, 1), "{number}");
    }
    let seat = |state: Arc<State>| match &*state {
        State::Agent(agent) => agent.slots.values().map(Vec::len).sum::<usize>(),
        _ => 0,
    };
    let mut taken = 0;
    for number in 1..=3 {
        taken += seat(fixture.state(&domain::Key::Agent(agent(number))).await.expect("an agent"));
    }
    assert_eq!(taken, 20);
}

pub async fn two_desks_count_each_event_once(shared: &dyn Shared) {
    let (fixture, a, b) = two(shared, 2).await;
    let running = [&a, &b].map(|desk| tokio::spawn(desk.clone().count()));
    for number in 0..12 {
        counting::something(&StoreFixture::at(fixture.store.clone(), a.now()), number).await;
        tokio::time::sleep(Duration::from_millis(70 * number * number)).await;
    }
    // The interval ends by itself, though nothing happens any more.
    tokio::time::sleep(Duration::from_secs(16 * 60)).await;
    assert_eq!((a.reports_lag(), b.reports_lag()), (0, 0));
    let folded = |desk: &Desk| desk.reports().with(Fold::seq);
    assert_eq!(folded(&a), folded(&b));
    let rows = counting::figures(&*fixture.store).await;
    let agents = rows.iter().filter(|row| row.key.table == Table::State && row.key.medium == "chat");
    assert!(
        agents.map(|row| row.columns["ms"]).sum::<i64>() > 1_700_000,
        "two agents were there for 15 minutes"
    );
    assert_eq!(rows, counting::expected(&*fixture.store, a.now()).await);
    running.iter().for_each(tokio::task::JoinHandle::abort);
}
