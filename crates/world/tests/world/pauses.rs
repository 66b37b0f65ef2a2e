//! The node stands still, as a paused machine does, or is down: whatever would have fallen due meanwhile keeps the rest
//! of its time.

use domain::{
    Command, InteractionId, UserData,
    command::{AgentAct, Open},
    session::AgentPartyState,
};
use std::time::Duration;
use world::{Faults, World};

/// How long an offer of the demo centre stands, and how long its customers may be silent.
const OFFER: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_secs(600);
const SECOND: Duration = Duration::from_secs(1);
/// By how much the time in which a node was last known to run may be too early.
const NOTED: Duration = Duration::from_secs(16);

const CHATS: [&str; 2] = ["0001", "0002"];

/// A world in which two agents have each an offer, and the customers behind them.
async fn offered() -> World {
    let mut world = World::new(1, Faults::none(), "hash").await.expect("a world");
    let desk = world.desk();
    for (number, id) in (1..).zip(CHATS) {
        let agent = desk.directory().named(&demo::centre::agent_name(number)).expect("an agent").id.clone();
        let log_in = AgentAct::LogIn { channels: vec!["chat".into()], place: None };
        let ready = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
        for act in [log_in, ready] {
            desk.perform(Command::Agent { agent: agent.clone(), act }).await.expect("at work");
        }
        let open = Open {
            session: id.into(),
            service: demo::centre::SERVICE.into(),
            participant: "C1".into(),
            nickname: "Ina".into(),
            key_digest: String::new(),
            user_data: UserData::default(),
        };
        desk.open_session(open).await.expect("they come in");
        world.pass(SECOND).await;
    }
    assert_eq!(standing(&mut world).await, 2);
    world
}

/// How many of the offers still stand.
async fn standing(world: &mut World) -> usize {
    let desk = world.desk();
    let mut standing = 0;
    for id in CHATS {
        let state = desk.session(&id.into()).await.expect("the journal").expect("a chat");
        let session = desk::session_of(&state).expect("a chat");
        standing +=
            session.agents.iter().take(1).filter(|party| party.state == AgentPartyState::Invited).count();
    }
    standing
}

/// The process gets no time, but time goes by.
async fn stand_still(time: Duration) {
    tokio::time::advance(time).await;
}

#[tokio::test(start_paused = true)]
async fn offers_keep_the_rest_they_had_before_a_pause() {
    let mut world = offered().await;
    world.pass(Duration::from_secs(10)).await;
    stand_still(PAUSE).await;
    world.pass(OFFER.saturating_sub(Duration::from_secs(14))).await;
    assert_eq!(standing(&mut world).await, 2, "none lapsed because of it");
    world.pass(Duration::from_secs(6)).await;
    assert_eq!(standing(&mut world).await, 0, "nor do they stand forever");
}

#[tokio::test(start_paused = true)]
async fn offers_keep_their_rest_over_pauses_and_downtime_one_after_the_other() {
    let mut world = offered().await;
    world.pass(Duration::from_secs(5)).await;
    stand_still(PAUSE).await;
    world.pass(Duration::from_secs(5)).await;
    world.restart_after(PAUSE).await.expect("a restart");
    world.pass(Duration::from_secs(5)).await;
    stand_still(PAUSE).await;
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(standing(&mut world).await, 2);
    world.pass(Duration::from_secs(12) + NOTED).await;
    assert_eq!(standing(&mut world).await, 0);
}

#[tokio::test(start_paused = true)]
async fn customers_who_could_not_ask_during_a_pause_are_still_there() {
    let mut world = offered().await;
    let ids = CHATS.map(InteractionId::from);
    let chat = world.node().chat.clone();
    for id in &ids {
        chat.seen(id);
    }
    world.pass(SILENCE.saturating_sub(Duration::from_secs(10))).await;
    stand_still(PAUSE).await;
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(world.desk().present().len(), 2);
    chat.seen(&ids[0]);
    world.pass(Duration::from_secs(10)).await;
    let present: Vec<_> = world.desk().present().into_iter().map(|(id, ..)| id).collect();
    assert_eq!(present, ids[..1], "who is not heard of after it has left");
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_counted_once() {
    let mut world = offered().await;
    stand_still(PAUSE).await;
    world.pass(Duration::from_secs(60)).await;
    let lost = world.desk().lost();
    assert!((600_000..=602_000).contains(&lost), "{lost}");
    world.restart_after(PAUSE).await.expect("a restart");
    let more = world.desk().lost() - lost;
    assert!((600_000..=616_000).contains(&more), "{more}");
}
