//! Checkpoints: the content of the WAL goes into the file, on a thread and a connection of their own.
//!
//! A checkpoint of a long WAL syncs many megabytes. Done by the writer it would hold up every commit meanwhile, so
//! a second thread does most of it, beside the commits. That thread can never finish while commits go on, and only a
//! finished checkpoint lets the WAL start over: so once the WAL is long and the other thread has just been through
//! it, the writer does the short rest.

use crate::{connect, fault::SqliteResult, open_error::OpenError};
use rusqlite::Connection;
use std::{
    cell::Cell,
    path::Path,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// From so many frames on, of 4 KiB each, the other thread goes to work.
const BEGIN: i32 = 16_000;
/// From so many frames on, the writer helps to finish.
const FINISH: i32 = 24_000;
/// From so many frames on, the writer does not wait for the other thread any more.
const LONG: i32 = 64_000;

thread_local! {
    /// How many frames the WAL of this thread's connection has. Thread-local, since the hook that tells it takes no
    /// data.
    static FRAMES: Cell<i32> = const { Cell::new(0) };
    /// Whether a commit wrote something since this was last asked.
    static WROTE: Cell<bool> = const { Cell::new(false) };
}

/// Counts the frames of the WAL with each commit of this connection, on this thread; replaces the checkpoints that
/// SQLite would make by itself.
pub(crate) fn count_frames(conn: &Connection) {
    conn.wal_hook(Some(|_, frames| {
        FRAMES.set(frames);
        WROTE.set(true);
        Ok(())
    }));
}

/// How many frames the WAL has, if a commit of this thread wrote to it since this was last asked.
pub(crate) fn written() -> Option<u32> {
    WROTE.take().then(|| u32::try_from(FRAMES.get()).unwrap_or(0))
}

/// The thread that checkpoints.
pub(crate) struct Checkpointer {
    wish: Arc<CheckpointRequest>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct CheckpointRequest {
    state: Mutex<CheckpointerState>,
    changed: Condvar,
    /// The thread has been through the WAL since the writer last looked.
    has_been: AtomicBool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum CheckpointerState {
    #[default]
    Idle,
    Wanted,
    Closed,
}

impl Checkpointer {
    /// Starts the thread.
    pub fn start(dir: &Path) -> Result<Self, OpenError> {
        let conn = connect::checkpointer(dir)?;
        let wish = Arc::new(CheckpointRequest::default());
        let wished = wish.clone();
        let thread = std::thread::Builder::new()
            .name("checkpoint".into())
            .spawn(move || wished.serve(&conn))
            .map_err(|source| OpenError::Directory { path: dir.into(), source })?;
        Ok(Self { wish, thread: Some(thread) })
    }

    /// What the writer does after each group.
    pub fn after_group(&self, writer: &Connection) {
        let frames = FRAMES.get();
        if frames < BEGIN {
            return;
        }
        let has_been = frames >= FINISH && self.wish.has_been.swap(false, Ordering::AcqRel);
        if (has_been || frames >= LONG)
            && let Err(fault) = checkpoint(writer)
        {
            tracing::warn!(%fault, "a checkpoint failed");
        }
        self.wish.set(CheckpointerState::Wanted);
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wish.set(CheckpointerState::Closed);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

impl CheckpointRequest {
    fn set(&self, to: CheckpointerState) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state != CheckpointerState::Closed && *state != to {
            *state = to;
            self.changed.notify_one();
        }
    }

    fn serve(&self, conn: &Connection) {
        loop {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            while *state == CheckpointerState::Idle {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if *state == CheckpointerState::Closed {
                return;
            }
            *state = CheckpointerState::Idle;
            drop(state);
            match checkpoint(conn) {
                Ok(()) => self.has_been.store(true, Ordering::Release),
                Err(fault) => tracing::warn!(%fault, "a checkpoint failed"),
            }
        }
    }
}

/// Moves into the file what can be moved without anyone waiting; not an error if another does it just now.
fn checkpoint(conn: &Connection) -> SqliteResult<()> {
    conn.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))?;
    Ok(())
}
