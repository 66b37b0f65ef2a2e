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
    Tone(u32),
    /// Recorded speech, 8000 samples a second, and what follows it.
    Wav(Arc<[i16]>, Then),
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
