//! A supervisor follows the calls of somebody they lead (spec: core-and-voice#5.8, admin-and-reporting#3): their phone is
//! called when a call of that user begins, or at once into one that is there. Whether they may is judged each time.

mod arm;
mod follow;
mod hear;
mod right;

pub(super) use arm::{begin, cancel};
pub(in super::super) use arm::{judge, logged_out};
pub(in super::super) use follow::keep_up;
pub(super) use hear::{silence, silence_at, switch};
