//! A piece of sound.

/// Samples in a packet of 20 ms at 8000 a second.
pub const FRAME: usize = 160;
