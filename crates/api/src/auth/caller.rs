//! The user behind a request, as the gate found them.

use super::Login;
use axum::extract::FromRequestParts;
use domain::{
    Refusal,
    user::{Role, User},
};
use gws::Problem;
use http::request::Parts;
use std::sync::Arc;

/// Roles that administer.
pub const ADMINS: &[Role] = &[Role::Admin, Role::Apiuser];

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
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::access_denied)
    }
}
