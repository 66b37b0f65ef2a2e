//! Calls: one file for each family. A rule says what becomes of the parties, and asks the switch for what follows from
//! it on their legs.

mod act;
mod asked;
mod begin;
mod consult;
mod device;
mod divert;
mod due;
mod handover;
mod heard;
mod offer;
mod party;
mod phone;
mod release;
mod request;
mod room;
mod routing;
mod takeover;
mod together;
mod unwatch;
mod user_event;
mod wait;
mod watch;
mod wrap_up;

pub(super) use act::act;
pub(super) use begin::{arrive, dial};
pub(super) use device::{in_service, operate};
pub(super) use divert::diverted;
pub(super) use due::due;
pub(super) use heard::heard;
pub(super) use offer::offer;
pub(super) use phone::{ask as ask_by_phone, refer};
pub(super) use release::lost;
pub(super) use takeover::take_over;
pub(super) use unwatch::end as end_watch;
pub(super) use wait::move_to;
pub(super) use watch::{judge as judge_watch, keep_up, logged_out};
