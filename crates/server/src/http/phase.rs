//! The phase of a connection, shared by its stream, its requests and the loop that accepted it.

use edge::Connection;
use futures::task::AtomicWaker;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    task::Context,
};
use tokio::sync::Notify;

/// The phase of a connection.
#[derive(Debug)]
pub struct Phase {
    /// The connection among those of strangers.
    pub connection: Connection,
    /// Whether it comes from a proxy that the settings trust; such a one keeps idle connections for long.
    pub is_trusted: bool,
    requests: AtomicU32,
    is_answering: AtomicBool,
    leaves_unread: AtomicBool,
    /// The task that waits for a request without a limit, because the last one is still being answered.
    reader: AtomicWaker,
    _open: OpenConnection,
}

/// The open connections, sockets that were upgraded included.
#[derive(Debug, Default)]
pub struct Count {
    open: AtomicUsize,
    closed: Notify,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct OpenConnection(Arc<Count>);

/// A request that is being answered; dropped with the last of its answer.
#[derive(Debug)]
pub struct Answering(Arc<Phase>);

impl Count {
    /// Counts a connection.
    pub fn add(self: &Arc<Self>) -> OpenConnection {
        self.open.fetch_add(1, Ordering::Relaxed);
        OpenConnection(self.clone())
    }

    /// How many there are.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Waits until a connection is closed; returns at once if one was since the last call.
    pub async fn closed(&self) {
        self.closed.notified().await;
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
        self.0.closed.notify_one();
    }
}

impl Phase {
    /// The phase of a connection that has just come.
    pub fn new(connection: Connection, is_trusted: bool, open: OpenConnection) -> Arc<Self> {
        Arc::new(Self {
            connection,
            is_trusted,
            requests: AtomicU32::new(0),
            is_answering: AtomicBool::new(false),
            leaves_unread: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            _open: open,
        })
    }

    /// The head of a request is here.
    pub fn answer(self: &Arc<Self>) -> Answering {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_answering.store(true, Ordering::Relaxed);
        self.connection.stir();
        Answering(self.clone())
    }

    /// How many requests there were; it tells one wait for a request from the next.
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether a request is being answered, or the connection is no HTTP any more.
    pub fn is_answering(&self) -> bool {
        self.is_answering.load(Ordering::Relaxed)
    }

    /// Wakes the reader once the answer is over. hyper reads on while it answers, to notice a client
    /// that is gone, and does not ask again by itself when the answer ends: an idle connection would have no end.
    pub fn look_again(&self, cx: &Context<'_>) {
        self.reader.register(cx.waker());
    }

    /// Nothing has to be finished before the next request is waited for.
    pub fn is_free(&self) {
        self.reader.wake();
    }

    /// The connection closes after an answer that was given before its request was read whole.
    pub fn leave_unread(&self) {
        self.leaves_unread.store(true, Ordering::Relaxed);
    }

    /// Whether the client may still be sending when the connection closes.
    pub fn leaves_unread(&self) -> bool {
        self.leaves_unread.load(Ordering::Relaxed)
    }
}

impl Answering {
    /// The answer upgrades the connection, which from then on has no end that HTTP knows.
    pub fn upgraded(self) {
        std::mem::forget(self);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.is_answering.store(false, Ordering::Relaxed);
        self.0.connection.stir();
        self.0.is_free();
    }
}
