//! Why a session description is refused.

/// Why a session description is refused. All but [`SdpError::TooLong`] and [`SdpError::Malformed`] mean 488.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// It is longer than [`SdpError::LIMIT`] bytes, or has more than [`SdpError::STREAMS`] streams.
    #[error("the session description is too long")]
    TooLong,
    /// It is no session description (400).
    #[error("not a session description: {0}")]
    Malformed(String),
    /// No stream of it is audio over plain RTP, or ours was refused (`Warning: 304`).
    #[error("no usable audio")]
    NoAudio,
    /// There is audio, but no codec that we speak (`Warning: 305`).
    #[error("no codec in common")]
    NoCodec,
    /// The address to send to is a name, or one of many hosts (`Warning: 300`).
    #[error("unusable address")]
    Address,
    /// An answer came although nothing was offered, or it does not fit the offer (RFC 3264 §6).
    #[error("the answer does not fit the offer")]
    Unfitting,
}

impl SdpError {
    /// The longest description that is read, in bytes.
    pub const LIMIT: usize = 16 * 1024;
    /// How many streams (`m=` lines) a description may have.
    pub const STREAMS: usize = 16;

    /// The code of the `Warning` header that goes with a 488 (RFC 3261 §20.43).
    pub const fn warning(&self) -> u16 {
        match self {
            Self::NoAudio | Self::Unfitting => 304,
            Self::NoCodec => 305,
            Self::Address => 300,
            Self::TooLong | Self::Malformed(_) => 399,
        }
    }
}
