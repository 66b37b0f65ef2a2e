//! The ports: everything the desk needs from outside, each readable in one screen.

mod bindings;
mod channel;
mod committed;
mod fault;
mod operator;
mod render;
mod reports;
mod store;
mod switch;
mod tx_view;
mod world;

pub use bindings::{BindingRow, Bindings};
pub use channel::{Channel, Measure, NotReplayed, OutboundMessage, Quarantined, SendOutcome};
pub use committed::{CommitObserver, Committed, Durable, EventRow, Local, Note, Versioned};
pub use fault::StoreFault;
pub use operator::{Difference, ErasureReport, Finding, Finished, Operator, RebuildReport, Traces};
pub use render::{CommandOrigin, NewNote, Render};
pub use reports::{CountBatch, CountOutcome, Counted, IntervalQuery, Reports, RowPage, RowQuery};
pub use store::{
    CommitPlan, FeedPage, FeedQuery, LogPart, Receipt, SessionTable, Start, Store, TaskRow, Transacted, Work,
};
pub use switch::{Arrival, Switch};
pub use tx_view::{SavedResult, TxView};
pub use world::{Clock, Ids};
