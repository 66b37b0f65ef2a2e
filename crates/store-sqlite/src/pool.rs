//! A few connections for readers, each used by one reader at a time on a thread that may block.

use crate::{connect, fault::SqliteResult};
use desk::ports::StoreFault;
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// The readers' connections.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    idle: Mutex<Vec<Connection>>,
    places: Arc<Semaphore>,
}

impl Pool {
    pub fn new(dir: &Path, readers: usize) -> Self {
        Self(Arc::new(Inner {
            dir: dir.into(),
            idle: Mutex::default(),
            places: Arc::new(Semaphore::new(readers.max(1))),
        }))
    }

    /// Reads on a thread that may block, once a connection is free.
    pub async fn read<T: Send + 'static>(
        self,
        read: impl FnOnce(&Connection) -> SqliteResult<T> + Send + 'static,
    ) -> Result<T, StoreFault> {
        let permit = self.0.places.clone().acquire_owned().await.map_err(|_| StoreFault::Closed)?;
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            self.0.read(read)
        });
        reading.await.map_err(|error| StoreFault::Permanent(error.to_string()))?
    }

    /// Admits no more readers, and closes the idle connections.
    pub fn close(&self) {
        self.0.places.close();
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Inner {
    fn read<T>(&self, read: impl FnOnce(&Connection) -> SqliteResult<T>) -> Result<T, StoreFault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => connect::reader(&self.dir).map_err(|error| StoreFault::Failed(error.to_string()))?,
        };
        let found = read(&conn);
        if !self.places.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        }
        Ok(found?)
    }
}
