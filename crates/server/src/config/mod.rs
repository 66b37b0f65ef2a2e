//! Settings: one TOML file, then `JACKFIELD_*`, then flags; later wins.
//!
//! An unknown key is an error that names its place. [`listen`] holds the rules of decisions#3 about
//! addresses; the objects of the file (users, queues, …) are read here and applied in `crate::objects`.

mod customers;
mod limits;
mod listen;
mod load;
mod messenger;
mod objects;
#[cfg(test)]
mod reference;
mod settings;
mod sip;
mod sms;
mod strangers;

pub use customers::Customers;
pub use limits::Limits;
pub use listen::Listen;
pub use load::load;
pub use messenger::MessengerEntry;
pub use objects::{
    AgentGroupEntry, AgentStateEntry, CentreEntry, CodeEntry, Compat, GroupEntry, MediumEntry, OverflowEntry,
    Password, Pause, PlaceEntry, QueueEntry, RequiredEntry, ServiceEntry, SupervisionVisible, UserEntry,
};
pub use settings::{Config, Http, Outbound, Tls};
pub use sip::{AnswerBy, Challenge, DEFAULT_ADDR, Edge, PhoneEntry, Sip, SipLimits, SipTls};
pub use sms::{KeywordLists, SmsEntry};
pub use strangers::Strangers;
