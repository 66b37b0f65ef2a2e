//! One figure, one file.

mod setup;

pub mod answer;
pub mod calls;
pub mod caused;
pub mod conversations;
pub mod dispositions;
pub mod fan_out;
pub mod flood;
pub mod held_calls;
pub mod idle;
pub mod notify;
pub mod relay;
pub mod restart;
pub mod strangers;
pub mod webhooks;

pub use setup::directory;
