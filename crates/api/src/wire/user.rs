//! A user on the wire, without sub-resources (core-and-voice §4.1).

use super::Links;
use domain::user::User;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The user.
pub fn user_resource(links: &Links, centre: &str, user: &User) -> Value {
    let path = format!("/users/{}", user.id);
    json!({
        "id": user.id,
        "userName": user.user_name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "emailAddress": user.email,
        "employeeId": user.user_name,
        "roles": user.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        "enabled": user.enabled,
        "changePasswordOnFirstLogin": false,
        "contactCenterId": centre,
        "uri": links.uri(&path),
        "path": path,
    })
}

/// The id of a skill: it is named, not numbered, so its id is drawn from the name.
pub fn skill_id(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
