//! A leg: one task that owns a dialog and a stream, and tells the listener of both.
//!
//! Whatever happens to a leg comes in at `Leg::run`, one thing after the other: acts of the desk, events of the dialog
//! and the stream, outcomes of work it started, and time. Its handlers do not wait.

mod answer;
mod branch;
mod change;
mod end;
mod incoming;
mod indialog;
mod keys;
mod leg_event_sender;
mod outgoing;
mod refer;
mod refresh;
mod run;
mod session_timer;
mod state;
mod transfers;

pub(super) use outgoing::originate;
pub(super) use session_timer::SessionTimer;
pub(super) use state::{Incoming, Leg, span};
