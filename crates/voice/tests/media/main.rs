//! Who hears whom, over real sockets: phones that speak tones and tell tones apart (spec: voice-sip#11).

mod alone;
mod keys;
mod phone;
mod ports;
mod rooms;

/// What phones speak, in hertz.
const LOW: f32 = 440.0;
const MIDDLE: f32 = 660.0;
const HIGH: f32 = 880.0;
const ALL: [f32; 3] = [LOW, MIDDLE, HIGH];
