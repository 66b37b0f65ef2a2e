//! The ports: everything the desk needs from outside, each readable in one screen.

mod bindings;
mod channel;
mod committed;
mod fault;
mod operator;
mod render;
mod sight;
mod store;
mod switch;
mod world;

pub use bindings::{BindingRow, Bindings};
pub use channel::{Channel, Measure, NotReplayed, OutboundMessage, Quarantined, SendOutcome};
pub use committed::{Committed, Durable, EventRow, Local, Note, Versioned, CommitObserver};
pub use fault::StoreFault;
pub use operator::{Difference, Erased, Finding, Finished, Operator, Report, Traces};
pub use render::{Cause, NewNote, Render};
pub use sight::{SavedResult, TxView};
pub use store::{Receipt, FeedPage, FeedQuery, LogPart, CommitPlan, SessionTable, Start, Store, TaskRow, Transacted, Work};
pub use switch::{Arrival, Switch};
pub use world::{Clock, Ids};
