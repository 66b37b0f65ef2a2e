//! The Web Services API on the wire: bodies, the envelope, status codes, addresses and times, requests, resources and
//! notifications. It knows neither where a request came from nor what the rules say.

mod answer;
mod body;
mod links;
mod members;
mod notification;
mod problem;
mod query;
mod request;
mod resource;
mod shown;
mod time;

pub use answer::{Answer, Outcome, fitting, json};
pub use body::Body;
pub use links::{Links, escape, unescape};
pub use notification::*;
pub use problem::Problem;
pub use query::{Query, Wanted};
pub use request::*;
pub use resource::*;
pub use shown::{Participants, Shown};
pub use time::timestamp;
