use crate::PhoneError;
use std::sync::Arc;

/// What a phone says in a call.
#[derive(Clone, Debug, Default)]
pub enum Say {
    /// No voice and no socket for it: for load. The SDP names a port of the line that nobody reads.
    #[default]
    Nothing,
    /// Silence, sent in time: the phone hears, and counts as alive.
    Silence,
    /// A sine of this frequency in Hz, at a quarter of full scale.
    Tone(u16),
    /// Recorded speech, 8000 samples a second, and what follows it.
    Wav(Arc<[i16]>, Then),
}

impl Say {
    /// The sound of a WAV file (G.711 or PCM), said to its end.
    ///
    /// # Errors
    /// [`PhoneError::Sound`]: it is no such file, or longer than five minutes.
    pub fn wav(file: impl std::io::Read, then: Then) -> Result<Self, PhoneError> {
        let samples = voice::media::wav::read(file)?;
        Ok(Self::Wav(samples.into(), then))
    }
}

/// What follows when everything has been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Listen.
    Silence,
    /// Say it once more, for as long as the call lasts.
    Again,
    /// Hang up.
    HangUp,
}
