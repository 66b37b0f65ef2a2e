//! Authentication: Basic credentials, the `JSESSIONID` cookie, the CSRF token, other origins (spec: core-and-voice#2).

mod basic;
mod caller;
mod checks;
mod cookie;
mod cors;
mod failures;
mod gate;
mod guesses;
mod login;
mod logins;
mod origin;
mod password;
mod upkeep;

pub use basic::Credentials;
pub use caller::{ADMINS, Caller};
pub use checks::{Checks, From};
pub use cookie::{SESSION, clear_cookie, cookie, set_cookie};
pub use cors::preflight;
pub use gate::{client, gate, mark, no_token, seal, shows_token};
pub use login::Login;
pub use logins::{Ending, Logins};
pub use origin::Origins;
pub use password::{hash_password, is_password_hash, verify_password};
pub use upkeep::{end, sweep};
