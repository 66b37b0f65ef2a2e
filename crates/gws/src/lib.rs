//! The Web Services API on the wire: bodies, the envelope, status codes, addresses and times, requests, resources and
//! notifications. It knows neither where a request came from nor what the rules say.

mod answer;
mod answers;
mod body;
pub mod customer;
mod links;
mod members;
pub mod notification;
mod problem;
mod query;
mod request;
mod resource;
mod shown;
mod time;

pub use answer::{Answer, fitting, json};
pub use answers::*;
pub use body::Body;
pub use links::{Links, escape, unescape};
pub use problem::{Outcome, Problem, refusal};
pub use query::{Query, Wanted};
pub use request::*;
pub use resource::*;
pub use shown::{Participants, Shown};
pub use time::timestamp;
