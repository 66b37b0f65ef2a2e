//! One figure, one file.

mod journalled;
mod setup;

pub mod answer;
pub mod calls;
pub mod caused;
pub mod colleagues;
pub mod conferences;
pub mod conversations;
pub mod dispositions;
pub mod fan_out;
pub mod flood;
pub mod handed_over;
pub mod hears;
pub mod held_calls;
pub mod idle;
pub mod notify;
pub mod relay;
pub mod restart;
pub mod routing;
pub mod strangers;
pub mod webhooks;

pub use setup::directory;
