//! Ears: CometD clients with acknowledgements, and what their applications hear.

use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::AbortHandle,
    time::{Instant, sleep, timeout},
};
use world::client::{
    BayeuxFault, ClientIdentity, ConnectResult, Http, Jar, Next, PollClient, ServerAddress, SocketClient,
};

const ENDPOINT: &str = "/api/v2/notifications";
const TOPICS: [&str; 3] = ["/v2/me/chats", "/v2/me/channels", "/v2/me/calls"];
/// Longer than any connect is held.
const PATIENCE: Duration = Duration::from_secs(40);
/// How long nothing must have been heard before it is held to be all.
const QUIET: Duration = Duration::from_secs(3);

/// How a listener is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerTransport {
    /// Long-polling.
    Poll,
    /// WebSocket.
    Socket,
}

#[derive(Debug)]
enum ListenerClient {
    Poll(Box<PollClient>),
    Socket(Box<SocketClient>),
}

#[derive(Debug)]
struct ListenerRecord {
    heard: Mutex<Vec<Value>>,
    last: Mutex<Instant>,
    /// How often the server told it to begin again.
    anew: AtomicU32,
}

/// A notification client of one agent.
#[derive(Debug)]
pub struct AgentListener {
    agent: String,
    transport: ListenerTransport,
    record: Arc<ListenerRecord>,
    task: AbortHandle,
}

/// What an application has heard, in order.
#[derive(Debug)]
pub struct HeardNotifications {
    /// Whose.
    pub agent: String,
    /// How.
    pub transport: ListenerTransport,
    /// The `data` of every notification.
    pub heard: Vec<Value>,
    /// How often the server told the client to begin again.
    pub anew: u32,
}

impl AgentListener {
    /// Begins to listen; everything that happens to the agent from now on must be heard.
    pub async fn open(target: &ServerAddress, agent: &str, transport: ListenerTransport) -> Result<Self> {
        let identity = ClientIdentity::basic(agent, demo::centre::PASSWORD);
        let mut client = match transport {
            ListenerTransport::Poll => {
                let http = Http::new(target.clone(), identity);
                ListenerClient::Poll(Box::new(PollClient::new(http, ENDPOINT.into(), true)))
            }
            ListenerTransport::Socket => {
                let jar = Jar::default();
                let client = SocketClient::new(target.clone(), ENDPOINT.into(), identity, jar, true);
                ListenerClient::Socket(Box::new(client))
            }
        };
        client.begin().await.with_context(|| format!("{agent} cannot listen by {transport:?}"))?;
        let record = Arc::new(ListenerRecord {
            heard: Mutex::default(),
            last: Mutex::new(Instant::now()),
            anew: AtomicU32::new(0),
        });
        let task = tokio::spawn(listen(client, record.clone())).abort_handle();
        Ok(Self { agent: agent.to_owned(), transport, record, task })
    }

    /// Ceases to listen; answers what was heard.
    pub fn close(self) -> HeardNotifications {
        self.task.abort();
        let heard = std::mem::take(&mut *lock(&self.record.heard));
        let anew = self.record.anew.load(Ordering::Relaxed);
        HeardNotifications { agent: self.agent, transport: self.transport, heard, anew }
    }
}

/// Waits until no listener has heard anything for a while.
pub async fn until_quiet(listeners: &[AgentListener], deadline: Instant) {
    while Instant::now() < deadline
        && listeners.iter().any(|listener| lock(&listener.record.last).elapsed() < QUIET)
    {
        sleep(Duration::from_millis(100)).await;
    }
}

async fn listen(mut client: ListenerClient, record: Arc<ListenerRecord>) {
    let mut shaken = true;
    loop {
        if !shaken {
            shaken = client.begin().await.is_ok();
            sleep(Duration::from_millis(200)).await;
            continue;
        }
        match timeout(PATIENCE, client.connect()).await {
            Ok(Ok(heard)) => {
                if !heard.events.is_empty() {
                    *lock(&record.last) = Instant::now();
                    lock(&record.heard).extend(heard.events.iter().map(world::client::Notification::json));
                }
                if heard.next != Next::Connect {
                    record.anew.fetch_add(1, Ordering::Relaxed);
                    shaken = false;
                }
            }
            // The server is down, or the answer was destroyed: again, from where it was.
            Ok(Err(_)) | Err(_) => client.recover().await,
        }
    }
}

impl ListenerClient {
    async fn begin(&mut self) -> Result<(), BayeuxFault> {
        match self {
            Self::Poll(client) => {
                client.handshake().await?;
                client.subscribe(&TOPICS).await
            }
            Self::Socket(client) => {
                client.open().await?;
                client.handshake().await?;
                client.subscribe(&TOPICS).await
            }
        }
    }

    async fn connect(&mut self) -> Result<ConnectResult, BayeuxFault> {
        match self {
            Self::Poll(client) => client.connect(None).await,
            Self::Socket(client) => client.connect(None).await,
        }
    }

    async fn recover(&mut self) {
        sleep(Duration::from_millis(50)).await;
        if let Self::Socket(client) = self {
            // If it fails, the next connect fails too and leads here again.
            drop(client.open().await);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
