//! The user behind a request, as the gate found them, and the cookies by which they are known again.

use super::Login;
use crate::state::{Api, Config};
use axum::extract::FromRequestParts;
use domain::{
    Refusal,
    user::{Role, User},
};
use gws::Problem;
use http::{HeaderMap, HeaderValue, request::Parts};
use std::sync::Arc;

/// Roles that administer.
pub const ADMINS: &[Role] = &[Role::Admin, Role::Apiuser];

/// Roles that look after others, and so see the sub-resources of those.
pub const CARERS: &[Role] = &[Role::Supervisor, Role::Admin, Role::Apiuser];

/// Every role there is.
pub const ANYONE: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin, Role::Apiuser];

/// The user behind a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user.
    pub user: Arc<User>,
    /// The user's login session.
    pub login: Arc<Login>,
}

impl Caller {
    /// Refuses a caller without any of these roles (400/5 is never right: 403/5, spec: decisions#5).
    pub fn needs(&self, roles: &[Role]) -> Result<(), Refusal> {
        if self.user.has(roles) { Ok(()) } else { Err(Refusal::RoleMissing) }
    }

    /// Whether the caller sees the sub-resources of a user, and is told of them: their own, those of whom they lead, and as
    /// an administrator those of all.
    pub fn sees(&self, api: &Api, user: &User) -> bool {
        let leads = || api.desk.centre().is_some_and(|centre| centre.leads(&self.user, user));
        self.user.id == user.id || self.user.has(ADMINS) || leads()
    }

    /// Refuses a caller who does not see the sub-resources of a user.
    pub fn needs_to_see(&self, api: &Api, user: &User) -> Result<(), Refusal> {
        if self.sees(api, user) { Ok(()) } else { Err(Refusal::RoleMissing) }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::access_denied)
    }
}

/// The session cookie (spec: core-and-voice#2.1).
pub const SESSION: &str = "JSESSIONID";

/// A cookie of a request.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The header that sets a cookie for as long as the browser is open.
pub fn set_cookie(config: &Config, name: &str, value: &str) -> Option<HeaderValue> {
    format!("{name}={value}; Path=/; HttpOnly{}", attributes(config)).parse().ok()
}

/// The header that takes it away.
pub fn clear_cookie(config: &Config, name: &str) -> Option<HeaderValue> {
    format!("{name}=; Path=/; Max-Age=0; HttpOnly{}", attributes(config)).parse().ok()
}

/// The attributes of every cookie. Pages of other sites get it only where they are listed, and a browser then wants
/// TLS.
fn attributes(config: &Config) -> &'static str {
    match (config.secure_cookies, config.cors.origins.is_empty()) {
        (true, false) => "; SameSite=None; Secure",
        (true, true) => "; SameSite=Lax; Secure",
        (false, _) => "; SameSite=Lax",
    }
}
