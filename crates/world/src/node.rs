//! The world, and the node that runs in it now.

use crate::{CountedIds, Faults, Journal, Record, WorldClock};
use api::{Api, Links, Notes};
use channels::{Chat, ChatConfig};
use desk::{
    Desk, Refused, Setup,
    ports::{Channel, StoreFault},
};
use domain::{Command, InteractionId, medium::Media};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
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
    /// The desk.
    pub desk: Arc<Desk>,
    /// Web chat for customers.
    pub chat: Arc<Chat>,
    journal: Arc<Journal>,
    tasks: JoinSet<()>,
}

impl Node {
    async fn up(world: &Quarters) -> Result<Self, WorldFault> {
        let store = SqliteStore::open(world.directory.path(), Options::default())?;
        let journal = Arc::new(Journal::new(store, world.faults.clone(), world.record.clone()));
        let media = Media::default();
        let desk = Desk::open(Setup {
            store: journal.clone(),
            render: Arc::new(Notes::new(media.clone(), Links::new(URL))),
            clock: world.clock.clone(),
            ids: world.ids.clone(),
            media,
        })
        .await?;
        let chat = Chat::new(desk.clone(), ChatConfig::default());
        for (service, channel) in &world.channels {
            desk.connect(service, channel.clone());
        }
        let mut tasks = JoinSet::new();
        tasks.spawn(desk.clone().post());
        tasks.spawn(desk.clone().route());
        tasks.spawn(desk.clone().keep_time());
        tasks.spawn(chat.clone().run());
        Ok(Self { desk, chat, journal, tasks })
    }

    /// Brings the demo's people to life on this node: four agents, and customers who keep coming.
    pub fn populate(&mut self) {
        let chat = self.chat.clone();
        self.tasks.spawn(demo::staff(self.desk.clone()));
        self.tasks.spawn(demo::customers(self.desk.clone(), move |id: &InteractionId| chat.seen(id)));
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
        let Self { desk, chat, journal, mut tasks } = self;
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
struct Quarters {
    directory: TempDir,
    clock: Arc<WorldClock>,
    ids: Arc<CountedIds>,
    faults: Arc<Faults>,
    record: Arc<Mutex<Record>>,
    channels: Vec<(String, Arc<dyn Channel>)>,
}

/// A directory in memory where the system has such: the world cuts no power, so its commits need no disk.
fn directory() -> std::io::Result<TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

/// A directory, a clock, and one node after another.
pub struct World {
    quarters: Quarters,
    node: Option<Node>,
}

impl World {
    /// A world with the demo centre in it, and nobody at work. The password hash is what users have; it matters
    /// only to those who log in.
    pub async fn new(seed: u64, faults: Faults, password_hash: &str) -> Result<Self, WorldFault> {
        let calm = Quarters {
            directory: directory()?,
            clock: Arc::new(WorldClock::start()),
            ids: Arc::new(CountedIds::new(seed)),
            faults: Arc::new(Faults::none()),
            record: Arc::default(),
            channels: Vec::new(),
        };
        let node = Node::up(&calm).await?;
        for change in demo::centre(password_hash, demo::centre::OFFER) {
            node.desk.perform(Command::Provision(change)).await?;
        }
        let mut world = Self { quarters: Quarters { faults: Arc::new(faults), ..calm }, node: Some(node) };
        world.restart().await?;
        Ok(world)
    }

    /// Connects a service with what carries its messages, on this node and all that come after it.
    pub fn connect(&mut self, service: &str, channel: Arc<dyn Channel>) {
        self.desk().connect(service, channel.clone());
        self.quarters.channels.push((service.to_owned(), channel));
    }

    /// The node that is up.
    ///
    /// # Panics
    ///
    /// If the last restart failed.
    pub const fn node(&mut self) -> &mut Node {
        match &mut self.node {
            Some(node) => node,
            None => panic!("the last restart failed, so there is no node"),
        }
    }

    /// Its desk.
    pub fn desk(&mut self) -> Arc<Desk> {
        self.node().desk.clone()
    }

    /// Drops everything that is in memory, whatever it was doing, and begins again from the directory.
    pub async fn restart(&mut self) -> Result<(), WorldFault> {
        self.restart_after(Duration::ZERO).await
    }

    /// The same, with nothing there for so long.
    pub async fn restart_after(&mut self, down: Duration) -> Result<(), WorldFault> {
        if let Some(node) = self.node.take() {
            node.down().await?;
        }
        if !down.is_zero() {
            self.pass(down).await;
        }
        self.node = Some(Node::up(&self.quarters).await?);
        Ok(())
    }

    /// Lets time pass.
    pub async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// What was acknowledged so far.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.quarters.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
