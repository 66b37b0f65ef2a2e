//! Calls: one file a family. A rule says what becomes of the parties, and asks the switch for what follows from it on
//! their legs.

mod act;
mod begin;
mod data;
mod device;
mod divert;
mod heard;
mod release;
mod room;
mod wait;

pub(super) use act::act;
pub(super) use begin::{arrive, dial};
pub(super) use data::erase;
pub(super) use device::{in_service, operate};
pub(super) use divert::diverted;
pub(super) use heard::heard;
pub(super) use release::lost;
pub(super) use wait::{due, offer};
