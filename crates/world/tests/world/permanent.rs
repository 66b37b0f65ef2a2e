//! What can never succeed is given up, and everything else goes on.

use api::{Links, Notes};
use demo::centre::SMS_SERVICE;
use desk::{
    Desk, DeskSetup, address, known_key,
    ports::{CommandOrigin, NewNote, Render, TxView},
    session_of,
};
use domain::{
    Command, DecideError, Decision, Event, InteractionId, Millis, UserId,
    centre::Centre,
    command::{AgentAct, CustomerMessage, Provision, Receive, SessionAct, Unit},
    medium::{Connector, Media, Medium},
    message::Content,
    session::{AgentPartyState, Fact, Session},
    task::NewConversationIds,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::task::JoinSet;
use world::{CountedIds, Faults, FaultyJournal, WorldClock};

/// A desk at work on a directory.
struct Node {
    desk: Arc<Desk>,
    tasks: JoinSet<()>,
}

struct TestNode {
    directory: TempDir,
    clock: Arc<WorldClock>,
    ids: Arc<CountedIds>,
}

impl TestNode {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        Self { directory, clock: Arc::new(WorldClock::start()), ids: Arc::new(CountedIds::new(1)) }
    }

    async fn up(&self, media: Media, render: Arc<dyn Render>) -> Node {
        let store = SqliteStore::open(self.directory.path(), Options::default()).expect("the journal");
        let store = Arc::new(FaultyJournal::new(store, Arc::new(Faults::none()), Arc::default()));
        let (clock, ids) = (self.clock.clone(), self.ids.clone());
        let desk =
            Desk::open(DeskSetup { store, render, clock, ids, media, node: domain::NodeId::default() })
                .await
                .expect("a desk");
        let mut tasks = JoinSet::new();
        tasks.spawn(desk.clone().route());
        tasks.spawn(desk.clone().keep_time());
        tasks.spawn(desk.clone().post());
        Node { desk, tasks }
    }
}

impl Node {
    async fn down(mut self) {
        self.tasks.shutdown().await;
        drop(self.desk);
        // What those tasks had begun in their turn ends at its own next turn, and then the journal is let go.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    }

    async fn provision(&self) {
        for change in demo::centre("hash", demo::centre::OFFER) {
            self.desk.perform(Command::Provision(change)).await.expect("provisioned");
        }
        let mut centre: Centre = (*self.desk.centre().expect("a centre")).clone();
        let mut service = centre.services[SMS_SERVICE].clone();
        service.inactivity = 60_000;
        centre.services.insert(SMS_SERVICE.into(), service.clone());
        service.medium = "whatsappsession".into();
        centre.services.insert("whatsapp".into(), service);
        centre.capacity.insert("whatsappsession".into(), 3);
        self.desk.perform(Command::Provision(Provision::PutCentre(Box::new(centre)))).await.expect("put");
        let channels = vec!["smsession".into(), "whatsappsession".into()];
        let act = AgentAct::LogIn { channels, place: None };
        self.desk.perform(Command::Agent { agent: self.agent(), act }).await.expect("logged in");
        let act = AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None };
        self.desk.perform(Command::Agent { agent: self.agent(), act }).await.expect("ready");
    }

    fn agent(&self) -> UserId {
        self.desk.directory().named(&demo::centre::agent_name(1)).expect("the first agent").id.clone()
    }

    /// A customer writes.
    async fn writes(&self, service: &str, theirs: &str) -> InteractionId {
        let (session, participant) = (self.desk.ids().session(), self.desk.ids().participant());
        let content = vec![Content::Text { text: "Hello".into(), message_type: None }];
        let receive = Receive {
            service: service.into(),
            address: address(service, "+4930111", theirs),
            keys: vec![known_key(service, theirs)],
            at: self.desk.now(),
            nickname: "Ina".into(),
            fresh: NewConversationIds { session: session.clone(), participant },
            unit: Unit::Said(CustomerMessage { content, opens: true, ..CustomerMessage::default() }),
        };
        self.desk.receive(receive).await.expect("taken in");
        session
    }

    async fn session(&self, id: &InteractionId) -> Session {
        let state = self.desk.session(id).await.expect("the journal").expect("a conversation");
        session_of(&state).cloned().expect("a conversation")
    }

    /// Waits until the agent is offered a conversation, and takes it.
    async fn takes(&self, id: &InteractionId) {
        for _ in 0..200 {
            let session = self.session(id).await;
            if session.party(&self.agent()).is_some_and(|party| party.state == AgentPartyState::Invited) {
                let act = SessionAct::Accept { nickname: "Kate".into(), save_last_agent: false };
                let accept = Command::Session { session: id.clone(), agent: self.agent(), act };
                self.desk.perform(accept).await.expect("accepted");
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{id} was offered to nobody");
    }
}

fn notes(media: &Media) -> Arc<dyn Render> {
    Arc::new(Notes::new(media.clone(), Links::new("http://localhost:8080")))
}

fn whatsapp() -> Media {
    Media::with(vec![Medium::added("whatsapp", Connector::Sms).expect("a row")]).expect("a table")
}

#[tokio::test(start_paused = true)]
async fn a_conversation_whose_medium_was_removed_falls_silent_like_any_other() {
    let storage = TestNode::new();
    let node = storage.up(whatsapp(), notes(&whatsapp())).await;
    node.provision().await;
    let talk = node.writes("whatsapp", "+1").await;
    node.takes(&talk).await;
    let waits = node.writes("whatsapp", "+2").await;
    node.takes(&waits).await;
    node.down().await;

    let node = storage.up(Media::default(), notes(&Media::default())).await;
    let late = node.writes("whatsapp", "+3").await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert!(node.session(&late).await.agents.is_empty(), "it is offered to nobody: no client could take it");
    let served = node.writes(SMS_SERVICE, "+4").await;
    node.takes(&served).await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    for ended in [&talk, &waits] {
        assert!(!node.session(ended).await.customer.present, "its time was over");
    }
    node.down().await;
}

/// Panics over every conversation of one customer as it falls silent, and over every offer of another's.
struct Panics {
    notes: Arc<dyn Render>,
    tries: AtomicUsize,
}

impl Render for Panics {
    fn notes(
        &self,
        view: &mut dyn TxView,
        decision: &Decision,
        cause: Option<&CommandOrigin>,
        at: Millis,
    ) -> Result<Vec<NewNote>, DecideError> {
        let events = decision.changes.iter().flat_map(|change| &change.events);
        let is_of = |theirs: &str| {
            decision.changes.iter().any(|change| {
                let post = session_of(&change.after).and_then(|session| session.post.as_ref());
                post.is_some_and(|post| post.address.theirs == theirs)
            })
        };
        for event in events {
            let Event::Session(event) = event else { continue };
            let is_bad = match event.fact {
                Fact::TalkEnded { .. } => is_of("+1"),
                Fact::Offered { .. } => is_of("+2"),
                _ => false,
            };
            if is_bad {
                self.tries.fetch_add(1, Ordering::Relaxed);
                panic!("on purpose");
            }
        }
        self.notes.notes(view, decision, cause, at)
    }
}

#[tokio::test(start_paused = true)]
async fn a_renderer_that_panics_is_tried_once_for_each_thing_and_stops_nothing_else() {
    let storage = TestNode::new();
    let render = Arc::new(Panics { notes: notes(&whatsapp()), tries: AtomicUsize::new(0) });
    let node = storage.up(whatsapp(), render.clone()).await;
    node.provision().await;
    let silent = node.writes(SMS_SERVICE, "+1").await;
    node.takes(&silent).await;
    let unlucky = node.writes(SMS_SERVICE, "+2").await;
    let lucky = node.writes(SMS_SERVICE, "+3").await;
    node.takes(&lucky).await;
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert!(!node.session(&lucky).await.customer.present, "its time was over like any other's");
    assert!(node.session(&silent).await.customer.present, "it could not be ended");
    assert!(node.session(&unlucky).await.agents.is_empty(), "it could not be offered");
    assert_eq!(render.tries.load(Ordering::Relaxed), 2, "once each, though an hour went by");
    node.down().await;
}
