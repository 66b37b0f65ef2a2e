//! What holds in every course, whatever fails and however often the node goes down.

use crate::{
    calls,
    conversations::{self, Colleagues},
};
use desk::{Desk, call_of, ports::Note, session_of};
use domain::{
    Event, InteractionId, Key, Message, State, UserId, agent::Agent, medium, offer::capacity,
    session::AgentParty,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use world::{Faults, Phones, World, events};

/// Four minutes of the demo centre: commits fail and are late, and the node goes down in the middle of it.
async fn course(seed: u64) -> World {
    let mut chance = fastrand::Rng::with_seed(seed);
    let mut world = World::new(seed, Faults::seeded(seed, 40, 60), "hash").await.expect("a world");
    for _ in 0..4 {
        world.node().populate();
        world.pass(Duration::from_millis(chance.u64(20_000..70_000))).await;
        world.restart().await.expect("a restart");
    }
    // Nobody works any more; what was offered lapses, and the router settles what is left.
    world.pass(Duration::from_secs(90)).await;
    world
}

/// The same centre on two nodes, with telephones: agents of both serve customers and callers of both and hand calls to each
/// other, people ask each other into conversations and are followed, one node at a time goes down and comes up beside the other, and hints come late. Clients read each mailbox through
/// either node in turn.
async fn course_of_two(seed: u64) -> World {
    let mut chance = fastrand::Rng::with_seed(seed);
    let faults = Faults::seeded(seed, 40, 60);
    let mut world = World::of_nodes(2, seed, faults, "hash").await.expect("a world");
    let users: Vec<UserId> = world.desk().directory().all().iter().map(|user| user.id.clone()).collect();
    world.connect_phones(&Phones::new(seed, 15)).await.expect("telephones");
    let mut heard: BTreeMap<UserId, Vec<Arc<Note>>> = BTreeMap::new();
    let mut colleagues = Colleagues::new(seed);
    for number in 0..2 {
        world.node_at(number).populate();
    }
    for turn in 0..6 {
        for second in 0..chance.usize(15..50) {
            world.pass(Duration::from_secs(1)).await;
            if chance.u32(..10) == 0 {
                world.tell_again(chance.usize(..2));
            }
            hear(&world.desk_at(second % 2), &users, &mut heard).await;
            colleagues.turn(&world.desk_at(second % 2)).await;
            calls::hold(&world.desk_at(second % 2), seed).await;
            conversations::hold(&world.desk_at(second % 2), seed).await;
        }
        world.restart_node(turn % 2).await.expect("a restart beside the other");
        world.node_at(turn % 2).populate();
    }
    for number in 0..2 {
        world.restart_node(number).await.expect("a restart");
    }
    // Longer than a queue is asked for help.
    world.pass(Duration::from_secs(200)).await;
    hear(&world.desk_at(1), &users, &mut heard).await;
    for user in users {
        let kept = world.desk().store().notes(&user, 0, u32::MAX, usize::MAX).await.expect("the mailbox");
        assert!(
            heard.remove(&user).unwrap_or_default() == kept,
            "seed {seed}: {user} heard each once, in order"
        );
    }
    world
}

/// Reads what is new in each mailbox, as a client does that says how far it has come.
async fn hear(desk: &Desk, users: &[UserId], heard: &mut BTreeMap<UserId, Vec<Arc<Note>>>) {
    for user in users {
        let known = heard.entry(user.clone()).or_default();
        let after = known.last().map_or(0, |note| note.pos);
        let news = desk.mailboxes().after(&**desk.store(), user, after, usize::MAX, usize::MAX).await;
        known.extend(news.expect("the mailbox"));
    }
}

/// Checks every law on one course of one node.
async fn obeys(seed: u64) {
    check(course(seed).await, seed).await;
}

/// Checks every law on a world.
async fn check(mut world: World, seed: u64) {
    let desk = world.desk();
    let rows = events(&desk, true).await.expect("the journal");
    let reported = events(&desk, false).await.expect("the feed");
    {
        let record = world.record();
        let happened: Vec<(Key, i64, Event)> =
            rows.iter().map(|row| (row.key.clone(), row.at, row.event.clone())).collect();
        assert!(
            happened == record.events,
            "seed {seed}: the journal is what was acknowledged, once and in order"
        );
        assert!(
            record.events.len() > 200 && record.failed > 5,
            "seed {seed}: {} events",
            record.events.len()
        );
    }
    let told: Vec<_> = rows.iter().filter(|row| row.event.is_reported()).collect();
    assert!(
        told.iter().copied().eq(reported.iter()),
        "seed {seed}: the feed is what is reported of the events"
    );
    let states = fold(&rows, &desk, seed).await;
    messages(&world, &desk, &states, seed).await;
    notes(&world, &desk, seed).await;
    slots(&desk, &states, seed);
    waiting(&desk, &states, seed);
}

/// Folding the events gives the snapshots.
async fn fold(rows: &[desk::ports::EventRow], desk: &Desk, seed: u64) -> BTreeMap<Key, State> {
    let mut states: BTreeMap<Key, State> = BTreeMap::new();
    for row in rows {
        let before = states.remove(&row.key);
        let after = State::apply(before, &row.key, row.at, &row.event).expect("an event of this entity");
        states.insert(row.key.clone(), after);
    }
    for (key, state) in &states {
        let snapshot = desk.store().state(key).await.expect("the journal").expect("a snapshot");
        assert_eq!(*snapshot, *state, "seed {seed}: {key}");
    }
    states
}

/// Every log is what was acknowledged, from 1 without a gap.
async fn messages(world: &World, desk: &Desk, states: &BTreeMap<Key, State>, seed: u64) {
    for key in states.keys() {
        let Key::Session(id) = key else { continue };
        let log = desk.messages(id, 1, u32::MAX).await.expect("the log");
        let acknowledged: Vec<Message> =
            world.record().messages.iter().filter(|(of, _)| of == id).map(|(_, said)| said.clone()).collect();
        assert_eq!(log, acknowledged, "seed {seed}: {id}");
        assert!(log.iter().zip(1_u32..).all(|(message, index)| message.index == index), "seed {seed}: {id}");
    }
}

/// Every mailbox holds what was acknowledged, in order, at growing positions.
async fn notes(world: &World, desk: &Desk, seed: u64) {
    for user in desk.directory().all() {
        let notes = desk.store().notes(&user.id, 0, u32::MAX, usize::MAX).await.expect("the mailbox");
        assert!(notes.windows(2).all(|pair| pair[0].pos < pair[1].pos), "seed {seed}: {}", user.user_name);
        let record = world.record();
        let acknowledged = record.notes.iter().filter(|(agent, ..)| *agent == user.id);
        let acknowledged: Vec<_> = acknowledged.map(|(_, channel, body)| (&**channel, &**body)).collect();
        let found: Vec<_> = notes.iter().map(|note| (&*note.channel, &*note.body)).collect();
        assert_eq!(found, acknowledged, "seed {seed}: {}", user.user_name);
    }
}

/// An agent's slots are their live parts in conversations and calls, and of conversations no more than they may have, beside
/// those that they follow. One agent answers for a conversation, and whoever helps or follows has somebody to help or follow.
fn slots(desk: &Desk, states: &BTreeMap<Key, State>, seed: u64) {
    let sessions = || states.values().filter_map(session_of);
    let centre = desk.centre().expect("a centre");
    let agents = states.values().filter_map(|state| match state {
        State::Agent(agent) => Some(agent),
        _ => None,
    });
    for agent in agents {
        let held = |agent: &Agent| agent.slots.values().flatten().cloned().collect::<BTreeSet<_>>();
        let live = sessions().filter(|session| session.live_party(&agent.id).is_some());
        let mut live: BTreeSet<_> = live.map(|session| session.id.clone()).collect();
        let calls = states.values().filter_map(call_of);
        live.extend(calls.flat_map(|call| calls::parts(call, &agent.id)));
        assert_eq!(held(agent), live, "seed {seed}: {}", agent.user_name);
        let user = desk.directory().user(&agent.id).expect("a user");
        // Who asks somebody beside a call has two.
        // What a supervisor follows asks for no free slot.
        let follows = |id: &&InteractionId| {
            sessions().any(|session| {
                session.id == **id
                    && session.live_party(&agent.id).is_some_and(|party| party.follows.is_some())
            })
        };
        for (medium, slots) in agent.slots.iter().filter(|(medium, _)| **medium != medium::voice()) {
            let own = slots.iter().filter(|id| !follows(id)).count();
            assert!(own <= usize::from(capacity(&user, &centre, medium)), "seed {seed}");
        }
    }
    for session in sessions() {
        let answer = session.live_agents().filter(|party| party.answers()).count();
        let behind = session.live_agents().any(AgentParty::is_behind);
        assert!(answer <= 1, "seed {seed}: {answer} answer for {}", session.id);
        assert!(
            !behind || session.talking().next().is_some(),
            "seed {seed}: somebody was forgotten in {}",
            session.id
        );
    }
}

/// Whatever waits is on the board, and something stands against every agent.
fn waiting(desk: &Desk, states: &BTreeMap<Key, State>, seed: u64) {
    let sessions = states.values().filter_map(session_of);
    let mut journal: BTreeSet<_> = sessions
        .filter(|session| session.waiting || session.requests.iter().any(|request| request.waiting))
        .map(|session| session.id.clone())
        .collect();
    let calls = states.values().filter_map(call_of);
    journal.extend(
        calls
            .filter(|call| call.is_waiting() || call.requests.iter().any(|request| request.waiting))
            .map(|call| call.id.clone()),
    );
    let board = desk.waiting();
    let listed: BTreeSet<_> = board.iter().map(|(item, _)| item.key.interaction.clone()).collect();
    assert_eq!(listed, journal, "seed {seed}");
    for (item, standings) in board {
        let open: Vec<&UserId> =
            standings.iter().filter(|row| row.obstacle.is_none()).map(|row| &row.agent).collect();
        assert!(open.is_empty(), "seed {seed}: {} could be offered to {open:?}", item.key.interaction);
    }
    // Nobody answers any more, so no offer stands.
    let invited =
        states.values().filter_map(session_of).flat_map(domain::session::Session::deadlines).count();
    assert_eq!(invited, 0, "seed {seed}: offers outlived their time");
}

/// What a desk knows: who waits in which order, who is there, and the newest note of each mailbox. A command of which nobody
/// is told, as of a disposition after the end of a call, takes a position that another node does not hear of before the next.
async fn known(desk: &Desk) -> (Vec<InteractionId>, BTreeSet<InteractionId>, BTreeMap<UserId, u64>) {
    let waits = desk.waiting_items().into_iter().map(|item| item.key.interaction).collect();
    let present = desk.present().into_iter().map(|(id, ..)| id).collect();
    let mut newest = BTreeMap::new();
    for user in desk.directory().all() {
        let notes = desk.mailboxes().after(&**desk.store(), &user.id, 0, usize::MAX, usize::MAX).await;
        newest.extend(notes.expect("the mailbox").last().map(|note| (user.id.clone(), note.pos)));
    }
    (waits, present, newest)
}

#[tokio::test(start_paused = true)]
async fn the_laws_hold_for_two_nodes_as_for_one() {
    let mut told = BTreeMap::new();
    for seed in 0..6 {
        let mut world = course_of_two(seed).await;
        let here = known(&world.desk_at(0)).await;
        assert_eq!(here, known(&world.desk_at(1)).await, "seed {seed}");
        let served = |number: u32| {
            let record = world.record();
            let name = demo::centre::agent_name(number);
            let of = |event: &Event| match event {
                Event::Agent(agent) => agent.user_name == name && agent.fact.kind() == "agent.slot-taken",
                _ => false,
            };
            record.events.iter().any(|(_, _, event)| of(event))
        };
        assert!([5, 6].into_iter().all(served), "seed {seed}: agents of both nodes work");
        calls::count(&world, &mut told);
        conversations::count(&world, &mut told);
        check(world, seed).await;
    }
    calls::are_handed_over(&told);
    conversations::are_of_several(&told);
}

// A course keeps one processor busy for seconds: in two tests they keep two.
#[tokio::test(start_paused = true)]
async fn the_laws_hold_in_every_course() {
    for seed in 0..6 {
        obeys(seed).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_laws_hold_in_every_other_course() {
    for seed in 6..12 {
        obeys(seed).await;
    }
}

/// While people work, whoever waits long is waited for by nobody who is free.
#[tokio::test(start_paused = true)]
async fn nobody_waits_while_somebody_is_free() {
    let mut world = World::new(7, Faults::none(), "hash").await.expect("a world");
    world.node().populate();
    let desk: Arc<Desk> = world.desk();
    for _ in 0..200 {
        world.pass(Duration::from_millis(997)).await;
        let idle = desk.waiting().into_iter().find_map(|(item, standings)| {
            let free = standings.into_iter().find(|row| row.obstacle.is_none())?;
            Some((item.key.interaction, free.user_name))
        });
        assert_eq!(idle, None);
    }
}
