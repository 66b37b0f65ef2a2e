//! Authentication: Basic credentials, the `JSESSIONID` cookie, the CSRF token, other origins (spec: core-and-voice#2).

mod caller;
mod checks;
mod failures;
mod gate;
mod guesses;
mod login;
mod logins;
mod origin;
mod password;
mod upkeep;

pub use caller::{ADMINS, ANYONE, CARERS, Caller, SESSION, clear_cookie, cookie, set_cookie};
pub use checks::{Checks, Credentials, From};
pub use gate::{client, gate, mark, no_token, seal, shows_token};
pub use login::Login;
pub use logins::{Ending, Logins};
pub use origin::{Origins, preflight};
pub use password::{hash_password, is_password_hash, verify_password};
pub use upkeep::{end, sweep};
