//! Faults of the store.

/// Why the store could not do its work. Nothing was changed when one is returned, unless it is [`Self::Unknown`].
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreFault {
    /// The store is closing down, or its writer has ended.
    #[error("the store is closed")]
    Closed,
    /// The disk, the file or the database said no.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The disk failed as the work was made durable: it was done, or it was not. The caller must read what is there
    /// before they ask again.
    #[error("nobody knows whether it was stored: {0}")]
    Unknown(String),
    /// Too much is waiting to be written; come back later.
    #[error("the store is busy")]
    Busy,
    /// The same can never succeed, however often it is asked for: a row that it needs cannot be read, its decision
    /// panics, or what it would write contradicts the journal. The caller gives it up, logs it, and goes on.
    #[error("this can never be done: {0}")]
    Permanent(String),
}

impl StoreFault {
    /// Whether the same may succeed later in this process: the disk is full or fails, the store is busy.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Unknown(_) | Self::Busy)
    }

    /// Whether the same can never succeed ([`Self::Permanent`]).
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Permanent(_))
    }
}
