//! Media: streams, rooms, tones, prompts (spec: voice-sip#1, #4, #5.7–5.9).
//!
//! Every leg has a [`MediaStream`]: a pair of ports of ours that its phone talks to, whatever becomes of the call. What
//! a leg hears depends on its room: outside of rooms, a tone or a prompt; with one other, that one's packets, sent on
//! by the task that received them; with more, a mix of all the others, made every 20 ms.
//!
//! ```text
//!   packet ─▶ receive ─▶ latch, digits ─▶ route ─┬─ two:   header rewritten, out of the other leg's socket
//!                                                └─ more:  jitter queue ─┐
//!   ticker, every 20 ms: tones, prompts, keys, mixes ◀──────────────────┘  reports, silence
//! ```
//!
//! Locks are held for a few microseconds and never across an await, in this order: membership of rooms, one room, what
//! is received on a line, what is sent on a line.

mod dtmf;
mod engine;
mod error;
mod event;
mod frame;
pub mod g711;
mod inward;
mod latch;
mod leg_media;
mod outward;
mod ports;
mod prompts;
mod receive;
mod room;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
mod settings;
mod shard;
mod sound;
mod stats;
mod stream;
mod ticker;
pub mod tone;
mod track;
pub mod wav;

pub use dtmf::DtmfWay;
pub use engine::Engine;
pub use error::MediaError;
pub use event::StreamEvent;
pub use frame::FRAME;
pub use g711::Codec;
pub(crate) use ports::towards;
pub use prompts::{PromptError, Prompts};
pub use sdp::{Direction, SdpError};
pub use settings::Settings;
pub use sound::Sound;
pub use stats::{Reception, Stats};
pub use stream::{Accepted, Answered, MediaFigures, MediaStream};

use crate::lock::held;
