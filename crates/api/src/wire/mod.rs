//! The words of the wire: names of operations, members and messages, and the shapes of resources.

mod channel;
mod device;
mod links;
mod message;
mod operation;
mod participant;
mod session;
mod time;
mod user;

pub use channel::{channel_resources, user_state};
pub use device::{device_resource, find_device};
pub use links::Links;
pub use message::{log_message, message_resource};
pub use operation::{operation_name, session_act};
pub use session::{late_session_resource, session_resource};
pub use time::timestamp;
pub use user::{skill_id, user_resource};
