//! What is true: the model of a contact centre and the rules that change it.
//!
//! Everything here is pure. No `async`, no clock, no randomness, no I/O: time and fresh ids arrive inside
//! [`Command`]s, and [`decide`] answers with the events that a command means, or with the one [`Refusal`]
//! that says why not. [`State::apply`] folds an event into a snapshot; nothing else changes one.
//!
//! Reading order: [`medium`], [`session`], [`agent`], [`command`], [`decide`].

pub mod across;
pub mod agent;
pub mod call;
pub mod centre;
pub mod check;
pub mod command;
mod decide;
pub mod delivery;
pub mod device;
pub mod disposition;
pub mod disposition_tree;
pub mod event;
pub mod format;
pub mod hours;
pub mod ids;
pub mod interaction;
pub mod json;
pub mod key;
pub mod leadership;
pub mod medium;
pub mod message;
mod millis;
pub mod notice;
pub mod offer;
pub mod queue;
pub mod refusal;
pub mod request;
mod requirement;
pub mod session;
pub mod share;
pub mod state;
pub mod task;
pub mod thread;
pub mod user;
pub mod userdata;
mod want;
pub mod watch;

pub use command::Command;
pub use decide::{DecideError, Decision, EntityChange, Snapshots, decide};
pub use event::Event;
pub use ids::{ConnId, InteractionId, NodeId, ProviderKey, QueueName, ServiceName, ThreadId, UserId};
pub use key::{EntityKind, Key};
pub use medium::MediumName;
pub use message::Message;
pub use millis::Millis;
pub use refusal::Refusal;
pub use state::State;
pub use task::Task;
pub use userdata::UserData;
pub use want::{UniqueName, Want};
