//! The addresses of `/api/v2`, by resource.

mod calls;
mod channels;
mod contacts;
mod devices;
mod diagnostics;
mod feature;
mod features;
mod groups;
mod late;
mod login;
mod me;
mod mirror;
mod openapi;
mod params;
mod queues;
mod router;
mod services;
mod sessions;
mod settings;
mod sight;
mod skills;
mod users;
mod workbins;

pub use me::not_registered;
pub use openapi::openapi;
pub use router::router;
pub use services::{all_services, own_services};
pub use settings::option_groups;
