//! Authentication: Basic credentials, the `JSESSIONID` cookie, the CSRF token, other origins (spec: core-and-voice#2).

mod checks;
mod failures;
mod gate;
mod guesses;
mod login;
mod logins;
mod origin;
mod password;

pub use checks::{Checks, Credentials, From};
pub use gate::{
    ADMINS, Caller, SESSION, clear_cookie, client, cookie, gate, mark, no_token, seal, set_cookie,
    shows_token,
};
pub use login::Login;
pub use logins::{Ending, Logins, end, sweep};
pub use origin::{Origins, preflight};
pub use password::{hash_password, is_password_hash, verify_password};
