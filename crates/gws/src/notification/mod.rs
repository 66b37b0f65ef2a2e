//! What clients are told as it changes.

mod call;

pub use call::{CallChange, Extensions, call_error, call_message};
