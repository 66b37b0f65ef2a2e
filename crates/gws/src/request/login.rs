//! Logging in (spec: decisions#5).

use serde::Deserialize;
use std::fmt;
use utoipa::ToSchema;

/// A user name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({"userName": "agent1@demo", "password": "demo"})))]
pub struct LoginRequest {
    /// The login name.
    pub user_name: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

impl fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRequest").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}
