//! The demo's people, as somebody finds them who tries it out.

use desk::{Desk, session_of};
use domain::{
    Command, Event, Key, Millis, UserId,
    agent::Agent,
    command::AgentAct,
    session::{AgentPartyState, Fact},
};
use std::{collections::BTreeMap, time::Duration};
use world::{Faults, World, events};

/// How long a scripted agent may look at an offer, in milliseconds.
const SOON: Millis = 2_000;

async fn alive(seed: u64) -> World {
    let mut world = World::new(seed, Faults::none(), "hash").await.expect("a world");
    world.node().populate();
    world
}

fn user(desk: &Desk, number: u32) -> std::sync::Arc<domain::user::User> {
    desk.directory().named(&demo::centre::agent_name(number)).expect("an agent")
}

async fn act(desk: &Desk, number: u32, act: AgentAct) {
    desk.perform(Command::Agent { agent: user(desk, number).id.clone(), act }).await.expect("it is done");
}

async fn ready(desk: &Desk, number: u32) {
    act(desk, number, AgentAct::LogIn { channels: vec!["chat".into()], place: None }).await;
    act(desk, number, AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None }).await;
}

async fn agent(desk: &Desk, number: u32) -> Agent {
    desk.agent(&user(desk, number)).await.expect("the journal")
}

#[tokio::test(start_paused = true)]
async fn whatever_a_scripted_agent_is_offered_they_take_at_once() {
    let mut world = alive(3).await;
    world.pass(Duration::from_secs(600)).await;
    let desk = world.desk();
    let mut standing: BTreeMap<(Key, UserId), Millis> = BTreeMap::new();
    let (mut taken, mut now) = (0, 0);
    for row in events(&desk, true).await.expect("the journal") {
        now = row.at;
        let Event::Session(event) = &row.event else { continue };
        match &event.fact {
            Fact::Offered { agent, .. } => {
                standing.insert((row.key.clone(), agent.clone()), row.at);
            }
            Fact::Accepted { agent, .. } => {
                let offered = standing.remove(&(row.key.clone(), agent.clone())).expect("an offer");
                assert!(row.at - offered <= SOON, "{:?} was taken after {} ms", row.key, row.at - offered);
                taken += 1;
            }
            Fact::OfferEnded { agent, .. } => panic!("{agent} let {:?} go", row.key),
            _ => {}
        }
    }
    assert!(taken > 20, "{taken} taken in ten minutes");
    assert!(standing.values().all(|offered| now - offered <= SOON), "{standing:?}");
}

#[tokio::test(start_paused = true)]
async fn who_gets_ready_is_offered_one_customer_within_seconds_and_no_more() {
    for seed in 0..8 {
        let mut world = alive(seed).await;
        world.pass(Duration::from_secs(20 + seed * 7)).await;
        let desk = world.desk();
        ready(&desk, 1).await;
        world.pass(Duration::from_secs(3)).await;
        let held = |agent: &Agent| agent.slots.values().flatten().cloned().collect::<Vec<_>>();
        let first = held(&agent(&desk, 1).await);
        assert_eq!(first.len(), 1, "seed {seed}");
        // Until their offer lapses, while the others come to the ends of their talks.
        world.pass(Duration::from_secs(24)).await;
        assert_eq!(held(&agent(&desk, 1).await), first, "seed {seed}");
        let state = desk.session(&first[0]).await.expect("the journal").expect("a chat");
        let party = session_of(&state).and_then(|chat| chat.live_party(&user(&desk, 1).id)).expect("a part");
        assert_eq!(party.state, AgentPartyState::Invited);
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_waits_most_of_the_time() {
    let mut world = alive(5).await;
    world.pass(Duration::from_secs(20)).await;
    let desk = world.desk();
    let mut waited = 0;
    for _ in 0..300 {
        world.pass(Duration::from_millis(997)).await;
        waited += usize::from(!desk.waiting().is_empty());
    }
    assert!(waited > 200, "somebody waited in {waited} of 300 seconds");
}
