//! The voice of a call: what its SDP says, what is said, what is heard.

mod audio_receiver;
mod audio_sender;
mod digits;
mod stream;
mod voice;

pub use audio_receiver::HeardAudio;
pub(crate) use voice::CallAudio;
