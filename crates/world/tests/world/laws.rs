//! What holds in every course, whatever fails and however often the node goes down.

use desk::{Desk, session_of};
use domain::{Event, Key, Message, State, UserId, agent::Agent, offer::capacity};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use world::{Faults, World, events};

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

/// Checks every law on one course.
async fn obeys(seed: u64) {
    let mut world = course(seed).await;
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

/// An agent's slots are his live parts in conversations, and no more than he may have.
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
        let live: BTreeSet<_> = live.map(|session| session.id.clone()).collect();
        assert_eq!(held(agent), live, "seed {seed}: {}", agent.user_name);
        let user = desk.directory().user(&agent.id).expect("a user");
        for (medium, slots) in &agent.slots {
            assert!(slots.len() <= usize::from(capacity(&user, &centre, medium)), "seed {seed}");
        }
    }
    assert!(sessions().all(|session| session.agents.iter().filter(|party| party.is_live()).count() <= 1));
}

/// Whatever waits is on the board, and something stands against every agent.
fn waiting(desk: &Desk, states: &BTreeMap<Key, State>, seed: u64) {
    let sessions = states.values().filter_map(session_of);
    let journal: BTreeSet<_> =
        sessions.filter(|session| session.waiting).map(|session| session.id.clone()).collect();
    let board = desk.waiting();
    let listed: BTreeSet<_> = board.iter().map(|(item, _)| item.interaction.clone()).collect();
    assert_eq!(listed, journal, "seed {seed}");
    for (item, standings) in board {
        let open: Vec<&UserId> =
            standings.iter().filter(|row| row.obstacle.is_none()).map(|row| &row.agent).collect();
        assert!(open.is_empty(), "seed {seed}: {} could be offered to {open:?}", item.interaction);
    }
    // Nobody answers any more, so no offer stands.
    let invited =
        states.values().filter_map(session_of).flat_map(domain::session::Session::deadlines).count();
    assert_eq!(invited, 0, "seed {seed}: offers outlived their time");
}

#[tokio::test(start_paused = true)]
async fn the_laws_hold_in_every_course() {
    for seed in 0..12 {
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
            Some((item.interaction, free.user_name))
        });
        assert_eq!(idle, None);
    }
}
