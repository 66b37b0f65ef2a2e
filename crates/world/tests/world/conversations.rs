//! Conversations of several in a world of two desks: what holds of them at any moment, people who work together at random, and
//! the walk of one conversation.

use desk::{Desk, session_of};
use domain::{
    Command, EntityKind, Event, InteractionId, MediumName, UserId,
    agent::Agent,
    command::{AgentAct, HandoverTarget, Open, SessionAct, Supervise, SuperviseAct},
    message::Visibility,
    request::Help,
    session::{AgentPartyState, Session},
    watch::Monitoring,
};
use std::{collections::BTreeMap, time::Duration};
use world::{Faults, World};

/// The demo's agents who are people: the scripted ones come after them.
const PEOPLE: std::ops::RangeInclusive<u32> = 1..=4;
const SUPERVISOR: &str = "supervisor@demo";

/// What holds of all conversations at any moment: each customer has somebody, waits, or is offered to somebody; and who helps
/// or follows has somebody whom they help or follow.
pub async fn hold(desk: &Desk, seed: u64) {
    let open = desk.store().open(EntityKind::Session).await.expect("the journal");
    for session in open.iter().filter_map(|found| session_of(&found.state)) {
        if !session.customer.present {
            continue;
        }
        let invited = |party: &domain::session::AgentParty| {
            party.state == AgentPartyState::Invited && party.invitation == domain::session::Invitation::Queue
        };
        let is_served = session.talking().next().is_some();
        let is_cared_for = is_served || session.waiting || session.live_agents().any(invited);
        assert!(is_cared_for, "seed {seed}: a customer is forgotten: {session:?}");
        let behind = session.live_agents().find(|party| party.is_behind() && !is_served);
        assert!(behind.is_none(), "seed {seed}: {behind:?} has nobody to help or follow");
        assert!(session.live_agents().count() <= 10, "seed {seed}: a crowd in {}", session.id);
    }
}

/// Agents 1 to 4 and the supervisor, who do at random whatever a conversation allows, by requests at any desk.
pub struct Colleagues(fastrand::Rng);

impl Colleagues {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// Each does a thing, or none.
    pub async fn turn(&mut self, desk: &Desk) {
        for number in PEOPLE {
            let name = demo::centre::agent_name(number);
            self.works(desk, &name).await;
        }
        self.works(desk, SUPERVISOR).await;
        self.follows(desk).await;
    }

    async fn works(&mut self, desk: &Desk, name: &str) {
        let user = desk.directory().named(name).expect("a user");
        let agent = desk.agent(&user).await.expect("the journal");
        let chance = self.0.u32(..60);
        let act = match &agent.login {
            None => Some(AgentAct::LogIn { channels: vec![medium()], place: None }),
            Some(_) if chance == 0 => Some(AgentAct::LogOut),
            Some(_) if chance < 6 && name != SUPERVISOR => Some(state("Ready")),
            Some(_) if chance == 6 => Some(state("NotReady")),
            Some(_) => None,
        };
        if let Some(act) = act {
            // Whatever a journal that fails or another's act refuses is as if it had not been asked for.
            drop(desk.perform(Command::Agent { agent: user.id.clone(), act }).await);
        }
        for id in agent.slots.get(&medium()).into_iter().flatten() {
            let found = desk.session(id).await.expect("the journal");
            let Some(act) =
                found.as_deref().and_then(session_of).and_then(|found| self.act(desk, found, &user.id))
            else {
                continue;
            };
            drop(asks(desk, id, &user.id, act).await);
        }
    }

    fn act(&mut self, desk: &Desk, session: &Session, user: &UserId) -> Option<SessionAct> {
        let party = session.live_party(user)?;
        let follows = party.follows.is_some();
        match party.state {
            AgentPartyState::Invited if self.0.u32(..6) == 0 => Some(SessionAct::Reject),
            AgentPartyState::Invited => Some(accept()),
            AgentPartyState::Chatting if self.0.u32(..4) > 0 => None,
            AgentPartyState::Chatting if follows => Some(match self.0.u32(..6) {
                0 => SessionAct::Follow(Monitoring::ListenIn),
                1 => SessionAct::Follow(Monitoring::Coach),
                2 => SessionAct::Follow(Monitoring::BargeIn),
                3 => SessionAct::Leave { last: None },
                _ => SessionAct::SayToAgents("Ask for it".into()),
            }),
            AgentPartyState::Chatting => {
                let name = demo::centre::agent_name(self.0.u32(PEOPLE));
                let colleague = desk.directory().named(&name).expect("an agent").id.clone();
                let whom = HandoverTarget::Agent(colleague.clone());
                Some(match self.0.u32(..16) {
                    0..3 => SessionAct::Ask { help: Help::Consult, of: whom },
                    3..5 => SessionAct::Ask { help: Help::Invite, of: whom },
                    5 | 6 => SessionAct::Ask { help: Help::Invite, of: queue() },
                    7 => SessionAct::Transfer { to: whom, last: None },
                    8 => SessionAct::Remove(colleague),
                    9 => SessionAct::Leave { last: None },
                    10 => disposition("Referred"),
                    11..14 => SessionAct::SayToAgents("Tariff B".into()),
                    14 => SessionAct::Complete { queue: None, save_last_agent: false, last: None },
                    _ => SessionAct::Say { text: "One moment".into(), message_type: None },
                })
            }
            _ => Some(SessionAct::Complete { queue: None, save_last_agent: false, last: None }),
        }
    }

    /// The supervisor has themselves shown what somebody has, or will have.
    async fn follows(&mut self, desk: &Desk) {
        if self.0.u32(..4) > 0 {
            return;
        }
        let name = demo::centre::agent_name(self.0.u32(1..=demo::centre::AGENTS));
        let target = desk.directory().named(&name).expect("an agent");
        let agent: Agent = desk.agent(&target).await.expect("the journal");
        let held: Vec<&InteractionId> = agent.slots.get(&medium()).into_iter().flatten().collect();
        let monitoring = Monitoring::ListenIn;
        let act = match self.0.choice(&held) {
            Some(session) => {
                SuperviseAct::Intrude { session: (*session).clone(), monitoring: Some(monitoring) }
            }
            None => SuperviseAct::Arm { monitoring, mode: domain::watch::WatchMode::Next },
        };
        drop(supervises(desk, &target.id, act).await);
    }
}

/// Counts what people did together, as the journal acknowledged it.
pub fn count(world: &World, told: &mut BTreeMap<&'static str, usize>) {
    for (_, _, event) in &world.record().events {
        let Event::Session(event) = event else { continue };
        *told.entry(event.fact.kind()).or_default() += 1;
    }
}

/// Whether what was counted is a walk of conversations of several at all.
pub fn are_of_several(told: &BTreeMap<&'static str, usize>) {
    for what in ["session.requested", "session.visibility", "session.took-over", "session.party-closed"] {
        assert!(told.get(what).is_some_and(|times| *times > 2), "{what}: {told:?}");
    }
}

async fn asks(
    desk: &Desk,
    session: &InteractionId,
    agent: &UserId,
    act: SessionAct,
) -> Result<(), desk::Refused> {
    let command = Command::Session { session: session.clone(), agent: agent.clone(), act };
    desk.perform(command).await.map(drop)
}

async fn supervises(desk: &Desk, target: &UserId, act: SuperviseAct) -> Result<(), desk::Refused> {
    let supervisor = desk.directory().named(SUPERVISOR).expect("a supervisor").id.clone();
    let asked = Supervise { supervisor, target: target.clone(), medium: medium(), act };
    desk.perform(Command::Supervise(Box::new(asked))).await.map(drop)
}

fn medium() -> MediumName {
    "chat".into()
}

fn queue() -> HandoverTarget {
    HandoverTarget::Queue(demo::centre::QUEUE.into())
}

fn state(operation: &str) -> AgentAct {
    AgentAct::SetState { channel: Some(medium()), operation: operation.into(), wrap_up: None }
}

fn accept() -> SessionAct {
    SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false }
}

fn disposition(value: &str) -> SessionAct {
    SessionAct::SetDisposition { value: value.into(), key: None }
}

/// A customer, agents 1 to 3 and the supervisor at two desks.
struct TwoDesks {
    world: World,
    session: InteractionId,
}

impl TwoDesks {
    /// Agent 1 talks with a customer who came in at the first desk; what they do they ask of the second.
    async fn talking() -> Self {
        let world = World::of_nodes(2, 1, Faults::none(), "hash").await.expect("a world");
        let mut desks = Self { world, session: "S1".into() };
        for (name, desk) in [("agent1@demo", 1), ("agent2@demo", 0), ("agent3@demo", 1), (SUPERVISOR, 0)] {
            desks.at(desk, name, AgentAct::LogIn { channels: vec![medium()], place: None }).await;
        }
        let open = Open {
            session: desks.session.clone(),
            service: demo::centre::SERVICE.into(),
            participant: "C1".into(),
            nickname: "Ina".into(),
            key_digest: String::new(),
            user_data: domain::UserData::default(),
        };
        desks.world.desk_at(0).open_session(open).await.expect("the customer comes in");
        desks.comes(1, "agent1@demo").await;
        desks
    }

    async fn at(&mut self, desk: usize, name: &str, act: AgentAct) {
        let desk = self.world.desk_at(desk);
        let agent = user(&desk, name);
        desk.perform(Command::Agent { agent, act }).await.expect("done");
    }

    /// Somebody is ready for what waits, and takes it at one of the desks.
    async fn comes(&mut self, desk: usize, name: &str) {
        self.at(desk, name, state("Ready")).await;
        self.world.pass(Duration::from_secs(1)).await;
        self.does(desk, name, accept()).await;
        self.at(1 - desk, name, state("NotReady")).await;
    }

    async fn does(&mut self, desk: usize, name: &str, act: SessionAct) {
        let desk = self.world.desk_at(desk);
        let done = asks(&desk, &self.session, &user(&desk, name), act.clone()).await;
        assert!(done.is_ok(), "{act:?} by {name}: {done:?}");
        self.world.pass(Duration::from_secs(1)).await;
    }

    fn agent(&mut self, name: &str) -> HandoverTarget {
        HandoverTarget::Agent(user(&self.world.desk_at(0), name))
    }

    /// Who talks, each with who sees them; both desks know it alike.
    async fn present(&mut self) -> Vec<String> {
        let mut known = Vec::new();
        for number in 0..2 {
            let desk = self.world.desk_at(number);
            let state = desk.session(&self.session).await.expect("the journal").expect("a conversation");
            let session = session_of(&state).expect("a conversation");
            let word = |party: &domain::session::AgentParty| {
                format!("{} {:?}", party.user_name.trim_end_matches(demo::centre::DOMAIN), party.visibility)
            };
            known.push(session.chatting().map(word).collect::<Vec<_>>());
        }
        assert_eq!(known[0], known[1]);
        known.remove(0)
    }

    /// How many entries of the log there are, and how many of them the customer sees.
    async fn entries(&mut self) -> (usize, usize) {
        let log = self.world.desk_at(1).messages(&self.session, 1, u32::MAX).await.expect("the log");
        (log.len(), log.iter().filter(|message| message.visibility == Visibility::All).count())
    }
}

fn user(desk: &Desk, name: &str) -> UserId {
    desk.directory().named(name).expect("a user").id.clone()
}

#[tokio::test(start_paused = true)]
async fn a_conversation_of_several_by_requests_at_either_desk() {
    let mut desks = TwoDesks::talking().await;
    assert_eq!(desks.entries().await, (2, 2));

    desks.at(0, "agent2@demo", state("Ready")).await;
    let of = desks.agent("agent2@demo");
    desks.does(1, "agent1@demo", SessionAct::Ask { help: Help::Consult, of }).await;
    desks.does(0, "agent2@demo", accept()).await;
    desks.at(1, "agent2@demo", state("NotReady")).await;
    desks.does(1, "agent2@demo", SessionAct::SayToAgents("Tariff B".into())).await;
    assert_eq!(desks.present().await, ["agent1 All", "agent2 Agents"]);
    assert_eq!(desks.entries().await, (4, 2), "the customer sees nothing of it");

    // A node that goes down in the middle comes up with all of them.
    desks.world.restart_node(0).await.expect("a restart beside the other");
    desks.does(0, "agent1@demo", SessionAct::Ask { help: Help::Invite, of: queue() }).await;
    desks.world.restart_node(1).await.expect("a restart beside the other");
    desks.comes(1, "agent3@demo").await;
    assert_eq!(desks.present().await, ["agent1 All", "agent2 Agents", "agent3 All"]);

    let (session, target) = (desks.session.clone(), user(&desks.world.desk_at(1), "agent1@demo"));
    let intrude = SuperviseAct::Intrude { session, monitoring: Some(Monitoring::ListenIn) };
    supervises(&desks.world.desk_at(1), &target, intrude).await.expect("they are shown it");
    desks.does(0, SUPERVISOR, accept()).await;
    assert_eq!(desks.present().await.last().map(String::as_str), Some("supervisor Supervisors"));
    desks.does(1, SUPERVISOR, SessionAct::Follow(Monitoring::Coach)).await;
    desks.does(0, SUPERVISOR, SessionAct::SayToAgents("Offer a year".into())).await;
    let (_, seen) = desks.entries().await;
    assert_eq!(seen, 3, "the customer saw the third agent come, and nothing else");
    desks.does(1, SUPERVISOR, SessionAct::Follow(Monitoring::BargeIn)).await;
    desks.does(0, SUPERVISOR, SessionAct::Follow(Monitoring::ListenIn)).await;

    desks.does(0, "agent1@demo", SessionAct::Leave { last: None }).await;
    hold(&desks.world.desk_at(1), 1).await;
    let removed = user(&desks.world.desk_at(0), "agent2@demo");
    desks.does(1, "agent3@demo", SessionAct::Remove(removed)).await;
    assert_eq!(desks.present().await, ["agent3 All", "supervisor Supervisors"]);
    desks.does(0, "agent3@demo", disposition("IssueResolved")).await;
    let done = SessionAct::Complete { queue: None, save_last_agent: false, last: None };
    desks.does(1, "agent3@demo", done).await;
    desks.does(0, "agent1@demo", disposition("Referred")).await;
    assert!(desks.present().await.is_empty());
    for name in ["agent1@demo", "agent2@demo", "agent3@demo", SUPERVISOR] {
        let desk = desks.world.desk_at(1);
        let agent = desk.agent(&desk.directory().named(name).expect("a user")).await.expect("the journal");
        assert!(agent.slots.values().all(Vec::is_empty), "{name}: {:?}", agent.slots);
    }
}
