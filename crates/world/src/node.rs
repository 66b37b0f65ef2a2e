//! The world, and the nodes that run in it now.

use crate::{CountedIds, Faults, FaultyJournal, Phones, Record, WorldClock};
use api::{Api, Links, Notes};
use channels::{Chat, ChatConfig};
use desk::{
    Desk, DeskSetup, Refused,
    ports::{Channel, StoreFault},
};
use domain::{Command, InteractionId, NodeId, medium::Media};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store_contract::StrictStore;
use store_sqlite::{OpenError, Options, SqliteStore};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// What every address of the world begins with.
const URL: &str = "http://localhost:8080";

/// How often whatever a node had begun gets a turn to end.
const TURNS: usize = 1_000;

/// Why the world could not go on.
#[derive(Debug, thiserror::Error)]
pub enum WorldFault {
    /// Its directory could not be made.
    #[error(transparent)]
    Directory(#[from] std::io::Error),
    /// Its journal could not be opened.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// Its journal could not be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Something was refused that must not be.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something still holds on to the node that was to go down.
    #[error("the node is held by somebody else")]
    Held,
}

/// One node: everything that is lost when it goes down.
pub struct Node {
    number: usize,
    of: usize,
    /// The desk.
    pub desk: Arc<Desk>,
    /// Web chat for customers.
    pub chat: Arc<Chat>,
    journal: Arc<FaultyJournal>,
    phones: Option<Arc<Phones>>,
    tasks: JoinSet<()>,
}

impl Node {
    async fn up(world: &NodeEnvironment, number: usize) -> Result<Self, WorldFault> {
        let node = NodeId::new((number + 1).to_string());
        let (faults, record) = (world.faults.clone(), world.record.clone());
        let journal = Arc::new(match &world.storage {
            JournalStorage::Directory(directory) => {
                FaultyJournal::new(SqliteStore::open(directory.path(), Options::default())?, faults, record)
            }
            JournalStorage::Strict(store) => FaultyJournal::new(store.on(node.clone()), faults, record),
        });
        let media = Media::default();
        let desk = Desk::open(DeskSetup {
            store: journal.clone(),
            render: Arc::new(Notes::new(media.clone(), Links::new(URL))),
            clock: world.clock.clone(),
            ids: world.ids.clone(),
            media,
            node,
        })
        .await?;
        let chat = Chat::new(desk.clone(), ChatConfig::default());
        for (service, channel) in &world.channels {
            desk.connect(service.as_str(), channel.clone());
        }
        let mut tasks = JoinSet::new();
        tasks.spawn(desk.clone().post());
        tasks.spawn(desk.clone().route());
        tasks.spawn(desk.clone().keep_time());
        let of = world.nodes;
        // When customers were last heard is known where they come in, and nowhere else.
        if of == 1 {
            tasks.spawn(chat.clone().run());
        }
        let mut node = Self { number, of, desk, chat, journal, phones: None, tasks };
        if let Some(phones) = &world.phones {
            node.connect_phones(phones).await?;
        }
        Ok(node)
    }

    /// Connects the node's switch, and takes in which phones there are.
    async fn connect_phones(&mut self, phones: &Arc<Phones>) -> Result<(), WorldFault> {
        let (switch, life) = phones.switch(self.number, self.desk.clone());
        self.desk.connect_switch(switch);
        self.tasks.spawn(life);
        self.desk.begin_phones(phones.numbers()).await?;
        for dn in phones.numbers() {
            self.desk.in_service(dn.clone(), true).await?;
        }
        self.phones = Some(phones.clone());
        Ok(())
    }

    /// Brings the demo's people to life on this node: its share of four agents, and customers who keep coming, and who call
    /// where there are phones.
    pub fn populate(&mut self) {
        let chat = self.chat.clone();
        let first = u32::try_from(self.number).unwrap_or(u32::MAX);
        self.tasks.spawn(demo::share_of_staff(self.desk.clone(), first, self.of));
        self.tasks.spawn(demo::customers(self.desk.clone(), move |id: &InteractionId| chat.seen(id)));
        if let Some(phones) = &self.phones {
            self.tasks.spawn(phones.clone().callers(self.number, self.desk.clone()));
        }
    }

    /// The API over this node's desk.
    pub async fn api(&mut self) -> Result<Arc<Api>, WorldFault> {
        let setup =
            api::Setup { desk: self.desk.clone(), links: Links::new(URL), config: api::Config::default() };
        let api = Api::start(setup).await?;
        self.tasks.spawn(api.clone().run());
        Ok(api)
    }

    /// Ends whatever it does in the middle of it.
    async fn down(self) -> Result<(), WorldFault> {
        let Self { desk, chat, journal, mut tasks, .. } = self;
        desk.disconnect_switch();
        tasks.shutdown().await;
        drop((desk, chat));
        // What those tasks had begun in their turn ends at its own next turn.
        for _ in 0..TURNS {
            if Arc::strong_count(&journal) == 1 {
                break;
            }
            tokio::task::yield_now().await;
        }
        // The directory is another's only when the journal is really gone.
        Arc::into_inner(journal).map(drop).ok_or(WorldFault::Held)
    }
}

/// What outlives a node.
struct NodeEnvironment {
    storage: JournalStorage,
    /// How many nodes there are.
    nodes: usize,
    clock: Arc<WorldClock>,
    ids: Arc<CountedIds>,
    faults: Arc<Faults>,
    record: Arc<Mutex<Record>>,
    channels: Vec<(String, Arc<dyn Channel>)>,
    phones: Option<Arc<Phones>>,
}

/// Where the journal lies.
enum JournalStorage {
    /// In a directory, for one node.
    Directory(TempDir),
    /// In memory, for as many as there are; it serves no decision what that did not name.
    Strict(StrictStore),
}

/// A directory in memory where the system has such: the world cuts no power, so its commits need no disk.
fn directory() -> std::io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

/// A journal, a clock, and nodes, each one after another.
pub struct World {
    environment: NodeEnvironment,
    nodes: Vec<Option<Node>>,
}

impl World {
    /// A world of one node with the demo centre in it, and nobody at work. The password hash is what users have; it
    /// matters only to those who log in.
    pub async fn new(seed: u64, faults: Faults, password_hash: &str) -> Result<Self, WorldFault> {
        Self::on(JournalStorage::Directory(directory()?), 1, seed, faults, password_hash).await
    }

    /// The same of so many nodes that share one journal in memory.
    pub async fn of_nodes(
        nodes: usize,
        seed: u64,
        faults: Faults,
        password_hash: &str,
    ) -> Result<Self, WorldFault> {
        Self::on(JournalStorage::Strict(StrictStore::new()), nodes, seed, faults, password_hash).await
    }

    async fn on(
        storage: JournalStorage,
        nodes: usize,
        seed: u64,
        faults: Faults,
        password_hash: &str,
    ) -> Result<Self, WorldFault> {
        let calm = NodeEnvironment {
            storage,
            nodes,
            clock: Arc::new(WorldClock::start()),
            ids: Arc::new(CountedIds::new(seed)),
            faults: Arc::new(Faults::none()),
            record: Arc::default(),
            channels: Vec::new(),
            phones: None,
        };
        let node = Node::up(&calm, 0).await?;
        for change in demo::centre(password_hash, demo::centre::OFFER) {
            node.desk.perform(Command::Provision(change)).await?;
        }
        let environment = NodeEnvironment { faults: Arc::new(faults), ..calm };
        let mut world = Self { environment, nodes: vec![Some(node)] };
        world.nodes.resize_with(nodes, || None);
        for number in 0..nodes {
            world.restart_node(number).await?;
        }
        Ok(world)
    }

    /// Connects a service with what carries its messages, on these nodes and all that come after them.
    pub fn connect(&mut self, service: &str, channel: Arc<dyn Channel>) {
        for node in self.nodes.iter().flatten() {
            node.desk.connect(service, channel.clone());
        }
        self.environment.channels.push((service.to_owned(), channel));
    }

    /// Connects telephones with these nodes and all that come after them.
    pub async fn connect_phones(&mut self, phones: &Arc<Phones>) -> Result<(), WorldFault> {
        for node in self.nodes.iter_mut().flatten() {
            node.connect_phones(phones).await?;
        }
        self.environment.phones = Some(phones.clone());
        Ok(())
    }

    /// The node that is up, the first where there are several.
    pub fn node(&mut self) -> &mut Node {
        self.node_at(0)
    }

    /// One of the nodes that are up, from 0.
    ///
    /// # Panics
    ///
    /// If its last restart failed, or there are not so many.
    pub fn node_at(&mut self, number: usize) -> &mut Node {
        match self.nodes.get_mut(number) {
            Some(Some(node)) => node,
            _ => panic!("the last restart failed, so there is no node {number}"),
        }
    }

    /// The desk of the node, of the first where there are several.
    pub fn desk(&mut self) -> Arc<Desk> {
        self.desk_at(0)
    }

    /// The desk of one of the nodes, from 0.
    pub fn desk_at(&mut self, number: usize) -> Arc<Desk> {
        self.node_at(number).desk.clone()
    }

    /// Drops everything that the node has in memory, whatever it was doing, and begins again from the journal.
    pub async fn restart(&mut self) -> Result<(), WorldFault> {
        self.restart_after(Duration::ZERO).await
    }

    /// The same, with nothing there for so long.
    pub async fn restart_after(&mut self, down: Duration) -> Result<(), WorldFault> {
        self.restart_node_after(0, down).await
    }

    /// The same with one of several nodes, beside the others.
    pub async fn restart_node(&mut self, number: usize) -> Result<(), WorldFault> {
        self.restart_node_after(number, Duration::ZERO).await
    }

    async fn restart_node_after(&mut self, number: usize, down: Duration) -> Result<(), WorldFault> {
        if let Some(node) = self.nodes.get_mut(number).and_then(Option::take) {
            node.down().await?;
        }
        if !down.is_zero() {
            self.pass(down).await;
        }
        let node = loop {
            match Node::up(&self.environment, number).await {
                // A server that cannot end its earlier calls does not start, and is started again.
                Err(WorldFault::Store(StoreFault::Failed(_))) => {}
                done => break done?,
            }
        };
        if let Some(place) = self.nodes.get_mut(number) {
            *place = Some(node);
        }
        Ok(())
    }

    /// Tells a node once more of everything that was ever committed, as hints do that come late. Nothing where there is
    /// one node.
    pub fn tell_again(&self, number: usize) {
        if let JournalStorage::Strict(store) = &self.environment.storage {
            store.on(NodeId::new((number + 1).to_string())).tell_again();
        }
    }

    /// Lets time pass.
    pub async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// What was acknowledged so far.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.environment.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
