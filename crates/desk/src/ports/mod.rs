//! The ports: everything the desk needs of the world, each readable in one screen.

mod bindings;
mod channel;
mod render;
mod store;
mod switch;
mod world;

pub use bindings::{BindingRow, Bindings};
pub use channel::{Channel, Measure, NotReplayed, Parcel, Quarantined, Sending};
pub use render::{Cause, NewNote, Render};
pub use store::{
    Committed, Done, EventRow, FeedPage, FeedQuery, LogPart, Note, Plan, SavedResult, Shelf, Sight, Store,
    StoreFault, TaskRow, Transacted, Witness, Work,
};
pub use switch::{Arrival, Switch};
pub use world::{Clock, Ids};
