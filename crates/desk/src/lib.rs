//! What happens: commands are decided and committed, agents are told, waiting customers are offered.
//!
//! ```text
//! command ─▶ Desk::perform ─▶ Store::transact( decide + render ) ─▶ one durable commit
//!                                                   │ observer
//!        router ◀── Board    timers ◀── Deadlines    Mailboxes ──▶ held polls and sockets    Outbox ──▶ connectors
//! ```
//!
//! Invariants: nothing is told before it is committed; memory here is a cache of the journal and is rebuilt from
//! it at start; no rule of the domain is repeated here.

pub mod idempotency;
pub mod mailboxes;
pub mod ports;
pub mod routing;

mod callee;
mod calls;
mod channels;
mod connected;
mod counting;
mod deadlines;
mod desk;
mod directory;
mod given_up;
pub mod hours;
mod housekeeping;
mod limits;
mod lock;
mod log;
mod memory;
mod outbox;
mod pauses;
mod refused;
pub mod reports;
mod rights;
mod services;
mod supervisors;
mod trace;
mod versions;
mod waiting;
mod wants;

pub use callee::Callee;
pub use calls::{Dialled, HeldCall, call_of};
pub use channels::{address, known_key};
pub use desk::{Desk, DeskSetup, newest_moment, session_of};
pub use directory::Directory;
pub use log::{LogPage, Span};
pub use mailboxes::{Mailbox, Mailboxes};
pub use refused::Refused;
pub use services::{Condition, ServiceKind, ServiceState, Services};
