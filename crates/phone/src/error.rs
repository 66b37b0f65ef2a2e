/// Why a phone could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// A socket could not be opened.
    #[error("no socket: {0}")]
    Socket(#[from] std::io::Error),
    /// The request could not be made or sent; no answer came within 32 s (RFC 3261, timers B and F).
    #[error("could not be sent: {0}")]
    Sip(#[from] Box<rsipstack::Error>),
    /// The other side refused, with this SIP status code.
    #[error("refused with {0}")]
    Refused(u16),
    /// A number or a header holds what cannot stand in a SIP message.
    #[error("cannot stand in a SIP message: {0:?}")]
    Unwritable(String),
    /// The call ended before, with this code.
    #[error("the call is over, code {0}")]
    Over(u16),
    /// A recording cannot be read.
    #[error("no recording: {0}")]
    Sound(#[from] voice::media::wav::WavError),
}

impl From<rsipstack::Error> for PhoneError {
    fn from(why: rsipstack::Error) -> Self {
        Self::Sip(Box::new(why))
    }
}
