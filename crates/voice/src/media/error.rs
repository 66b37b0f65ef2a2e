//! Why media are not available.

use std::io;

/// Why media are not available.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No pair of ports in the range is free.
    #[error("no media port is free")]
    NoPort,
    /// The room has [`MediaError::PARTIES`] parties already (spec: voice-sip#5.7).
    #[error("the room is full")]
    RoomFull,
    /// The stream is closed.
    #[error("the stream is closed")]
    Closed,
    /// The system refused a socket or randomness.
    #[error("media: {0}")]
    Io(#[from] io::Error),
}

impl MediaError {
    /// The most parties of a room.
    pub const PARTIES: usize = 16;
}
