//! Who asks: Basic credentials, the `JSESSIONID` cookie, the CSRF token, other origins (core-and-voice §2).

mod basic;
mod caller;
mod cors;
mod gate;
mod logins;
mod password;

pub use caller::{ADMINS, Caller};
pub use cors::allowed_origin;
pub use gate::{cookie, gate};
pub use logins::{Login, Logins, sweep};
pub use password::{hash_password, verify_password};
