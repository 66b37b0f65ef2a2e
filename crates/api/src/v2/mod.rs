//! The addresses of `/api/v2`, by resource.

mod calls;
mod contacts;
mod devices;
mod diagnostics;
mod features;
mod groups;
mod login;
mod me;
mod openapi;
mod places;
mod queues;
mod router;
mod services;
mod sessions;
mod settings;
mod skills;
mod supervision;
mod unserved;
mod users;
mod waiting;

pub use devices::not_registered;
pub use openapi::openapi;
pub use places::{own as own_device, worked_at};
pub use router::router;
pub use services::{all_services, own_services};
pub use settings::option_groups;
