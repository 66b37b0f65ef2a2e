//! Skills (spec: admin-and-reporting#2.2). A level is a text on the wire (spec: client-requirements#12).

use crate::links::Links;
use domain::user::User;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The id of a skill, drawn from its name: skills have names, not numbers.
pub fn skill_id(name: &str) -> String {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(16).fold(String::new(), |id, byte| id + &format!("{byte:02x}"))
}

/// A skill by itself; its level means nothing.
pub fn skill_definition(links: &Links, name: &str) -> Value {
    skill(links, name, 0, &format!("/skills/{}", skill_id(name)))
}

/// A skill of a user, with how well they have it.
pub fn user_skill(links: &Links, user: &User, name: &str, level: u8) -> Value {
    skill(links, name, level, &format!("/users/{}/skills/{}", user.id, skill_id(name)))
}

fn skill(links: &Links, name: &str, level: u8, path: &str) -> Value {
    json!({
        "id": skill_id(name),
        "name": name,
        "level": level.to_string(),
        "uri": links.uri(path),
        "path": path,
    })
}
