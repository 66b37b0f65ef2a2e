//! A user on the wire, without sub-resources (spec: core-and-voice#4.1).

use crate::links::Links;
use domain::user::User;
use serde_json::{Value, json};

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
