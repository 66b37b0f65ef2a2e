//! The ports: everything the desk needs of the world, each readable in one screen.

mod bindings;
mod channel;
mod committed;
mod operator;
mod render;
mod store;
mod switch;
mod world;

pub use bindings::{BindingRow, Bindings};
pub use channel::{Channel, Measure, NotReplayed, Parcel, Quarantined, Sending};
pub use committed::{Committed, Durable, Local, Versioned, Witness};
pub use operator::{Difference, Finding, Finished, Operator, Report};
pub use render::{Cause, NewNote, Render};
pub use store::{
    Done, EventRow, FeedPage, FeedQuery, LogPart, Note, Plan, SavedResult, Shelf, Sight, Start, Store,
    StoreFault, TaskRow, Transacted, Work,
};
pub use switch::{Arrival, Switch};
pub use world::{Clock, Ids};
