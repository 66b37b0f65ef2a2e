//! A desk on a journal that can fail, and the agent who works there.

use crate::{
    Contract, FaultyStore, TestClock, TestIds,
    centre::{TOM, TestCentre},
    documented,
    journal::JournalStorage,
    wait::eventually,
};
use api::{Links, Notes, Shown};
use desk::{
    Condition, Desk, Refused,
    ports::{Quarantined, Receipt, Store},
};
use domain::{
    Command, InteractionId, Key, Message, Millis, NodeId, State, UserId,
    command::{AgentAct, Provision, SessionAct},
    hours::{Closed, Hours},
    medium::{Media, MediumName},
    message::Content,
    session::{Delivery, Session},
    thread::Thread,
};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// How a desk is set up.
pub struct Setup {
    /// Its time.
    pub clock: TestClock,
    /// Its ids.
    pub ids: TestIds,
    /// The media of this build and of the installation.
    pub media: Media,
    /// What addresses in notifications begin with.
    pub public_url: &'static str,
    /// What clients differ about.
    pub shown: Shown,
    /// What is provisioned.
    pub provisions: Vec<Provision>,
    /// Whether its journal is that of SQLite in a directory, because a test looks at what is on the disk. Otherwise it
    /// is the strict one in memory, which serves no decision what that did not name.
    pub on_disk: bool,
}

impl Setup {
    /// A desk for a centre, whose time stands still.
    pub fn of(centre: TestCentre) -> Self {
        Self {
            clock: TestClock::default(),
            ids: TestIds::default(),
            media: Media::default(),
            public_url: crate::PUBLIC_URL,
            shown: Shown::default(),
            provisions: centre.provisions(),
            on_disk: false,
        }
    }
}

/// A desk on a journal of its own. Nothing moves by itself until [`TestDesk::runs`].
pub struct TestDesk {
    /// The desk.
    pub desk: Arc<Desk>,
    /// Its journal.
    pub store: Arc<FaultyStore>,
    /// Its time.
    pub clock: Arc<TestClock>,
    /// Its ids.
    pub ids: Arc<TestIds>,
    render: Arc<Notes>,
    media: Media,
    tasks: JoinSet<()>,
    storage: JournalStorage,
}

impl TestDesk {
    /// A desk with its centre provisioned, and nobody at work.
    pub async fn start(setup: Setup) -> Self {
        let Setup { clock, ids, media, public_url, shown, provisions, on_disk } = setup;
        let storage = if on_disk { JournalStorage::directory() } else { JournalStorage::memory() };
        let store = storage.open();
        let (clock, ids) = (Arc::new(clock), Arc::new(ids));
        let render = Arc::new(Notes::new(media.clone(), Links::new(public_url)).showing(shown));
        let parts = desk::DeskSetup {
            store: store.clone(),
            render: render.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            media: media.clone(),
            node: NodeId::default(),
        };
        let desk = Desk::open(parts).await.expect("a desk");
        let test = Self { desk, store, clock, ids, render, media, tasks: JoinSet::new(), storage };
        for provision in provisions {
            test.done(Command::Provision(provision)).await;
        }
        test
    }

    /// Another desk on the same journal, as a command beside the server, or the next server, opens it.
    pub async fn beside(&self) -> Arc<Desk> {
        self.opens(self.store.clone()).await
    }

    async fn opens(&self, store: Arc<FaultyStore>) -> Arc<Desk> {
        let (render, clock, ids) = (self.render.clone(), self.clock.clone(), self.ids.clone());
        let setup =
            desk::DeskSetup { store, render, clock, ids, media: self.media.clone(), node: NodeId::default() };
        Desk::open(setup).await.expect("a desk")
    }

    /// The same centre after its process was killed in the middle of what it did, and another began on what it left.
    ///
    /// # Panics
    ///
    /// If somebody else still holds the desk.
    pub async fn killed_and_restarted(mut self) -> Self {
        let was_running = !self.tasks.is_empty();
        self.tasks.shutdown().await;
        self.desk.disconnect();
        let Self { desk, store, clock, ids, render, media, storage, .. } = self;
        drop(desk);
        eventually("the journal is let go", async || Arc::strong_count(&store) == 1).await;
        drop(store);
        let store = storage.open();
        let parts = desk::DeskSetup {
            store: store.clone(),
            render: render.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            media: media.clone(),
            node: NodeId::default(),
        };
        let desk = Desk::open(parts).await.expect("a desk");
        let mut next = Self { desk, store, clock, ids, render, media, tasks: JoinSet::new(), storage };
        if was_running {
            next.runs();
        }
        next
    }

    /// Does from now on what a process does: it sends, and looks at the time, so that none of it is taken for a
    /// standstill.
    pub fn runs(&mut self) {
        self.tasks.spawn(self.desk.clone().post());
        let desk = self.desk.clone();
        self.tasks.spawn(async move {
            loop {
                desk.now();
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
    }

    /// Where its journal is.
    ///
    /// # Panics
    ///
    /// If it is in memory.
    pub fn directory(&self) -> &Path {
        self.storage.path().expect("a journal on the disk")
    }

    /// Time goes by while the process runs, which looks at it all the while; in milliseconds.
    pub fn pass(&self, by: Millis) {
        let mut left = by;
        while left > 0 {
            let step = left.min(1_000);
            self.clock.advance(step);
            self.desk.now();
            left -= step;
        }
    }

    /// Performs a command.
    pub async fn perform(&self, command: Command) -> Result<Receipt, Refused> {
        self.desk.perform(command).await
    }

    /// Performs a command that nothing speaks against.
    pub async fn done(&self, command: Command) -> Receipt {
        self.perform(command).await.expect("performed")
    }

    /// A queue has hours, in UTC, and does this while it is closed.
    pub async fn keeps_hours(&self, queue: &str, open: &str, closed: Closed) {
        let mut queue = self.desk.queue(&queue.into()).expect("a queue");
        let (open, zone) = (Some(open.to_owned()), Some("UTC".to_owned()));
        queue.hours = Hours { open, zone, ..Hours::default() };
        queue.closed = closed;
        self.done(Command::Provision(Provision::PutQueue(Box::new(queue)))).await;
    }

    /// Tom goes home.
    pub async fn tom_rests(&self) {
        self.done(Command::Agent { agent: TOM.into(), act: AgentAct::LogOut }).await;
    }

    /// Tom begins to work on these channels, and is ready.
    pub async fn tom_works(&self, channels: impl IntoIterator<Item = MediumName>) {
        let channels = channels.into_iter().collect();
        for act in [
            AgentAct::LogIn { channels, place: None },
            AgentAct::SetState { channel: None, operation: "Ready".into(), wrap_up: None },
        ] {
            self.done(Command::Agent { agent: TOM.into(), act }).await;
        }
    }

    /// Tom is offered a conversation, and takes it.
    pub async fn tom_takes(&self, session: &InteractionId) {
        self.done(Command::Offer { session: session.clone(), agent: TOM.into(), request: None }).await;
        let accept = SessionAct::Accept { nickname: "Tom".into(), save_last_agent: false };
        self.tom(session, accept).await.expect("accepted");
    }

    /// Tom does something.
    pub async fn tom(&self, session: &InteractionId, act: SessionAct) -> Result<Receipt, Refused> {
        self.perform(Command::Session { session: session.clone(), agent: TOM.into(), act }).await
    }

    /// Tom says something, or is refused.
    pub async fn tom_says(&self, session: &InteractionId, text: &str) -> Result<Receipt, Refused> {
        self.tom(session, SessionAct::Say { text: text.into(), message_type: None }).await
    }

    /// What is known of the thread between an address of ours and one of a customer's.
    pub async fn thread(&self, service: &str, ours: &str, theirs: &str) -> Option<Thread> {
        let key = Key::Thread(desk::address(service, ours, theirs).thread);
        match self.store.state(&key).await.expect("a journal").as_deref() {
            Some(State::Thread(thread)) => Some(thread.clone()),
            _ => None,
        }
    }

    /// A conversation.
    pub async fn session(&self, id: &InteractionId) -> Session {
        let state = self.desk.session(id).await.expect("a journal").expect("a conversation");
        desk::session_of(&state).expect("a conversation").clone()
    }

    /// Its log.
    pub async fn log(&self, id: &InteractionId) -> Vec<Message> {
        self.desk.messages(id, 1, 1_000).await.expect("a log")
    }

    /// The texts of a conversation, in order.
    pub async fn texts(&self, id: &InteractionId) -> Vec<String> {
        let text = |message: Message| match message.content {
            Content::Text { text, .. } => Some(text),
            _ => None,
        };
        self.log(id).await.into_iter().filter_map(text).collect()
    }

    /// How far what Tom said last has come.
    pub async fn state(&self, id: &InteractionId) -> Option<Delivery> {
        self.log(id).await.into_iter().filter_map(|message| message.delivery).next_back().map(|it| it.state)
    }

    /// Waits until what Tom said last has come so far.
    pub async fn until(&self, id: &InteractionId, state: Delivery) {
        eventually(&format!("it is {state:?}"), async || self.state(id).await == Some(state)).await;
    }

    /// What was authentic and nobody understood.
    pub async fn quarantined(&self) -> Vec<Quarantined> {
        self.store.quarantined(0, 1_000, usize::MAX).await.expect("a journal")
    }

    /// The notifications of errors that Tom got.
    pub async fn errors(&self) -> Vec<Value> {
        let notes = self.store.notes(&UserId::from(TOM), 0, 1_000, usize::MAX).await.expect("a mailbox");
        let contract = Contract::of(self.desk.media(), Shown::default());
        let told = notes.iter().map(|note| {
            let data: Value = serde_json::from_str(&note.body).expect("JSON");
            documented::told(&contract, &json!({"channel": &*note.channel, "data": data}));
            data
        });
        told.filter(|note| note["notificationType"] == "Error").collect()
    }

    /// How what stands behind a service does, by the id of its state.
    pub fn condition(&self, id: &str) -> Condition {
        let all = self.desk.services().all();
        all.into_iter().find(|state| state.id == id).expect("a state").condition
    }
}
