//! The demo's people, as somebody finds them who tries it out.

use demo::centre::EXPERT;
use desk::{Desk, session_of};
use domain::{
    Command, Event, InteractionId, Key, Millis, UserId,
    agent::Agent,
    command::{AgentAct, HandoverTarget},
    message::{Content, Visibility},
    request::Help,
    session::{AgentPartyState, Fact, Invitation, SessionAct},
    watch::Monitoring,
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

/// How long anybody may be in one chat at most, in milliseconds: nobody is forgotten in one.
const LONGEST_PART: Millis = 300_000;

#[tokio::test(start_paused = true)]
async fn agents_ask_the_expert_the_coach_follows_and_nobody_is_forgotten() {
    let mut world = alive(7).await;
    world.pass(Duration::from_secs(600)).await;
    let desk = world.desk();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut open: BTreeMap<(Key, UserId), Millis> = BTreeMap::new();
    let mut now = 0;
    for row in events(&desk, true).await.expect("the journal") {
        now = row.at;
        let Event::Session(event) = &row.event else { continue };
        let mut seen = |what| *told.entry(what).or_default() += 1;
        match &event.fact {
            Fact::Offered { invitation: Invitation::Consult(_), .. } => seen("asked"),
            Fact::Offered { invitation: Invitation::Watch(_), .. } => seen("followed"),
            Fact::VisibilityChanged { follows: None, .. } => seen("invited"),
            Fact::VisibilityChanged { follows: Some(following), .. } => match following.monitoring {
                Monitoring::Coach => seen("coached"),
                Monitoring::BargeIn => seen("stepped in"),
                Monitoring::ListenIn => seen("stepped back"),
            },
            Fact::TookOver { .. } => seen("taken over"),
            Fact::Accepted { agent, .. } => {
                open.insert((row.key.clone(), agent.clone()), row.at);
            }
            Fact::PartyClosed { agent, state, .. } if state.is_terminal() => {
                let since = open.remove(&(row.key.clone(), agent.clone())).expect("they took part");
                assert!(row.at - since < LONGEST_PART, "{agent} was in {:?} for too long", row.key);
            }
            _ => {}
        }
    }
    for what in ["asked", "followed", "invited", "coached", "stepped in", "stepped back", "taken over"] {
        assert!(told.contains_key(what), "nobody is {what}: {told:?}");
    }
    assert!(open.values().all(|since| now - since < LONGEST_PART), "{open:?}");
}

/// What a user has said in a chat to those who see so much.
async fn words(desk: &Desk, chat: &InteractionId, user: &UserId, to: Visibility) -> Vec<String> {
    let messages = desk.messages(chat, 1, 200).await.expect("the journal");
    let own = messages.into_iter().filter(|it| it.from.user.as_ref() == Some(user) && it.visibility == to);
    own.filter_map(|it| match it.content {
        Content::Text { text, .. } => Some(text),
        _ => None,
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn whom_a_person_asks_comes_answers_and_goes_on_alone_if_need_be() {
    let mut world = alive(4).await;
    world.pass(Duration::from_secs(20)).await;
    let desk = world.desk();
    ready(&desk, 1).await;
    world.pass(Duration::from_secs(3)).await;
    let (person, expert) =
        (user(&desk, 1).id.clone(), desk.directory().named(EXPERT).expect("a user").id.clone());
    let chat = agent(&desk, 1).await.slots.values().flatten().next().expect("a chat").clone();
    let does = async |act: SessionAct| {
        let command = Command::Session { session: chat.clone(), agent: person.clone(), act };
        desk.perform(command).await.expect("it is done");
    };
    let ask = |help| SessionAct::Ask { help, of: HandoverTarget::Agent(expert.clone()) };
    does(SessionAct::Accept { nickname: "Ada".into(), save_last_agent: false }).await;
    does(ask(Help::Consult)).await;
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(words(&desk, &chat, &expert, Visibility::Agents).await.len(), 1, "they greet");
    does(SessionAct::SayToAgents("Is tariff B right?".into())).await;
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(words(&desk, &chat, &expert, Visibility::Agents).await.len(), 2, "they answer");
    assert!(words(&desk, &chat, &expert, Visibility::All).await.is_empty(), "the customer hears nothing");
    does(ask(Help::Invite)).await;
    does(SessionAct::Leave { last: None }).await;
    world.pass(Duration::from_secs(240)).await;
    assert!(!words(&desk, &chat, &expert, Visibility::All).await.is_empty(), "they talk with the customer");
    let state = desk.session(&chat).await.expect("the journal").expect("a chat");
    let session = session_of(&state).expect("a chat");
    assert!(session.ended.is_some(), "{session:?}");
    assert!(session.dispositions.iter().any(|set| set.value != ""), "{:?}", session.dispositions);
}
