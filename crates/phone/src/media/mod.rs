//! The voice of a call: what its SDP says, what is said, what is heard.

mod digits;
mod ear;
mod mouth;
mod stream;
mod voice;

pub use ear::Heard;
pub(crate) use voice::Voice;
