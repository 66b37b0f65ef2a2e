//! What clients ask for.

mod call;
mod device;
mod dial;
mod parameter;
mod session;

pub use call::{CALL_OPERATIONS, SET_CALL_DISPOSITION, call_act, disposed_call};
pub use device::{SEND_USER_EVENT, device_act, device_operations, is_of_the_phone, quiet, wrap_up};
pub use dial::{DIAL, dialled};
pub use parameter::work_mode;
pub use session::{SESSION_OPERATIONS, session_act};
